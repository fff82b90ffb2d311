// The questions: checks, permissions, filters and lists. A question without an answer is an error, never a yes or a no.
import { askOne, gatheringChecks, type Ask, type AskedState } from "./check-gathering.ts";
import type { Explanation } from "./explanation.ts";
import { MAX_OBJECTS_PER_REQUEST } from "./generated/request-limits.ts";
import type {
  Check, ObjectName, ObjectType, Permissions, RelationOf, RelationOfType, UserName,
} from "./names.ts";
import { misfit, recordOf, SidelineError } from "./sideline-error.ts";
import { combined, type TokenMemory } from "./token-memory.ts";
import type { Transport } from "./transport.ts";

/** Options of a question. */
export interface QuestionOptions {
  /** Tokens of receipts that another process got: the answer sees their events. */
  readonly token?: string | readonly string[] | undefined;
  /**
   * Answers as the state was then: an RFC 3339 time, or the token of one event. It needs a key with the scope `read`,
   * and excludes `token`.
   */
  readonly asOf?: string | undefined;
  /** Ends the request, and with it the retries. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of a list of objects. */
export interface ObjectsOptions extends QuestionOptions {
  /** Keeps the objects of one org. */
  readonly org?: string | undefined;
  /** Number of objects in one answer of the server, 1 to 1,000. Default: 100. */
  readonly pageSize?: number | undefined;
}

/** The questions of a client. */
export interface Questions {
  /**
   * Does this user have this relation to this object? Rejects with a SidelineError where there is no answer: an
   * outage is the caller's decision, and `false` is always the server's own no. Checks of one tick share a request.
   * Example:
   *     await client.can("user:carl", "can_read", "note:n1") // true
   */
  can<Name extends ObjectName>(
    user: UserName, relation: RelationOf<Name>, object: Name, options?: QuestionOptions,
  ): Promise<boolean>;
  /**
   * Returns the permissions of a user on an object: the buttons of a page in one question.
   * Example:
   *     (await client.permissions("user:carl", "note:n1")).can_edit // true
   */
  permissions<Name extends ObjectName>(
    user: UserName, object: Name, options?: QuestionOptions,
  ): Promise<Permissions<Name>>;
  /** Returns those of the objects that the user has the relation to, in their order: a search result, say. */
  filter<Name extends ObjectName>(
    user: UserName, relation: RelationOf<Name>, objects: readonly Name[], options?: QuestionOptions,
  ): Promise<Name[]>;
  /**
   * Returns all objects of a type that the user has the relation to, sorted by id. Each page is asked for when the loop
   * comes to it.
   * Example:
   *     for await (const note of client.objects("user:carl", "can_read", "note")) show(note);
   */
  objects<Type extends ObjectType>(
    user: UserName, relation: RelationOfType<Type>, type: Type, options?: ObjectsOptions,
  ): AsyncIterableIterator<ObjectName<Type>>;
  /** Returns the users who have the relation to the object. `user:*` stands for everybody: an open invite has it. */
  users<Name extends ObjectName>(
    relation: RelationOf<Name>, object: Name, options?: QuestionOptions,
  ): Promise<UserName[]>;
  /**
   * Explains an answer: a yes by its proofs, a no by the smallest ways to a yes. It names other people, so it needs a
   * key with the scope `read`.
   * Example:
   *     (await client.explain("user:carl", "can_read", "note:n1")).allowed // true
   */
  explain<Name extends ObjectName>(
    user: UserName, relation: RelationOf<Name>, object: Name, options?: QuestionOptions,
  ): Promise<Explanation>;
}

/** Returns the questions that are asked over a transport. */
export function questionsOf({ request }: Transport, tokens: TokenMemory): Questions {
  const ask: Ask = (path, body, state, signal) => request({
    path, body: JSON.stringify(body), signal, headers: { "content-type": "application/json", ...headersOf(state) },
  });
  const gathered = gatheringChecks(ask);
  return {
    can: async (user, relation, object, options = {}) => {
      const check: Check = { user, relation, object };
      const state = stateFor(tokens, options, object);
      // A check that can be ended on its own must not end those of others.
      return options.signal === undefined ? gathered(check, state) : askOne(ask, check, state, options.signal);
    },
    permissions: async (user, object, options = {}) => {
      const state = stateFor(tokens, options, object);
      const { relations } = recordOf(await ask("/permissions", { user, object }, state, options.signal));
      const yes = Object.fromEntries(textsOf(relations, "relations").map((relation) => [relation, true]));
      // Without a prototype: `constructor`, say, is no permission.
      return Object.assign(Object.create(null) as object, yes);
    },
    filter: (user, relation, objects, options = {}) => filterIn(ask, tokens, { user, relation }, objects, options),
    objects: (user, relation, type, options = {}) => pagesOf(ask, tokens, { user, relation, type }, options),
    users: async (relation, object, options = {}) => {
      const colon = object.indexOf(":");
      const body = {
        object: { type: object.slice(0, colon), id: object.slice(colon + 1) }, relation,
        user_filters: [{ type: "user" }],
      };
      const { users } = recordOf(await ask("/list-users", body, stateFor(tokens, options, object), options.signal));
      if (!Array.isArray(users)) throw misfit("users");
      return users.map(userOf);
    },
    explain: async (user, relation, object, options = {}) => {
      const body = { tuple_key: { user, relation, object } };
      return explanationOf(await ask("/explain", body, stateFor(tokens, options, object), options.signal));
    },
  };
}

/** Asks in as many requests as needed. Each of them is answered at one revision of its own. */
async function filterIn<Name extends ObjectName>(
  ask: Ask, tokens: TokenMemory, question: { readonly user: UserName; readonly relation: string },
  objects: readonly Name[], options: QuestionOptions,
): Promise<Name[]> {
  const allowed: Name[] = [];
  for (let i = 0; i < objects.length; i += MAX_OBJECTS_PER_REQUEST) {
    const some = objects.slice(i, i + MAX_OBJECTS_PER_REQUEST);
    const state = stateFor(tokens, options, some.length === 1 ? some[0] : undefined);
    const answer = recordOf(await ask("/filter", { ...question, objects: some }, state, options.signal));
    const yes = new Set(textsOf(answer["objects"], "objects"));
    allowed.push(...some.filter((object) => yes.has(object)));
  }
  return allowed;
}

async function* pagesOf<Type extends ObjectType>(
  ask: Ask, tokens: TokenMemory, question: { readonly user: UserName; readonly relation: string; readonly type: Type },
  options: ObjectsOptions,
): AsyncIterableIterator<ObjectName<Type>> {
  const { org, pageSize, signal } = options;
  const state = stateFor(tokens, options, org === undefined ? undefined : `org:${org}`);
  let next = "";
  do {
    const body = {
      ...question, ...(org === undefined ? {} : { org }), ...(pageSize === undefined ? {} : { page_size: pageSize }),
      ...(next === "" ? {} : { continuation_token: next }),
    };
    const page = recordOf(await ask("/objects", body, state, signal));
    const following = page["continuation_token"];
    // A list that ends too early looks complete, so an answer without the field is none.
    if (typeof following !== "string" || (following !== "" && following === next)) throw misfit("continuation_token");
    yield* textsOf(page["objects"], "objects") as ObjectName<Type>[];
    next = following;
  } while (next !== "");
}

/**
 * Returns the state that a question is about: that of an earlier time, or the one with all tokens of the caller, then
 * those that are remembered, as far as they fit.
 */
function stateFor(
  tokens: TokenMemory, { token = [], asOf }: QuestionOptions, object: string | undefined,
): AskedState {
  const own = (typeof token === "string" ? [token] : token).filter((each) => each !== "");
  if (asOf === undefined) return combined(own, tokens.tokensFor(object));
  // The server refuses both together; the remembered tokens are left out.
  return own.length === 0 ? { asOf } : { asOf, token: own.join(",") };
}

function headersOf(state: AskedState): Record<string, string> {
  if (state === undefined) return {};
  if (typeof state === "string") return { "sideline-token": state };
  const { asOf, token } = state;
  return { "sideline-as-of": asOf, ...(token === undefined ? {} : { "sideline-token": token }) };
}

function textsOf(value: unknown, name: string): string[] {
  if (!Array.isArray(value) || !value.every((each) => typeof each === "string")) throw misfit(name);
  return value;
}

function explanationOf(answer: unknown): Explanation {
  const { allowed, reasons, missing } = recordOf(answer);
  if (typeof allowed !== "boolean") throw misfit("allowed");
  if (!Array.isArray(allowed ? reasons : missing)) throw misfit(allowed ? "reasons" : "missing");
  return answer as Explanation;
}

function userOf(user: unknown): UserName {
  const { object, wildcard } = recordOf(user);
  const { type, id } = recordOf(object);
  if (type === "user" && typeof id === "string") return `user:${id}`;
  if (recordOf(wildcard)["type"] === "user") return "user:*";
  throw new SidelineError("unreadable_answer", "a user of the answer is of an unknown form", { status: 200 });
}
