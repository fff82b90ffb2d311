// An installation as its callers see it: the HTTP app over an embedded sidecar in memory, asked with API keys.
import { readFileSync } from "node:fs";
import type { Hono } from "hono";
import { pino } from "pino";
import { openEmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import { createApp } from "../../src/http/app.ts";
import { parseKeys } from "../../src/http/keys.ts";
import { compileModel } from "../../src/model/compile.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";

/** The policy itself, compiled once. */
const MODEL = compileModel(readFileSync(new URL("../../model.fga", import.meta.url), "utf8"));

/** 2026-03-01T12:00:00Z, in milliseconds since 1970: where an installation's clock starts. */
export const START = Date.UTC(2026, 2, 1, 12);

/** A day, in milliseconds. */
export const DAY = 86_400_000;

/** The platform's own backend may speak as the system; the app that people use may not. */
export const BACKEND = "backend-key-0123456789abcdef";
export const FRONTEND = "frontend-key-0123456789abcde";
/** May ask what-if questions. */
export const ANALYST = "analyst-key-0123456789abcdefg";

const KEYS = JSON.stringify({
  keys: [
    { name: "backend", key: BACKEND, scopes: ["check", "events:system", "read", "admin"] },
    { name: "frontend", key: FRONTEND, scopes: ["check", "events", "read"] },
    { name: "analyst", key: ANALYST, scopes: ["check:contextual"] },
  ],
});

/** An answer, read as JSON; a stream as the array of its lines. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

/** Attributes of an event besides its type and data. */
export interface Attributes {
  readonly id?: string;
  readonly source?: string;
  readonly actor?: string | undefined;
  readonly time?: string;
  readonly sequence?: string;
  readonly subject?: string;
}

/** A fresh installation: nobody is anything yet. */
export class Installation {
  /** Milliseconds since 1970; a test moves it. */
  now = START;
  /** Codes of every refused event so far. */
  readonly codes = new Set<string>();
  /** What the app logged; nothing, while all is well. */
  readonly logged: object[] = [];
  readonly app: Hono;
  readonly store: string;
  /** Ends the store under the running app, as a disk that is gone does. */
  readonly close: () => Promise<void>;
  #sent = 0;

  constructor() {
    const log = pino({ level: "silent" });
    const sidecar = openEmbeddedSidecar({
      folder: ":memory:", storeName: "sideline", model: MODEL, emailKey: "k".repeat(32), log, now: () => this.now,
      fatal: (why) => void this.logged.push({ why }),
    });
    this.store = sidecar.info.id;
    this.close = () => sidecar.close();
    this.app = createApp(sidecar, {
      keys: parseKeys(KEYS), log: { error: (fields) => void this.logged.push(fields) },
    });
  }

  /** Sends a request with a key. */
  async send(method: string, path: string, body?: unknown, key = FRONTEND): Promise<Answer> {
    const response = await this.app.request(path, {
      method, headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const lines = response.status === 200 && path.includes("streamed") ? `[${text.trim().replaceAll("\n", ",")}]`
      : text;
    return { status: response.status, headers: response.headers, body: lines === "" ? undefined : JSON.parse(lines) };
  }

  /** An event as it is sent. Without an actor it is the system's. */
  event(type: string, data: unknown, attributes: Attributes = {}): object {
    return { specversion: "1.0", id: `e${++this.#sent}`, source: "/app", type, data, ...attributes };
  }

  /** Posts an event: with an actor by the app's key, without one by the backend's. */
  async post(type: string, data: unknown, attributes: Attributes = {}, key?: string): Promise<Answer> {
    const by = key ?? (attributes.actor === undefined ? BACKEND : FRONTEND);
    const answer = await this.send("POST", "/events", this.event(type, data, attributes), by);
    if (answer.status !== 200) this.codes.add(answer.body.code);
    return answer;
  }

  /** Posts the system's events and expects each to be applied. */
  async system(...events: readonly (readonly [type: string, data: object])[]): Promise<void> {
    for (const [type, data] of events) {
      const { status, body } = await this.post(type, data);
      if (status !== 200 || body.status !== "applied") throw new Error(`${type}: ${JSON.stringify(body)}`);
    }
  }

  /** Whether a user (an id) has a relation to an object. */
  async can(user: string, relation: string, object: string): Promise<boolean> {
    const { status, body } = await this.send("POST", "/check", {
      tuple_key: { user: `user:${user}`, relation, object },
    });
    if (status !== 200) throw new Error(`${user} ${relation} ${object}: ${JSON.stringify(body)}`);
    return body.allowed;
  }

  /** Objects of a type a user has a relation to, sorted. */
  async objects(user: string, relation: string, type: string): Promise<string[]> {
    const { status, body } = await this.send("POST", "/list-objects", { user: `user:${user}`, relation, type });
    if (status !== 200) throw new Error(`${user} ${relation} ${type}: ${JSON.stringify(body)}`);
    return body.objects.sort();
  }

  /** Users with a relation to an object, sorted: ids, or `*`. */
  async users(object: string, relation: string): Promise<string[]> {
    const [type, id] = [object.slice(0, object.indexOf(":")), object.slice(object.indexOf(":") + 1)];
    const { status, body } = await this.send("POST", "/list-users", {
      object: { type, id }, relation, user_filters: [{ type: "user" }],
    });
    if (status !== 200) throw new Error(`users ${relation} ${object}: ${JSON.stringify(body)}`);
    return body.users.map((user: { object?: { id: string } }) => user.object?.id ?? "*").sort();
  }

  /** Every stored tuple, read page by page. */
  async tuples(): Promise<Tuple[]> {
    const all: Tuple[] = [];
    for (let token = ""; ;) {
      const { status, body } = await this.send("POST", `/stores/${this.store}/read`, {
        page_size: 100, ...(token === "" ? {} : { continuation_token: token }),
      });
      if (status !== 200) throw new Error(JSON.stringify(body));
      for (const { key } of body.tuples) {
        const { condition, ...rest } = key;
        all.push(condition === null ? rest : { ...rest, condition });
      }
      token = body.continuation_token;
      if (token === "") return all;
    }
  }

  /** The whole state as one text: equal texts answer every question the same. */
  async state(): Promise<string> {
    return (await this.tuples()).map((tuple) => JSON.stringify(tuple)).sort().join("\n");
  }
}
