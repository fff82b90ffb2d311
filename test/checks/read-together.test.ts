// Which tuples OpenFGA reads together, so that a passing tuple hides the fault of another one.
import { expect, test } from "vitest";
import { tuple, World } from "./world.ts";

const SEVERAL = `
type user
type group
  relations
    define member: [user]
type club
  relations
    define member: [user]
type crew
  relations
    define member: [user, crew#member]
type fleet
  relations
    define member: [user, crew#member]
type doc
  relations
    define owner: [user]
    define open: [user:* with is_ok]
    define apart: [group#member with is_ok, club#member]
    define along: [fleet#member with is_ok, crew#member]
    define not_apart: owner but not apart
    define not_along: owner but not along
condition is_ok(a: string) {
  a == "ok"
}
`;

test("usersets whose relation comes from one tuple are each read separately, the others together", () => {
  const world = new World(SEVERAL, "doc:1#owner@user:anne",
    tuple("doc:1#apart@group:1#member", "is_ok"), "doc:1#apart@club:1#member", "club:1#member@user:bob",
    tuple("doc:1#along@fleet:1#member", "is_ok"), "doc:1#along@crew:1#member");
  expect(world.check("doc:1#apart@user:anne")).toBe("validation_error");
  expect(world.check("doc:1#not_apart@user:anne")).toBe("validation_error");
  expect(world.check("doc:1#apart@user:bob")).toBe(true);
  expect(world.check("doc:1#along@user:anne")).toBe(false);
  expect(world.check("doc:1#not_along@user:anne")).toBe(true);
  // For a userset as user OpenFGA has only one strategy: all are read together.
  expect(world.check("doc:1#apart@crew:1#member")).toBe(false);
});

test("for the wildcard itself as user, a contextual tuple does not hide the stored one", () => {
  const world = new World(SEVERAL, tuple("doc:1#open@user:*", "is_ok", { a: "ok" }));
  const contextual = [tuple("doc:1#open@user:*", "is_ok", { a: "no" })];
  expect(world.check("doc:1#open@user:*", { contextual })).toBe(true);
  expect(world.check("doc:1#open@user:anne", { contextual })).toBe(true);
});
