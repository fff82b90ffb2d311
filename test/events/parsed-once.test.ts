// Each event is parsed once, whatever way it takes: alone, in a batch, in a dry run, after a lost race, in many writes.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { continueEvent, decideEvent, type Step } from "../../src/events/decide-event.ts";
import { DomainEvent, KeptEvent } from "../../src/events/domain-event.ts";
import { DryRun } from "../../src/events/dry-run.ts";
import type { Intake } from "../../src/events/event.ts";
import { EVENTS } from "../../src/events/table.ts";
import { viewOf } from "../../src/domain/state-view.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { Follower } from "../../src/openfga/follow/follower.ts";
import { OpenfgaIntake } from "../../src/openfga/write/openfga-intake.ts";
import { applyDelta, type Delta } from "../../src/tuples/delta.ts";
import { LONG_EVENTS, manyTied } from "../laws/long-events.ts";
import { withLeast } from "../laws/writes.ts";
import { APPLY, isPending, stage, tell, TRY, turn } from "../embedded/stage.ts";
import { FeedStore } from "../openfga/feed-store.ts";
import { emailHash, MODEL, START, World } from "../world/world.ts";

/** Open links of the team: its deletion takes many writes of so few tuples. */
const LINKS = 40;
const FEW = 20;
/** Tuples of the smallest writes that are tried on a long event. */
const LEAST = 4;

let sent = 0;
const event = (type: string, data: object): Envelope => ({ id: `p${++sent}`, source: "/once", type, data });
const added = (user: string, org = "fc"): Envelope => event("member.added", { org, user });
const deletion = (): Envelope => event("team.deleted", { team: "t" });

/** The events of a club whose team has LINKS open links. */
const CLUB: readonly Envelope[] = [
  event("org.created", { org: "fc", kind: "club", owner: "olga" }), event("team.created", { team: "t", org: "fc" }),
  ...Array.from({ length: LINKS }, (_, n) => event("invite.created", { invite: `l${n}`, org: "fc", team: "t" })),
];

/** Counts the parses of all payloads from here on. */
function countParses(): () => number {
  const schemas = new Set([...EVENTS.values()].map(({ data }) => data._zod));
  const spies = [...schemas].map((schema) => vi.spyOn(schema, "run"));
  return () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
}

/** An intake on the embedded store with the club in it. */
async function embedded() {
  const { intake } = stage({ maxTuples: FEW });
  await Promise.all(intake.submitAll(CLUB, APPLY));
  return { intake, close: () => undefined };
}

/** The same on OpenFGA. `lose`: so many of the next writes lose a race. */
async function onOpenfga() {
  const store = new FeedStore();
  const world = new World();
  const put = ({ writes, deletes }: Delta): void => store.write(writes, deletes as never);
  for (const { type, data } of CLUB) put(world.system(type, data).delta);
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const follower = new Follower({ store: { server: store.server, id: "s" }, interval: 3_600_000, log });
  await follower.start();
  const { replica } = follower;
  let losing = 0;
  const write = async (delta: Delta) => {
    if (losing-- > 0) return { ok: false };
    put(delta);
    return { ok: true };
  };
  const intake = new OpenfgaIntake({
    store: { write } as never, follower, view: viewOf(MODEL, replica.tuples, () => START), maxTuples: FEW,
    revisionOf: async (ledger) => replica.revisionOf(ledger), now: () => START, emailHash, writer: "w",
    failed: (error) => { throw error; },
  });
  return { intake, lose: (writes: number) => void (losing = writes), close: () => follower.close() };
}

describe.each([["embedded", embedded], ["OpenFGA", onOpenfga]] as const)("%s", (_, open) => {
  let stand: { readonly intake: Intake; readonly close: () => void };
  beforeEach(async () => {
    stand = await open();
  });
  afterEach(() => stand.close());

  const submit = async (...[envelopes, how]: Parameters<Intake["submitAll"]>): Promise<string[]> =>
    (await Promise.all(stand.intake.submitAll(envelopes, how))).map(tell);

  test.each([["sent", APPLY], ["tried out", TRY]] as const)("one event, %s", async (_title, how) => {
    const parses = countParses();
    expect(tell(await stand.intake.submit(added("u"), how))).toBe("applied");
    expect(parses()).toBe(1);
    expect(tell(await stand.intake.submit(event("member.added", { org: "fc", user: 1 }), how))).toBe("invalid_event");
    expect(parses()).toBe(2);
  });

  test.each([["sent", APPLY], ["tried out", TRY]] as const)("a batch over two orgs, %s", async (_title, how) => {
    const founding = event("org.created", { org: `o${sent}`, kind: "club", owner: "pia" });
    const { org } = founding.data as { org: string };
    const batch = [added("a"), founding, added("b", org), added("c"), added("d", org), added("e", "nowhere")];
    const parses = countParses();
    expect(await submit(batch, how)).toEqual([...Array<string>(5).fill("applied"), "unknown_entity"]);
    expect(parses()).toBe(batch.length);
  });

  test.each([["sent", APPLY], ["tried out", TRY]] as const)("an event of many writes, %s", async (_title, how) => {
    const parses = countParses();
    expect(await submit([deletion(), added("later")], how)).toEqual(["applied", "applied"]);
    expect(parses()).toBe(2);
  });

  test("an event of many writes whose envelope is too long to be kept", async () => {
    const parses = countParses();
    expect(await submit([{ ...deletion(), source: `/${"long".repeat(3000)}` }], APPLY)).toEqual(["applied"]);
    expect(parses()).toBe(1);
  });
});

test("OpenFGA: events whose writes lose races", async () => {
  const { intake, lose, close } = await onOpenfga();
  const submit = async (...events: Envelope[]) => (await Promise.all(intake.submitAll(events, APPLY))).map(tell);
  const parses = countParses();
  lose(3);
  expect(await submit(added("a"), added("b"))).toEqual(["applied", "applied"]);
  lose(2);
  expect(await submit(deletion())).toEqual(["applied"]);
  expect(parses()).toBe(3);
  close();
});

test("the rest of an event that an earlier process began", async () => {
  const first = stage({ maxTuples: FEW });
  await Promise.all(first.intake.submitAll(CLUB, APPLY));
  first.leave(2);
  expect(tell(await first.intake.submit(deletion(), APPLY))).toBe("store_unavailable");
  const second = stage({ maxTuples: FEW, world: first.world, store: first.store });
  const parses = countParses();
  expect(await second.intake.finishContinuations(["fc"])).toBe(1);
  await turn();
  expect([isPending(second.world, "fc"), second.commits.length > 2]).toEqual([false, true]);
  expect(parses()).toBe(1);
});

test("a dry run of an event of many writes", () => {
  const world = new World();
  for (const { type, data } of CLUB) world.system(type, data);
  const dryRun = new DryRun(world.view, { system: true, clock: START, emailHash }, { all: 20_000, write: FEW });
  const gone = DomainEvent.sent(deletion());
  const parses = countParses();
  let takes = 1;
  while (dryRun.decide(gone) === undefined) takes++;
  expect(takes).toBeGreaterThan(3);
  expect(parses()).toBe(1);
});

const REDEEMED = { type: "invite.redeemed", data: { invite: "j", user: "u6", email: "U6@example.org" } };

test.each([["kept", 0], ["too long to be kept", 3000]])(
  "each write of a long event continues the event of the first; its envelope is %s", (_, length) => {
    const cut: string[] = [];
    for (const { type, data } of [...LONG_EVENTS, REDEEMED]) {
      const world = manyTied();
      const around = (maxTuples: number) => ({ system: true, clock: world.now, emailHash, maxTuples });
      const first = DomainEvent.sent({ id: "long", source: `/${"long".repeat(length)}`, type, data });
      let step = withLeast(LEAST, (most) => decideEvent(first, world.view, around(most)) as Step);
      if (step.more) cut.push(type);
      for (; step.more; expect(step.event).toBe(first)) {
        applyDelta(world.tuples, step.delta);
        const { org } = step;
        const [known, kept] = withLeast(LEAST, (most) => [first, undefined].map((event) =>
          continueEvent(org, world.view, around(most), event)!));
        expect(known!.delta).toEqual(kept!.delta);
        step = known!;
      }
    }
    // Their schemas add a default, or their addresses are replaced.
    expect(cut).toEqual(expect.arrayContaining(["athlete.unlinked", "member.reactivated", "invite.redeemed"]));
  });

test("an event that only shares the source and id of a pending one never takes its place", () => {
  const world = new World();
  for (const { type, data } of CLUB) world.system(type, data);
  const around = { system: true, clock: START, emailHash, maxTuples: FEW };
  const pending = deletion();
  const step = decideEvent(DomainEvent.sent(pending), world.view, around) as Step;
  expect(step.more).toBe(true);
  applyDelta(world.tuples, step.delta);
  const rest = continueEvent("fc", world.view, around, step.event)!;
  expect(rest.event).toBe(step.event);
  for (const other of [{ ...pending, data: { team: "another" } }, { ...pending, type: "team.gone" }]) {
    const next = continueEvent("fc", world.view, around, DomainEvent.sent(other))!;
    expect(next.event).toBeInstanceOf(KeptEvent);
    expect(next.delta).toEqual(rest.delta);
  }
});
