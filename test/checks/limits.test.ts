// Every limit of evaluation, at its value and one beyond.
import { expect, test } from "vitest";
import { MAX_CONTEXTUAL_TUPLES } from "../../src/checks/limits.ts";
import { check, listObjects, listUsers } from "../../src/engine.ts";
import { tuple, World } from "./world.ts";
import {
  MAX_OBJECT_LENGTH, MAX_RELATION_LENGTH, MAX_TYPE_LENGTH, MAX_USER_LENGTH,
} from "../../src/tuples/field-sizes.ts";

const world = new World(`
type user
type doc
  relations
    define viewer: [user]
`);

function contextual(count: number) {
  return Array.from({ length: count }, (_, i) => tuple(`doc:${i}#viewer@user:anne`));
}

test("100 contextual tuples, not 101", () => {
  const most = contextual(MAX_CONTEXTUAL_TUPLES);
  const more = contextual(MAX_CONTEXTUAL_TUPLES + 1);
  expect(world.check("doc:99#viewer@user:anne", { contextual: most })).toBe(true);
  expect(world.check("doc:99#viewer@user:anne", { contextual: more })).toBe("validation_error");
  expect(world.objects("doc", "viewer", "user:anne", { contextual: most })).toHaveLength(100);
  expect(world.objects("doc", "viewer", "user:anne", { contextual: more })).toBe("validation_error");
  expect(world.users("doc:1", "viewer", "user", { contextual: most })).toEqual(["user:anne"]);
  expect(world.users("doc:1", "viewer", "user", { contextual: more })).toBe("validation_error");
  expect(world.expand("doc:1", "viewer", most)).toMatchObject({ name: "doc:1#viewer" });
  expect(world.expand("doc:1", "viewer", more)).toBe("validation_error");
  expect(world.tuples.size).toBe(0);
});

/** A name with a given number of characters, each of two code units. */
function long(prefix: string, length: number): string {
  return prefix + "𝔘".repeat(length - prefix.length);
}

test("users of 512 characters, not 513", () => {
  const key = { object: "doc:1", relation: "viewer" };
  const ask = (length: number) => check(world.model, world.tuples, { ...key, user: long("user:", length) });
  expect(ask(MAX_USER_LENGTH)).toEqual({ allowed: false });
  expect(ask(MAX_USER_LENGTH + 1))
    .toMatchObject({ error: { code: "validation_error", message: "'user' is longer than 512 characters" } });
});

test("objects of 256 characters, not 257", () => {
  const key = { user: "user:anne", relation: "viewer" };
  const ask = (length: number) => check(world.model, world.tuples, { ...key, object: long("doc:", length) });
  expect(ask(MAX_OBJECT_LENGTH)).toEqual({ allowed: false });
  expect(ask(MAX_OBJECT_LENGTH + 1))
    .toMatchObject({ error: { code: "validation_error", message: "'object' is longer than 256 characters" } });
});

test("contextual users of 512 bytes, objects of 256 characters, relations of 50, and no longer", () => {
  const wide = (length: number) => `user:x${"é".repeat((length - 6) / 2)}`;
  const ask = (given: { user?: string; object?: string; relation?: string }) => {
    const contextual = [{ user: "user:anne", object: "doc:1", relation: "viewer", ...given }];
    const answers = [
      world.check("doc:1#viewer@user:bob", { contextual }), world.objects("doc", "viewer", "user:bob", { contextual }),
      world.users("doc:2", "viewer", "user", { contextual }),
    ];
    return new Set(answers.map(String));
  };
  const fine = new Set(["false", ""]);
  expect(ask({ user: wide(MAX_USER_LENGTH) })).toEqual(fine);
  expect(ask({ user: `${wide(MAX_USER_LENGTH)}x` })).toEqual(new Set(["validation_error"]));
  expect(ask({ object: long("doc:", MAX_OBJECT_LENGTH) })).toEqual(fine);
  expect(ask({ object: long("doc:", MAX_OBJECT_LENGTH + 1) })).toEqual(new Set(["validation_error"]));
  expect(ask({ relation: "r".repeat(MAX_RELATION_LENGTH) })).toEqual(new Set(["invalid_tuple"]));
  expect(ask({ relation: "r".repeat(MAX_RELATION_LENGTH + 1) })).toEqual(new Set(["validation_error"]));
});

test("list-objects takes users of 512 bytes, not 513", () => {
  const ask = (user: string) => world.objects("doc", "viewer", user);
  expect(ask(`user:x${"é".repeat(253)}`)).toEqual([]);
  expect(ask(`user:xx${"é".repeat(253)}`)).toBe("validation_error");
});

test("list-users answers for any id of an object; no tuple has an odd one", () => {
  world.tuples.add(tuple("doc:1#viewer@user:anne"));
  for (const id of ["a b", "a:b", "a#b", "*", long("", MAX_OBJECT_LENGTH)]) {
    expect(world.users(`doc:${id}`, "viewer", "user"), id).toEqual([]);
  }
  world.tuples.delete(tuple("doc:1#viewer@user:anne"));
});

test("relations of 50 characters, not 51", () => {
  const ask = (length: number) => check(world.model, world.tuples,
    { user: "user:anne", object: "doc:1", relation: "r".repeat(length) });
  expect(ask(MAX_RELATION_LENGTH)).toMatchObject({ error: { message: expect.stringContaining("not found") } });
  expect(ask(MAX_RELATION_LENGTH + 1)).toMatchObject({ error: { message: "'relation' is longer than 50 characters" } });
});

test("types of 254 characters, not 255", () => {
  const objects = (length: number) => listObjects(world.model, world.tuples,
    { user: "user:anne", relation: "viewer", type: "t".repeat(length) });
  expect(objects(MAX_TYPE_LENGTH)).toMatchObject({ error: { code: "type_not_found" } });
  expect(objects(MAX_TYPE_LENGTH + 1)).toMatchObject({ error: { code: "validation_error" } });
  const users = (length: number) => listUsers(world.model, world.tuples,
    { object: "doc:1", relation: "viewer", userFilter: { type: "t".repeat(length) } });
  expect(users(MAX_TYPE_LENGTH)).toMatchObject({ error: { code: "type_not_found" } });
  expect(users(MAX_TYPE_LENGTH + 1)).toMatchObject({ error: { code: "validation_error" } });
});

test("paths that fork and join at every level are not followed one by one", () => {
  const groups = new World(`
type user
type group
  relations
    define member: [user, group#member]
    define guest: [user]
    define both: member and guest
`);
  for (let level = 0; level < 23; level++) {
    for (const from of ["a", "b"]) {
      for (const to of ["a", "b"]) {
        groups.tuples.add(tuple(`group:${level}${from}#member@group:${level + 1}${to}#member`));
      }
    }
  }
  // Eight million paths lead from level 0 to level 23.
  groups.tuples.add(tuple("group:23b#member@user:anne"));
  expect(groups.check("group:0a#member@user:anne")).toBe(true);
  expect(groups.check("group:0a#member@user:bob")).toBe(false);
  expect(groups.users("group:0a", "member", "user")).toEqual(["user:anne"]);
  expect(groups.objects("group", "member", "user:anne")).toHaveLength(2 * 23 + 1);
});
