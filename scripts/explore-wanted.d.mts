// Types of explore-wanted.mjs.
export interface Wanted {
  readonly part: "states" | undefined;
  readonly slices: readonly string[];
  readonly states: number;
  readonly processes: number;
}
export declare function wanted(args: readonly string[], env: NodeJS.ProcessEnv): Wanted | string;
export declare function unknownSlices(slices: readonly string[], known: readonly string[]): string | undefined;
export declare function isExplored(
  slices: readonly string[], results: ReadonlyMap<string, { readonly states: number; readonly isWhole: boolean }>,
  states: number,
): boolean;
