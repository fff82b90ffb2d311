// The relationship rows of an athlete, a team and a user: which are listed, with what, and in pages.
import { describe, expect, test } from "vitest";
import { relationshipsOf, type RowFilter, type RowsOf, type RowTimes } from "../../src/domain/relationships.ts";
import { club } from "../world/club.ts";
import type { World } from "../world/world.ts";
import { whole } from "../turns/whole.ts";

const ALL: RowFilter = { status: undefined, org: undefined, after: "", size: 1000 };

function list(world: World, of: RowsOf, id: string, filter: Partial<RowFilter> = {}, times?: RowTimes) {
  return whole(relationshipsOf(world.tuples, of, id, { ...ALL, ...filter }, times));
}

const rows = (...asked: Parameters<typeof list>): string[] | undefined =>
  list(...asked)?.relationships.map(({ row }) => row);

describe("the rows", () => {
  test("of an athlete are its coaching rows and the assignments on its teams", () => {
    const world = club();
    expect(list(world, "athlete", "a1")).toEqual({
      relationships: [
        {
          row: "coaching:c1", coach: "cora", athlete: "a1", org: "fc", role: "head_coach", overrides: {},
          status: "active", started_at: null, ended_at: null,
        },
        {
          row: "team_assignment:as1", coach: "asta", team: "red", org: "fc", role: "assistant_coach", overrides: {},
          status: "active", started_at: null, ended_at: null,
        },
        {
          row: "team_assignment:hd1", coach: "hana", team: "red", org: "fc", role: "head_coach", overrides: {},
          status: "active", started_at: null, ended_at: null,
        },
      ],
      isLast: true,
    });
    expect(rows(world, "athlete", "a3")).toEqual([]);
    world.system("team.athlete_removed", { team: "red", athlete: "a1" });
    expect(rows(world, "athlete", "a1")).toEqual(["coaching:c1"]);
  });

  test("of a team are its assignments, of a user all rows of the coach", () => {
    const world = club();
    expect(rows(world, "team", "red")).toEqual(["team_assignment:as1", "team_assignment:hd1"]);
    expect(rows(world, "team", "blue")).toEqual([]);
    world.system("coaching.started", { coaching: "c2", athlete: "a2", coach: "hana" });
    expect(rows(world, "user", "hana")).toEqual(["coaching:c2", "team_assignment:hd1"]);
    expect(rows(world, "user", "nobody")).toEqual([]);
  });

  test("of a user can be those of one org", () => {
    const world = club();
    world.system("member.added", { org: "xo", user: "cora" });
    world.system("coaching.started", { coaching: "cx2", athlete: "x1", coach: "cora" });
    world.system("coaching.ended", { coaching: "cx2" });
    expect(rows(world, "user", "cora")).toEqual(["coaching:c1", "coaching:cx2"]);
    expect(rows(world, "user", "cora", { org: "fc" })).toEqual(["coaching:c1"]);
    expect(rows(world, "user", "cora", { org: "xo", status: "ended" })).toEqual(["coaching:cx2"]);
    expect(rows(world, "user", "cora", { org: "none" })).toEqual([]);
  });

  test("show the role and the overrides as they are", () => {
    const world = club();
    world.system("coaching.role_changed", { coaching: "c1", role: "viewer" });
    world.system("coaching.overrides_set", { coaching: "c1", overrides: { "goals.read": false, "goals.write": true } });
    expect(list(world, "user", "cora")?.relationships).toMatchObject(
      [{ role: "viewer", overrides: { "goals.read": false, "goals.write": true } }]);
  });

  test("of an athlete or a team that never existed are unknown", () => {
    const world = club();
    expect([list(world, "athlete", "none"), list(world, "team", "none")]).toEqual([undefined, undefined]);
  });
});

describe("a row that ended", () => {
  test("by its own event is listed as ended, and no longer as active", () => {
    const world = club();
    world.system("coaching.ended", { coaching: "c1" });
    expect(rows(world, "athlete", "a1", { status: "ended" })).toEqual(["coaching:c1"]);
    expect(rows(world, "athlete", "a1", { status: "active" })).toEqual(["team_assignment:as1", "team_assignment:hd1"]);
  });

  test("with its athlete or its team is listed as ended, also after the deletion (S17)", () => {
    const world = club();
    world.system("athlete.deleted", { athlete: "a1" });
    world.system("team.deleted", { team: "red" });
    expect(rows(world, "athlete", "a1", { status: "ended" })).toEqual(["coaching:c1"]);
    expect(rows(world, "team", "red", { status: "ended" })).toEqual(["team_assignment:as1", "team_assignment:hd1"]);
    for (const [of, id] of [["athlete", "a1"], ["team", "red"], ["user", "cora"], ["user", "hana"]] as const) {
      expect(rows(world, of, id, { status: "active" })).toEqual([]);
    }
  });

  test("with a deleted team is no longer one of the team's former athletes", () => {
    const world = club();
    world.system("team.deleted", { team: "red" });
    expect(rows(world, "athlete", "a1")).toEqual(["coaching:c1"]);
  });

  test("is not one of a deactivated member: the row counts again when the member returns (PR8)", () => {
    const world = club();
    world.system("member.deactivated", { org: "fc", user: "cora" });
    expect(rows(world, "user", "cora", { status: "active" })).toEqual(["coaching:c1"]);
  });

  test("leaves nobody with access: once no row is active, no coach sees the athlete", () => {
    const world = club();
    const active = () => rows(world, "athlete", "a1", { status: "active" })!;
    for (const coach of ["cora", "hana", "asta"]) expect(world.can(coach, "can_view", "athlete:a1")).toBe(true);
    for (const row of active()) {
      const [type, id] = row.split(":");
      if (type === "coaching") world.system("coaching.ended", { coaching: id });
      else world.system("team_assignment.ended", { assignment: id });
    }
    expect(active()).toEqual([]);
    for (const coach of ["cora", "hana", "asta"]) expect(world.can(coach, "can_view", "athlete:a1")).toBe(false);
  });
});

test("times are those that the store knows: of the row's first tuple, and of its end or its athlete's", () => {
  const world = club();
  world.system("coaching.started", { coaching: "c2", athlete: "a2", coach: "cora" });
  world.system("coaching.ended", { coaching: "c1" });
  const ends = new Map([["coaching:c1", 2000], ["coaching:c2", 1], ["athlete:a1", 1], ["athlete:a2", 3000]]);
  const times: RowTimes = {
    writtenAt: ({ object, relation, user }) => (relation === "coach" && user === "user:cora" ? object.length : 0),
    endedAt: (object) => ends.get(object),
  };
  const shown = () => list(world, "user", "cora", {}, times)?.relationships
    .map(({ row, started_at, ended_at }) => [row, started_at, ended_at]);
  const at = (time: number): string => new Date(time).toISOString();
  expect(shown()).toEqual([["coaching:c1", at(11), at(2000)], ["coaching:c2", at(11), null]]);
  world.system("athlete.deleted", { athlete: "a2" });
  expect(shown()).toEqual([["coaching:c1", at(11), at(2000)], ["coaching:c2", at(11), at(3000)]]);
  ends.delete("coaching:c1");
  expect(shown()?.[0]).toEqual(["coaching:c1", at(11), null]);
});

test("pages of any size are together the list", () => {
  const world = club();
  for (let n = 0; n < 7; n++) {
    world.system("coaching.started", { coaching: `p${n}`, athlete: "a1", coach: "dora" });
    if (n % 2 === 0) world.system("coaching.ended", { coaching: `p${n}` });
  }
  for (const status of [undefined, "active", "ended"] as const) {
    const all = rows(world, "athlete", "a1", { status })!;
    expect(all).toEqual(all.toSorted());
    for (const size of [1, 2, 3, all.length, all.length + 1]) {
      const found: string[] = [];
      for (let after = ""; ;) {
        const page = list(world, "athlete", "a1", { status, after, size })!;
        found.push(...page.relationships.map(({ row }) => row));
        // No page is empty, so none but the last is followed by nothing.
        expect(page.relationships[0]!.row > after).toBe(true);
        if (page.isLast) break;
        expect(page.relationships).toHaveLength(size);
        after = found.at(-1)!;
      }
      expect(found).toEqual(all);
    }
  }
});
