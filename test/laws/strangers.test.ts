// Law (S9): unknown users get no yes except `can_redeem` of an open invite.
import { expect, test } from "vitest";
import { listUsers } from "../../src/checks/list-users.ts";
import { endOf } from "../../src/checks/parts.ts";
import { showInvite } from "../../src/domain/directory.ts";
import { MODEL } from "../world/world.ts";
import { everyYes } from "./answers.ts";
import { Draw } from "./draw.ts";
import { DRAWN } from "./drawn-events.ts";
import { covered, holds } from "./law.ts";
import { CONTRACT } from "./names.ts";
import { Pools } from "./pools.ts";
import { Play, sequences } from "./sequence.ts";

/** Number of invites drawn for each world, in addition to the few of its sequence. */
const MORE_INVITES = 6;

test("a stranger may redeem the open invites and nothing else; and so may everyone", () => {
  let open = 0;
  holds(sequences(30, 80), 60, (seeds) => {
    const { world } = new Play().all(seeds);
    const { tuples, now } = world;
    const draw = new Draw(seeds[0] ?? 0);
    for (let n = 0; n < MORE_INVITES; n++) {
      const data = { ...DRAWN["invite.created"]!(draw, tuples, new Pools()), invite: `z${n}` };
      world.send("invite.created", Object.fromEntries(Object.entries(data).filter(([, given]) => given !== undefined)));
    }
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
  console.log(`${open} open invites`);
  covered(() => expect(open).toBeGreaterThan(60));
});
