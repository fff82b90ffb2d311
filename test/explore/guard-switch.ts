// The switch of guards: the copy of the event code in which each guard can be switched off asks here.

/** Number of the guard that is switched off; -1: none. */
let off = -1;

/** Number of times that each guard would have refused, switched off or not. */
const fired = new Map<number, number>();

/** Switches one guard off, and every other one on. */
export function switchOff(guard: number | undefined): void {
  off = guard ?? -1;
}

/** Returns the guards that would have refused since the last call, and forgets them. */
export function takeFired(): number[] {
  const guards = [...fired.keys()];
  fired.clear();
  return guards;
}

/** True if a guard that is about to refuse may do so. */
export function on(guard: number): boolean {
  fired.set(guard, (fired.get(guard) ?? 0) + 1);
  return guard !== off;
}

/** Returns a refusal, or undefined if the guard that made it is switched off. */
export function keep<Refusal>(guard: number, refusal: Refusal | undefined): Refusal | undefined {
  return refusal === undefined || on(guard) ? refusal : undefined;
}

/** Returns a right, or true if the guard is switched off. */
export function right(guard: number, allowed: boolean): boolean {
  return allowed || !on(guard);
}
