// Events of an org's writer that wait for the replica, behind a list and changes of the feed: decided on the later
// state.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { decideEvent } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import type { Release } from "../../src/sidecar/state-lock.ts";
import { groupInTurns } from "../../src/openfga/follow/feed.ts";
import { Follower } from "../../src/openfga/follow/follower.ts";
import type { OpenfgaIntake } from "../../src/openfga/write/openfga-intake.ts";
import type { Delta } from "../../src/tuples/delta.ts";
import { emailHash, START, World } from "../world/world.ts";
import { at, FeedStore, LEDGER } from "./feed-store.ts";
import { intakeOn } from "./intake-on.ts";

/** Number of event loop turns in which anything that does not wait would be finished. */
const TURNS = 300;
/** Number of links to a team: its deletion takes several writes of few tuples. */
const LINKS = 24;
const FEW = 12;

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((done) => setImmediate(done));
};

describe("an event that waits behind a list and a change from the feed", () => {
  let store: FeedStore;
  let follower: Follower;
  let world: World;
  let intake: OpenfgaIntake;
  const put = ({ writes, deletes }: Delta): void => store.write(writes, deletes as never);
  const open = (): string[] => follower.replica.tuples.users(LEDGER, "pending");

  beforeEach(async () => {
    store = new FeedStore();
    world = new World();
    put(world.system("org.created", { org: "fc", kind: "club", owner: "olga" }).delta);
    put(world.system("team.created", { team: "t", org: "fc" }).delta);
    for (let n = 0; n < LINKS; n++) {
      put(world.system("invite.created", { invite: `l${n}`, org: "fc", hat: "coach", team: "t" }).delta);
    }
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    follower = new Follower({ store: { server: store.server, id: "s" }, interval: 3_600_000, log });
    await follower.start();
    const write = async (delta: Delta) => {
      put(delta);
      return { ok: true };
    };
    intake = intakeOn(follower, write);
  });
  afterEach(() => follower.close());

  /** Sends an event while the replica is locked, and unlocks it when a change of the replica waits before it. */
  async function behind(change: () => Promise<unknown>): Promise<string> {
    const release = await new Promise<Release>((done) => follower.replica.lock.hold(done));
    const changed = change();
    await turns();
    const added = { id: "a", source: "/t", type: "member.added", data: { org: "fc", user: "ada" } };
    const answer = intake.submit(added, { system: true, dryRun: false });
    await turns();
    release();
    await changed;
    const outcome = await answer;
    return isRefusal(outcome) ? outcome.refused : outcome.status;
  }

  test("is decided after an event of many writes that another sidecar has begun", async () => {
    const deletion = { id: "d", source: "/t", type: "team.deleted", data: { team: "t" } };
    const around = { system: true, clock: START, maxTuples: FEW, emailHash };
    const first = decideEvent(DomainEvent.sent(deletion), world.view, around);
    if (isRefusal(first)) throw new Error(first.detail);
    expect(first.more).toBe(true);
    put(first.delta);
    const { writes, deletes } = first.delta;
    const told = await groupInTurns([
      ...deletes.map((tuple) => ({ operation: "delete", tuple, at: 0, stamp: "first" } as const)),
      ...writes.map((tuple) => ({ operation: "write", tuple, at: 0, stamp: "first" } as const)),
    ]);
    expect(await behind(() => follower.replica.applyInTurns(told))).toBe("applied");
    expect(open()).toEqual([]);
    expect(follower.replica.tuples.has("org:fc", "member", "user:ada")).toBe(true);
  });

  test("is refused if somebody wrote to the ledger", async () => {
    put({ writes: [at(99)], deletes: [] });
    expect(await behind(() => follower.refreshKeys([at(99)]))).toBe("store_unavailable");
    expect(follower.replica.tuples.has("org:fc", "member", "user:ada")).toBe(false);
  });
});
