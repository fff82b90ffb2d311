// The console over routes whose answers a test chooses.
import { Hono } from "hono";
import { consoleRoutes } from "../../src/http/console/console-routes.tsx";

/** A request that a page made of the app. */
interface Asked {
  readonly path: string;
  readonly asOf: string | null;
  readonly body: string;
}

/** The clock of that console, in milliseconds since 1970. */
const NOW = Date.UTC(2026, 10, 30, 9, 30);

/** The console over an app that answers these paths, and refuses all others; and what it was asked. */
export function consoleOver(answers: Readonly<Record<string, object>>) {
  const asked: Asked[] = [];
  const ask = (path: string, init: RequestInit): Response => {
    asked.push({ path, asOf: new Headers(init.headers).get("sideline-as-of"), body: String(init.body ?? "") });
    const [, found] = Object.entries(answers).find(([start]) => path.startsWith(start)) ?? [];
    return found === undefined ? Response.json({ code: "invalid_request", detail: "no" }, { status: 400 })
      : found instanceof Response ? found.clone() : Response.json(found);
  };
  const app = new Hono();
  const routes = consoleRoutes({
    keys: undefined, ask, now: () => NOW, store: "S", url: undefined, link: undefined,
  });
  for (const { method, path, handle } of routes) {
    app.on(method, path, (c) => handle(c, { has: () => true, maySendAs: () => true }));
  }
  const get = async (path: string) => {
    const response = await app.request(path);
    return { status: response.status, text: await response.text() };
  };
  return { get, asked, app };
}
