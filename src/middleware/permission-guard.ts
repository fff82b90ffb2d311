// Decides whether a request may reach its handler, for each framework alike: an answer that is no yes is a problem.
import {
  type Client, type ErrorCode, type AnyRelation, type ObjectName, type ObjectWith, type UserName,
} from "../client/create-client.ts";

/** The client that guards ask, and the user that they ask about. An app makes it once. */
export interface GuardOptions<Request> {
  readonly client: Pick<Client, "can">;
  /** Returns the id of the user who sends the request, without `user:`; undefined or "" where nobody is signed in. */
  readonly user: (request: Request) => string | undefined | Promise<string | undefined>;
  /** Receives the errors because of which requests were refused with 503, for the app's log. */
  readonly failed?: ((error: unknown, request: Request) => void) | undefined;
}

/** Returns the object that a request is about; or several, to all of which the user must have the relation. */
export type ObjectsOf<Request, Relation extends AnyRelation> = (request: Request) =>
  Several<ObjectWith<Relation>> | Promise<Several<ObjectWith<Relation>>>;

type Several<Name> = Name | readonly Name[];

/** A refusal as problem details (RFC 9457). */
export interface Refusal {
  readonly status: 401 | 403 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Returns undefined if the user of a request has the relation to its object, else the refusal: 401 without a user, 403
 * for a no, 503 where Sideline does not answer. Rejects with the errors of `user` and `object`.
 */
export async function judge<Request, Relation extends AnyRelation>(
  request: Request, relation: Relation, object: ObjectsOf<Request, Relation>, options: GuardOptions<Request>,
): Promise<Refusal | undefined> {
  const id = await options.user(request);
  // In JavaScript it may return anything: `null` must not become the user named null.
  if (typeof id !== "string" || id === "") return refusal(401, "unauthenticated", "nobody is signed in");
  const named = await object(request);
  const objects: readonly ObjectName[] = typeof named === "string" ? [named] : named;
  const name: UserName = `user:${id}`;
  // The object is not named: a stranger gets the same answer whether it exists or not.
  const denied = refusal(403, "actor_not_allowed", `the user lacks ${relation}`);
  // An id that is none, such as one that a person typed into an address, is the id of nothing.
  if (![name, ...objects].every(isName)) return denied;
  try {
    // The signature of `object` has made sure that each type has the relation.
    const client = options.client as { can(user: UserName, relation: string, object: ObjectName): Promise<boolean> };
    // Asked in one tick, so that they share a request.
    const answers = await Promise.all(objects.map((each) => client.can(name, relation, each)));
    return answers.length > 0 && answers.every((allowed) => allowed === true) ? undefined : denied;
  } catch (error) {
    options.failed?.(error, request);
    return refusal(503, "store_unavailable", "the permission could not be checked");
  }
}

/** Form of `type:id`. */
const NAME = /^[a-z_]+:(?=.*[A-Za-z0-9])[A-Za-z0-9_-][A-Za-z0-9_.|@+~-]{0,127}$/;

function isName(name: unknown): boolean {
  return typeof name === "string" && NAME.test(name);
}

const TITLES = { 401: "Unauthorized", 403: "Forbidden", 503: "Service Unavailable" } as const;

function refusal(status: Refusal["status"], code: ErrorCode, detail: string): Refusal {
  const headers = { "content-type": "application/problem+json", ...(status === 503 ? { "retry-after": "1" } : {}) };
  const problem = { type: "about:blank", title: TITLES[status], status, code, detail };
  return { status, headers, body: JSON.stringify(problem) };
}
