// The events behind tuples: who wrote each, and when a row ended, read from the log of the embedded store.
import pino from "pino";
import { expect, test } from "vitest";
import type { Moment } from "../../src/checks/checker.ts";
import { openEmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import type { HistoryPage } from "../../src/history/event-history.ts";
import { ATHLETE_KEYS, ORG_KEYS } from "../../src/policy/permission-keys.ts";
import { startSideline } from "../../src/testing/start-sideline.ts";
import { MAX_TUPLES_PER_DELTA } from "../../src/tuples/store.ts";
import { MODEL } from "../world/policy.ts";
import { APPLY, event } from "./stage.ts";

const ALL_KEYS = [...ORG_KEYS, ...ATHLETE_KEYS];
const START = Date.UTC(2026, 2, 1, 12);

test("each tuple of a proof has the event that wrote it, and an ended row the one that ended it", async () => {
  let clock = START;
  await using sideline = await startSideline({ now: () => clock });
  const explain = async (user: string, relation: string, object: string): Promise<any> => {
    const body = JSON.stringify({ tuple_key: { user, relation, object } });
    const headers = { "content-type": "application/json" };
    return await (await sideline.fetch("http://localhost/explain", { method: "POST", headers, body })).json();
  };
  await sideline.send("org.created", { org: "fc", kind: "club", owner: "olga" });
  clock += 1000;
  await sideline.send("member.added", { org: "fc", user: "cora" }, { actor: "olga" });
  clock += 1000;
  await sideline.send("athlete.created", { athlete: "a1", org: "fc" }, { actor: "olga" });
  clock += 1000;
  await sideline.send("coaching.started", { coaching: "c1", athlete: "a1", coach: "cora" },
    { actor: "olga", source: "/roster", id: "row 4" });

  const yes = await explain("user:cora", "current_coach", "athlete:a1");
  const sinceOf = (relation: string): unknown =>
    yes.reasons[0].tuples.find((tuple: { relation: string }) => tuple.relation === relation).since;
  expect(sinceOf("active_on")).toEqual({
    type: "coaching.started", actor: "olga", source: "/roster", id: "row 4", time: new Date(START + 3000).toISOString(),
    revision: 4,
  });
  expect(sinceOf("member")).toMatchObject({ type: "member.added", actor: "olga", revision: 2 });
  expect(sinceOf("org")).toMatchObject({ type: "athlete.created", time: new Date(START + 2000).toISOString() });

  clock += 1000;
  await sideline.send("coaching.ended", { coaching: "c1" }, { actor: "cora", source: "/app", id: "cora@example.org" });
  const no = await explain("user:cora", "current_coach", "athlete:a1");
  const absent = no.missing.flatMap((each: { absent: object[] }) => each.absent);
  expect(absent).toContainEqual({
    user: "athlete:a1", relation: "active_on", object: "coaching:c1",
    ended: {
      type: "coaching.ended", actor: "cora", source: "/app", id: "(an address)",
      time: new Date(START + 4000).toISOString(), revision: 5,
    },
  });
});

test("an event that needed several writes is found from the tuples of each", async () => {
  await using sideline = await startSideline({ now: () => START });
  await sideline.send("org.created", { org: "fc", kind: "club", owner: "olga" });
  await sideline.send("role.created", { org: "fc", role: "all", scope: "org", keys: ALL_KEYS });
  await sideline.send("member.added", { org: "fc", user: "ann", hats: ["admin"], role: "all" });
  const body = JSON.stringify({ tuple_key: { user: "user:ann", relation: "premium_grant", object: "org:fc" } });
  const headers = { "content-type": "application/json" };
  const response = await sideline.fetch("http://localhost/explain", { method: "POST", headers, body });
  const answer = await response.json() as any;
  const types = answer.reasons.flatMap(({ tuples }: any) => tuples.map(({ since }: any) => since?.type));
  expect(new Set(types)).toEqual(new Set(["role.created", "member.added"]));
});

test("each deleted tuple has the event that deleted it, also where the event has several rows of the log", async () => {
  const sidecar = await openEmbeddedSidecar({
    folder: ":memory:", storeName: "origins", model: MODEL, emailKey: undefined, log: pino({ level: "silent" }),
    now: () => START, fatal: (why) => expect.fail(why),
  });
  const send = (type: string, data: object): Promise<unknown> => sidecar.intake.submit(event(type, data), APPLY);
  await send("org.created", { org: "fc", kind: "club", owner: "olga" });
  await send("team.created", { org: "fc", team: "t1" });
  for (let n = 0; n < 130; n++) await send("invite.created", { invite: `i${n}`, org: "fc", team: "t1" });
  await send("team.deleted", { team: "t1" });
  await send("member.added", { org: "fc", user: "max", hats: ["admin"] });
  await send("member.deactivated", { org: "fc", user: "max" });
  // A question about the past waits for the index.
  const moment = await sidecar.past!.momentOf(new Date(START).toISOString()) as Moment;
  await sidecar.past!.answer(moment, function* () {
    return {};
  });

  const page = await sidecar.history!.page({}, 3, undefined) as HistoryPage;
  const [deactivated, added, deleted] = page.events;
  expect([deactivated!.type, added!.type, deleted!.type]).toEqual(
    ["member.deactivated", "member.added", "team.deleted"]);
  expect(deleted!.changes.delete.length).toBeGreaterThan(MAX_TUPLES_PER_DELTA);
  for (const { type, changes } of [deactivated!, deleted!]) {
    expect(changes.delete.length).toBeGreaterThan(0);
    for (const key of changes.delete) expect([key, sidecar.origins!.endedBy(key)?.type]).toEqual([key, type]);
  }
  expect(sidecar.origins!.endedBy({ object: "org:fc", relation: "member", user: "user:nobody" })).toBeUndefined();
  await sidecar.close();
});
