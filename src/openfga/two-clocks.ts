// Instants and ages on two clocks of this process: the wall clock, which may be set, and the monotonic clock.

/** A moment on both clocks, in milliseconds. */
export interface Instant {
  /** Since 1970. It may be set at any time. */
  readonly wall: number;
  /** On the monotonic clock. It may stand still while the machine is suspended. */
  readonly steady: number;
}

/** Before every other instant: its age is infinite. */
export const NEVER: Instant = { wall: -Infinity, steady: -Infinity };

/** Returns the present instant. */
export function instant(): Instant {
  return { wall: Date.now(), steady: performance.now() };
}

/** Returns the age of an instant in milliseconds: the larger of both clocks', infinite where it lies ahead. */
export function ageOf({ wall, steady }: Instant): number {
  const age = Date.now() - wall;
  return age < 0 ? Infinity : Math.max(age, performance.now() - steady);
}
