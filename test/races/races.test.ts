// Events that race for one guard: exactly one wins, the losers get the right code, and the state is consistent.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { runsOr, SEED } from "../laws/law.ts";
import { Installation } from "../world/installation.ts";
import { GROUNDS, type Ground } from "../world/grounds.ts";
import { anyEvent, type Entry } from "./any-event.ts";
import { faultsOf } from "./invariants.ts";

/** Where a race runs, and its number of seeds; each orders and spaces the entries differently. */
const placesOf = (seeds: number, seedsOnOpenfga: number) =>
  GROUNDS.filter(({ available }) => available).flatMap((ground) =>
    Array.from({ length: ground === GROUNDS[0] ? seeds : seedsOnOpenfga }, (_, n) =>
      ({ name: ground.name, ground, seed: SEED + n })));

/** Number of sidecars that take the events of a race in turn, on OpenFGA. */
const SIDECARS = 3;

let place: Ground = GROUNDS[0]!;
let installations: Installation[] = [];
afterEach(async () => {
  for (const at of installations) await at.close();
  installations = [];
});
afterAll(async () => {
  for (const ground of GROUNDS) await ground.stop();
});

/** A seeded generator of numbers in [0, 1) (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Starts all entries at once, in an order and with pauses from the seed. Returns the code or status of each. */
async function race(at: Installation, seed: number, entries: readonly Entry[]): Promise<string[]> {
  const random = randomOf(seed);
  const outcomes: string[] = [];
  const order = entries.map((_, i) => ({ i, key: random() })).sort((a, b) => a.key - b.key);
  await Promise.all(order.map(async ({ i }) => {
    for (let turns = Math.floor(random() * 3); turns > 0; turns--) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [actor, type, data] = entries[i]!;
    const { body } = await at.post(type, data, actor === undefined ? {} : { actor });
    outcomes[i] = body.code ?? body.status;
  }));
  expect(faultsOf(await at.tuples()), `seed ${seed}`).toEqual([]);
  expect(at.logged).toEqual([]);
  return outcomes;
}

const count = (outcomes: readonly string[]): Record<string, number> => {
  const counted: Record<string, number> = {};
  for (const outcome of outcomes) counted[outcome] = (counted[outcome] ?? 0) + 1;
  return counted;
};

async function org(...more: readonly (readonly [string, object])[]): Promise<Installation> {
  const at = place === GROUNDS[0] ? new Installation(place) : new Installation(place, SIDECARS);
  installations.push(at);
  await at.system(["org.created", { org: "o", kind: "club", owner: "olga" }], ...more);
  return at;
}

const member = (user: string, hats = ["coach"], role?: string) =>
  ["member.added", { org: "o", user, hats, ...(role === undefined ? {} : { role }) }] as const;

describe.each(placesOf(runsOr(8, 100), runsOr(2, 20)))("$name, seed $seed", ({ ground, seed }) => {
  beforeAll(() => void (place = ground));

  test("PR9 two admins take each other down: one stays", async () => {
    const at = await org(member("ann", ["admin"], "owner"));
    const outcomes = await race(at, seed, [
      ["olga", "member.hats_changed", { org: "o", user: "ann", hats: ["coach"] }],
      ["ann", "member.hats_changed", { org: "o", user: "olga", hats: ["coach"] }],
      ["olga", "member.deactivated", { org: "o", user: "ann" }],
      ["ann", "member.deactivated", { org: "o", user: "olga" }],
      ["olga", "member.deactivated", { org: "o", user: "olga" }],
      ["ann", "member.deactivated", { org: "o", user: "ann" }],
    ]);
    expect(await at.users("org:o", "admin")).toHaveLength(1);
    const known = ["applied", "unchanged", "actor_not_allowed", "last_admin", "member_inactive"];
    expect(outcomes.filter((outcome) => !known.includes(outcome))).toEqual([]);
  });

  test("S6 two Owners give it up: one remains, the other one's event is refused", async () => {
    const at = await org(member("ann", ["admin"], "owner"), member("adam", ["admin"]));
    const outcomes = await race(at, seed, [
      ["olga", "member.role_assigned", { org: "o", user: "olga", role: "admin" }],
      ["ann", "member.role_assigned", { org: "o", user: "ann", role: "admin" }],
      [undefined, "member.deactivated", { org: "o", user: "adam" }],
    ]);
    expect(count(outcomes)).toEqual({ applied: 2, last_owner: 1 });
    expect(await at.users("org:o", "org_billing_manage")).toHaveLength(1);
  });

  test("PR10 a row and many users, a user and many rows: one link", async () => {
    const users = Array.from({ length: 12 }, (_, i) => `u${i}`);
    const rows = Array.from({ length: 12 }, (_, i) => `r${i}`);
    const at = await org(
      ["team.created", { team: "t", org: "o" }], ["athlete.created", { athlete: "r", org: "o", team: "t" }],
      ...users.map((user) => member(user, ["athlete"])), member("v", ["athlete"]),
      ...rows.map((athlete) => ["athlete.created", { athlete, org: "o", team: "t" }] as const),
    );
    const forRow = await race(at, seed, users.map((user) => ["olga", "athlete.linked", { athlete: "r", user }]));
    expect(count(forRow)).toEqual({ applied: 1, athlete_already_linked: 11 });
    const forUser = await race(at, seed, rows.map((athlete) => ["olga", "athlete.linked", { athlete, user: "v" }]));
    expect(count(forUser)).toEqual({ applied: 1, user_already_linked: 11 });
    expect(await at.users("team:t", "athlete")).toHaveLength(2);
  });

  test("IN4 the last use of a link; PR5 an invitation accepted once", async () => {
    const users = Array.from({ length: 20 }, (_, i) => `u${i}`);
    const at = await org(
      ["team.created", { team: "t", org: "o" }], ["athlete.created", { athlete: "r", org: "o" }],
      ["invite.created", { invite: "l", org: "o", hat: "athlete", team: "t", max_uses: 3 }],
      ["invite.created", { invite: "m", org: "o", hat: "athlete", email: "p@example.org", athlete: "r" }],
    );
    const link = await race(at, seed, users.map((user) => [user, "invite.redeemed", { invite: "l", user }]));
    expect(count(link)).toEqual({ applied: 3, invite_exhausted: 17 });
    const strangers = users.map((user) => `${user}x`);
    const mail = await race(at, seed,
      strangers.map((user) => [user, "invite.redeemed", { invite: "m", user, email: "p@example.org" }]));
    expect(count(mail)).toEqual({ applied: 1, invite_already_accepted: 19 });
    expect(await at.users("athlete:r", "account")).toHaveLength(1);
    expect(await at.users("org:o", "athlete")).toHaveLength(4);
  });

  test("one user redeems one link many times at once: one use", async () => {
    const at = await org(["team.created", { team: "t", org: "o" }],
      ["invite.created", { invite: "l", org: "o", team: "t", max_uses: 5 }]);
    const outcomes = await race(at, seed,
      Array.from({ length: 10 }, () => ["u", "invite.redeemed", { invite: "l", user: "u" }]));
    expect(count(outcomes)).toEqual({ applied: 1, unchanged: 9 });
    expect((await at.send("GET", "/invites/l")).body.uses).toBe(1);
  });

  test("the same event many times at once: applied once; with other content: refused", async () => {
    const at = await org();
    const send = (user: string) =>
      at.post("member.added", { org: "o", user }, { actor: "olga", id: "same", source: "/s" });
    const same = await Promise.all(Array.from({ length: 24 }, () => send("u")));
    expect(count(same.map(({ body }) => body.status))).toEqual({ applied: 1, duplicate: 23 });
    expect(new Set(same.map(({ body }) => body.token)).size).toBe(1);
    expect(count((await Promise.all(["v", "w"].map(send))).map(({ body }) => body.code)))
      .toEqual({ event_conflict: 2 });
  });

  test("two orgs claim one id: one gets it", async () => {
    const at = await org(["org.created", { org: "p", kind: "club", owner: "otto" }]);
    for (const [type, data] of [
      ["team.created", { team: "id" }], ["athlete.created", { athlete: "id" }],
      ["invite.created", { invite: "id", hat: "office" }], ["artifact.created", { artifact: "drill:id" }],
    ] as const) {
      const outcomes = await race(at, seed,
        [["olga", type, { ...data, org: "o" }], ["otto", type, { ...data, org: "p" }]]);
      expect([type, count(outcomes)]).toEqual([type, { applied: 1, already_exists: 1 }]);
    }
    const founders = await race(at, seed,
      ["a", "b", "c"].map((owner) => [owner, "org.created", { org: "q", kind: "club", owner }]));
    expect(count(founders)).toEqual({ applied: 1, already_exists: 2 });
    expect(await at.users("org:q", "member")).toHaveLength(1);
  });

  test("S15 head coaches named at once: one is, and the former ones' assignments have ended", async () => {
    const coaches = Array.from({ length: 10 }, (_, i) => `c${i}`);
    const at = await org(...coaches.map((user) => member(user)),
      ["team.created", { team: "t", org: "o", head_coach: "c0" }]);
    await race(at, seed, coaches.map((head_coach) => ["olga", "team.head_coach_changed", { team: "t", head_coach }]));
    const heads = await at.users("team:t", "head_coach");
    expect(heads).toHaveLength(1);
    expect(await at.users("team:t", "coach")).toEqual(heads);
    const creators = await Promise.all(coaches.map((coach) => at.can(coach, "teams_create", "org:o")));
    expect(creators.filter(Boolean)).toHaveLength(1);
  });

  test("PM5 a role is deleted while it is assigned: either nobody has it, or it still exists", async () => {
    const at = await org(member("u"), member("w"), ["athlete.created", { athlete: "a", org: "o" }],
      ["role.created", { org: "o", role: "r", scope: "org", keys: ["sessions.read"] }],
      ["role.created", { org: "o", role: "s", scope: "athlete", keys: ["sessions.read"] }]);
    const [deleted, given] = await race(at, seed, [
      ["olga", "role.deleted", { org: "o", role: "r" }],
      ["olga", "member.role_assigned", { org: "o", user: "u", role: "r" }],
    ]);
    expect([["applied", "unknown_entity"], ["role_in_use", "applied"]]).toContainEqual([deleted, given]);
    expect(await at.can("u", "sessions_read", "athlete:a")).toBe(given === "applied");
    const [gone, started] = await race(at, seed, [
      ["olga", "role.deleted", { org: "o", role: "s" }],
      ["olga", "coaching.started", { coaching: "c", athlete: "a", coach: "w", role: "s" }],
    ]);
    expect([["applied", "unknown_entity"], ["role_in_use", "applied"]]).toContainEqual([gone, started]);
    expect(await at.can("w", "sessions_read", "athlete:a")).toBe(started === "applied");
  });

  test("a right that ends while it is used: the applied events came before", async () => {
    const at = await org(member("adam", ["admin"]));
    const adding: Entry[] = Array.from({ length: 20 }, (_, i) => ["adam", "member.added", { org: "o", user: `n${i}` }]);
    const outcomes = await race(at, seed, [...adding, ["olga", "member.deactivated", { org: "o", user: "adam" }]]);
    const { applied = 0, actor_not_allowed: refused = 0 } = count(outcomes.slice(0, 20));
    expect([outcomes[20], applied + refused]).toEqual(["applied", 20]);
    expect(await at.users("org:o", "member")).toHaveLength(1 + applied);
  });
});

const WAVES = 12;

const anyPlaces = placesOf(runsOr(12, 200), runsOr(1, 10));
test.each(anyPlaces)("any events at once leave a consistent state: $name, seed $seed", async ({ ground, seed }) => {
  place = ground;
  const at = await org(
    ...[0, 1, 2, 3].map((i) => member(`u${i}`, i === 3 ? ["athlete"] : ["coach"])),
    ...[0, 1].map((i) => ["team.created", { team: `t${i}`, org: "o", head_coach: `u${i}` }] as const),
    ...[0, 1].map((i) => ["athlete.created", { athlete: `r${i}`, org: "o", team: `t${i}` }] as const),
  );
  const random = randomOf(seed);
  const outcomes: string[] = [];
  for (let wave = 0; wave < WAVES; wave++) {
    outcomes.push(...await race(at, seed * 100 + wave, Array.from({ length: 50 }, () => anyEvent(random))));
  }
  const { applied = 0 } = count(outcomes);
  expect(applied).toBeGreaterThan(WAVES * 3);
});

describe("an inconsistent state is found", () => {
  beforeAll(() => void (place = GROUNDS[0]!));

  const good = async () => {
    const at = await org(member("u", ["athlete"]), member("c"),
      ["team.created", { team: "t", org: "o", head_coach: "c" }],
      ["athlete.created", { athlete: "r", org: "o", team: "t", user: "u" }],
      ["athlete.created", { athlete: "s", org: "o" }],
      ["invite.created", { invite: "i", org: "o", team: "t", max_uses: 1 }],
      ["invite.redeemed", { invite: "i", user: "z" }]);
    return at.tuples();
  };
  const without = (user: string, relation: string, object: string) => (tuples: readonly Tuple[]) =>
    tuples.filter((tuple) => !(tuple.user === user && tuple.relation === relation && tuple.object === object));
  const also = (user: string, relation: string, object: string) => (tuples: readonly Tuple[]) =>
    [...tuples, { user, relation, object }];

  test.each<[string, (tuples: readonly Tuple[]) => readonly Tuple[]]>([
    ["a row with two accounts", also("user:c", "link", "athlete:r")],
    ["an account with two rows", also("user:u", "link", "athlete:s")],
    ["a linked account that is no member", without("user:u", "member", "org:o")],
    ["a team that forgot an account", without("user:u", "athlete_account", "team:t")],
    ["a team with a stranger's account", also("user:c", "athlete_account", "team:t")],
    ["a place without its seat", without("team:t", "team", "seat:t/r")],
    ["a seat that is nobody's", also("team:t", "team", "seat:t/s")],
    ["a holder without a row", also("user:u", "row_holder", "role:o/head_coach")],
    ["a row without its holder", without("user:c", "row_holder", "role:o/head_coach")],
    ["two head coaches", also("team_assignment:i.z", "head_assignment", "team:t")],
    ["no admin", without("user:olga", "admin_hat", "org:o")],
    ["no Owner", without("user:olga", "holder", "role:o/owner")],
    ["two roles", also("user:c", "holder", "role:o/owner")],
    ["two numbers of uses", also("value:0", "uses", "invitation:i")],
  ])("%s", async (_, spoil) => {
    const tuples = await good();
    expect(faultsOf(tuples)).toEqual([]);
    expect(faultsOf(spoil(tuples))).not.toEqual([]);
  });
});
