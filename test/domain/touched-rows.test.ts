// The rows that an event starts, promotes or ends: taken from its draft, kept for redeliveries, bounded.
import { expect, test } from "vitest";
import { recordTextIn, eventObject } from "../../src/ledger/event-record.ts";
import { receiptOf } from "../../src/events/receipt.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { World } from "../world/world.ts";
import { MAX_ROWS_NAMED } from "../../src/domain/event-limits.ts";
import { recordOf } from "../events/record-of.ts";

/** olga's club with two teams, their head coaches hana and hugo, coaches cora and dora, and two athletes on `red`. */
function stage(): World {
  const world = new World();
  world.system("org.created", { org: "fc", kind: "club", owner: "olga" });
  for (const user of ["hana", "hugo", "cora", "dora"]) world.system("member.added", { org: "fc", user });
  world.system("team.created", { team: "red", org: "fc", head_coach: "hana", assignment: "lead" });
  world.system("team.created", { team: "blue", org: "fc", head_coach: "hugo" });
  for (const athlete of ["a1", "a2"]) world.system("athlete.created", { athlete, org: "fc", team: "red" });
  return world;
}

/** The rows in the receipt of an applied event; a redelivery must return the same. */
function rowsOf(world: World, type: string, data: object): readonly string[] | undefined {
  const id = `rows-${type}-${JSON.stringify(data).length}-${world.tuples.size}`;
  const sent = (): Envelope => ({ id, source: "/test", type, data });
  const answers = [1, 2].map(() => {
    const step = world.send(type, data, { id, source: "/test" });
    if (isRefusal(step)) throw new Error(`${step.refused}: ${step.detail}`);
    return receiptOf(sent(), [step]);
  });
  expect(answers.map(({ status }) => status)).toEqual(["applied", "duplicate"]);
  expect(answers[1]!.rows).toEqual(answers[0]!.rows);
  expect(answers[1]).toMatchObject({ written: 0, deleted: 0 });
  return answers[0]!.rows;
}

test("a row that starts or ends is named, by its own id or the default one", () => {
  const world = stage();
  expect(rowsOf(world, "coaching.started", { coaching: "c1", athlete: "a1", coach: "cora" })).toEqual(["coaching:c1"]);
  expect(rowsOf(world, "coaching.ended", { coaching: "c1" })).toEqual(["coaching:c1"]);
  expect(rowsOf(world, "team_assignment.started", { assignment: "s1", team: "red", coach: "cora" }))
    .toEqual(["team_assignment:s1"]);
  expect(rowsOf(world, "team_assignment.ended", { assignment: "s1" })).toEqual(["team_assignment:s1"]);
  expect(rowsOf(world, "athlete.created", { athlete: "ada", org: "fc", coach: "cora" })).toEqual(["coaching:ada.cora"]);
  expect(rowsOf(world, "team.created", { team: "green", org: "fc", head_coach: "dora" }))
    .toEqual(["team_assignment:green.dora"]);
});

test("an event that changes no row names none", () => {
  const world = stage();
  world.system("coaching.started", { coaching: "c1", athlete: "a1", coach: "cora" });
  expect(rowsOf(world, "coaching.role_changed", { coaching: "c1", role: "viewer" })).toBeUndefined();
  const overrides = { "goals.read": false };
  expect(rowsOf(world, "coaching.overrides_set", { coaching: "c1", overrides })).toBeUndefined();
  expect(rowsOf(world, "member.deactivated", { org: "fc", user: "cora" })).toBeUndefined();
  expect(rowsOf(world, "member.reactivated", { org: "fc", user: "cora" })).toBeUndefined();
  expect(rowsOf(world, "team.athlete_removed", { team: "red", athlete: "a1" })).toBeUndefined();
});

test("S15 a promoted assignment is named, and the head coach's that ends for it", () => {
  const world = stage();
  world.system("team_assignment.started", { assignment: "assist", team: "red", coach: "cora" });
  expect(rowsOf(world, "team.head_coach_changed", { team: "red", head_coach: "cora" }))
    .toEqual(["team_assignment:assist", "team_assignment:lead"]);
  expect(rowsOf(world, "team.head_coach_changed", { team: "red", head_coach: null }))
    .toEqual(["team_assignment:assist"]);
});

test("S17 deleting an athlete or a team names the active rows over it, and no ended one", () => {
  const world = stage();
  for (const coach of ["cora", "dora"]) {
    world.system("coaching.started", { coaching: `by-${coach}`, athlete: "a1", coach });
  }
  world.system("coaching.started", { coaching: "over", athlete: "a1", coach: "hugo" });
  world.system("coaching.ended", { coaching: "over" });
  expect(rowsOf(world, "athlete.deleted", { athlete: "a1" })).toEqual(["coaching:by-cora", "coaching:by-dora"]);
  world.system("team_assignment.started", { assignment: "assist", team: "red", coach: "cora" });
  world.system("team_assignment.started", { assignment: "gone", team: "red", coach: "dora" });
  world.system("team_assignment.ended", { assignment: "gone" });
  expect(rowsOf(world, "team.deleted", { team: "red" })).toEqual(["team_assignment:assist", "team_assignment:lead"]);
});

test("a redemption names the assignment it starts", () => {
  const world = stage();
  world.system("invite.created", { invite: "i", org: "fc", hat: "coach", team: "red" });
  expect(rowsOf(world, "invite.redeemed", { invite: "i", user: "nina" })).toHaveLength(1);
});

test(`${MAX_ROWS_NAMED} rows are named; with one more, the first ones and their number, also in several writes`, () => {
  for (const [extra, maxTuples] of [[0, 1000], [1, 1000], [1, 12]] as const) {
    const world = stage();
    const rows = Array.from({ length: MAX_ROWS_NAMED + extra }, (_, n) => `r${String(n).padStart(3, "0")}`);
    for (const coaching of rows) world.system("coaching.started", { coaching, athlete: "a1", coach: "cora" });
    for (let n = 0; n < 9; n++) {
      world.system("team.created", { team: `t${n}`, org: "fc" });
      world.system("team.athlete_added", { team: `t${n}`, athlete: "a1" });
    }
    world.maxTuples = maxTuples;
    const gone = { id: "gone", source: "/test" };
    world.system("athlete.deleted", { athlete: "a1" }, gone);
    const marker = recordOf(world.tuples, eventObject(gone), "fc");
    expect(marker).toMatchObject({ rows: { total: rows.length } });
    const again = world.system("athlete.deleted", { athlete: "a1" }, gone);
    expect(recordTextIn(again.delta)).toBeUndefined();
    const receipt = receiptOf({ ...gone, type: "athlete.deleted", data: {} }, [again]);
    expect(receipt.rows).toEqual(rows.slice(0, MAX_ROWS_NAMED).map((id) => `coaching:${id}`));
    expect(receipt.rows_total).toBe(extra === 0 ? undefined : rows.length);
  }
});

test("the first receipt also names rows that a later write ends: of a member who returns without them", () => {
  const world = stage();
  const rows = Array.from({ length: MAX_ROWS_NAMED + 20 }, (_, n) => `r${String(n).padStart(3, "0")}`).reverse();
  for (const coaching of rows) world.system("coaching.started", { coaching, athlete: "a1", coach: "cora" });
  world.system("member.deactivated", { org: "fc", user: "cora" });
  world.maxTuples = 12;
  const envelope = { id: "back", source: "/test" };
  world.system("member.reactivated", { org: "fc", user: "cora", end_rows: true }, envelope);
  const marker = recordOf(world.tuples, eventObject(envelope), "fc")!;
  const mine = marker.rows.names.filter((name) => name.startsWith("coaching:r"));
  expect(mine).toEqual(rows.reverse().map((id) => `coaching:${id}`).slice(0, mine.length));
  expect(marker.rows.total).toBeGreaterThanOrEqual(rows.length);
  for (const id of rows) expect(world.tuples.has(`coaching:${id}`, "active_on", "athlete:a1")).toBe(false);
});
