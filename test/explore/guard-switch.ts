// The switch of guards: the copy of the event code in which each guard can be switched off asks here.

/** Number of the guard that is switched off; -1: none. */
let off = -1;

/** Guards that would have refused, switched off or not. */
const fired = new Set<number>();

/** True if a guard that is about to refuse may do so. */
function on(guard: number): boolean {
  fired.add(guard);
  return guard !== off;
}

/** The switch. The text of the copy calls its methods by name. */
export const SWITCH = {
  on,
  /** Returns a refusal, or undefined if the guard that made it is switched off. */
  keep: <Refusal>(guard: number, refusal: Refusal | undefined): Refusal | undefined =>
    refusal === undefined || on(guard) ? refusal : undefined,
  /** Returns a right, or true if the guard is switched off. */
  right: (guard: number, allowed: boolean): boolean => allowed || !on(guard),
  /** Switches one guard off, and every other one on. */
  switchOff: (guard: number | undefined): void => void (off = guard ?? -1),
  /** Returns the guards that would have refused since the last call, and forgets them. */
  takeFired: (): number[] => {
    const guards = [...fired];
    fired.clear();
    return guards;
  },
};
