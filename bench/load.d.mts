// Types of the load, for the test suite.
export interface Measured {
  readonly rps: number;
  readonly requests: number;
  readonly errors: number;
}
export const LOADER: string;
export function put(load: {
  readonly port: number;
  readonly path: string;
  readonly bodies: readonly string[];
  readonly seconds: number;
  readonly mayFail?: boolean;
  readonly by?: "wrk" | "connections";
}): Promise<Measured>;
