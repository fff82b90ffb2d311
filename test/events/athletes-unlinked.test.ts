// Ended links: notes that the mark of a link keeps closed, how `mistaken` removes it, and events of several writes
// (S21, NP3).
import { describe, expect, test } from "vitest";
import { decideEvent, continueEvent } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { applyDelta } from "../../src/tuples/delta.ts";
import { START, World } from "../world/world.ts";

const UNLINKED = "athlete.unlinked";
const OPEN = ["shared", "team", "row"] as const;

/**
 * Org `o` of `own`, admin `ada`. `kid`, coach and athlete, is linked to athlete `k`, assistant on team `t1`, where `k`
 * is, and has a row over `k`. Coach `cora` wrote four notes about `k`: one shared with kid, one for the team, one under
 * her row, and one that is flagged. `kid` wrote `own-note`.
 */
function world(teams = 1): World {
  const w = new World();
  w.system("org.created", { org: "o", kind: "club", owner: "own" });
  w.system("member.added", { org: "o", user: "ada", hats: ["admin"] });
  w.system("member.added", { org: "o", user: "cora", hats: ["coach"] });
  w.system("member.added", { org: "o", user: "kid", hats: ["coach", "athlete"] });
  for (let n = 1; n <= teams; n++) w.system("team.created", { team: `t${n}`, org: "o" });
  w.system("team_assignment.started", { assignment: "cora-t", team: "t1", coach: "cora" });
  w.system("team_assignment.started", { assignment: "kid-t", team: "t1", coach: "kid" });
  w.system("athlete.created", { athlete: "k", org: "o", coach: "cora", coaching: "cora-k", user: "kid" });
  for (let n = 1; n <= teams; n++) w.system("team.athlete_added", { team: `t${n}`, athlete: "k" });
  w.system("coaching.started", { coaching: "kid-k", athlete: "k", coach: "kid" });
  const note = (id: string, under: string, more: object = {}): unknown =>
    w.system("note.created", { note: id, athlete: "k", author: "cora", under, ...more });
  note("shared", "coaching:cora-k");
  note("row", "coaching:cora-k");
  note("team", "team_assignment:cora-t");
  note("flagged", "coaching:cora-k", { visible_to_athlete: true });
  w.system("note.created", { note: "own-note", athlete: "k", author: "kid", under: "coaching:kid-k" });
  w.system("note.shared", { note: "shared", user: "kid" });
  return w;
}

const reads = (w: World): string[] =>
  ["shared", "team", "row", "flagged", "own-note"].filter((note) => w.can("kid", "can_read", `note:${note}`));
const link = { athlete: "k", user: "kid" };

describe("S21 a formerly linked coach reads no unflagged note about that athlete, as a coach or by a share", () => {
  const endings: [string, (w: World) => unknown, readonly string[]][] = [
    ["the link is ended", (w) => w.as("ada", UNLINKED, link), ["flagged", "own-note"]],
    ["the athlete hat is taken", (w) => w.as("ada", "member.hats_changed", { org: "o", user: "kid", hats: ["coach"] }),
      ["flagged", "own-note"]],
    ["they are deactivated and come back", (w) => {
      w.as("ada", "member.deactivated", { org: "o", user: "kid" });
      expect(reads(w)).toEqual([]);
      w.as("ada", "member.reactivated", { org: "o", user: "kid" });
    }, ["flagged", "own-note"]],
    // S17: every row over the athlete has ended.
    ["the athlete is deleted", (w) => w.as("ada", "athlete.deleted", { athlete: "k" }), ["own-note"]],
    ["another account is linked", (w) => {
      w.as("ada", UNLINKED, link);
      w.system("member.added", { org: "o", user: "new", hats: ["athlete"] });
      w.as("ada", "athlete.linked", { athlete: "k", user: "new" });
      expect(w.can("new", "can_read", "note:flagged")).toBe(true);
    }, ["flagged", "own-note"]],
  ];

  test.each(endings)("when %s", (_, end, after) => {
    const w = world();
    expect(reads(w)).toEqual(["flagged", "own-note"]);
    end(w);
    expect(w.can("kid", "account", "athlete:k")).toBe(false);
    expect(reads(w)).toEqual(after);
  });

  test.each(endings)("also for a link older than the marks, when %s", (_, end, after) => {
    const w = world();
    expect(w.tuples.delete({ object: "athlete:k", relation: "linked_ever", user: "user:kid" })).toBe(true);
    expect(reads(w)).toEqual(["flagged", "own-note"]);
    end(w);
    expect(reads(w)).toEqual(after);
    expect(w.tuples.has("athlete:k", "linked_ever", "user:kid")).toBe(true);
  });

  test("a share still needs a staff hat, flag and mark are about one athlete, and NP1 NP2 ignore the mark", () => {
    const w = world();
    w.as("ada", UNLINKED, link);
    w.as("cora", "note.shared", { note: "flagged", user: "kid" });
    w.system("coaching.ended", { coaching: "kid-k" });
    expect(reads(w)).toEqual(["flagged", "own-note"]);
    w.as("cora", "note.visibility_changed", { note: "flagged", visible_to_athlete: false });
    expect(reads(w)).toEqual(["own-note"]);
    w.as("cora", "note.visibility_changed", { note: "shared", visible_to_athlete: true });
    expect(reads(w)).toEqual(["shared", "own-note"]);
    w.as("own", "member.hats_changed", { org: "o", user: "kid", hats: ["admin", "coach"] });
    expect(reads(w)).toEqual(["shared", "team", "row", "flagged", "own-note"]);
  });
});

describe("S21 athlete.unlinked with mistaken", () => {
  const mistaken = { ...link, mistaken: true };

  test("ends the link and removes its mark in one step", () => {
    const w = world();
    w.as("ada", UNLINKED, mistaken);
    expect(w.can("kid", "account", "athlete:k")).toBe(false);
    expect(reads(w)).toEqual(["shared", "team", "row", "flagged", "own-note"]);
    w.unchanged("ada", UNLINKED, mistaken);
    w.unchanged("ada", UNLINKED, { ...mistaken, user: "cora" });
  });

  test("removes the mark later, and leaves the link of another account", () => {
    const w = world();
    w.system("member.added", { org: "o", user: "new", hats: ["athlete"] });
    w.as("ada", UNLINKED, link);
    w.as("ada", "athlete.linked", { athlete: "k", user: "new" });
    w.as("ada", UNLINKED, mistaken);
    expect(w.can("new", "account", "athlete:k")).toBe(true);
    expect(reads(w)).toEqual(["shared", "team", "row", "flagged", "own-note"]);
    w.unchanged("ada", UNLINKED, mistaken);
    expect(w.can("new", "account", "athlete:k")).toBe(true);
  });

  test("removes the mark of a deleted athlete; an ordinary end of a link finds none there", () => {
    const w = world();
    w.as("ada", "athlete.deleted", { athlete: "k" });
    w.refused("unknown_entity", "ada", UNLINKED, link);
    w.as("ada", UNLINKED, mistaken);
    expect(reads(w)).toEqual(["shared", "own-note"]);
    w.unchanged("ada", UNLINKED, mistaken);
  });

  test("linking the account again marks it again", () => {
    const w = world();
    w.as("ada", UNLINKED, mistaken);
    w.as("ada", "athlete.linked", link);
    expect(reads(w)).toEqual(["flagged", "own-note"]);
    w.as("ada", UNLINKED, link);
    expect(reads(w)).toEqual(["flagged", "own-note"]);
  });

  test("nobody sends it about their own account; it needs org.members.manage", () => {
    const w = world();
    w.system("platform.superadmin_granted", { user: "root" });
    w.system("member.hats_changed", { org: "o", user: "kid", hats: ["admin", "coach", "athlete"], role: "admin" });
    w.refused("actor_not_allowed", "kid", UNLINKED, mistaken);
    w.refused("actor_not_allowed", "cora", UNLINKED, mistaken);
    w.refused("actor_not_allowed", "root", UNLINKED, { ...mistaken, user: "root" });
    w.refused("invalid_event", "ada", UNLINKED, { ...mistaken, mistaken: "yes" });
    w.refused("unknown_entity", undefined, UNLINKED, { ...mistaken, athlete: "none" });
    // Ending one's own link is a different event.
    w.as("kid", UNLINKED, link);
    w.refused("actor_not_allowed", "kid", UNLINKED, mistaken);
    w.as("root", UNLINKED, mistaken);
  });
});

describe("S21 an athlete on 60 teams, whose own account is an assistant of one", () => {
  const ways = [
    ["athlete.deleted", { athlete: "k" }], [UNLINKED, link], [UNLINKED, { ...link, mistaken: true }],
    ["member.hats_changed", { org: "o", user: "kid", hats: ["coach"] }],
    ["member.deactivated", { org: "o", user: "kid" }],
  ] as const;

  test.each(ways.flatMap(([type, data]) => [10, 100].flatMap((maxTuples) => [true, false].map((marked) =>
    [type, data, maxTuples, marked] as const))))(
    "%s %j in writes of %i (marked: %s) opens no unflagged note in between", (type, data, maxTuples, marked) => {
      const w = world(60);
      if (!marked) w.tuples.delete({ object: "athlete:k", relation: "linked_ever", user: "user:kid" });
      const around = { system: true, clock: START, maxTuples };
      let step = decideEvent(DomainEvent.sent({ id: "end", source: "/s", type, actor: "ada", data }), w.view, around);
      let writes = 0;
      for (;;) {
        if (isRefusal(step)) throw new Error(step.detail);
        applyDelta(w.tuples, step.delta);
        writes++;
        if (!step.more) break;
        expect(OPEN.filter((note) => w.can("kid", "can_read", `note:${note}`)), `write ${writes}`).toEqual([]);
        step = continueEvent("o", w.view, around)!;
      }
      if (type === "athlete.deleted" || maxTuples === 10) expect(writes).toBeGreaterThan(1);
      expect(w.tuples.users("athlete:k", "link")).toEqual([]);
      const opened = OPEN.filter((note) => w.can("kid", "can_read", `note:${note}`));
      expect(opened).toEqual("mistaken" in data ? OPEN : []);
    },
  );
});
