// Dry runs on the embedded store: what is answered, what others see of them, and what happens where others interfere.
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
  it("answers as the event would be answered, and writes nothing", async () => {
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

  it("sees none of its own effects taken away while events are applied between its turns", async () => {
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

  it("begins again where an event took what it had built on", async () => {
    const { intake, send } = await club();
    const dry = intake.submitAll(many("a"), TRY);
    // The first of them becomes a member for real, while the dry run has it as one.
    await send(added("other"));
    await send(added("a0"));
    expect((await Promise.all(dry)).map(tell).slice(0, 3)).toEqual(["unchanged", "applied", "applied"]);
  });

  it("judges all of its events on one revision of their org, while others move it", async () => {
    const { intake, send } = await club();
    const asked = [event("member.deactivated", { org: "o", user: "late" }), ...many("b"),
      event("team.created", { org: "o", team: "t", head_coach: "late" })];
    const dry = intake.submitAll(asked, TRY);
    let answered = 0;
    for (const outcome of dry) void outcome.then(() => answered++);
    // Of what was tried out so far, only a refusal has to do with it: no tuple that the dry run has changed is another.
    await send(added("other"));
    await send(added("late"));
    expect(answered).toBe(0);
    const [first, ...rest] = (await Promise.all(dry)).map(tell);
    expect([first, rest.at(-1)]).toEqual(["applied", "member_inactive"]);
  });

  it("is given up where others take what it builds on before each of its turns", async () => {
    const world = new World();
    world.system("org.created", { org: "o", kind: "club", owner: "olga" });
    let turns = 0;
    /** Before each turn the tuple that the first event writes is there, or is gone again, in turn. */
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
