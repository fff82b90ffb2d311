// The history over HTTP on every store: who did what, whole events, stable pages, refused events.
import { expect } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { isBookkeeping } from "../../src/domain/object-names.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import { printed } from "../laws/answers.ts";
import { Club, eventOf } from "../world/running-club.ts";
import { GROUNDS } from "../world/grounds.ts";
import { START } from "../world/world.ts";
import { freshName } from "../openfga/fleet.ts";
import { describeCases, type Cases, type Skips } from "./cases.ts";

const HOUR = 3_600_000;

/** Asks for a page until the history is complete. */
async function page({ sidecar }: Club, query = ""): Promise<any> {
  const app = createApp(sidecar, { keys: undefined, log: { error: (fields) => void expect(fields).toEqual({}) } });
  for (;;) {
    const answer = await app.request(`/history?${query}`);
    if (answer.status === 503) continue;
    expect([query, answer.status]).toEqual([query, 200]);
    return answer.json();
  }
}

async function walk(club: Club, query = "", between: () => Promise<unknown> = async () => {}): Promise<any[]> {
  const events: any[] = [];
  for (let token = ""; ;) {
    const found = await page(club, `${query}&continuation_token=${token}`);
    events.push(...found.events);
    token = found.continuation_token;
    if (token === "") return events;
    await between();
  }
}

const CASES: Cases = {
  "an event has its names, its time, its place and the tuples of access that it changed": async (club) => {
    const ended = eventOf("coaching.ended", { coaching: "a3.cora" }, { actor: "cora", source: "/roster", id: "row 7" });
    expect(await club.submit(ended)).toMatchObject({ status: "applied" });
    const { events: [event] } = await page(club, "page_size=1");
    expect(event).toMatchObject({
      type: "coaching.ended", actor: "cora", source: "/roster", id: "row 7", org: "fc", outcome: "applied",
      time: new Date(START).toISOString(),
    });
    expect(event.changes.write).toEqual([]);
    expect(event.changes.delete)
      .toContainEqual({ user: "athlete:a3", relation: "active_on", object: "coaching:a3.cora" });
    expect((await page(club, "user=cora&type=coaching.ended")).events).toHaveLength(1);
    expect((await page(club, "object=athlete:a3&org=fc")).events[0]).toEqual(event);
  },

  "events sent at once are told apart, and their changes make the state": async (club) => {
    const users = Array.from({ length: 12 }, (_, n) => `at-once-${n}`);
    const events = users.map((user, n) =>
      eventOf("member.added", { org: "fc", user }, { id: user, actor: n % 2 > 0 ? "olga" : undefined }));
    await Promise.all(club.sidecar.intake.submitAll(events, { system: true, dryRun: false }));
    await club.submit(eventOf("member.added", { org: "fc", user: users[0] }, { id: "again" }));
    for (const user of users) {
      const { events: found } = await page(club, `user=${user}&outcome=applied`);
      expect(found.map(({ id }: { id: string }) => id)).toEqual([user]);
      const changed = [...found[0].changes.write, ...found[0].changes.delete];
      expect(changed.length).toBeGreaterThan(1);
      expect(changed.filter((tuple: object) => !JSON.stringify(tuple).includes(`user:${user}"`))).toEqual([]);
    }
    const set = createTupleSet();
    for (const { changes } of (await walk(club)).toReversed()) {
      for (const key of changes.delete) set.delete(key);
      for (const tuple of changes.write) set.add(tuple);
    }
    expect(printed(set.read({})))
      .toEqual(printed([...club.sidecar.tuples.read({})].filter(({ object }) => !isBookkeeping(object))));
  },

  "an event of several writes is one entry": async (club) => {
    await club.system("team.created", { team: "long", org: "fc" });
    const links = Array.from({ length: 250 }, (_, n) =>
      eventOf("invite.created", { invite: `long-${n}`, org: "fc", hat: "coach", team: "long" }));
    await Promise.all(club.sidecar.intake.submitAll(links, { system: true, dryRun: false }));
    await club.system("team.deleted", { team: "long" });
    const { events } = await page(club, "object=team:long&type=team.deleted");
    expect(events).toHaveLength(1);
    expect(new Set(JSON.stringify(events[0].changes.delete).match(/invite:long-\d+/g)).size).toBe(250);
    expect((await page(club, "object=invite:long-249")).events.map(({ type }: { type: string }) => type))
      .toEqual(["team.deleted", "invite.created"]);
  },

  "pages list every event once while others arrive": async (club) => {
    const before = await walk(club, "page_size=1000");
    let n = 0;
    const walked = await walk(club, "page_size=7", async () => {
      if (n++ % 5 === 0) await club.system("athlete.created", { athlete: `later-${n}`, org: "fc" });
    });
    expect(walked.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(n).toBeGreaterThan(10);
  },

  "another sidecar of the store continues the pages": async (_, ground) => {
    const name = freshName();
    const one = await Club.found(ground, { name });
    await one.submit(eventOf("team.deleted", { team: "none" }, { actor: "cora" }));
    const other = new Club(ground);
    await other.open({ name });
    const expected = (await walk(one, "outcome=applied")).map(({ id }) => id);
    const walked: string[] = [];
    for (let [token, n] = ["", 0]; n === 0 || token !== ""; n++) {
      const found = await page(n % 2 > 0 ? other : one, `page_size=5&continuation_token=${token}`);
      walked.push(...found.events.filter(({ outcome }: any) => outcome === "applied").map(({ id }: any) => id));
      token = found.continuation_token;
      if (n === 1) await other.system("athlete.created", { athlete: "between", org: "fc" });
    }
    expect(walked).toEqual(expected);
    expect((await page(other, "page_size=1")).events).toMatchObject([{ type: "athlete.created" }]);
    await one.close();
    await other.close();
  },

  "a refused event is listed in its place, a dry run is not": async (club) => {
    club.now = START + HOUR;
    await club.submit(eventOf("team.deleted", { team: "none" }, { actor: "cora", id: "tried" }), true);
    await club.submit(eventOf("team.deleted", { team: "none" }, { actor: "cora", id: "refused" }));
    await club.system("athlete.created", { athlete: "after", org: "fc" });
    const { events } = await page(club, "page_size=2");
    expect(events).toMatchObject([
      { type: "athlete.created", outcome: "applied" },
      { type: "team.deleted", actor: "cora", id: "refused", outcome: "refused", code: "actor_not_allowed", org: null,
        recorded: new Date(START + HOUR).toISOString(), changes: { write: [], delete: [] } },
    ]);
    club.now = START;
  },
};

const SKIPS: Readonly<Record<string, Skips>> = {
  embedded: { "another sidecar of the store continues the pages": "one process holds the folder of an embedded store" },
};

for (const ground of GROUNDS) describeCases(`the history, ${ground.name}`, ground, CASES, SKIPS[ground.name]);
