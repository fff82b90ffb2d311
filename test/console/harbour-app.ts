// An app with the console over a small rowing club, in memory: the embedded store, so that reasons name their events.
import type { Hono } from "hono";
import { expect } from "vitest";
import { openEmbeddedSidecar, type EmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import { createApp, type AppOptions } from "../../src/http/app.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import { createLog } from "../../src/log.ts";
import { MODEL, POLICY } from "../world/policy.ts";
import { cloudEvents, HARBOUR, type Sent } from "./harbour.ts";

/** API keys of the tests, by what they are for. */
export const KEY = {
  support: "support-key-0123456789-0123456789", reader: "reader-key-0123456789-0123456789",
  checker: "checker-key-0123456789-0123456789",
} as const;

/** A key file with the keys of some names. */
export const keyFile = (...names: (keyof typeof KEY)[]) => parseKeys(JSON.stringify({
  keys: names.map((name) => ({ name, key: KEY[name], scopes: SCOPES[name] })),
}));

const SCOPES: Readonly<Record<keyof typeof KEY, readonly string[]>> = {
  support: ["read", "check", "events:system", "admin"], reader: ["read"], checker: ["check", "events"],
};

/** All of the keys. */
const KEYS = keyFile("support", "reader", "checker");

/** A store with the club, and apps over it. */
export interface Harbour {
  readonly sidecar: EmbeddedSidecar;
  /** Returns an app with the console, by default with all keys. */
  app(options?: Partial<AppOptions>): Hono;
}

/** Opens the club's store and sends its events, and then more. The caller closes the sidecar. */
export async function openHarbour(more: readonly Sent[] = [], now: () => number = Date.now): Promise<Harbour> {
  const log = createLog("silent");
  const sidecar = await openEmbeddedSidecar({
    model: MODEL, folder: ":memory:", storeName: "sideline", emailKey: undefined, log, now,
    fatal: (why) => {
      throw new Error(why);
    },
  });
  const app = (options: Partial<AppOptions> = {}): Hono =>
    createApp(sidecar, { keys: KEYS, log, policy: POLICY, console: { link: undefined }, ...options });
  await sendEvents(app({ keys: undefined }), [...HARBOUR, ...more]);
  return { sidecar, app };
}

/** Sends events to an app without keys, and expects each to be applied. */
export async function sendEvents(app: Hono, events: readonly Sent[], idOf?: (n: string) => string): Promise<void> {
  const sent = await app.request("/events", {
    method: "POST", headers: { "content-type": "application/cloudevents-batch+json" },
    body: JSON.stringify(cloudEvents(events, idOf)),
  });
  const receipts = await sent.json() as { status: unknown }[];
  expect(receipts.filter(({ status }) => status !== "applied")).toEqual([]);
}

/** Posts a form as a page of the console does. */
export function postForm(
  app: Hono, path: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return Promise.resolve(app.request(path, {
    method: "POST", body: new URLSearchParams(fields).toString(),
    headers: {
      host: "sideline.test", origin: "https://sideline.test", "content-type": "application/x-www-form-urlencoded",
      ...headers,
    },
  }));
}

/** Logs in. Returns the Cookie header of later requests. */
export async function logIn(app: Hono, key: string = KEY.support): Promise<{ readonly cookie: string }> {
  const response = await postForm(app, "/ui/login", { key });
  expect(response.status).toBe(303);
  return { cookie: (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
}
