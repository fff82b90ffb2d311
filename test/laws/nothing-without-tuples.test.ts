// Law: nothing is allowed without tuples.
import fc from "fast-check";
import { expect, test } from "vitest";
import { check } from "../../src/checks/evaluate.ts";
import { listUsers } from "../../src/checks/list-users.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import { MODEL, START } from "../world/world.ts";
import { everyYes } from "./answers.ts";
import { holds } from "./law.ts";
import { CONTRACT } from "./names.ts";

const id = fc.stringMatching(/^[_-]{0,2}[A-Za-z0-9][A-Za-z0-9_.|@+~-]{0,20}$/);

test("nothing is allowed without tuples", () => {
  const empty = createTupleSet();
  const context = { current_time: new Date(START).toISOString() };
  expect([...everyYes(empty, START, ["user:u1", "user:*"], CONTRACT)]).toEqual([]);
  holds(fc.tuple(id, id), 20, ([user, thing]) => {
    for (const [type, relations] of Object.entries(CONTRACT)) {
      for (const relation of relations) {
        const object = `${type}:${thing}`;
        const asked = { user: `user:${user}`, relation, object, context };
        expect(check(MODEL, empty, asked), `${relation} of ${object}`).toEqual({ allowed: false });
        const users = listUsers(MODEL, empty, { object, relation, userFilter: { type: "user" }, context });
        expect(users, `users of ${relation} of ${object}`).toEqual({ users: [] });
      }
    }
  });
});
