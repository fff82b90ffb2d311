// Law: after any sequence of events the tuples of access fit together.
import { expect, test } from "vitest";
import { hasAdmin, memberIds, memberOf } from "../../src/domain/members.ts";
import { assignmentsOn, coachingRow } from "../../src/domain/relationship-rows.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { idOf } from "../../src/tuples/tuple.ts";
import { holds } from "./law.ts";
import { Play, sequences } from "./sequence.ts";

function of(tuples: TupleSet, objectType: string, relation: string): { object: string; user: string }[] {
  return [...tuples.read({ objectType, relation })];
}

/**
 * PR10: a row has at most one account, and a user at most one row per org; a linked user is an active athlete there.
 */
function links(tuples: TupleSet): void {
  const seen = new Set<string>();
  for (const { object, user } of of(tuples, "athlete", "link")) {
    expect(tuples.users(object, "link"), `links of ${object}`).toHaveLength(1);
    const org = idOf(tuples.users(object, "org")[0] ?? "org:none");
    expect(seen.has(`${org} ${user}`), `${user} has a second row in ${org}`).toBe(false);
    seen.add(`${org} ${user}`);
    expect(memberOf(tuples, org, idOf(user)), `${user} linked to ${object}`).toMatchObject({ active: true });
    expect(tuples.has(`org:${org}`, "athlete_hat", user), `${user} wears the athlete hat`).toBe(true);
  }
}

/** NP6: an athlete is on a team exactly if it has a seat; the team knows the linked accounts of its athletes. */
function seats(tuples: TupleSet): void {
  const on = of(tuples, "athlete", "team").map(({ object, user }) => `seat:${idOf(user)}/${idOf(object)} ${user}`);
  expect(on.sort()).toEqual(of(tuples, "seat", "team").map(({ object, user }) => `${object} ${user}`).sort());
  const wanted = of(tuples, "athlete", "team")
    .flatMap(({ object, user }) => tuples.users(object, "link").map((account) => `${user} ${account}`));
  const found = of(tuples, "team", "athlete_account").map(({ object, user }) => `${object} ${user}`);
  expect(found.sort()).toEqual([...new Set(wanted)].sort());
}

/** S15: a team has at most one head assignment, which is one of its active ones. */
function heads(tuples: TupleSet): void {
  for (const { object, user } of of(tuples, "team", "head_assignment")) {
    expect(tuples.users(object, "head_assignment"), `heads of ${object}`).toHaveLength(1);
    if (tuples.users(object, "org").length === 0) continue;
    expect(assignmentsOn(tuples, idOf(object)).filter((row) => row.head).map((row) => row.id)).toEqual([idOf(user)]);
  }
}

/** S12: the tuple of a holder and a role exists exactly while a coaching row or a head assignment holds the role. */
function rowHolders(tuples: TupleSet): void {
  const wanted = new Set<string>();
  for (const { object } of of(tuples, "coaching", "active_on")) {
    const row = coachingRow(tuples, idOf(object));
    if (row?.active === true) wanted.add(`role:${row.org}/${row.role} user:${row.coach}`);
  }
  for (const { object } of of(tuples, "team", "org")) {
    for (const row of assignmentsOn(tuples, idOf(object))) {
      if (row.head) wanted.add(`role:${row.org}/${row.role} user:${row.coach}`);
    }
  }
  const found = of(tuples, "role", "row_holder").map(({ object, user }) => `${object} ${user}`);
  expect(found.sort()).toEqual([...wanted].sort());
}

/** PR9: each org has an active admin; each member wears a hat and holds at most one org role. */
function members(tuples: TupleSet): void {
  for (const { object: org } of of(tuples, "org", "platform")) {
    expect(hasAdmin(tuples, idOf(org)), `an admin of ${org}`).toBe(true);
    for (const user of memberIds(tuples, idOf(org))) {
      expect(memberOf(tuples, idOf(org), user)!.hats, `hats of ${user}`).not.toEqual([]);
      const held = tuples.objects("role", "holder", `user:${user}`)
        .filter((role) => role.startsWith(`role:${idOf(org)}/`));
      expect(held.length, `roles of ${user} in ${org}`).toBeLessThanOrEqual(1);
    }
  }
}

test("after any event, links, seats, head coaches, holders by row and members satisfy what the model relies on", () => {
  holds(sequences(30, 80), 80, (seeds) => {
    const play = new Play();
    for (const seed of seeds) {
      const event = play.next(seed);
      if (play.send(event) !== "applied") continue;
      const { tuples } = play.world;
      for (const invariant of [links, seats, heads, rowHolders, members]) invariant(tuples);
    }
  });
});
