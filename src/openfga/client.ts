// Calls to one OpenFGA server: each with its own time limit, none repeated, every failure classified.
import http from "node:http";
import https from "node:https";
import { ConsistencyPreference, CredentialsMethod, OpenFgaApi } from "@openfga/sdk";
import type { TraceHeaders } from "../checks/checker.ts";
import type { AuthorizationModelJson } from "../model/schema.ts";
import type { Change } from "../tuples/store.ts";
import type { Delta } from "../tuples/delta.ts";
import type { Tuple, TupleKey } from "../tuples/tuple.ts";
import { classify } from "./openfga-error.ts";
import { ServerClock } from "./follow/server-clock.ts";
import { MAX_SOCKETS, PAGE_SIZE, READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from "./openfga-limits.ts";

/** Address of an OpenFGA server. */
export interface Address {
  readonly url: string;
  readonly token: string | undefined;
  /** Longest wait for the answer to anything but a Write of tuples, in milliseconds; default READ_TIMEOUT_MS. */
  readonly readTimeout?: number | undefined;
}

/** A store of the server; `createdAt` in milliseconds since 1970. */
export interface FoundStore {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
}

/** A model of a store. */
export interface FoundModel {
  readonly id: string;
  readonly json: AuthorizationModelJson;
}

/** A tuple as read, with the time it was written, in milliseconds since 1970. */
export interface ReadTuple {
  readonly tuple: Tuple;
  readonly at: number;
}

/** A page of tuples; `cursor` is empty at the end. */
export interface ReadPage {
  readonly tuples: readonly ReadTuple[];
  readonly cursor: string;
}

/** A change from the feed; `stamp` is its time with every digit, the same for all changes of one Write. */
export interface FeedChange extends Change {
  readonly stamp: string;
}

/** A page of changes; `cursor` continues after it, and equals the given one where there were no more changes. */
export interface FeedPage {
  readonly changes: readonly FeedChange[];
  readonly cursor: string;
}

interface SdkTuple extends TupleKey {
  readonly condition?: { readonly name: string; readonly context?: object } | null;
}

/** Client of one OpenFGA server. Every call throws OpenfgaError when it fails. */
export class OpenfgaServer {
  readonly api: OpenFgaApi;
  /** OpenFGA's clock, as the answers so far show it. */
  readonly clock = new ServerClock();
  readonly #agents: readonly (http.Agent | https.Agent)[];
  /** Longest wait for the answer to a read or a question, in milliseconds. */
  readonly readTimeout: number;

  constructor({ url, token, readTimeout = READ_TIMEOUT_MS }: Address) {
    this.readTimeout = readTimeout;
    const httpAgent = new http.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
    const httpsAgent = new https.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
    this.#agents = [httpAgent, httpsAgent];
    this.api = new OpenFgaApi({
      apiUrl: url.replace(/\/+$/, ""),
      ...(token === undefined ? {} : { credentials: { method: CredentialsMethod.ApiToken, config: { token } } }),
      retryParams: { maxRetry: 0 },
      telemetry: { metrics: {} },
      baseOptions: { httpAgent, httpsAgent, proxy: false, maxRedirects: 0 },
    });
  }

  /** Returns every store with a name, oldest first. */
  async stores(name: string): Promise<FoundStore[]> {
    const found: FoundStore[] = [];
    for (let cursor = ""; ;) {
      const page = await this.#call(() => this.api.listStores(PAGE_SIZE, cursor || undefined, name, this.#read()));
      for (const store of page.stores) {
        if (store.name === name) found.push({ id: store.id, name, createdAt: Date.parse(store.created_at) });
      }
      cursor = page.continuation_token;
      if (cursor === "") break;
    }
    return found.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Makes a store and returns its id. Another store may have the same name. */
  async createStore(name: string): Promise<string> {
    const made = await this.#call(() => this.api.createStore({ name }, write()));
    return made.id;
  }

  /** Deletes a store that is not in use. */
  async deleteStore(store: string): Promise<void> {
    await this.#call(() => this.api.deleteStore(store, write()));
  }

  /**
   * Returns whether a store (still) exists. Uses a new connection, so that a balancer may choose another server than
   * for the connections that are kept: the clock of that server is seen then.
   */
  async hasStore(store: string): Promise<boolean> {
    const alone = { httpAgent: new http.Agent(), httpsAgent: new https.Agent() };
    try {
      await this.#call(() => this.api.getStore(store, { ...this.#read(), ...alone }));
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code === "store_id_not_found") return false;
      throw error;
    }
  }

  /** Returns the `most` newest models of a store, newest first; `most` is at most 50. */
  async newestModels(store: string, most: number): Promise<FoundModel[]> {
    const page = await this.#call(() => this.api.readAuthorizationModels(store, most, undefined, this.#read()));
    return page.authorization_models.map(({ id, ...json }) => ({ id, json: json as AuthorizationModelJson }));
  }

  /** Returns the models of a store, newest first. */
  async models(store: string): Promise<FoundModel[]> {
    const found: FoundModel[] = [];
    for (let cursor = ""; ;) {
      const page = await this.#call(
        () => this.api.readAuthorizationModels(store, PAGE_SIZE / 2, cursor || undefined, this.#read()));
      for (const { id, ...json } of page.authorization_models) found.push({ id, json: json as AuthorizationModelJson });
      cursor = page.continuation_token ?? "";
      if (cursor === "") break;
    }
    return found.sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  /** Writes a model and returns its id. */
  async writeModel(store: string, json: AuthorizationModelJson): Promise<string> {
    const body = json as Parameters<OpenFgaApi["writeAuthorizationModel"]>[1];
    const answer = await this.#call(() => this.api.writeAuthorizationModel(store, body, this.#read()));
    return answer.authorization_model_id;
  }

  /** Makes one atomic write of 1..100 tuples, deletes first. Both lists must agree with what is stored. */
  async write(store: string, modelId: string, { writes, deletes }: Delta): Promise<void> {
    const keys = deletes.map(({ user, relation, object }) => ({ user, relation, object }));
    await this.#call(() => this.api.write(store, {
      ...(writes.length === 0 ? {} : { writes: { tuple_keys: writes.map(toSdk) } }),
      ...(keys.length === 0 ? {} : { deletes: { tuple_keys: keys } }),
      authorization_model_id: modelId,
    }, write()));
  }

  /** Reads a page of the tuples that match a filter ({}: all) from the primary datastore, in a caller's trace. */
  async read(
    store: string, filter: Partial<TupleKey>, cursor: string, size = PAGE_SIZE, trace?: TraceHeaders,
  ): Promise<ReadPage> {
    const page = await this.#call(() => this.api.read(store, {
      ...(Object.keys(filter).length === 0 ? {} : { tuple_key: filter }),
      page_size: size, consistency: ConsistencyPreference.HigherConsistency,
      ...(cursor === "" ? {} : { continuation_token: cursor }),
    }, trace === undefined ? this.#read() : { ...this.#read(), headers: trace }));
    const tuples = page.tuples.map(({ key, timestamp }) => ({ tuple: fromSdk(key), at: Date.parse(timestamp) }));
    return { tuples, cursor: page.continuation_token };
  }

  /** Reads a page of changes after a cursor; without one, from a time (milliseconds since 1970) or the start. */
  async changes(store: string, from: Since, limit = PAGE_SIZE, type?: string): Promise<FeedPage> {
    const start = from.startTime === undefined ? undefined : new Date(from.startTime).toISOString();
    const [cursor, time] = from.cursor ? [from.cursor, undefined] : [undefined, start];
    const page = await this.#call(() => this.api.readChanges(store, type, limit, cursor, time, this.#read()));
    const changes = page.changes.map(({ tuple_key, operation, timestamp }): FeedChange => ({
      operation: operation === "TUPLE_OPERATION_WRITE" ? "write" : "delete",
      tuple: fromSdk(tuple_key), at: Date.parse(timestamp), stamp: timestamp,
    }));
    return { changes, cursor: page.continuation_token ?? "" };
  }

  /** Runs any other call of the API with the time limit of a question, or a shorter one. */
  ask<T>(call: (api: OpenFgaApi, options: object) => Promise<T>, within = this.readTimeout): Promise<T> {
    return this.#call(() => call(this.api, timeLimit(within)));
  }

  /** Closes the connections that are kept. */
  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }

  #read(): object {
    return timeLimit(this.readTimeout);
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    const asked = performance.now();
    try {
      const answer = await call();
      this.clock.note(dateOf((answer as { $response?: { headers?: object } }).$response?.headers), asked);
      return answer;
    } catch (error) {
      this.clock.note(dateOf((error as { responseHeader?: object }).responseHeader), asked);
      throw classify(error);
    }
  }
}

/** Returns the `Date` of an answer. */
function dateOf(headers: object | undefined): string | undefined {
  return (headers as Readonly<Record<string, string | undefined>> | undefined)?.["date"];
}

/** Where to read changes from. */
export interface Since {
  readonly cursor?: string;
  /** Milliseconds since 1970, on OpenFGA's clock. */
  readonly startTime?: number;
}

function write(): object {
  return timeLimit(WRITE_TIMEOUT_MS);
}

function timeLimit(ms: number): object {
  const whole = Math.ceil(ms);
  return { signal: AbortSignal.timeout(whole), timeout: whole };
}

type SentTuple = TupleKey & { condition?: { name: string; context: object } };

function toSdk({ user, relation, object, condition }: Tuple): SentTuple {
  return condition === undefined ? { user, relation, object } : { user, relation, object, condition };
}

function fromSdk({ user, relation, object, condition }: SdkTuple): Tuple {
  if (condition === undefined || condition === null) return { user, relation, object };
  return { user, relation, object, condition: { name: condition.name, context: { ...condition.context } } };
}
