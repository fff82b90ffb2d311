// Law: list-objects is exactly the objects whose check is true, list-users exactly the users.
import fc from "fast-check";
import { expect, test } from "vitest";
import { holds } from "../laws/law.ts";
import { tuple, World } from "./world.ts";

interface Case {
  readonly model: string;
  /** Shapes `type#relation@user` that a tuple may have; ids are drawn from 1 to 4, and `*` stays. */
  readonly shapes: readonly string[];
  readonly objects: readonly string[];
}

const COACHING: Case = {
  model: `
type user
type org
  relations
    define member: [user]
    define hat: [user]
    define coach: hat and member
    define key: [role#holder]
    define manager: key and member
type role
  relations
    define holder: [user]
    define key: [org#coach]
type row
  relations
    define coach: [user]
    define active_on: [athlete]
    define follows: [role]
    define org_coach: coach from org
    define org: [org]
    define current: coach and org_coach
    define key: ([user, role#key] or key from follows) and current
type team
  relations
    define org: [org]
    define assignment: [row]
    define key: key from assignment
type athlete
  relations
    define org: [org]
    define row: [row]
    define team: [team]
    define key: key from row or key from team or manager from org
`,
  shapes: [
    "org#member@user", "org#hat@user", "org#key@role#holder", "role#holder@user", "role#key@org#coach",
    "row#coach@user",
    "row#active_on@athlete", "row#follows@role", "row#org@org", "row#key@user", "row#key@role#key", "team#org@org",
    "team#assignment@row", "athlete#org@org", "athlete#row@row", "athlete#team@team",
  ],
  objects: ["org#coach", "org#manager", "role#key", "row#current", "row#key", "team#key", "athlete#key"],
};

const NESTED: Case = {
  model: `
type user
type group
  relations
    define member: [user, user:*, group#member]
    define admin: [user, group#member] or admin from parent
    define parent: [group]
    define both: member and admin
    define deep: [user] or both from parent or deep from parent
type doc
  relations
    define folder: [doc, group]
    define viewer: [user, group#both, doc#editor] or viewer from folder or member from folder
    define editor: ([user, doc#viewer] and viewer) or (admin from folder and viewer from folder)
    define any: viewer or editor
`,
  shapes: [
    "group#member@user", "group#member@user:*", "group#member@group#member", "group#admin@user",
    "group#admin@group#member",
    "group#parent@group", "group#deep@user", "doc#folder@doc", "doc#folder@group", "doc#viewer@user",
    "doc#viewer@group#both", "doc#viewer@doc#editor", "doc#editor@user", "doc#editor@doc#viewer",
  ],
  objects: ["group#member", "group#admin", "group#both", "group#deep", "doc#viewer", "doc#editor", "doc#any"],
};

const EXCLUSIONS: Case = {
  model: `
type user
type group
  relations
    define member: [user]
    define banned: [user, user:*]
    define good: member but not banned
type doc
  relations
    define owner: [user]
    define open: [user, user:*]
    define blocked: [user, user:*, group#good]
    define viewer: ([user, group#good] or open) but not blocked
    define parent: [doc]
    define inherited: viewer from parent but not (blocked but not owner)
    define some: (open and viewer) or inherited
`,
  shapes: [
    "group#member@user", "group#banned@user", "group#banned@user:*", "doc#owner@user", "doc#open@user",
    "doc#open@user:*",
    "doc#blocked@user", "doc#blocked@user:*", "doc#blocked@group#good", "doc#viewer@user", "doc#viewer@group#good",
    "doc#parent@doc",
  ],
  objects: ["group#good", "doc#viewer", "doc#inherited", "doc#some"],
};

const IDS = [1, 2, 3, 4];
const USERS = IDS.map((id) => `user:${id}`);

/** A shape such as `row#coach@user` with two ids: `row:1#coach@user:3`. */
function fill(shape: string, object: number, user: number): string {
  const [, type, relation, userType, rest] = /^(\w+)#(\w+)@(\w+)(.*)$/.exec(shape)!;
  return `${type}:${object}#${relation}@${userType}${rest === ":*" ? ":*" : `:${user}${rest}`}`;
}

function tuplesOf({ shapes }: Case): fc.Arbitrary<string[]> {
  const id = fc.constantFrom(...IDS);
  return fc.uniqueArray(fc.tuple(fc.constantFrom(...shapes), id, id).map(([shape, a, b]) => fill(shape, a, b)),
    { minLength: 4, maxLength: 40 });
}

function allObjects(type: string): string[] {
  return IDS.map((id) => `${type}:${id}`);
}

/** Checks one world: every relation and every user, comparing both lists with single checks. */
function agrees(world: World, { objects }: Case): void {
  for (const target of objects) {
    const [type, relation] = target.split("#") as [string, string];
    const subjects = [...USERS, "user:*", "user:stranger", ...objects.flatMap((of) => {
      const [userType, userRelation] = of.split("#");
      return allObjects(userType!).slice(0, 2).map((object) => `${object}#${userRelation}`);
    })];
    for (const user of subjects) {
      const wanted = allObjects(type).filter((object) => world.check(`${object}#${relation}@${user}`) === true);
      const found = world.objects(type, relation, user);
      // A userset may be a member of its own object without a tuple that names it.
      expect(found, `objects of ${type}#${relation} for ${user}`).toEqual(wanted);
    }
    for (const object of allObjects(type)) {
      const isYes = (user: string): boolean => world.check(`${object}#${relation}@${user}`) === true;
      const found = world.users(object, relation, "user");
      expect(found).toBeInstanceOf(Array);
      for (const user of found) expect(isYes(user), `${object}#${relation}@${user}`).toBe(true);
      expect(found.includes("user:*"), `${object}#${relation}@user:*`).toBe(isYes("user:*"));
      // Users whom the wildcard covers may be left out; all others must be listed.
      if (!found.includes("user:*")) expect(found).toEqual(USERS.filter(isYes));
      for (const of of objects) {
        const listed = world.users(object, relation, of);
        const candidates = allObjects(of.split("#")[0]!).map((o) => `${o}#${of.split("#")[1]}`);
        expect(listed, `usersets ${of} of ${object}#${relation}`).toEqual(candidates.filter(isYes));
      }
    }
  }
}

test.each([["coaching", COACHING], ["nested", NESTED], ["exclusions", EXCLUSIONS]])("%s worlds", (name, world) => {
  console.log(`lists agree with checks, ${name}:`);
  holds(tuplesOf(world), 150, (tuples) => agrees(new World(world.model, ...tuples), world), 5_000);
});

test("adding and deleting tuples in any order leaves the same answers", () => {
  holds(fc.tuple(tuplesOf(COACHING), tuplesOf(COACHING)), 200, ([kept, passing]) => {
    const world = new World(COACHING.model, ...passing);
    for (const text of kept) world.tuples.add(tuple(text));
    for (const text of passing) if (!kept.includes(text)) world.tuples.delete(tuple(text));
    const fresh = new World(COACHING.model, ...kept);
    expect(world.tuples.size).toBe(fresh.tuples.size);
    for (const user of USERS) {
      expect(world.objects("athlete", "key", user)).toEqual(fresh.objects("athlete", "key", user));
    }
  }, 5_000);
});

test("list-users finds the users who are spared on the subtracted side of a difference under a wildcard", () => {
  const world = new World(EXCLUSIONS.model,
    "doc:4#owner@user:1", "doc:1#open@user:*", "doc:4#parent@doc:1", "doc:4#blocked@user:*");
  expect(world.users("doc:4", "inherited", "user")).toEqual(["user:1"]);
});
