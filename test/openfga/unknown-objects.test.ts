// Events about objects that do not exist: they wait for the events before them, and no event waits for them.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Receipt } from "../../src/events/event.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { Follower } from "../../src/openfga/follow/follower.ts";
import type { OpenfgaIntake } from "../../src/openfga/write/openfga-intake.ts";
import type { Delta } from "../../src/tuples/delta.ts";
import { World } from "../world/world.ts";
import { FeedStore } from "./feed-store.ts";
import { intakeOn } from "./intake-on.ts";

const turns = async (count = 300): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((done) => setImmediate(done));
};
const tell = (outcome: Receipt | Refusal): string => (isRefusal(outcome) ? outcome.refused : outcome.status);

describe("an event about an object that does not exist", () => {
  let store: FeedStore;
  let follower: Follower;
  let intake: OpenfgaIntake;
  /** Releases the writes to org a, which are held back. */
  let release: () => void;
  let writes: number;

  beforeEach(async () => {
    store = new FeedStore();
    const world = new World();
    const put = ({ writes, deletes }: Delta): void => store.write(writes, deletes as never);
    for (const org of ["a", "b"]) put(world.system("org.created", { org, kind: "club", owner: "olga" }).delta);
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    follower = new Follower({ store: { server: store.server, id: "s" }, interval: 3_600_000, log });
    await follower.start();
    const released = new Promise<void>((done) => void (release = done));
    writes = 0;
    const write = async (delta: Delta) => {
      writes++;
      if (delta.deletes.some(({ object }) => object === "ledger:org/a")) await released;
      put(delta);
      return { ok: true };
    };
    intake = intakeOn(follower, write);
  });
  afterEach(() => follower.close());

  let sent = 0;
  const submit = (type: string, data: object): Promise<Receipt | Refusal> =>
    intake.submit({ id: `e${++sent}`, source: "/t", type, data }, { system: true, dryRun: false });
  const added = (org: string, user: string): Promise<Receipt | Refusal> => submit("member.added", { org, user });
  const ofNothing = (): Promise<Receipt | Refusal> => submit("team.deleted", { team: "none" });

  test("does not hold up the events behind it while the one before it is being written", async () => {
    const answers: string[] = [];
    const note = (name: string) => (outcome: Receipt | Refusal): void => void answers.push(`${name} ${tell(outcome)}`);
    const all = [
      added("a", "ada").then(note("a")), ofNothing().then(note("none")),
      added("b", "bob").then(note("b")), submit("member.deactivated", { org: "b", user: "bob" }).then(note("b")),
    ];
    await vi.waitFor(() => expect(answers).toEqual(["b applied", "b applied"]));
    release();
    await Promise.all(all);
    expect(answers).toEqual(["b applied", "b applied", "a applied", "none unknown_entity"]);
  });

  test("waits for the one before it, which makes the object", async () => {
    const made = submit("team.created", { team: "t", org: "a" });
    const deleted = submit("team.deleted", { team: "t" });
    await turns();
    release();
    expect([tell(await made), tell(await deleted)]).toEqual(["applied", "applied"]);
  });

  test("does not keep the events around it from sharing a write", async () => {
    const all = Array.from({ length: 8 }, (_, n) => [added("b", `u${n}`), ofNothing()]).flat();
    expect(new Set((await Promise.all(all)).map(tell))).toEqual(new Set(["applied", "unknown_entity"]));
    expect(writes).toBe(1);
  });

  test("and any other leaves nothing in memory once it is answered", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const answers: WeakRef<object>[] = [];
    for (let n = 0; n < 20; n++) {
      for (const answer of [added("b", `u${n}`), ofNothing()]) answers.push(new WeakRef(await answer));
    }
    await turns();
    collect();
    expect(answers.filter((answer) => answer.deref() !== undefined).length).toBeLessThan(4);
  });
});
