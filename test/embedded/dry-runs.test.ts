// Dry runs on the embedded store: their answers, their visibility to others, and interference from other events.
import { describe, expect, it } from "vitest";
import type { Receipt } from "../../src/events/event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { StateLock } from "../../src/sidecar/state-lock.ts";
import { World } from "../world/world.ts";
import { event, founded, stage, tell, TRY } from "./stage.ts";

const added = (user: string): Envelope => event("member.added", { org: "o", user });
const many = (name: string): Envelope[] => Array.from({ length: 900 }, (_, n) => added(`${name}${n}`));

async function club() {
  const of = stage();
  await founded(of, "o", 0);
  return of;
}

describe("a dry run", () => {
  it("gets the answer that the event would get, and writes nothing", async () => {
    const { intake, send, state, stored } = await club();
    const before = state();
    const adding = added("carl");
    const dry = await intake.submit(adding, TRY);
    expect(dry).toMatchObject({ status: "applied", dry_run: true, written: 3, deleted: 0 });
    expect((dry as Receipt).changes?.write).toContainEqual(
      { object: "org:o", relation: "coach_hat", user: "user:carl" },
    );
    expect([state(), stored()]).toEqual([before, before]);
    expect(await send(adding)).toBe("applied");
  });

  it("sees none of its own effects disappear while events are applied between its turns", async () => {
    const { intake, world, send } = await club();
    const before = world.tuples.users("org:o", "member");
    let answered = 0;
    const dry = intake.submitAll(many("m"), TRY);
    for (const outcome of dry) void outcome.then(() => answered++);
    const real = [0, 1, 2, 3, 4].map((n) => `real${n}`);
    for (const user of real) {
      expect(await send(added(user))).toBe("applied");
      expect(answered).toBe(0);
    }
    expect(new Set((await Promise.all(dry)).map(tell))).toEqual(new Set(["applied"]));
    expect(world.tuples.users("org:o", "member").sort()).toEqual([...before, ...real.map((user) => `user:${user}`)]);
  });

  it("starts again when an event deletes a tuple that it depends on", async () => {
    const { intake, send } = await club();
    const dry = intake.submitAll(many("a"), TRY);
    // Its first user becomes a member for real, while the dry run has already added that user.
    await send(added("other"));
    await send(added("a0"));
    expect((await Promise.all(dry)).map(tell).slice(0, 3)).toEqual(["unchanged", "applied", "applied"]);
  });

  it("decides all of its events on one revision of their org, while others change it", async () => {
    const { intake, send } = await club();
    const asked = [event("member.deactivated", { org: "o", user: "late" }), ...many("b"),
      event("team.created", { org: "o", team: "t", head_coach: "late" })];
    const dry = intake.submitAll(asked, TRY);
    let answered = 0;
    for (const outcome of dry) void outcome.then(() => answered++);
    // Only a refusal depends on these changes: no tuple that the dry run has changed is different.
    await send(added("other"));
    await send(added("late"));
    expect(answered).toBe(0);
    const [first, ...rest] = (await Promise.all(dry)).map(tell);
    expect([first, rest.at(-1)]).toEqual(["applied", "member_inactive"]);
  });

  it("is given up if others change its tuples before each of its turns", async () => {
    const world = new World();
    world.system("org.created", { org: "o", kind: "club", owner: "olga" });
    let turns = 0;
    /** Before each turn, adds and deletes in alternation the tuple that the first event writes. */
    class Contended extends StateLock {
      override change(apply: () => void): void {
        super.change(() => {
          const contended = { object: "org:o", relation: "member", user: "user:b0" };
          if (turns++ < 40) world.tuples[turns % 2 === 0 ? "add" : "delete"](contended);
          apply();
        });
      }
    }
    const { intake } = stage({ world, lock: new Contended() });
    const refused = await Promise.all(intake.submitAll(many("b"), TRY));
    expect(refused.map(tell)).toEqual(Array(900).fill("store_unavailable"));
    expect(turns).toBeLessThan(40);
  });
});
