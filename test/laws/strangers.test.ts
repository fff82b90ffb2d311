// Law (S9): unknown users get no yes but `can_redeem` of an open invite.
import { expect, test } from "vitest";
import { listUsers } from "../../src/checks/list-users.ts";
import { endOf } from "../../src/checks/parts.ts";
import { showInvite } from "../../src/state/directory.ts";
import { MODEL } from "../events/world.ts";
import { everyYes } from "./answers.ts";
import { holds } from "./law.ts";
import { CONTRACT } from "./names.ts";
import { Play, sequences } from "./sequence.ts";

test("a stranger may redeem the open invites, and nothing else; and so may everybody", () => {
  let open = 0;
  holds(sequences(30, 80), 120, (seeds) => {
    const { world: { tuples, now } } = new Play().all(seeds);
    const invites = new Set([...tuples.read({ objectType: "invitation" })].map(({ object }) => object.slice(11)));
    const statusOf = (id: string) => endOf(showInvite(tuples, id, now, function* () { return true; }))?.status;
    const active = [...invites].filter((id) => statusOf(id) === "active");
    for (const user of ["user:stranger", "user:*"]) {
      const found = [...everyYes(tuples, now, [user], CONTRACT)].sort();
      expect(found).toEqual(active.map((id) => `${user} can_redeem invite:${id}`).sort());
    }
    for (const id of active) {
      const context = { current_time: new Date(now).toISOString() };
      const question = { object: `invite:${id}`, relation: "can_redeem", userFilter: { type: "user" }, context };
      expect(listUsers(MODEL, tuples, question)).toEqual({ users: ["user:*"] });
    }
    open += active.length;
  });
  expect(open).toBeGreaterThan(20);
});
