// Names for the variables of patterns and the constants of worlds: short, and the same on each run.

/**
 * Gives each variable a name of its type and first letter, numbered from the second of a name on: `user:u`, `org:o`,
 * `org:o2`. `first` lists the variables to name before the others.
 *
 * @example variableNames(["user", "note", "org", "org"], [0, 1]) // ["user:u", "note:n", "org:o", "org:o2"]
 */
export function variableNames(types: readonly string[], first: readonly number[]): string[] {
  const names: string[] = [];
  const counts = new Map<string, number>();
  const order = new Set([...first, ...types.keys()]);
  for (const i of order) {
    const type = types[i]!;
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    names[i] = `${type}:${type[0]}${count === 1 ? "" : count}`;
  }
  return names;
}
