// The model for Writes accepts the tuples that the whole model accepts, and grants nobody more than that one does.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { check } from "../../src/checks/evaluate.ts";
import { compileModel } from "../../src/model/compile.ts";
import type { AuthorizationModelJson } from "../../src/model/schema.ts";
import { isWriteModel, writeModelOf } from "../../src/openfga/write/write-model.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { ROOT } from "../live/pins.ts";
import { MODEL } from "./fleet.ts";

const SLIM = writeModelOf(MODEL.json);

/** Allowed user types of each relation, as `type#relation: user types`. */
function restrictions({ type_definitions }: AuthorizationModelJson): string[] {
  return type_definitions.flatMap(({ type, metadata }) => Object.entries(metadata?.relations ?? {})
    .filter(([name, of]) => name !== "write_only" && (of.directly_related_user_types ?? []).length > 0)
    .map(([name, of]) => `${type}#${name}: ${JSON.stringify(of.directly_related_user_types)}`)).sort();
}

test("it has every relation with tuples, for the same users, and is recognised by its mark", () => {
  expect(restrictions(SLIM)).toEqual(restrictions(MODEL.json));
  expect(restrictions(SLIM).length).toBeGreaterThan(200);
  expect([isWriteModel(SLIM), isWriteModel(MODEL.json)]).toEqual([true, false]);
  expect(SLIM.conditions).toEqual(MODEL.json.conditions);
});

test("a relation that needs more than a tuple is granted to nobody", () => {
  const model = compileModel(`
model
  schema 1.1
type user
type doc
  relations
    define plain: [user]
    define wide: [user] or plain
    define both: [user] and plain
    define not: [user] but not plain
    define deep: [user] or (plain and wide)
    define ruled: plain
`);
  const slim = compileModel(writeModelOf(model.json));
  const tuples = createTupleSet();
  const direct = ["plain", "wide", "both", "not", "deep"];
  for (const relation of direct) tuples.add({ object: "doc:1", relation, user: "user:a" });
  const told = (relation: string) => check(slim, tuples, { user: "user:a", relation, object: "doc:1" });
  expect(direct.filter((relation) => "allowed" in told(relation) && (told(relation) as { allowed: boolean }).allowed))
    .toEqual(["plain", "wide", "deep"]);
  expect(told("ruled")).toHaveProperty("error");
});

const stories = readdirSync(join(ROOT, "tuples")).filter((name) => name.endsWith(".fga.yaml"));
test.each(stories)("%s: it answers yes only where the whole model does", (name) => {
  const story = parse(readFileSync(join(ROOT, "tuples", name), "utf8")) as { tuples?: Tuple[] };
  const given = story.tuples ?? [];
  const tuples = createTupleSet();
  for (const tuple of given) tuples.add(tuple);
  const slim = compileModel(SLIM);
  const users = [...new Set(given.map(({ user }) => user).filter((user) => user.startsWith("user:")))];
  const objects = [...new Set(given.map(({ object }) => object))];
  const context = { current_time: "2026-06-01T00:00:00Z" };
  for (const object of objects) {
    const type = slim.types.get(object.slice(0, object.indexOf(":")))!;
    for (const relation of type.relations.keys()) {
      if (relation === "write_only") continue;
      for (const user of users) {
        const ask = { user, relation, object, context };
        const said = check(slim, tuples, ask);
        if ("allowed" in said && said.allowed) {
          expect({ ...ask, answer: check(MODEL, tuples, ask) }).toEqual({ ...ask, answer: { allowed: true } });
        }
      }
    }
  }
});
