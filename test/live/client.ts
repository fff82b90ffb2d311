// A small client of OpenFGA's HTTP API for tests, with plain fetch: without an SDK, tests see the server's own answers.
import type { Tuple, TupleKey } from "../../src/tuples/tuple.ts";

/** An error answer of OpenFGA: HTTP status and `code` are stable, the message is not. */
export class OpenfgaError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(`${status} ${code}: ${message}`);
    this.status = status;
    this.code = code;
  }
}

/** Time limit of one answer, in milliseconds. */
const TIMEOUT_MS = 250_000;

type Json = Readonly<Record<string, unknown>>;
type Consistency = "MINIMIZE_LATENCY" | "HIGHER_CONSISTENCY";

/** Fields that every question may carry. */
export interface Extras {
  readonly contextualTuples?: readonly Tuple[];
  readonly context?: Json;
  readonly consistency?: Consistency;
}

/** One entry of a batch: its question and its correlation id. */
export interface BatchItem extends Extras, TupleKey {
  readonly correlationId: string;
}

/** Answer to one entry of a batch. */
export interface BatchResult {
  readonly allowed?: boolean;
  readonly error?: Json;
}

/** One change of the feed; a delete carries no condition. */
export interface Change {
  readonly tuple_key: Tuple;
  readonly operation: "TUPLE_OPERATION_WRITE" | "TUPLE_OPERATION_DELETE";
  readonly timestamp: string;
}

/** One page of a paged answer; an empty token is the end of `read`. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly token: string;
}

/** One store of a server. Every method throws OpenfgaError when the server refuses. */
export class OpenfgaClient {
  readonly url: string;
  readonly store: string;
  /** Model that every question and write names; if undefined, the store's latest. */
  modelId: string | undefined;

  constructor(url: string, store: string) {
    this.url = url;
    this.store = store;
  }

  /** Makes a new store. */
  static async createStore(url: string, name: string): Promise<OpenfgaClient> {
    const answer = await send(`${url}/stores`, { name }) as { id: string };
    return new OpenfgaClient(url, answer.id);
  }

  /** Writes a model in its JSON form and makes it this client's model; returns its id. */
  async writeModel(model: object): Promise<string> {
    const answer = await this.#post("authorization-models", model) as { authorization_model_id: string };
    this.modelId = answer.authorization_model_id;
    return answer.authorization_model_id;
  }

  /** Writes tuples in chunks of 1..100, each one request. */
  async writeAll(tuples: readonly Tuple[], chunk = 40): Promise<void> {
    for (let i = 0; i < tuples.length; i += chunk) await this.write(tuples.slice(i, i + chunk), []);
  }

  /** One write request: writes and deletes together, all or nothing. */
  async write(writes: readonly Tuple[], deletes: readonly TupleKey[]): Promise<void> {
    await this.#post("write", {
      ...(writes.length === 0 ? {} : { writes: { tuple_keys: writes } }),
      ...(deletes.length === 0 ? {} : { deletes: { tuple_keys: deletes.map(keyOf) } }),
      ...this.#model(),
    });
  }

  async check(key: TupleKey, extras: Extras = {}): Promise<boolean> {
    const answer = await this.#post("check", { tuple_key: keyOf(key), ...this.#extras(extras) });
    return (answer as { allowed?: boolean }).allowed === true;
  }

  /** Up to 50 questions in one request; results by correlation id. */
  async batchCheck(items: readonly BatchItem[], consistency?: Consistency): Promise<Record<string, BatchResult>> {
    const checks = items.map((item) => ({
      tuple_key: keyOf(item),
      correlation_id: item.correlationId,
      ...(item.contextualTuples === undefined ? {} : { contextual_tuples: { tuple_keys: item.contextualTuples } }),
      ...(item.context === undefined ? {} : { context: item.context }),
    }));
    const answer = await this.#post("batch-check", {
      checks, ...this.#model(), ...(consistency === undefined ? {} : { consistency }),
    });
    return (answer as { result: Record<string, BatchResult> }).result;
  }

  async listObjects(question: ListObjects, extras: Extras = {}): Promise<string[]> {
    const answer = await this.#post("list-objects", { ...question, ...this.#extras(extras) });
    return (answer as { objects: string[] }).objects;
  }

  /** Same question as listObjects, read from the stream; throws when the stream ends with an error. */
  async streamedListObjects(question: ListObjects, extras: Extras = {}): Promise<string[]> {
    const path = `${this.url}/stores/${this.store}/streamed-list-objects`;
    const text = await sendText(path, { ...question, ...this.#extras(extras) });
    return text.split("\n").filter((line) => line !== "").map((line) => {
      const { result, error } = JSON.parse(line) as { result?: { object: string }; error?: StreamError };
      if (result === undefined) throw new OpenfgaError(200, String(error?.code), error?.message ?? line);
      return result.object;
    });
  }

  /** Users as strings: `user:x`, `group:1#member`, `user:*`. */
  async listUsers(question: ListUsers, extras: Extras = {}): Promise<string[]> {
    const { contextualTuples, ...rest } = extras;
    const [type, id] = splitObject(question.object);
    const answer = await this.#post("list-users", {
      object: { type, id },
      relation: question.relation,
      user_filters: [question.userFilter],
      ...(contextualTuples === undefined ? {} : { contextual_tuples: contextualTuples }),
      ...this.#extras(rest),
    });
    return (answer as { users: ListedUser[] }).users.map(printUser);
  }

  /** The tree in OpenFGA's JSON. */
  async expand(key: Omit<TupleKey, "user">, extras: Extras = {}): Promise<unknown> {
    const answer = await this.#post("expand", { tuple_key: key, ...this.#extras(extras) });
    return (answer as { tree: unknown }).tree;
  }

  /** One page of the stored tuples; an empty key reads the whole store. */
  async read(key: Partial<TupleKey> = {}, page: PageRequest = {}): Promise<Page<Tuple>> {
    const answer = await this.#post("read", {
      ...(Object.keys(key).length === 0 ? {} : { tuple_key: key }),
      ...(page.consistency === undefined ? {} : { consistency: page.consistency }),
      ...pageFields(page),
    });
    const { tuples, continuation_token } = answer as { tuples: { key: StoredKey }[]; continuation_token: string };
    return { items: tuples.map((t) => withoutNull(t.key)), token: continuation_token };
  }

  /** One page of the change feed; its token is never empty after the first change. */
  async readChanges(page: PageRequest & { type?: string; startTime?: string } = {}): Promise<Page<Change>> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...pageFields(page), type: page.type, start_time: page.startTime })) {
      if (value !== undefined) query.set(name, String(value));
    }
    const answer = await send(`${this.url}/stores/${this.store}/changes?${query}`);
    const { changes, continuation_token } = answer as { changes: RawChange[]; continuation_token: string };
    return {
      items: changes.map((c) => ({ ...c, tuple_key: withoutNull(c.tuple_key) })),
      token: continuation_token,
    };
  }

  #post(path: string, body: object): Promise<unknown> {
    return send(`${this.url}/stores/${this.store}/${path}`, body);
  }

  #model(): Json {
    return this.modelId === undefined ? {} : { authorization_model_id: this.modelId };
  }

  #extras(extras: Extras): Json {
    const { contextualTuples, context, consistency } = extras;
    return {
      ...this.#model(),
      ...(contextualTuples === undefined ? {} : { contextual_tuples: { tuple_keys: contextualTuples } }),
      ...(context === undefined ? {} : { context }),
      ...(consistency === undefined ? {} : { consistency }),
    };
  }
}

/** Question of list-objects. */
export interface ListObjects {
  readonly user: string;
  readonly relation: string;
  readonly type: string;
}

/** Question of list-users; OpenFGA takes exactly one filter. */
export interface ListUsers {
  readonly object: string;
  readonly relation: string;
  readonly userFilter: { readonly type: string; readonly relation?: string };
}

/** Page selection: at most `size` (1..100) items after `token`. */
export interface PageRequest {
  readonly size?: number;
  readonly token?: string;
  readonly consistency?: Consistency;
}

type StoredKey = TupleKey & { condition?: Tuple["condition"] | null };
type RawChange = Omit<Change, "tuple_key"> & { tuple_key: StoredKey };
type StreamError = { code: number; message: string };
type ListedUser =
  | { object: { type: string; id: string } }
  | { userset: { type: string; id: string; relation: string } }
  | { wildcard: { type: string } };

function keyOf({ user, relation, object }: TupleKey): TupleKey {
  return { user, relation, object };
}

function splitObject(object: string): [string, string] {
  const colon = object.indexOf(":");
  return [object.slice(0, colon), object.slice(colon + 1)];
}

function printUser(user: ListedUser): string {
  if ("object" in user) return `${user.object.type}:${user.object.id}`;
  if ("userset" in user) return `${user.userset.type}:${user.userset.id}#${user.userset.relation}`;
  return `${user.wildcard.type}:*`;
}

function withoutNull({ condition, ...key }: StoredKey): Tuple {
  return condition === null || condition === undefined ? key : { ...key, condition };
}

function pageFields(page: PageRequest): Json {
  return {
    ...(page.size === undefined ? {} : { page_size: page.size }),
    ...(page.token === undefined ? {} : { continuation_token: page.token }),
  };
}

async function send(url: string, body?: object): Promise<unknown> {
  const text = await sendText(url, body);
  return text === "" ? {} : JSON.parse(text);
}

/** POST when there is a body, GET when there is none. */
async function sendText(url: string, body?: object): Promise<string> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(url, body === undefined ? { signal } : { ...post, signal });
  const text = await answer.text();
  if (answer.ok) return text;
  let parsed: { code?: string; message?: string } = {};
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch {
    // Not JSON: the text itself is the only information.
  }
  throw new OpenfgaError(answer.status, parsed.code ?? "unknown", parsed.message ?? text);
}
