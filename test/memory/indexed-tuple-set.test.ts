// The tuple set: every look-up against a plain list of tuples, under random changes.
import fc from "fast-check";
import { expect, test } from "vitest";
import { holds } from "../laws/law.ts";
import { EntityNames } from "../../src/memory/entity-names.ts";
import { internRelation, internType } from "../../src/memory/symbols.ts";
import { TupleIndex } from "../../src/memory/tuple-index.ts";
import { createTupleSet, indexOf } from "../../src/memory/indexed-tuple-set.ts";
import type { TupleFilter, TupleSet } from "../../src/tuples/tuple-set.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";

const OBJECTS = ["doc:1", "doc:2", "group:1", "group:2"];
const RELATIONS = ["viewer", "member"];
const USERS = ["user:1", "user:2", "user:*", "group:1#member", "group:2#member", "doc:1", "no entity at all"];

const key = fc.record({
  object: fc.constantFrom(...OBJECTS), relation: fc.constantFrom(...RELATIONS), user: fc.constantFrom(...USERS),
});
const changes = fc.array(fc.tuple(fc.boolean(), key), { maxLength: 120 });
const filters = fc.record({
  object: fc.constantFrom(...OBJECTS, "doc:9"), objectType: fc.constantFrom("doc", "group", "car"),
  relation: fc.constantFrom(...RELATIONS, "owner"), user: fc.constantFrom(...USERS, "user:9"),
}, { requiredKeys: [] });

function printed(tuples: Iterable<Tuple>): string[] {
  return Array.from(tuples, printTuple).sort();
}

function compare(set: TupleSet, model: Map<string, Tuple>, filter: TupleFilter): void {
  const all = [...model.values()];
  expect(set.size).toBe(all.length);
  const { object, objectType, relation, user } = filter;
  const wanted = all.filter((t) => (object ?? t.object) === t.object && (relation ?? t.relation) === t.relation
    && (user ?? t.user) === t.user && (objectType === undefined || t.object.startsWith(`${objectType}:`)));
  expect(printed(set.read(filter))).toEqual(printed(wanted));
  for (const o of OBJECTS) {
    for (const r of RELATIONS) {
      const users = all.filter((t) => t.object === o && t.relation === r).map((t) => t.user);
      expect(set.users(o, r).sort()).toEqual(users.sort());
      for (const u of USERS) {
        const found = model.get(printTuple({ object: o, relation: r, user: u }));
        expect(set.has(o, r, u)).toBe(found !== undefined);
        expect(set.get(o, r, u)).toEqual(found);
      }
    }
  }
  for (const type of ["doc", "group"]) {
    for (const u of USERS) {
      const views = all.filter((t) => t.relation === "viewer" && t.user === u);
      const wantedObjects = views.filter((t) => t.object.startsWith(`${type}:`));
      expect(set.objects(type, "viewer", u).sort()).toEqual(wantedObjects.map((t) => t.object).sort());
    }
  }
}

const relation = (type: string, name: string): number => internRelation(internType(type), name);

test("a set answers like a list of its tuples", () => {
  holds(fc.tuple(changes, filters), 300, ([steps, filter]) => {
    const set = createTupleSet();
    const model = new Map<string, Tuple>();
    for (const [isAdd, t] of steps) {
      const at = printTuple(t);
      expect(isAdd ? set.add(t) : set.delete(t)).toBe(isAdd !== model.has(at));
      if (isAdd) model.set(at, t);
      else model.delete(at);
    }
    compare(set, model, filter);
    for (const t of model.values()) set.delete(t);
    compare(set, new Map(), filter);
  }, 10_000);
});

test("an object or a user with few or many tuples answers like a list, in the order of insertion", () => {
  const many = Array.from({ length: 24 }, (_, i) => [`user:${i}`, `group:${i}#member`]).flat();
  const step = fc.record({
    add: fc.integer({ min: 0, max: 4 }), object: fc.constantFrom("doc:1", "doc:2"),
    relation: fc.constantFrom("viewer", "viewer", "owner"), user: fc.constantFrom(...many), conditional: fc.boolean(),
  });
  const back = (t: Tuple): Tuple => ({ ...t, object: t.user.split("#")[0]!, user: t.object });
  const steps = fc.array(step, { maxLength: 400, size: "max" });
  holds(fc.tuple(steps, fc.integer({ min: 1, max: 3 })), 60, ([drawn, bias]) => {
    const set = createTupleSet();
    const model = new Map<string, Tuple>();
    for (const { add, object, relation: of, user, conditional } of drawn) {
      const plain: Tuple = { object, relation: of, user };
      const tuple = conditional ? { ...plain, condition: { name: "c", context: { user } } } : plain;
      for (const t of [tuple, back(tuple)]) {
        const at = printTuple(t);
        expect(add >= bias ? set.add(t) : set.delete(t)).toBe(add >= bias !== model.has(at));
        if (add < bias) model.delete(at);
        else if (!model.has(at)) model.set(at, t);
      }
    }
    const all = [...model.values()];
    expect(printed(set.read({}))).toEqual(printed(all));
    for (const t of all) expect(set.get(t.object, t.relation, t.user)).toEqual(t);
    for (const object of ["doc:1", "doc:2"]) {
      for (const of of ["viewer", "owner"]) {
        const users = all.filter((t) => t.object === object && t.relation === of).map((t) => t.user);
        const inOrder = [...users.filter((u) => !u.includes("#")), ...users.filter((u) => u.includes("#"))];
        expect(set.users(object, of)).toEqual(inOrder);
        const objects = all.filter((t) => t.user === object && t.relation === of && t.object.startsWith("user:"));
        expect(set.objects("user", of, object)).toEqual(objects.map((t) => t.object));
        for (const u of many) expect(set.has(object, of, u)).toBe(users.includes(u));
      }
    }
    for (const t of all) set.delete(t);
    expect([...indexOf(set).names.all()]).toEqual([]);
  }, 2_000);
});

test("a tuple keeps its condition, and a second one with its key changes nothing", () => {
  const set = createTupleSet();
  const condition = { name: "c", context: { a: [1, { b: null }] } };
  const t = { object: "doc:1", relation: "viewer", user: "user:1" };
  expect(set.add({ ...t, condition })).toBe(true);
  expect(set.add(t)).toBe(false);
  expect(set.get("doc:1", "viewer", "user:1")).toEqual({ ...t, condition });
  set.delete(t);
  set.add(t);
  expect(set.get("doc:1", "viewer", "user:1")).toEqual(t);
});

test("100 000 tuples survive growth, and deleting every other one", () => {
  const set = createTupleSet();
  const tupleAt = (i: number): Tuple => ({ object: `doc:${i % 5000}`, relation: "viewer", user: `user:${i}` });
  for (let i = 0; i < 100_000; i++) set.add(tupleAt(i));
  for (let i = 0; i < 100_000; i += 2) set.delete(tupleAt(i));
  expect(set.size).toBe(50_000);
  for (let i = 0; i < 100_000; i++) {
    const { object, relation, user } = tupleAt(i);
    if (set.has(object, relation, user) !== (i % 2 === 1)) expect.fail(`doc:${i % 5000} user:${i}`);
  }
  expect(set.users("doc:1", "viewer")).toHaveLength(20);
  expect(set.users("doc:2", "viewer")).toHaveLength(0);
});

test("names are removed with their last tuple", () => {
  const names = new EntityNames();
  const index = new TupleIndex(names, undefined);
  index.insert({ object: "doc:1", relation: "viewer", user: "group:1#member" });
  index.insert({ object: "group:1", relation: "member", user: "user:*" });
  index.remove(names.find("doc:1"), relation("doc", "viewer"), names.find("group:1#member"));
  expect(names.find("group:1#member")).toBe(0);
  expect(names.find("doc:1")).toBe(0);
  expect(names.find("group:1")).not.toBe(0);
  index.remove(names.find("group:1"), relation("group", "member"), names.find("user:*"));
  for (const gone of ["group:1", "user:*"]) expect(names.find(gone)).toBe(0);
  expect(names.wildcards.every((id) => id === 0)).toBe(true);
});

test("a tuple whose user is its object, or a userset over it, is removed completely", () => {
  for (const user of ["claim:1", "claim:1#taken"]) {
    const set = createTupleSet();
    const tuple = { object: "claim:1", relation: "taken", user };
    expect(set.add(tuple)).toBe(true);
    expect(set.delete(tuple)).toBe(true);
    expect([...indexOf(set).names.all()]).toEqual([]);
    expect(set.add(tuple)).toBe(true);
    expect([...set.read({})]).toEqual([tuple]);
  }
});

test("every entity is returned once, whatever was released and created in between", () => {
  const names = new EntityNames();
  const pool = [
    "user:1", "user:*", "group:1#member", "group:22#member", "\u20ac:1", "no entity", "doc:1", "team:abc#x",
  ];
  holds(fc.array(fc.nat({ max: pool.length - 1 }), { maxLength: 80 }), 200, (picks) => {
    const held = new Map<string, number>();
    for (const pick of picks) {
      const name = pool[pick]!;
      const id = held.get(name);
      if (id === undefined) held.set(name, names.retain(name));
      else {
        names.release(id);
        held.delete(name);
      }
    }
    const objects = [...held.keys()].filter((name) => name.includes("#")).map((name) => name.split("#")[0]!);
    const wanted = new Set([...held.keys(), ...objects]);
    expect(Array.from(names.all(), (id) => names.text(id)).sort()).toEqual([...wanted].sort());
    for (const id of held.values()) names.release(id);
    expect([...names.all()]).toEqual([]);
  }, 5_000);
});

test("an imitation of a tuple set has no index", () => {
  const set = createTupleSet();
  expect(indexOf(set).size).toBe(0);
  expect(() => indexOf({ ...set } as TupleSet)).toThrow(TypeError);
});
