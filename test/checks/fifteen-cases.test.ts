// The cases in which a naive evaluator differs from OpenFGA, with the answers of 1.22.1 (case 9: depth.test.ts).
import { expect, test } from "vitest";
import { check } from "../../src/engine.ts";
import { tuple, World } from "./world.ts";

const GROUPS = `
type user
type group
  relations
    define member: [user, group#member]
    define blocked: [user]
    define active: member but not blocked
type doc
  relations
    define editor: [user]
    define viewer: [user, user:*, group#member] or editor
    define blocked: [user, group#member]
    define reader: [group#member] but not blocked
`;

test("1 a userset is a member of itself, without a tuple and even under an exclusion", () => {
  const world = new World(GROUPS);
  expect(world.check("group:1#member@group:1#member")).toBe(true);
  expect(world.check("group:1#active@group:1#active")).toBe(true);
  expect(world.check("group:1#active@group:1#member")).toBe(true);
  expect(world.check("doc:1#viewer@doc:1#editor")).toBe(true);
  expect(world.check("group:1#member@group:2#member")).toBe(false);
  expect(world.objects("group", "member", "group:9#member")).toEqual(["group:9"]);
  expect(world.users("group:1", "member", "group#member")).toEqual(["group:1#member"]);
});

test("2 a userset as user is evaluated as such, not by its members", () => {
  const world = new World(GROUPS, "doc:1#reader@group:fin#member", "group:fin#member@user:bob",
    "doc:1#blocked@user:bob");
  expect(world.check("doc:1#reader@group:fin#member")).toBe(true);
  expect(world.check("doc:1#reader@user:bob")).toBe(false);
  world.tuples.add(tuple("doc:1#blocked@group:fin#member"));
  expect(world.check("doc:1#reader@group:fin#member")).toBe(false);
});

const CONDITIONS = `
type user
type group
  relations
    define member: [user]
type doc
  relations
    define viewer: [user with is_ok, user with never, group#member with is_ok]
    define banned: [user]
    define either: viewer or banned
    define both: viewer and banned
    define but_not: banned but not viewer
condition is_ok(a: string, b: string) {
  a == "ok" || b == "ok"
}
condition never(n: int) {
  n < 0 && n > 0
}
`;

test("3 a missing parameter is an error, although the expression does not need it", () => {
  const world = new World(CONDITIONS, tuple("doc:1#viewer@user:anne", "is_ok"));
  expect(world.check("doc:1#viewer@user:anne", { context: { a: "ok", b: "no" } })).toBe(true);
  expect(world.check("doc:1#viewer@user:anne", { context: { a: "no", b: "no" } })).toBe(false);
  expect(world.check("doc:1#viewer@user:anne", { context: { a: "ok" } })).toBe("validation_error");
  expect(world.check("doc:1#viewer@user:anne")).toBe("validation_error");
});

test("4 a passing tuple hides faults of others, as do a union's true operand and an intersection's false one", () => {
  const faulty = tuple("doc:1#viewer@user:anne", "is_ok");
  const world = new World(CONDITIONS, faulty, "group:1#member@user:bob");
  expect(world.check("doc:1#either@user:anne")).toBe("validation_error");
  expect(world.check("doc:1#both@user:anne")).toBe(false);
  expect(world.check("doc:1#but_not@user:anne")).toBe(false);
  world.tuples.add(tuple("doc:1#banned@user:anne"));
  expect(world.check("doc:1#either@user:anne")).toBe(true);
  expect(world.check("doc:1#both@user:anne")).toBe("validation_error");
  expect(world.check("doc:1#but_not@user:anne")).toBe("validation_error");
  // Among the usersets of one relation, a passing one hides a faulty one, whoever its members are.
  world.tuples.add(tuple("doc:1#viewer@group:1#member", "is_ok"));
  expect(world.check("doc:1#viewer@user:bob")).toBe("validation_error");
  world.tuples.add(tuple("doc:1#viewer@group:2#member", "is_ok", { a: "ok", b: "ok" }));
  expect(world.check("doc:1#viewer@user:bob")).toBe(false);
});

test("5 a tuple's stored context overrides the request's context", () => {
  const world = new World(CONDITIONS, tuple("doc:1#viewer@user:anne", "is_ok", { a: "no", b: "no" }));
  expect(world.check("doc:1#viewer@user:anne", { context: { a: "ok", b: "ok" } })).toBe(false);
});

test("6 a condition without parameters fails on any context", () => {
  const { json } = new World(CONDITIONS).model;
  const never = { name: "never", expression: "false", parameters: {} };
  const model = { ...json, conditions: { ...json.conditions, never } };
  const world = new World(model, tuple("doc:1#viewer@user:anne", "never"));
  expect(world.check("doc:1#viewer@user:anne")).toBe(false);
  expect(world.check("doc:1#viewer@user:anne", { context: {} })).toBe(false);
  expect(world.check("doc:1#viewer@user:anne", { context: { x: 1 } })).toBe("validation_error");
});

test("7 a contextual tuple replaces the stored one on a direct match, and adds to the others elsewhere", () => {
  const met = { a: "ok", b: "ok" };
  const unmet = { a: "no", b: "no" };
  const world = new World(CONDITIONS,
    tuple("doc:1#viewer@user:anne", "is_ok", met), tuple("doc:1#viewer@group:1#member", "is_ok", met),
    "group:1#member@user:bob");
  const contextual = [
    tuple("doc:1#viewer@user:anne", "is_ok", unmet), tuple("doc:1#viewer@user:anne", "is_ok", met),
    tuple("doc:1#viewer@group:1#member", "is_ok", unmet),
  ];
  expect(world.check("doc:1#viewer@user:anne")).toBe(true);
  expect(world.check("doc:1#viewer@user:anne", { contextual })).toBe(false);
  expect(world.check("doc:1#viewer@user:bob", { contextual })).toBe(true);
  expect(world.objects("doc", "viewer", "user:anne", { contextual })).toEqual(["doc:1"]);
  expect(world.tuples.size).toBe(3);
});

const CYCLES = `
type user
type doc
  relations
    define parent: [doc]
    define base: [user]
    define blocked: [user] or blocked from next
    define next: [doc]
    define viewer: base but not blocked
    define loop: [user, doc#pool]
    define pool: [user, doc#loop]
    define swimmer: base but not pool
`;

test("8 a cycle denies, also on the subtracted side of an exclusion", () => {
  const world = new World(CYCLES, "doc:1#base@user:anne", "doc:1#pool@doc:1#loop", "doc:1#loop@doc:1#pool");
  expect(world.check("doc:1#pool@user:anne")).toBe(false);
  expect(world.check("doc:1#swimmer@user:anne")).toBe(false);
  world.tuples.delete(tuple("doc:1#loop@doc:1#pool"));
  expect(world.check("doc:1#swimmer@user:anne")).toBe(true);
  world.tuples.add(tuple("doc:1#loop@user:bob"));
  expect(world.check("doc:1#pool@user:bob")).toBe(true);
});

const WITHIN = `
type user
type group
  relations
    define parent: [group]
    define member: [user, group#member]
    define viewer: [user] or viewer from parent
    define both: [user, group#both] or both from parent
type doc
  relations
    define banned: [user, group#member, group#viewer]
    define halted: [user, group#both]
    define reader: [user, user:*] but not banned
    define writer: [user, user:*] but not halted
`;

test("8 but a cycle among groups of one relation that leads back to itself by one operand takes nothing away", () => {
  const groups = ["group:1#member@group:2#member", "group:2#member@group:1#member", "group:1#parent@group:1",
    "group:1#both@group:2#both", "group:2#both@group:1#both"];
  const world = new World(WITHIN, ...groups, "doc:1#banned@group:1#member", "doc:1#banned@group:1#viewer",
    "doc:1#halted@group:1#both", "doc:1#reader@user:*", "doc:1#writer@user:*");
  expect(world.check("doc:1#reader@user:anne")).toBe(true);
  expect(world.check("doc:1#reader@user:*")).toBe(true);
  expect(world.objects("doc", "reader", "user:anne")).toEqual(["doc:1"]);
  // Two operands lead back, so OpenFGA follows each path; and it always does so for a userset as user.
  expect(world.check("doc:1#writer@user:anne")).toBe(false);
  world.tuples.add(tuple("group:2#member@user:anne"));
  expect(world.check("doc:1#reader@user:anne")).toBe(false);
  expect(world.check("doc:1#reader@user:bob")).toBe(true);
});

test("10 tuples that the present model refuses are ignored", () => {
  const world = new World(CONDITIONS,
    "doc:1#viewer@user:anne", tuple("doc:2#viewer@user:anne", "gone"), tuple("doc:3#banned@user:anne", "never"),
    tuple("doc:4#viewer@user:anne", "is_ok", { c: 1 }), "doc:5#viewer@user:*", "doc:6#banned@group:1#member",
    tuple("doc:7#viewer@user:anne", "is_ok", { a: 1 }));
  for (const object of ["doc:1", "doc:2", "doc:4", "doc:5", "doc:7"]) {
    expect(world.check(`${object}#viewer@user:anne`, { context: { a: "ok", b: "ok" } }), object).toBe(false);
  }
  expect(world.check("doc:3#banned@user:anne")).toBe(false);
  expect(world.check("doc:6#banned@group:1#member")).toBe(false);
  expect(world.objects("doc", "viewer", "user:anne")).toEqual([]);
  expect(world.users("doc:1", "viewer", "user")).toEqual([]);
});

test("10 parents without the relation are skipped", () => {
  const world = new World(`
type user
type folder
  relations
    define viewer: [user]
type drawer
type doc
  relations
    define parent: [folder, drawer]
    define viewer: viewer from parent
`, "doc:1#parent@drawer:1", "doc:1#parent@folder:1", "folder:1#viewer@user:anne");
  expect(world.check("doc:1#viewer@user:anne")).toBe(true);
  expect(world.objects("doc", "viewer", "user:anne")).toEqual(["doc:1"]);
});

test("11 a wildcard as user is literal, and usersets never match wildcards", () => {
  const world = new World(GROUPS, "doc:1#viewer@user:*", "doc:2#editor@user:*", "doc:3#viewer@user:anne");
  expect(world.check("doc:1#viewer@user:anybody")).toBe(true);
  expect(world.check("doc:1#viewer@user:*")).toBe(true);
  expect(world.check("doc:1#viewer@group:1#member")).toBe(false);
  expect(world.check("doc:3#viewer@user:*")).toBe(false);
  expect(world.check("doc:2#viewer@user:anne")).toBe(false);
  expect(world.objects("doc", "viewer", "user:*")).toEqual(["doc:1"]);
});

test("12 one faulty condition fails a list; a wildcard hides users that are excluded under it", () => {
  const lists = new World(CONDITIONS,
    tuple("doc:1#viewer@user:anne", "is_ok"), tuple("doc:2#viewer@user:anne", "never"));
  expect(lists.objects("doc", "viewer", "user:anne")).toBe("validation_error");
  expect(lists.users("doc:1", "viewer", "user")).toBe("validation_error");
  const open = new World(`
type user
type doc
  relations
    define blocked: [user]
    define viewer: [user, user:*] but not blocked
`, "doc:1#viewer@user:*", "doc:1#viewer@user:anne", "doc:1#viewer@user:bob", "doc:1#blocked@user:bob");
  expect(open.users("doc:1", "viewer", "user")).toEqual(["user:*", "user:anne"]);
  expect(open.check("doc:1#viewer@user:bob")).toBe(false);
});

test("13 the same mistake has different codes at different endpoints", () => {
  const world = new World(CONDITIONS);
  expect(world.check("car:1#viewer@user:anne")).toBe("validation_error");
  expect(world.check("doc:1#driver@user:anne")).toBe("validation_error");
  expect(world.check("doc:1#viewer@car:1")).toBe("validation_error");
  expect(world.check("doc:1#viewer@anne")).toBe("validation_error");
  expect(world.check("doc:*#viewer@user:anne")).toBe("validation_error");
  expect(world.expand("car:1", "viewer")).toBe("validation_error");
  expect(world.expand("", "viewer")).toBe("invalid_expand_input");
  expect(world.objects("car", "viewer", "user:anne")).toBe("type_not_found");
  expect(world.objects("doc", "driver", "user:anne")).toBe("relation_not_found");
  expect(world.objects("doc", "viewer", "car:1")).toBe("validation_error");
  expect(world.users("car:1", "viewer", "user")).toBe("type_not_found");
  expect(world.users("doc:1", "driver", "user")).toBe("relation_not_found");
  expect(world.users("doc:1", "viewer", "car")).toBe("type_not_found");
  expect(world.users("doc:1", "viewer", "group#boss")).toBe("relation_not_found");
  const badShape = { contextual: [tuple("doc:1#viewer@car:1")] };
  const badCondition = { contextual: [tuple("doc:1#viewer@user:anne", "unknown")] };
  expect(world.check("doc:1#viewer@user:anne", badShape)).toBe("invalid_tuple");
  expect(world.objects("doc", "viewer", "user:anne", badShape)).toBe("invalid_tuple");
  expect(world.users("doc:1", "viewer", "user", badShape)).toBe("invalid_tuple");
  expect(world.check("doc:1#viewer@user:anne", badCondition)).toBe("invalid_tuple");
  expect(world.objects("doc", "viewer", "user:anne", badCondition)).toBe("validation_error");
  expect(world.users("doc:1", "viewer", "user", badCondition)).toBe("validation_error");
});

test("13 only check refuses control characters in the context", () => {
  const world = new World(CONDITIONS, tuple("doc:1#viewer@user:anne", "is_ok"));
  const context = { a: "ok", b: "\u0007" };
  expect(world.check("doc:1#viewer@user:anne", { context })).toBe("validation_error");
  expect(world.objects("doc", "viewer", "user:anne", { context })).toEqual(["doc:1"]);
});

test("15 expand shows one level, sorted, without conditions and without tuples that the model refuses", () => {
  const world = new World(CONDITIONS,
    tuple("doc:1#viewer@user:bob", "is_ok"), tuple("doc:1#viewer@user:anne", "never"), "doc:1#viewer@user:carl");
  expect(world.expand("doc:1", "viewer")).toEqual(
    { name: "doc:1#viewer", leaf: { users: { users: ["user:anne", "user:bob"] } } });
  expect(world.expand("doc:1", "but_not")).toEqual({
    name: "doc:1#but_not",
    difference: {
      base: { name: "doc:1#but_not", leaf: { computed: { userset: "doc:1#banned" } } },
      subtract: { name: "doc:1#but_not", leaf: { computed: { userset: "doc:1#viewer" } } },
    },
  });
  const cycles = new World(CYCLES, "doc:1#next@doc:2");
  expect(cycles.expand("doc:1", "blocked", [tuple("doc:1#next@doc:3")])).toEqual({
    name: "doc:1#blocked",
    union: {
      nodes: [
        { name: "doc:1#blocked", leaf: { users: { users: [] } } },
        {
          name: "doc:1#blocked",
          leaf: {
            tupleToUserset: {
              tupleset: "doc:1#next", computed: [{ userset: "doc:3#blocked" }, { userset: "doc:2#blocked" }],
            },
          },
        },
      ],
    },
  });
});

test("15 ids may contain stars, at signs and any letters; usersets no stars", () => {
  const world = new World(GROUPS, { object: "doc:a*b@ü", relation: "editor", user: "user:a*@b" });
  expect(world.objects("doc", "viewer", "user:a*@b")).toEqual(["doc:a*b@ü"]);
  const key = { object: "doc:a*b@ü", relation: "viewer", user: "user:a*@b" };
  expect(check(world.model, world.tuples, key)).toEqual({ allowed: true });
  expect(world.check("doc:1#viewer@group:a*b#member")).toBe("validation_error");
  expect(world.check("doc:1#viewer@group:*#member")).toBe("validation_error");
});
