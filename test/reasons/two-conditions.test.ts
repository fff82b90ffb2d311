// Ways that name one tuple twice, with a condition and without: a key exists once.
import { expect, test } from "vitest";
import { compileModel } from "../../src/model/compile.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import { explain } from "../../src/reasons/explain.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";

const MODEL = compileModel(`model
  schema 1.1
type user
type folder
  relations
    define viewer: [user, user with c]
type doc
  relations
    define p: [folder]
    define q: [folder]
    define banned: [user]
    define both: viewer from p and viewer from q
    define allowed: (viewer from p and viewer from q) but not banned
condition c(x: int) {
  x < 5
}
`);

const FOLDERS: readonly Tuple[] = ["p", "q"].map((relation) => ({ user: "folder:f", relation, object: "doc:1" }));

test.each(["both", "allowed"])("one way of %s names the viewer of the folder once", (relation) => {
  for (const context of [undefined, { x: 1 }, { x: 9 }]) {
    const tuples = createTupleSet();
    for (const tuple of FOLDERS) tuples.add(tuple);
    const found = explain(MODEL, tuples, { user: "user:a", relation, object: "doc:1", context });
    if (!("missing" in found)) throw new Error(JSON.stringify(found));
    expect(found.missing.map(({ absent }) => absent.map(printTuple))).toContainEqual(["folder:f#viewer@user:a"]);
    for (const { absent } of found.missing) {
      const keys = absent.map(printTuple);
      expect(new Set(keys).size).toBe(keys.length);
    }
    expect([...tuples.read({})].length).toBe(FOLDERS.length);
  }
});

test("a tuple whose condition fails is missing, and what takes away stands against", () => {
  const tuples = createTupleSet();
  for (const tuple of FOLDERS) tuples.add(tuple);
  const conditional = { user: "user:a", relation: "viewer", object: "folder:f" };
  tuples.add({ ...conditional, condition: { name: "c", context: {} } });
  const failed = explain(MODEL, tuples, { user: "user:a", relation: "both", object: "doc:1", context: { x: 9 } });
  expect("missing" in failed && failed.missing[0]!.absent)
    .toEqual([{ ...conditional, condition: { name: "c", context: {} } }]);
  tuples.add({ user: "user:a", relation: "banned", object: "doc:1" });
  const banned = explain(MODEL, tuples, { user: "user:a", relation: "allowed", object: "doc:1", context: { x: 1 } });
  expect("missing" in banned && banned.missing.map(({ absent, against }) => [absent, against?.map(printTuple)]))
    .toEqual([[[], ["doc:1#banned@user:a"]]]);
});
