// The console over routes whose answers a test chooses.
import { Hono } from "hono";
import type { Keys } from "../../src/http/api-keys.ts";
import type { Caller } from "../../src/http/route.ts";
import { consoleRoutes } from "../../src/http/console/console-routes.tsx";
import { logIn } from "./harbour-app.ts";

/** A request that a page made of the app. */
interface Asked {
  readonly path: string;
  readonly asOf: string | null;
  readonly body: string;
}

/** The clock of that console, in milliseconds since 1970. */
const NOW = Date.UTC(2026, 10, 30, 9, 30);

/**
 * The console over an app that answers these paths, and refuses all others; and what it was asked. `has`: the scopes of
 * the only key; without it, the app has no keys.
 */
export function consoleOver(answers: Readonly<Record<string, object>>, has?: Caller["has"]) {
  const asked: Asked[] = [];
  const ask = (path: string, init: RequestInit): Response => {
    asked.push({ path, asOf: new Headers(init.headers).get("sideline-as-of"), body: String(init.body ?? "") });
    const [, found] = Object.entries(answers).find(([start]) => path.startsWith(start)) ?? [];
    return found === undefined ? Response.json({ code: "invalid_request", detail: "no" }, { status: 400 })
      : found instanceof Response ? found.clone() : Response.json(found);
  };
  const app = new Hono();
  const keys = has === undefined ? undefined : { callerOf: () => ({ has, maySendAs: () => true }) } as unknown as Keys;
  const routes = consoleRoutes({
    keys, ask, now: () => NOW, store: "S", url: undefined, link: undefined,
  });
  for (const { method, path, handle } of routes) {
    app.on(method, path, (c) => handle(c, { has: () => true, maySendAs: () => true }));
  }
  const get = async (path: string) => {
    const headers = has === undefined ? {} : await logIn(app);
    const response = await app.request(path, { headers });
    return { status: response.status, text: await response.text() };
  };
  return { get, asked, app };
}
