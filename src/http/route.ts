// A route of the app: its method, its path and its handler; and the form of errors on a path.
import type { Context } from "hono";
import type { Method, Scope } from "./scope.ts";
import type { Signature } from "./webhook-signature.ts";

/** The sender of a request: an API key with its scopes, or anybody if the installation has no keys. */
export interface Caller {
  has(scope: Scope): boolean;
  /** Name of the API key; undefined if the installation has no keys. */
  readonly name?: string;
  /** True for a CloudEvents source that the caller may use for events. */
  maySendAs(source: string): boolean;
}

/** A sender that signs its requests in place of sending a key. */
export interface Signer {
  readonly caller: Caller;
  /** Reads the signature of a request, whose headers `header` returns by their lower-case names. */
  signatureOf(header: (name: string) => string | undefined): Signature;
}

/** The form of errors on a path: OpenFGA's, or problem details. */
export type ErrorStyle = "openfga" | "problem";

/** The questions that also have a short path, without the id of the one store. */
const SHORT_FORMS: ReadonlySet<string> = new Set(
  ["/check", "/batch-check", "/list-objects", "/streamed-list-objects", "/list-users"],
);

/** Returns the form of errors on a path, even without a route: OpenFGA's form for its API and the short forms. */
export function styleOf(path: string): ErrorStyle {
  return /^\/stores(?:\/|$)/.test(path) || SHORT_FORMS.has(path) ? "openfga" : "problem";
}

export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly handle: (c: Context, caller: Caller) => Response | Promise<Response>;
  /** Handles a request that says to be signed; absent where none can be. The signature is still to be checked. */
  readonly handleSigned?: (c: Context, signer: Signer) => Response | Promise<Response>;
}
