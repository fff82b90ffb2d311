// Dry runs on the embedded store: their answers, their visibility to others, and interference from other events.
import { describe, expect, it } from "vitest";
import type { Receipt } from "../../src/events/event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { StateLock } from "../../src/sidecar/state-lock.ts";
import { World } from "../world/world.ts";
import { APPLY, event, founded, stage, tell, TRY, turn } from "./stage.ts";

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

describe("a dry run whose caller has disconnected", () => {
  it("ends in the next turn, with those behind it, and leaves nothing", async () => {
    const { intake, state } = await club();
    const before = state();
    let gone = false;
    const how = { ...TRY, isGone: () => gone };
    const dry = [...intake.submitAll(many("m"), how), ...intake.submitAll(many("n"), how)];
    const behind = intake.submit(added("carl"), TRY);
    let answered = 0;
    for (const outcome of dry) void outcome.then(() => answered++);
    for (let n = 0; n < 4; n++) await turn();
    expect(answered).toBe(0);
    gone = true;
    for (let n = 0; n < 2; n++) await turn();
    expect(answered).toBe(dry.length);
    expect((await Promise.all(dry)).map(tell).filter((outcome) => outcome !== "applied")).not.toEqual([]);
    expect(tell(await behind)).toBe("applied");
    for (let n = 0; n < 4; n++) await turn();
    expect(state()).toEqual(before);
  });

  it("is not decided where it is an atomic batch; an event that is applied is, whoever waits", async () => {
    const { intake } = await club();
    const isGone = (): boolean => true;
    const tried = await intake.submitTogether([added("a")], { ...TRY, isGone });
    expect(tried).toMatchObject({ refusal: { refused: "store_unavailable" } });
    expect(await intake.submitTogether([added("a")], { ...APPLY, isGone })).toMatchObject([{ status: "applied" }]);
    expect(tell(await intake.submit(added("b"), { ...APPLY, isGone }))).toBe("applied");
  });
});

it("dry runs of atomic batches keep no batch that is applied waiting", async () => {
  const { intake } = await club();
  const order: string[] = [];
  const tried = Array.from({ length: 20 }, (_, n) =>
    intake.submitTogether([added(`t${n}`)], TRY).then(() => order.push("tried")));
  const applied = intake.submitTogether([added("real")], APPLY).then(() => order.push("applied"));
  await Promise.all([...tried, applied]);
  expect(order.indexOf("applied")).toBeLessThan(2);
});
