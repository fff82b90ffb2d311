// A route of the app: where it is, and what it does with a request it was let through with; how a path tells errors.
import type { Context } from "hono";
import type { Method, Scope } from "./scope.ts";

/** Who asks: by an API key with its scopes, or anybody where the installation has no keys. */
export interface Caller {
  has(scope: Scope): boolean;
  /** True for a CloudEvents source that the caller may send events as. */
  maySendAs(source: string): boolean;
}

/** How a path tells errors: as OpenFGA does, or as problem details. */
export type ErrorStyle = "openfga" | "problem";

/** The questions that also have a path of their own, short for the same one of the one store. */
const SHORT_FORMS: ReadonlySet<string> = new Set(
  ["/check", "/batch-check", "/list-objects", "/streamed-list-objects", "/list-users"],
);

/** How a path tells errors, whether there is a route or not: OpenFGA's API and its short forms as OpenFGA does. */
export function styleOf(path: string): ErrorStyle {
  return /^\/stores(?:\/|$)/.test(path) || SHORT_FORMS.has(path) ? "openfga" : "problem";
}

export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly handle: (c: Context, caller: Caller) => Response | Promise<Response>;
}
