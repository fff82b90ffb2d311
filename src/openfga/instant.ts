// Instants and ages by two clocks of this process: one that may be set, and one that only runs forward.

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

/** Returns the age of an instant in milliseconds: by the clock that says more, infinite where it lies ahead. */
export function ageOf({ wall, steady }: Instant): number {
  const age = Date.now() - wall;
  return age < 0 ? Infinity : Math.max(age, performance.now() - steady);
}
