// The pages: each shows what Sideline lets its user see.
import type { Context, Hono } from "hono";
import type pg from "pg";
import { requirePermission } from "sideline/middleware/hono";
import type { Guard } from "./guard.ts";
import { shadowed } from "./shadow.ts";

const athleteName = (c: Context) => `athlete:${c.req.param("athlete")}` as const;
const noteName = (c: Context) => `note:${c.req.param("note")}` as const;

/** Adds the routes that show something. */
export function addPages(app: Hono, pool: pg.Pool, guard: Guard): void {
  const { client } = guard;
  const rowsOf = async (sql: string, ...values: unknown[]) => (await pool.query(sql, values)).rows;
  const userName = (c: Context) => `user:${guard.user(c)}` as const;

  app.get("/athletes/:athlete", requirePermission("can_view", athleteName, guard), async (c) => {
    const [row] = await rowsOf("select id, name from athletes where id = $1", c.req.param("athlete"));
    const may = await client.permissions(userName(c), athleteName(c));
    const buttons = { writeNote: may.notes_write === true, assign: may.can_assign_coaches === true };
    return c.json({ ...row, buttons });
  });

  app.get("/notes/:note", requirePermission("can_read", noteName, guard), async (c) => {
    const [row] = await rowsOf("select id, athlete, author, body from notes where id = $1", c.req.param("note"));
    return c.json(row);
  });

  // A list in pages: Sideline names all that the user may see, and the database adds the rest.
  app.get("/orgs/:org/athletes", async (c) => {
    const ids: string[] = [];
    for await (const name of client.objects(userName(c), "can_view", "athlete", { org: c.req.param("org") })) {
      ids.push(name.slice("athlete:".length));
    }
    const sql = "select id, name from athletes where id = any($1) and id > $2 order by id limit 50";
    return c.json(await rowsOf(sql, ids, c.req.query("after") ?? ""));
  });

  // A search: the database finds, Sideline removes what the user may not see.
  app.get("/search", async (c) => {
    const sql = "select id, body from notes where body ilike $1 order by id limit 200";
    const found = await rowsOf(sql, `%${c.req.query("q")}%`);
    const names = found.map(({ id }) => `note:${id}` as const);
    const shown = new Set(await client.filter(userName(c), "can_read", names));
    return c.json(found.filter((_, i) => shown.has(names[i]!)));
  });

  // A page that is not switched yet: the app's old rule decides, and each difference is logged.
  app.get("/athletes/:athlete/coaches", async (c) => {
    const { athlete } = c.req.param();
    const coaches = await rowsOf("select coach from coachings where athlete = $1 and ended_at is null", athlete);
    const old = coaches.some(({ coach }) => coach === guard.user(c));
    const isShown = shadowed(client, old, userName(c), "current_coach", athleteName(c), console.warn);
    return isShown ? c.json(coaches) : c.body(null, 403);
  });
}
