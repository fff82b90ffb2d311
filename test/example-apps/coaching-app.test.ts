// The coaching app as real processes on a real Postgres: its pages, its outbox over crashes, its backfill.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { SidelineEvent } from "../../src/client/create-client.ts";
import { startSideline } from "../../src/testing/start-sideline.ts";
import { Draw } from "../laws/draw.ts";
import { SEED } from "../laws/law.ts";
import { PATIENTLY } from "../live/patience.ts";
import { postgresAvailable } from "../live/postgres.ts";
import { accessByDatabase, accessBySideline, tuplesAt } from "./coaching-access.ts";
import { openStage, type Stage } from "./coaching-stage.ts";
import { installExample, type ExampleApp } from "./packed.ts";

/** Writes the end of a coaching row to the outbox, as the app does in the transaction of the change. */
const ENDED = "insert into outbox (org, type, data, actor) values ('harbour', 'coaching.ended', $1, 'olivia')";

describe.skipIf(!postgresAvailable())("the coaching app", () => {
  let app: ExampleApp;
  let stage: Stage;
  beforeAll(() => {
    app = installExample("coaching-app");
  });
  afterAll(() => app.remove());
  beforeEach(async () => {
    stage = await openStage(app);
  });
  afterEach(() => stage.close());

  /** Starts processes, and makes an org with two coaches and an athlete whom Carl coaches. */
  const found = async (...names: readonly string[]): Promise<void> => {
    for (const name of names) await stage.processes.start(name);
    await done("olivia", "POST", "/orgs", { id: "harbour", name: "Harbour" });
    for (const user of ["carl", "cora"]) {
      await done("olivia", "PUT", `/orgs/harbour/members/${user}`, { hats: ["coach"] });
    }
    await done("olivia", "POST", "/orgs/harbour/athletes", { id: "ada", name: "Ada", coach: "carl" });
  };
  /** Asks for a change, and expects it to be applied. */
  const done = async (user: string, method: string, path: string, body?: object): Promise<any> => {
    const { status, body: said } = await stage.ask(user, method, path, body);
    // The app answers `waiting` after a while, which a slow machine may take.
    if (status === 202) await stage.settled();
    expect([path, said.outcome]).toEqual([path, status === 202 ? "waiting" : "applied"]);
    return said;
  };
  const statusOf = async (user: string, path: string): Promise<number> => (await stage.ask(user, "GET", path)).status;

  test("guards its pages, shows the buttons of a page, and keeps from lists what the user may not see", async () => {
    await found("sideline", "app", "relay");
    const { note } = await done("carl", "POST", "/athletes/ada/notes", { coaching: "ada.carl", body: "knee hurts" });
    expect(await stage.ask("carl", "GET", "/athletes/ada")).toEqual({
      status: 200, body: { id: "ada", name: "Ada", buttons: { writeNote: true, assign: false } },
    });
    expect((await stage.ask("olivia", "GET", "/athletes/ada")).body.buttons.assign).toBe(true);
    expect(await statusOf("cora", "/athletes/ada")).toBe(403);
    expect(await statusOf("", "/athletes/ada")).toBe(401);
    expect((await stage.ask("carl", "GET", `/notes/${note}`)).body.body).toBe("knee hurts");
    for (const [user, hits] of [["carl", 1], ["olivia", 1], ["cora", 0]] as const) {
      expect([user, (await stage.ask(user, "GET", "/search?q=knee")).body.length]).toEqual([user, hits]);
    }

    for (const [user, ids] of [["carl", ["ada"]], ["olivia", ["ada"]], ["cora", []]] as const) {
      const listed = (path: string) => stage.ask(user, "GET", `/orgs/harbour/athletes${path}`);
      expect([user, (await listed("")).body.map(({ id }: { id: string }) => id)]).toEqual([user, ids]);
      expect((await listed("?after=ada")).body).toEqual([]);
    }

    const { coaching } = await done("olivia", "POST", "/athletes/ada/coachings", { coach: "cora" });
    expect(await statusOf("cora", `/notes/${note}`)).toBe(200);
    await done("olivia", "DELETE", "/coachings/ada.carl");
    expect([await statusOf("carl", "/athletes/ada"), await statusOf("cora", `/notes/${note}`)]).toEqual([403, 403]);
    expect(await statusOf("carl", `/notes/${note}`)).toBe(200);
    expect((await stage.ask("carl", "DELETE", `/coachings/${coaching}`)).status).toBe(403);
  });

  test("asks before a change that may be refused: the refusal is the user's answer, and nothing changes", async () => {
    await found("sideline", "app", "relay");
    const refused = await stage.ask("olivia", "DELETE", "/orgs/harbour/members/olivia");
    expect(refused).toEqual({ status: 409, body: { code: "last_admin" } });
    const { rows } = await stage.database.query("select active from members where user_id = 'olivia'");
    expect(rows).toEqual([{ active: true }]);
    await done("olivia", "DELETE", "/orgs/harbour/members/carl");
    expect(await statusOf("carl", "/athletes/ada")).toBe(403);
  });

  test("marks a refused event with its code and sends the next ones; without a verdict an event waits", async () => {
    await found("sideline", "app", "relay");
    const write = (user: string, actor: string) => stage.database.query(
      "insert into outbox (org, type, data, actor) values ('harbour', 'member.added', $1, $2)",
      [{ org: "harbour", user }, actor]);
    await stage.processes.kill("sideline");
    await write("dan", "mallory");
    await write("eva", "olivia");
    await vi.waitFor(() => expect(stage.processes.said("relay")).toContain("the relay waits"), PATIENTLY);
    // A server that the relay's key does not open gives no verdict either, though the error is final.
    await stage.processes.start("sideline with keys");
    await vi.waitFor(() => expect(stage.processes.said("relay")).toContain("unauthenticated"), PATIENTLY);
    expect((await stage.database.query("select 1 from outbox where settled_at is null")).rowCount).toBe(2);
    await stage.processes.kill("sideline with keys");
    await stage.processes.start("sideline");
    await stage.settled();
    const { rows } = await stage.database.query("select data->>'user' as user, refused from outbox order by position");
    expect(rows.slice(-2)).toEqual([{ user: "dan", refused: "actor_not_allowed" }, { user: "eva", refused: null }]);
    expect(await stage.client.users("member", "org:harbour")).not.toContain("user:dan");
    expect(await stage.client.can("user:eva", "member", "org:harbour")).toBe(true);
  });

  test("a relay is killed between an answer and its commit: the next sends the event again, a duplicate", async () => {
    await found("sideline", "app", "relay");
    await stage.processes.kill("relay");
    await stage.database.query(ENDED, [{ coaching: "ada.carl" }]);
    // The relay may read and lock its row, and cannot write to it.
    const release = await stage.postgres.hold("lock table outbox in share mode");
    await stage.processes.start("relay");
    await expect.poll(() => stage.client.can("user:carl", "sessions_read", "athlete:ada")).toBe(false);
    const sent = await tuplesAt(stage.sidelineUrl);
    await stage.processes.start("second relay");
    const waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'select%for update'";
    await expect.poll(async () => (await stage.database.query(waiting)).rowCount).toBe(1);
    await stage.processes.kill("relay");
    expect((await stage.database.query("select 1 from outbox where settled_at is null")).rowCount).toBe(1);
    await release();
    await stage.settled();
    expect(await tuplesAt(stage.sidelineUrl)).toEqual(sent);
    expect((await stage.database.query("select 1 from outbox where refused is not null")).rowCount).toBe(0);
  });

  test("over kills of both relays, of Sideline and of the app, each event is applied once, in order", async () => {
    await found("sideline", "app", "relay", "second relay");
    const draw = new Draw(SEED);
    console.log(`seed ${SEED}`);
    const kills = new Map<string, number>();
    let isOver = false;
    const killing = (async () => {
      while (!isOver) {
        // However slow the machine is, some events pass between two kills.
        const next = await settledRows() + draw.below(5);
        while (!isOver && await settledRows() < next) await sleep(10);
        await sleep(draw.below(100));
        const victim = draw.pick(["relay", "second relay", "sideline", "app"]);
        kills.set(victim, (kills.get(victim) ?? 0) + 1);
        await stage.processes.kill(victim);
        await sleep(draw.below(100));
        await stage.processes.start(victim);
      }
    })();
    await Promise.all([1, 2, 3].map((number) => work(number, new Draw(SEED + number), () => [...kills.values()])));
    isOver = true;
    await killing;
    await stage.settled();
    console.log(`kills: ${JSON.stringify([...kills])}`);

    const { rows } = await stage.database.query("select * from outbox order by position");
    await using replayed = await startSideline();
    const again = await replayed.client.sendAll(rows.map(({ id, type, data, actor, org, position }) =>
      ({ id, type, data, actor, subject: org, sequence: position }) as SidelineEvent));
    expect(again.map((outcome) => outcome.status === "refused" ? outcome.error.code : null))
      .toEqual(rows.map(({ refused }) => refused));
    // Revisions of orgs are tuples: an event that was applied twice would show.
    expect(await tuplesAt(stage.sidelineUrl)).toEqual(await tuplesAt(await replayed.listen()));
    expect(rows.filter(({ refused }) => refused !== null)).toEqual([]);
    expect(await accessBySideline(stage)).toEqual(await accessByDatabase(stage));
    expect(rows.length).toBeGreaterThan(60);
  });

  const settledRows = async (): Promise<number> =>
    (await stage.database.query("select 1 from outbox where settled_at is not null")).rowCount!;

  /** Makes random changes of one org of its own by the app, until there were enough of them and of kills. */
  async function work(number: number, draw: Draw, kills: () => readonly number[]): Promise<void> {
    const [org, owner] = [`club${number}`, `owner${number}`];
    const coaches = [1, 2].map((each) => `coach${number}${each}`);
    const athletes = [1, 2, 3].map((each) => `athlete${number}${each}`);
    // A change whose answer was lost may have been made: its repetition then fails, and its effect is there.
    const make = (user: string, method: string, path: string, body?: object) => stage.ask(user, method, path, body);
    await make(owner, "POST", "/orgs", { id: org, name: org });
    for (const coach of coaches) await make(owner, "PUT", `/orgs/${org}/members/${coach}`, { hats: ["coach"] });
    for (const id of athletes) {
      await make(owner, "POST", `/orgs/${org}/athletes`, { id, name: id, coach: draw.pick(coaches) });
    }
    const isEnough = (changes: number): boolean =>
      changes >= 20 && kills().length === 4 && kills().reduce((sum, each) => sum + each, 0) >= 12;
    for (let changes = 0; !isEnough(changes); changes++) {
      const { rows } = await stage.database.query(
        "select c.id, athlete, coach from coachings c join athletes a on a.id = athlete "
          + "where org = $1 and ended_at is null", [org]).catch(() => ({ rows: [] }));
      const row = rows.length === 0 ? undefined : draw.pick(rows);
      if (row === undefined || draw.chance(40)) {
        await make(owner, "POST", `/athletes/${draw.pick(athletes)}/coachings`, { coach: draw.pick(coaches) });
      } else if (draw.chance(50)) await make(owner, "DELETE", `/coachings/${row.id}`);
      else await make(row.coach, "POST", `/athletes/${row.athlete}/notes`, { coaching: row.id, body: "x" });
    }
  }

  test("a past that is sent in two runs is complete; the relay adds only what came after its export", async () => {
    const { database, processes } = stage;
    await database.query("insert into orgs values ('harbour', 'Harbour', 'olivia')");
    await database.query("insert into members select 'harbour', u, array['coach'], u <> 'away' from "
      + "unnest('{carl,cora,away}'::text[]) u union select 'harbour', 'olivia', array['admin','coach'], true");
    await database.query("insert into athletes select 'a' || n, 'harbour', 'A' || n from generate_series(1, 900) n");
    // Rows that have ended, of coaches who left or were never members; and of each athlete one that is active.
    await database.query("insert into coachings select 'old' || n, 'a' || n, "
      + "(array['carl','away','never'])[1 + n % 3], "
      + "now() - interval '2 years', now() - interval '1 year' from generate_series(1, 900) n");
    await database.query("insert into coachings select 'now' || n, 'a' || n, (array['carl','cora','away'])[1 + n % 3], "
      + "now() - interval '1 year', null from generate_series(1, 900) n");
    await database.query("insert into notes select 'n' || n, 'a' || n, (array['carl','away','never'])[1 + n % 3], "
      + "case when n % 2 = 0 then 'old' || n end, 'text', false from generate_series(1, 900) n");
    // A change that the tables hold already: sending it once more would end a row that the backfill cannot end again.
    await database.query(ENDED, [{ coaching: "old1" }]);

    await processes.start("sideline");
    await processes.start("backfill");
    expect(await processes.ended("backfill")).toBe(0);
    // Users keep working while the past is sent.
    await database.query("update coachings set ended_at = now() where id = 'now3'");
    await database.query(ENDED, [{ coaching: "now3" }]);
    await processes.start("send");
    await expect.poll(() => stage.client.can("user:olivia", "org_manage", "org:harbour")).toBe(true);
    await processes.kill("send");
    await processes.start("send");
    expect([await processes.ended("send"), processes.said("send")])
      .toEqual([0, expect.stringMatching(/^3,605 lines: .* 0 refused$/m)]);
    // A second export would have the same ids for other events.
    await processes.start("backfill");
    expect(await processes.ended("backfill")).toBe(1);
    expect(await stage.client.can("user:carl", "sessions_read", "athlete:a3")).toBe(true);
    await processes.start("relay");
    await stage.settled();
    expect(await stage.client.can("user:carl", "sessions_read", "athlete:a3")).toBe(false);
    expect((await database.query("select 1 from outbox where refused is not null")).rowCount).toBe(0);
    expect(await accessBySideline(stage)).toEqual(await accessByDatabase(stage));
  });

  test("a shadow check answers by the old rule and logs the difference", async () => {
    const { shadowed } = await import(pathToFileURL(join(app.folder, "dist/shadow.js")).href);
    await using sideline = await startSideline();
    await sideline.send("org.created", { org: "harbour", kind: "club", owner: "olivia" });
    const logged: object[] = [];
    const log = (difference: object) => logged.push(difference);
    const ask = (old: boolean, user: string) =>
      shadowed(sideline.client, old, `user:${user}`, "org_manage", "org:harbour", log);
    expect([ask(true, "olivia"), ask(true, "carl"), ask(false, "olivia")]).toEqual([true, true, false]);
    await vi.waitFor(() => expect(logged).toHaveLength(2), PATIENTLY);
    expect(logged).toEqual([
      { user: "user:carl", relation: "org_manage", object: "org:harbour", old: true, sideline: false },
      { user: "user:olivia", relation: "org_manage", object: "org:harbour", old: false, sideline: true },
    ]);
  });
});
