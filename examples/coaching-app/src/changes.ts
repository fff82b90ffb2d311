// The changes that users make: each is guarded, and writes its rows and its event in one transaction.
import type { Context, Hono } from "hono";
import type pg from "pg";
import { requirePermission } from "sideline/middleware/hono";
import type { Guard } from "./guard.ts";
import { change } from "./outbox.ts";

const orgName = (c: Context) => `org:${c.req.param("org")}` as const;
const athleteName = (c: Context) => `athlete:${c.req.param("athlete")}` as const;
const coachingName = (c: Context) => `coaching:${c.req.param("coaching")}` as const;

/** Adds the routes that change something. */
export function addChanges(app: Hono, pool: pg.Pool, guard: Guard): void {
  app.post("/orgs", async (c) => {
    const { id: org, name } = await c.req.json();
    const owner = guard.user(c);
    const event = { type: "org.created", data: { org, kind: "club", owner }, actor: owner } as const;
    return answer(c, await change(pool, org, event, async (tx) => {
      await tx.query("insert into orgs values ($1, $2, $3)", [org, name, owner]);
      await tx.query("insert into members values ($1, $2, '{admin,coach}')", [org, owner]);
    }));
  });

  app.put("/orgs/:org/members/:user", requirePermission("org_members_manage", orgName, guard), async (c) => {
    const { org, user } = c.req.param();
    const { hats } = await c.req.json();
    const event = { type: "member.added", data: { org, user, hats }, actor: guard.user(c) } as const;
    return answer(c, await change(pool, org, event,
      (tx) => tx.query("insert into members values ($1, $2, $3)", [org, user, hats])));
  });

  app.delete("/orgs/:org/members/:user", requirePermission("org_members_manage", orgName, guard), async (c) => {
    const { org, user } = c.req.param();
    const event = { type: "member.deactivated", data: { org, user }, actor: guard.user(c) } as const;
    // Asks first: a refusal, such as that of an org's last admin, is then an answer to the user and changes nothing.
    await guard.client.send(event.type, event.data, { actor: event.actor, dryRun: true });
    return answer(c, await change(pool, org, event,
      (tx) => tx.query("update members set active = false where org = $1 and user_id = $2", [org, user])));
  });

  app.post("/orgs/:org/athletes", requirePermission("athletes_create", orgName, guard), async (c) => {
    const { org } = c.req.param();
    const { id, name, coach } = await c.req.json();
    const coaching = `${id}.${coach}`;
    const data = { athlete: id, org, coach, coaching };
    return answer(c, await change(pool, org, { type: "athlete.created", data, actor: guard.user(c) }, async (tx) => {
      await tx.query("insert into athletes values ($1, $2, $3)", [id, org, name]);
      await tx.query("insert into coachings (id, athlete, coach) values ($1, $2, $3)", [coaching, id, coach]);
    }), { coaching });
  });

  app.post("/athletes/:athlete/coachings", requirePermission("can_assign_coaches", athleteName, guard), async (c) => {
    const { athlete } = c.req.param();
    const { coach } = await c.req.json();
    const coaching = crypto.randomUUID();
    const event = { type: "coaching.started", data: { coaching, athlete, coach }, actor: guard.user(c) } as const;
    return answer(c, await change(pool, await orgOf(pool, athlete), event,
      (tx) => tx.query("insert into coachings (id, athlete, coach) values ($1, $2, $3)", [coaching, athlete, coach])),
    { coaching });
  });

  app.delete("/coachings/:coaching", requirePermission("can_end", coachingName, guard), async (c) => {
    const { coaching } = c.req.param();
    const { rows: [{ athlete }] } = await pool.query("select athlete from coachings where id = $1", [coaching]);
    const event = { type: "coaching.ended", data: { coaching }, actor: guard.user(c) } as const;
    return answer(c, await change(pool, await orgOf(pool, athlete), event,
      (tx) => tx.query("update coachings set ended_at = now() where id = $1", [coaching])));
  });

  app.post("/athletes/:athlete/notes", requirePermission("notes_write", athleteName, guard), async (c) => {
    const { athlete } = c.req.param();
    const { coaching, body } = await c.req.json();
    const [note, author] = [crypto.randomUUID(), guard.user(c)];
    const data = { note, athlete, author, under: `coaching:${coaching}` } as const;
    return answer(c, await change(pool, await orgOf(pool, athlete), { type: "note.created", data, actor: author },
      (tx) => tx.query("insert into notes values ($1, $2, $3, $4, $5)", [note, athlete, author, coaching, body])),
    { note });
  });
}

async function orgOf(pool: pg.Pool, athlete: string): Promise<string> {
  return (await pool.query("select org from athletes where id = $1", [athlete])).rows[0].org;
}

/** Answers with the outcome of a change, and with the id of what it made. */
function answer(c: Context, outcome: string, made: object = {}): Response {
  return c.json({ ...made, outcome }, outcome === "applied" ? 200 : outcome === "waiting" ? 202 : 409);
}
