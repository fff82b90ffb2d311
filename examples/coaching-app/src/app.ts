// The app: its pages and changes, for users who are signed in.
import { Hono } from "hono";
import type pg from "pg";
import { SidelineError, type Client } from "sideline/client";
import { addChanges } from "./changes.ts";
import { guardOf } from "./guard.ts";
import { addPages } from "./pages.ts";

/** Returns the app over a database and a client of Sideline. */
export function createApp(pool: pg.Pool, client: Client): Hono {
  const app = new Hono();
  const guard = guardOf(client);
  app.onError((error, c) => {
    if (error instanceof SidelineError) return c.json({ code: error.code }, error.isVerdict ? 409 : 503);
    console.error(error);
    return c.json({ code: "internal_error" }, 500);
  });
  app.use(async (c, next) => (guard.user(c) === "" ? c.json({ code: "unauthenticated" }, 401) : next()));
  addPages(app, pool, guard);
  addChanges(app, pool, guard);
  return app;
}
