// A whole Sideline in this process, for the tests of an app: events and questions, in memory, one for each test.
import { AssertionError } from "node:assert";
import { readFileSync } from "node:fs";
import { createClient, type Client, type EventAttributes, type EventData, type EventType, type Fetch,
  type ObjectName, type Receipt, type RelationOf, type SendOptions, type UserName } from "../client/create-client.ts";
import { openEmbeddedSidecar } from "../embedded/embedded-sidecar.ts";
import { createApp } from "../http/app.ts";
import { startServer, type RunningServer } from "../http/server.ts";
import { createLog } from "../log.ts";
import type { Model } from "../model/rewrite.ts";
import { readPolicy } from "../policy/load.ts";

/** Options of a Sideline for tests. */
export interface TestingOptions {
  /** The clock, in milliseconds since 1970: a test of an invite that expires moves it. Default: the machine's. */
  readonly now?: (() => number) | undefined;
}

/** A running Sideline of a test. It starts empty, and forgets everything when it is closed. */
export interface TestSideline {
  readonly client: Client;
  /** Answers requests to this Sideline, whatever their host: for a client of the app's own. */
  readonly fetch: Fetch;
  /** Sends an event. Without an actor it is the system's own word, which sets a stage without asking for rights. */
  send<Type extends EventType>(
    type: Type, data: EventData[Type], how?: Partial<EventAttributes> & SendOptions,
  ): Promise<Receipt>;
  /** Rejects with an AssertionError unless the user has the relation to the object. */
  expectCan<Name extends ObjectName>(user: UserName, relation: RelationOf<Name>, object: Name): Promise<void>;
  /** Rejects with an AssertionError if the user has the relation to the object. */
  expectCannot<Name extends ObjectName>(user: UserName, relation: RelationOf<Name>, object: Name): Promise<void>;
  /** Listens on a free port of this machine, for an app in another process. Resolves to the address. */
  listen(): Promise<string>;
  /** Stops listening, and releases the store. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Host under which the client reaches an app that is called without a network. */
const URL_IN_PROCESS = "http://sideline.test";

let policy: { readonly text: string; readonly model: Promise<Model> } | undefined;

/** Reads model.fga once in a process: it takes most of the first start. */
function readModel(): NonNullable<typeof policy> {
  if (policy === undefined) {
    const text = readFileSync(new URL("../../model.fga", import.meta.url), "utf8");
    policy = { text, model: readPolicy(text, new URL("../model.json", import.meta.url)) };
  }
  return policy;
}

/**
 * Starts a Sideline in this process. Every caller has every right there, as on a server without API keys.
 * docs/client.md has examples for vitest and node:test.
 */
export async function startSideline({ now = Date.now }: TestingOptions = {}): Promise<TestSideline> {
  const log = createLog("silent");
  const { text, model } = readModel();
  const sidecar = await openEmbeddedSidecar({
    model: await model, folder: ":memory:", storeName: "sideline", emailKey: undefined, log, now,
    fatal: (why) => {
      throw new Error(why);
    },
  });
  const app = createApp(sidecar, { keys: undefined, log, policy: text });
  const client = createClient({ url: URL_IN_PROCESS, fetch: (url, init) => app.request(url, init) });
  let server: RunningServer | undefined;
  const close = async (): Promise<void> => {
    await server?.stop();
    await sidecar.close();
  };
  const expectAnswer = (expected: boolean) =>
    async <Name extends ObjectName>(user: UserName, relation: RelationOf<Name>, object: Name): Promise<void> => {
      const actual = await client.can(user, relation, object);
      if (actual === expected) return;
      const message = `${user} ${expected ? "lacks" : "has"} ${relation} on ${object}`;
      throw new AssertionError({ message, actual, expected, operator: expected ? "expectCan" : "expectCannot" });
    };
  return {
    client, fetch: (url, init) => app.request(url, init),
    send: (type, data, how = {}) => client.send(type, data, { actor: null, ...how }),
    expectCan: expectAnswer(true), expectCannot: expectAnswer(false),
    listen: async () => {
      server ??= await startServer(
        { fetch: app.fetch, host: "127.0.0.1", port: 0, keepAlive: KEEP_ALIVE_MS, loopbackOnly: true },
      );
      return server.url;
    },
    close, [Symbol.asyncDispose]: close,
  };
}

/** How long an idle connection to a listening Sideline stays open, in milliseconds. */
const KEEP_ALIVE_MS = 5_000;
