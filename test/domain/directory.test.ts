// The directory on states that events made: people, matrix, workspaces, invites.
import { describe, expect, test } from "vitest";
import { ATHLETE_KEYS, ORG_KEYS, RESOURCES } from "../../src/policy/permission-keys.ts";
import * as directory from "../../src/domain/directory.ts";
import { START, World } from "../world/world.ts";
import { whole } from "../turns/whole.ts";

type PeopleFilter = directory.PeopleFilter;

/** The lists, computed whole: their parts matter only for waiting. */
const matrixOf = (...asked: Parameters<typeof directory.matrixOf>) => whole(directory.matrixOf(...asked));
const workspacesOf = (...asked: Parameters<typeof directory.workspacesOf>) => whole(directory.workspacesOf(...asked));

const DAY = 86_400_000;

/** A club with an owner, a coach, an athlete linked to a roster row, and a deactivated member. */
function club(): World {
  const world = new World();
  world.system("org.created", { org: "o", kind: "club", owner: "olga" });
  world.as("olga", "member.added", { org: "o", user: "carl", professional_area: "medical" });
  world.as("olga", "member.added", { org: "o", user: "anna", hats: ["athlete"] });
  world.as("olga", "member.added", { org: "o", user: "zoe", hats: ["office"] });
  world.as("olga", "member.deactivated", { org: "o", user: "zoe" });
  world.as("olga", "team.created", { team: "t", org: "o" });
  world.as("olga", "athlete.created", { athlete: "a1", org: "o", user: "anna", coach: "carl" });
  return world;
}

/** Ids of the people that a filter finds. */
function found(world: World, filter: Partial<PeopleFilter>): string[] {
  const people = world.people("o", filter);
  if (people === undefined) throw new Error("no such org");
  return [...people.members.map((member) => member.user), ...people.invites.map((invite) => `+${invite.invite}`)];
}

describe("PR4 the people list", () => {
  test("has members with role, linked athlete, status and inviter, sorted by id", () => {
    const people = club().people("o");
    const rest = { athlete: null, professional_area: null, invited_by: "olga", status: "active" };
    expect(people?.members).toEqual([
      { ...rest, user: "anna", hats: ["athlete"], role: null, athlete: "a1" },
      { ...rest, user: "carl", hats: ["coach"], role: "coach", professional_area: "medical" },
      { ...rest, user: "olga", hats: ["admin", "coach"], role: "owner", invited_by: null },
      { ...rest, user: "zoe", hats: ["office"], role: "front_desk", status: "inactive" },
    ]);
  });

  test("has open invites only: links, and invitations until they expire, are revoked or used", () => {
    const world = club();
    world.as("olga", "invite.created", { invite: "mail", org: "o", email: "x@example.org" });
    world.as("olga", "invite.created", { invite: "link", org: "o", hat: "athlete", team: "t", max_uses: 1 });
    world.as("olga", "invite.created", { invite: "gone", org: "o", hat: "admin" });
    world.as("olga", "invite.revoked", { invite: "gone" });
    const people = world.people("o", { status: "invited" });
    const rest = { status: "invited", athlete: null, invited_by: "olga", maker_may: true };
    expect(people).toEqual({
      members: [],
      invites: [
        { ...rest, invite: "link", hat: "athlete", team: "t", expires_at: null },
        { ...rest, invite: "mail", hat: "coach", team: null, expires_at: new Date(START + 14 * DAY).toISOString() },
      ],
    });
    world.as("newt", "invite.redeemed", { invite: "link", user: "newt" });
    expect(found(world, { status: "invited" })).toEqual(["+mail"]);
    world.now = START + 14 * DAY - 1;
    expect(found(world, { status: "invited" })).toEqual(["+mail"]);
    world.now = START + 14 * DAY;
    expect(found(world, { status: "invited" })).toEqual([]);
  });

  test("S19 shows for each invite whether its maker may still give it: by hat, role, team and reserved row", () => {
    const world = club();
    const role = (id: string, keys: readonly string[]) =>
      void world.system("role.created", { org: "o", role: id, scope: "org", keys });
    role("bare", []);
    role("big", ["org.billing.read"]);
    role("desk", ["org.members.invite", "org.members.manage"]);
    role("manager", ["org.members.invite", "org.manage"]);
    world.system("team.created", { team: "u", org: "o" });
    for (const athlete of ["a2", "a3"]) world.system("athlete.created", { athlete, org: "o" });
    world.system("team.athlete_added", { team: "t", athlete: "a2" });
    for (const user of ["mia", "noa"]) world.system("member.added", { org: "o", user, hats: ["admin"] });
    const link = { org: "o", role: "bare" };
    const made: readonly (readonly [string, string, object])[] = [
      ["mia", "admin", { hat: "admin" }], ["mia", "office", { hat: "office" }],
      ["mia", "big", { hat: "office", role: "big" }], ["noa", "big2", { hat: "office", role: "big" }],
      ["olga", "admin2", { hat: "admin" }],
      ["mia", "coach-t", { team: "t" }], ["mia", "coach-u", { team: "u" }],
      ["noa", "coach-u2", { team: "u" }], ["noa", "kids-u2", { hat: "athlete", team: "u" }],
      ["mia", "kids-u", { hat: "athlete", team: "u" }],
      ["mia", "a2", { hat: "athlete", team: "t", athlete: "a2" }],
      ["mia", "a3", { hat: "athlete", team: "t", athlete: "a3" }],
    ];
    for (const [maker, invite, more] of made) world.as(maker, "invite.created", { ...link, invite, ...more });
    const may = (): string[] => world.people("o")!.invites.filter((found) => found.maker_may)
      .map((found) => found.invite);
    expect(may()).toHaveLength(made.length);
    // mia heads the team t and is in the office; noa, of the office, manages teams.
    world.system("member.hats_changed", { org: "o", user: "mia", hats: ["coach", "office"], role: "desk" });
    world.system("team.head_coach_changed", { team: "t", head_coach: "mia" });
    world.system("member.hats_changed", { org: "o", user: "noa", hats: ["office"], role: "manager" });
    expect(may()).toEqual(["a2", "admin2", "coach-t", "kids-u2", "office"]);
    expect(made.map(([, invite]) => world.invite(invite)).filter((shown) => shown?.maker_may)).toHaveLength(5);
  });

  test("filters by hat and by status", () => {
    const world = club();
    world.as("olga", "invite.created", { invite: "i", org: "o", hat: "athlete", team: "t" });
    expect(found(world, {})).toEqual(["anna", "carl", "olga", "zoe", "+i"]);
    expect(found(world, { hat: "coach" })).toEqual(["carl", "olga"]);
    expect(found(world, { hat: "athlete" })).toEqual(["anna", "+i"]);
    expect(found(world, { status: "active" })).toEqual(["anna", "carl", "olga"]);
    expect(found(world, { status: "inactive" })).toEqual(["zoe"]);
    expect(found(world, { hat: "office", status: "active" })).toEqual([]);
    expect(found(world, { hat: "coach", status: "invited" })).toEqual([]);
  });

  test("PR8 a deactivated athlete's link is deleted, and stays so after reactivation", () => {
    const world = club();
    const linked = () => world.people("o", { hat: "athlete" })?.members[0]?.athlete;
    expect(linked()).toBe("a1");
    world.as("olga", "member.deactivated", { org: "o", user: "anna" });
    world.as("olga", "member.reactivated", { org: "o", user: "anna" });
    expect(linked()).toBeNull();
  });

  test("PR11 belongs to one org; an unknown org has none", () => {
    const world = club();
    world.system("org.created", { org: "p", kind: "program", owner: "pia" });
    expect(found(world, {})).not.toContain("pia");
    expect(world.people("q")).toBeUndefined();
  });
});

describe("PM1 the matrix", () => {
  const roleOf = (world: World, org: string, id: string) =>
    matrixOf(world.tuples, org)?.roles.find((role) => role.role === id);

  test("PM2 has the seeded roles of the kind, then the custom ones", () => {
    const world = club();
    world.as("olga", "role.created", { org: "o", role: "aide", scope: "athlete", keys: ["goals.read"] });
    expect(matrixOf(world.tuples, "o")?.roles.map((role) => role.role)).toEqual([
      "owner", "admin", "coach", "head_coach", "viewer", "assistant_coach", "specialist", "front_desk", "aide",
    ]);
    expect(roleOf(world, "o", "aide"))
      .toEqual({ role: "aide", scope: "athlete", system: false, locked: false, keys: ["goals.read"], holders: 0 });
    expect(roleOf(world, "o", "owner")).toMatchObject({ system: true, locked: true, holders: 1 });
    expect(roleOf(world, "o", "owner")?.keys)
      .toEqual([...ORG_KEYS, ...ATHLETE_KEYS, ...RESOURCES.map((r) => `${r}.generate`)].sort());
  });
  test("PM5 shows an edited role's keys, each resource at its highest level", () => {
    const world = club();
    world.as("olga", "role.updated", { org: "o", role: "coach", keys: ["roster.view", "roster.edit", "goals.read"] });
    const edited = { system: true, locked: false, keys: ["goals.read", "roster.edit"] };
    expect(roleOf(world, "o", "coach")).toMatchObject(edited);
  });
  test("counts active members and active rows", () => {
    const world = club();
    expect([roleOf(world, "o", "front_desk")?.holders, roleOf(world, "o", "head_coach")?.holders]).toEqual([0, 1]);
    world.as("olga", "coaching.ended", { coaching: "a1.carl" });
    expect(roleOf(world, "o", "head_coach")?.holders).toBe(0);
  });
  test("PR1 has every key and resource in its section", () => {
    const { sections } = matrixOf(club().tuples, "o") ?? { sections: {} };
    expect(Object.keys(sections)).toEqual(["Organization", "Athlete", "Plans", "Library", "People", "Settings"]);
    expect(Object.values(sections).flat()).toEqual([...ORG_KEYS, ...ATHLETE_KEYS, ...RESOURCES]);
  });
  test("an unknown org has none", () => {
    expect(matrixOf(club().tuples, "q")).toBeUndefined();
  });
});

describe("IN3 workspaces", () => {
  test("land at the highest hat: admin, coach, athlete; over all orgs, at the highest of all", () => {
    const world = club();
    world.system("org.created", { org: "b", kind: "club", owner: "anna" });
    expect(workspacesOf(world.tuples, "anna")).toEqual({
      landing: "admin",
      orgs: [
        { org: "b", hats: ["admin", "coach"], role: "owner", status: "active", landing: "admin" },
        { org: "o", hats: ["athlete"], role: null, status: "active", landing: "athlete" },
      ],
    });
    expect(workspacesOf(world.tuples, "carl").landing).toBe("coach");
  });
  test("IN2 PR8 an inactive membership, an office hat alone and a stranger are unauthorized", () => {
    const world = club();
    expect(workspacesOf(world.tuples, "zoe")).toMatchObject(
      { landing: "unauthorized", orgs: [{ hats: ["office"], status: "inactive", landing: "unauthorized" }] });
    world.as("olga", "member.reactivated", { org: "o", user: "zoe" });
    expect(workspacesOf(world.tuples, "zoe")).toMatchObject(
      { landing: "unauthorized", orgs: [{ status: "active", landing: "unauthorized" }] });
    world.as("olga", "member.deactivated", { org: "o", user: "carl" });
    expect(workspacesOf(world.tuples, "carl")).toMatchObject({ landing: "unauthorized", orgs: [{ hats: ["coach"] }] });
    for (const stranger of ["nobody", "*", "", "a b"]) {
      expect(workspacesOf(world.tuples, stranger)).toEqual({ landing: "unauthorized", orgs: [] });
    }
  });
});

describe("IN5 an invite", () => {
  test("is shown with its uses until they are used up", () => {
    const world = club();
    world.as("olga", "invite.created", { invite: "i", org: "o", hat: "athlete", team: "t", max_uses: 2 });
    const shown = { invite: "i", org: "o", hat: "athlete", team: "t", max_uses: 2, expires_at: null, maker_may: true };
    expect(world.invite("i")).toEqual({ ...shown, status: "active", uses: 0 });
    world.as("ned", "invite.redeemed", { invite: "i", user: "ned" });
    expect(world.invite("i")).toEqual({ ...shown, status: "active", uses: 1 });
    world.as("nan", "invite.redeemed", { invite: "i", user: "nan" });
    expect(world.invite("i")).toEqual({ ...shown, status: "exhausted", uses: 2 });
  });
  test("PR5 PR6 an invitation is active, expired, revoked or accepted, and shows no address", () => {
    const world = club();
    for (const invite of ["x", "y", "z"]) {
      world.as("olga", "invite.created", { invite, org: "o", email: `${invite}@example.org` });
    }
    const status = (id: string, now = START) => world.invite(id, now)?.status;
    world.as("olga", "invite.revoked", { invite: "x" });
    world.as("yan", "invite.redeemed", { invite: "y", user: "yan", email: "y@example.org" });
    expect([status("x"), status("y"), status("z")]).toEqual(["revoked", "accepted", "active"]);
    expect([status("z", START + 14 * DAY - 1), status("z", START + 14 * DAY)]).toEqual(["active", "expired"]);
    expect(world.invite("y")).toMatchObject({ uses: 1, max_uses: 1 });
    expect(JSON.stringify(world.invite("z"))).not.toMatch(/example|hash/);
  });
  test("an unknown id has none", () => {
    expect(club().invite("nope")).toBeUndefined();
  });
});
