// A route of the app: where it is, how it tells errors, and what it does with a request it was let through with.
import type { Context } from "hono";
import type { Method, Scope } from "./scope.ts";

/** Who asks: by an API key with its scopes, or anybody where the installation has no keys. */
export interface Caller {
  has(scope: Scope): boolean;
  /** True for a CloudEvents source that the caller may send events as. */
  maySendAs(source: string): boolean;
}

/** How a route tells errors: as OpenFGA does, or as problem details. */
export type ErrorStyle = "openfga" | "problem";

export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly errors: ErrorStyle;
  readonly handle: (c: Context, caller: Caller) => Response | Promise<Response>;
}
