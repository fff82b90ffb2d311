// Laws of teams, athletes and rows, on random sequences of their events in writes of random size.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { people } from "../world/club.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { idOf } from "../../src/tuples/tuple.ts";
import { holds } from "../laws/law.ts";
import type { World } from "../world/world.ts";

/** An event without its envelope. */
interface Said {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

const team = fc.constantFrom("t1", "t2", "t3");
const athlete = fc.constantFrom("a1", "a2", "a3");
const coach = fc.constantFrom("asta", "cora", "hana");
const user = fc.constantFrom("ida", "abe");
const role = fc.constantFrom("head_coach", "viewer", "assistant_coach", "specialist");
const row = fc.constantFrom("r1", "r2", "r3", "r4", "t1.asta", "t2.cora", "t1.hana.2", "a1.asta", "a2.hana");
const key = fc.constantFrom("sessions.read", "sessions.write", "premium.grant");
const maybe = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(some, { nil: undefined });
const of = (type: string, data: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Said> =>
  fc.record({ type: fc.constant(type), data: fc.record(data) });
const org = fc.constant("fc");

/** Events that begin or change something. */
const BEGINNINGS = [
  of("team.created", { team, org, head_coach: maybe(coach) }),
  of("team.head_coach_changed", { team, head_coach: coach }),
  of("team.athlete_added", { team, athlete }),
  of("team.athlete_moved", { athlete, from: team, to: team }),
  of("team_assignment.started", { assignment: row, team, coach, role: maybe(role) }),
  of("team_assignment.role_changed", { assignment: row, role }),
  of("athlete.created", { athlete, org, team: maybe(team), user: maybe(user), coach: maybe(coach) }),
  of("athlete.linked", { athlete, user }),
  of("coaching.started", { coaching: row, athlete, coach, team: maybe(team), role }),
  of("coaching.role_changed", { coaching: row, role }),
  of("coaching.overrides_set", { coaching: row, overrides: fc.dictionary(key, fc.boolean()) }),
];
/** Events that end something and begin nothing. */
const ENDINGS = [
  of("team.deleted", { team }),
  of("team.head_coach_changed", { team, head_coach: fc.constant(null) }),
  of("team.athlete_removed", { team, athlete }),
  of("team_assignment.ended", { assignment: row }),
  of("athlete.deleted", { athlete }),
  of("athlete.unlinked", { athlete, user }),
  of("coaching.ended", { coaching: row }),
];
const beginnings = fc.array(fc.oneof(...BEGINNINGS), { minLength: 5, maxLength: 25 });
const anything = fc.array(fc.oneof(...BEGINNINGS, ...BEGINNINGS, ...ENDINGS), { minLength: 5, maxLength: 40 });
const size = fc.constantFrom(25, 40, 100);

/** Sends a world every event; refused ones are left out. */
function tell(world: World, said: readonly Said[]): void {
  for (const { type, data } of said) {
    const outcome = world.send(type, Object.fromEntries(Object.entries(data).filter(([, v]) => v !== undefined)));
    if (isRefusal(outcome)) expect(outcome.refused, outcome.detail).not.toBe("invalid_event");
  }
}

/** The tuples `object#relation@user` of a type, printed. */
function all(world: World, objectType: string, relation: string): string[] {
  return [...world.tuples.read({ objectType, relation })].map((t) => `${t.object} ${t.user}`).sort();
}

const there = (world: World, object: string): boolean => world.tuples.users(object, "org").length > 0;

/** Holders of each role by a row, derived from the rows themselves (S12). */
function holdersByRow(world: World): string[] {
  const held = new Set<string>();
  const one = (object: string, relation: string): string => world.tuples.users(object, relation)[0]!;
  for (const t of world.tuples.read({ objectType: "coaching", relation: "active_on" })) {
    if (there(world, t.user)) held.add(`${one(t.object, "role")} ${one(t.object, "coach")}`);
  }
  for (const t of world.tuples.read({ objectType: "team", relation: "head_assignment" })) {
    if (there(world, t.object)) held.add(`${one(t.user, "role")} ${one(t.user, "coach")}`);
  }
  return [...held].sort();
}

/** All access that rows, teams and links decide. */
function yeses(world: World): Set<string> {
  const relations = {
    athlete: ["can_view", "current_coach", "account", "can_place", "sessions_read", "sessions_write", "premium_grant"],
    team: ["can_view", "coach", "head_coach", "athlete", "can_manage"], org: ["athletes_create", "teams_create"],
  };
  const objects = ["athlete:a1", "athlete:a2", "athlete:a3", "team:t1", "team:t2", "team:t3", "org:fc"];
  return new Set(["asta", "cora", "hana", "ida", "abe"].flatMap((who) => objects.flatMap((object) =>
    relations[object.slice(0, object.indexOf(":")) as keyof typeof relations]
      .filter((relation) => world.can(who, relation, object)).map((relation) => `${who} ${relation} ${object}`))));
}

/** Number of sequences on which each law is tried. */
const RUNS = 150;

describe("after any sequence of events", () => {
  test("S12 a role is held by row exactly while an active coaching row or head coach's assignment holds it", () => {
    holds(fc.tuple(anything, size), RUNS, ([said, maxTuples]) => {
      const world = people();
      world.maxTuples = maxTuples;
      tell(world, said);
      expect(all(world, "role", "row_holder")).toEqual(holdersByRow(world));
    });
  });

  test("NP6 PR10 seats and accounts on teams are exactly the places and the links", () => {
    holds(fc.tuple(anything, size), RUNS, ([said, maxTuples]) => {
      const world = people();
      world.maxTuples = maxTuples;
      tell(world, said);
      const places = [...world.tuples.read({ objectType: "athlete", relation: "team" })];
      const seats = places.map((t) => `seat:${idOf(t.user)}/${idOf(t.object)} ${t.user}`);
      expect(all(world, "seat", "team")).toEqual(seats.sort());
      const accounts = places.flatMap((t) => world.tuples.users(t.object, "link").map((u) => `${t.user} ${u}`));
      expect(all(world, "team", "athlete_account")).toEqual([...new Set(accounts)].sort());
      const links = [...world.tuples.read({ objectType: "athlete", relation: "link" })];
      expect(new Set(links.map((t) => t.user)).size).toBe(links.length);
      expect(new Set(links.map((t) => t.object)).size).toBe(links.length);
    });
  });

  test("S15 a team has at most one head coach, on the one active assignment with role head_coach", () => {
    holds(anything, RUNS, (said) => {
      const world = people();
      tell(world, said);
      for (const t of ["team:t1", "team:t2", "team:t3"]) {
        const heads = world.tuples.users(t, "head_assignment");
        const leading = world.tuples.users(t, "assignment")
          .filter((a) => world.tuples.has(a, "role", "role:fc/head_coach"));
        expect(heads.length).toBeLessThan(2);
        expect(leading).toEqual(heads);
      }
    });
  });

  test("a resent event is not applied again", () => {
    holds(anything, RUNS, (said) => {
      const world = people();
      for (const one of said) {
        tell(world, [one]);
        const data = Object.fromEntries(Object.entries(one.data).filter(([, v]) => v !== undefined));
        const again = world.send(one.type, data);
        if (!isRefusal(again)) expect(again.status, JSON.stringify(one)).toBe("unchanged");
      }
    });
  });

  test("ending a relationship never adds access for anybody", () => {
    const endings = fc.array(fc.oneof(...ENDINGS), { minLength: 1, maxLength: 6 });
    holds(fc.tuple(beginnings, endings), RUNS, ([said, ends]) => {
      const world = people();
      tell(world, said);
      let before = yeses(world);
      for (const end of ends) {
        tell(world, [end]);
        const after = yeses(world);
        for (const yes of after) expect(before.has(yes), `${yes} after ${JSON.stringify(end)}`).toBe(true);
        before = after;
      }
    });
  });
});
