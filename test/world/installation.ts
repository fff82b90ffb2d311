// An installation as its callers see it: the HTTP app over one or several sidecars, called with API keys.
import { setTimeout as sleep } from "node:timers/promises";
import type { Hono } from "hono";
import { expect } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { PATIENCE_MS } from "../live/patience.ts";
import { clubEvents } from "./club.ts";
import { GROUNDS, type Ground, type Opened } from "./grounds.ts";
import { isSlowness } from "./slow-lines.ts";
import { START } from "./world.ts";

/** Pause before a question that was answered with 503 is asked again, in milliseconds. */
const ASK_AGAIN_MS = 100;

/** A day, in milliseconds. */
export const DAY = 86_400_000;

/** The platform's own backend may send events as the system; the app that people use may not. */
export const BACKEND = "backend-key-0123456789abcdef";
export const FRONTEND = "frontend-key-0123456789abcde";
/** May check and send events, but not read tuples. */
export const NARROW = "narrow-key-0123456789abcdefgh";
/** May ask what-if questions. */
export const ANALYST = "analyst-key-0123456789abcdefg";

const KEYS = JSON.stringify({
  keys: [
    { name: "backend", key: BACKEND, scopes: ["check", "events:system", "read", "admin"] },
    { name: "frontend", key: FRONTEND, scopes: ["check", "events", "read"] },
    { name: "narrow", key: NARROW, scopes: ["check", "events"] },
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

/** A sidecar and its HTTP face. */
interface Started {
  readonly app: Hono;
  readonly sidecar: Opened;
}

let opened = 0;

/** The embedded store, in memory. */
const EMBEDDED = GROUNDS[0]!;

/** A fresh installation without any roles. It starts with its first request. */
export class Installation {
  /** Milliseconds since 1970; a test moves it. */
  now = START;
  /** Codes of every refused event so far. */
  readonly codes = new Set<string>();
  /** The app's log; empty while all is well. */
  readonly logged: object[] = [];
  readonly #ground: Ground;
  readonly #sidecars: number;
  /** Questions ask for the newest state if another sidecar may have taken the event. */
  readonly #asking: object;
  #started: Promise<readonly [Started, ...Started[]]> | undefined;
  #store: string | undefined;
  #sent = 0;
  #posted = 0;

  /** With several sidecars events go to them in turn, and questions to the first. */
  constructor(ground: Ground = EMBEDDED, sidecars = 1) {
    this.#ground = ground;
    this.#sidecars = sidecars;
    this.#asking = sidecars === 1 ? {} : { consistency: "HIGHER_CONSISTENCY" };
  }

  /** An installation with the club in it. */
  static async ofClub(): Promise<Installation> {
    const at = new Installation();
    await at.system(...clubEvents());
    return at;
  }

  #start(): Promise<readonly [Started, ...Started[]]> {
    return this.#started ??= (async () => {
      const told = (fields: object): void => void this.logged.push(fields);
      const unlessSlow = (fields: object, message: string): void => {
        if (!isSlowness(fields, message)) told(fields);
      };
      const name = `installation-${process.pid}-${++opened}`;
      const start = async (): Promise<Started> => {
        const own = this.#sidecars === 1 ? {} : { name };
        const sidecar = await this.#ground.open({ now: () => this.now, warn: told, ...own });
        return { sidecar, app: createApp(sidecar, { keys: parseKeys(KEYS), log: { error: unlessSlow } }) };
      };
      const first = await start();
      this.#store = first.sidecar.info.id;
      return [first, ...await Promise.all(Array.from({ length: this.#sidecars - 1 }, start))] as const;
    })();
  }

  /** Id of the store, after the first answered request. */
  get store(): string {
    if (this.#store === undefined) throw new Error("no request was answered yet");
    return this.#store;
  }

  /** Ends the store under the running app, like a failed disk. */
  async close(): Promise<void> {
    for (const { sidecar } of await this.#started ?? []) await sidecar.close();
  }

  /** Sends a request with a key. */
  async send(method: string, path: string, body?: unknown, key = FRONTEND): Promise<Answer> {
    const all = await this.#start();
    const { app } = path === "/events" ? all[this.#posted++ % all.length]! : all[0];
    const response = await app.request(path, {
      method, headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const lines = response.status === 200 && path.includes("streamed") ? `[${text.trim().replaceAll("\n", ",")}]`
      : text;
    return { status: response.status, headers: response.headers, body: lines === "" ? undefined : JSON.parse(lines) };
  }

  /** An event as sent. Without an actor it is the system's. */
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

  /** Posts an event that must be applied. */
  async as(actor: string, type: string, data: object, more: Attributes = {}): Promise<void> {
    const { body } = await this.post(type, data, { actor, ...more });
    expect([body.code, body.status, body.detail], `${actor}: ${type} ${JSON.stringify(data)}`)
      .toEqual([undefined, "applied", undefined]);
  }

  /** Posts an event that must be refused with this code, or must be a duplicate; what is stored stays as it was. */
  async refused(
    code: string, actor: string | undefined, type: string, data: unknown, more: Attributes = {}, key?: string,
  ): Promise<Answer> {
    const before = await this.state();
    const answer = await this.post(type, data, { ...(actor === undefined ? {} : { actor }), ...more }, key);
    expect(answer.body.code ?? answer.body.status, `${actor}: ${type} ${JSON.stringify(data)}`).toBe(code);
    expect(await this.state(), `${actor}: ${type} left something`).toBe(before);
    return answer;
  }

  /** Asks a question again for as long as the answer is 503, as its `Retry-After` says. */
  async #ask(path: string, question: object): Promise<Answer> {
    for (const end = performance.now() + PATIENCE_MS; ;) {
      const answer = await this.send("POST", path, question);
      if (answer.status !== 503 || performance.now() > end) return answer;
      await sleep(ASK_AGAIN_MS);
    }
  }

  /** Whether a user (an id) has a relation to an object. */
  async can(user: string, relation: string, object: string): Promise<boolean> {
    const { status, body } = await this.#ask("/check", {
      tuple_key: { user: `user:${user}`, relation, object }, ...this.#asking,
    });
    if (status !== 200) throw new Error(`${user} ${relation} ${object}: ${JSON.stringify(body)}`);
    return body.allowed;
  }

  /** Objects of a type a user has a relation to, sorted. */
  async objects(user: string, relation: string, type: string): Promise<string[]> {
    const question = { user: `user:${user}`, relation, type, ...this.#asking };
    const { status, body } = await this.#ask("/list-objects", question);
    if (status !== 200) throw new Error(`${user} ${relation} ${type}: ${JSON.stringify(body)}`);
    return body.objects.sort();
  }

  /** Users with a relation to an object, sorted: ids, or `*`. */
  async users(object: string, relation: string): Promise<string[]> {
    const [type, id] = [object.slice(0, object.indexOf(":")), object.slice(object.indexOf(":") + 1)];
    const { status, body } = await this.#ask("/list-users", {
      object: { type, id }, relation, user_filters: [{ type: "user" }], ...this.#asking,
    });
    if (status !== 200) throw new Error(`users ${relation} ${object}: ${JSON.stringify(body)}`);
    return body.users.map((user: { object?: { id: string } }) => user.object?.id ?? "*").sort();
  }

  /** Every stored tuple, read page by page. */
  async tuples(): Promise<Tuple[]> {
    const [{ sidecar }] = await this.#start();
    const all: Tuple[] = [];
    for (let token = ""; ;) {
      const { status, body } = await this.#ask(`/stores/${sidecar.info.id}/read`, {
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
    return textOf(await this.tuples());
  }

  /** The sidecar's memory as such a text. */
  async replica(): Promise<string> {
    return textOf([...(await this.#start())[0].sidecar.tuples.read({})]);
  }
}

function textOf(tuples: readonly Tuple[]): string {
  return tuples.map(({ object, relation, user, condition }) => JSON.stringify([object, relation, user, condition]))
    .sort().join("\n");
}
