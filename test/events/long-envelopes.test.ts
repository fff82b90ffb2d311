// Events of several writes, however long their envelopes are: the first write keeps what the others need.
import { describe, expect, test } from "vitest";
import { MAX_ID_LENGTH } from "../../src/domain/event-limits.ts";
import { continueEvent, decideEvent, type Surroundings } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { continuationOf, putContinuation } from "../../src/ledger/continuation.ts";
import { eventObject } from "../../src/ledger/event-record.ts";
import { value } from "../../src/domain/object-names.ts";
import { MAX_EVENT_BYTES } from "../../src/http/http-limits.ts";
import { ATHLETE_KEYS } from "../../src/policy/permission-keys.ts";
import { applyDelta, Draft, sizeOf } from "../../src/tuples/delta.ts";
import { MAX_TUPLES_PER_DELTA } from "../../src/tuples/store.ts";
import { printed } from "../laws/answers.ts";
import { GONE, LONG_EVENTS, manyTied } from "../laws/long-events.ts";
import { copyOf } from "../laws/writes.ts";
import { emailHash, World } from "../world/world.ts";

/** Users of a tuple have at most so many bytes: OpenFGA's API definition. */
const MAX_USER_BYTES = 512;
/** Teams, rows, shares and links on top of `manyTied`: with them most long events need several writes of 100 tuples. */
const MORE = 120;

function world(): World {
  const tied = manyTied();
  const send = (type: string, data: object): void => void tied.system(type, { ...data });
  send("member.reactivated", { org: "o1", user: GONE });
  for (let n = 0; n < MORE; n++) {
    send("member.added", { org: "o1", user: `v${n}` });
    send("coaching.started", { coaching: `e${n}`, athlete: "a2", coach: `v${n}`, role: "r1" });
    send("coaching.started", { coaching: `g${n}`, athlete: "a1", coach: GONE });
    send("invite.created", { invite: `k${n}`, org: "o1", team: "t3" });
    send("note.shared", { note: "n1", user: `v${n}` });
    send("team.created", { team: `w${n}`, org: "o1" });
    for (const athlete of ["a4", "a5"]) send("team.athlete_added", { team: `w${n}`, athlete });
  }
  send("member.deactivated", { org: "o1", user: GONE });
  return tied;
}

/** An event as sent, with a source that makes its JSON so many characters long. */
function padded(event: Pick<Envelope, "type" | "data">, length: number, fill = "s"): Envelope {
  const envelope = { id: "long", source: "/", ...event };
  const room = length - JSON.stringify(envelope).length;
  return { ...envelope, source: `/${fill.repeat(Math.max(0, Math.floor(room / fill.length)))}` };
}

/** Plays an event in writes of as many tuples as OpenFGA takes; returns what is left of it, and how many writes. */
function play(from: World, event: Envelope): { state: string[]; writes: number } {
  const copy = copyOf(from);
  const around: Surroundings = { system: true, clock: copy.now, emailHash };
  let step = decideEvent(DomainEvent.sent(event), copy.view, around);
  let writes = 0;
  for (; ;) {
    if (isRefusal(step)) throw new Error(step.detail);
    expect(sizeOf(step.delta)).toBeLessThanOrEqual(MAX_TUPLES_PER_DELTA);
    applyDelta(copy.tuples, step.delta);
    writes++;
    for (const { user } of copy.tuples.read({ relation: "payload" })) {
      expect(user).not.toMatch(/kid(@|%40)|example\.org/);
      expect(new TextEncoder().encode(user).length).toBeLessThanOrEqual(MAX_USER_BYTES);
    }
    if (!step.more) break;
    step = continueEvent(step.org, copy.view, around)!;
  }
  expect(copy.tuples.users(eventObject(event), "applied")).toHaveLength(1);
  const isOrder = (relation: string): boolean => ["at", "applied", "since"].includes(relation);
  return { state: printed([...copy.tuples.read({})].filter(({ relation }) => !isOrder(relation))), writes };
}

const tied = world();
const CUT = LONG_EVENTS.filter((event) => play(tied, padded(event, 0)).writes > 1);

test("most long events need several writes here", () => {
  expect(CUT.map(({ type }) => type)).toEqual(expect.arrayContaining(
    ["team.deleted", "athlete.deleted", "athlete.linked", "athlete.unlinked", "member.deactivated",
      "member.hats_changed", "member.reactivated", "note.deleted"]));
});

// About the lengths at which an envelope is no longer kept, and at which it would fill a write of 100 tuples.
const LENGTHS = [5_900, 6_100, 13_800, 14_000, 14_100, 14_500, MAX_EVENT_BYTES];

describe.each(CUT)("$type", (event) => {
  const { state } = play(tied, padded(event, 0));
  test.each(LENGTHS)("comes to the same with an envelope of %i characters", (length) => {
    expect(play(tied, padded(event, length)).state).toEqual(state);
  });
});

test.each(["\u3000", "\u200d", "\u{e000}", "\u{10ffff}", "🏊", "％", "%"])(
  "a source of %j is kept in users that OpenFGA accepts", (fill) => {
    const [event] = CUT;
    const { state } = play(tied, padded(event!, 0));
    for (const length of [600, 5_000, 14_000]) expect(play(tied, padded(event!, length, fill)).state).toEqual(state);
  },
);

test("the longest payload of an event of several writes: an override for each athlete key", () => {
  const coaching = "c".repeat(MAX_ID_LENGTH);
  const all = (is: boolean): object => Object.fromEntries(ATHLETE_KEYS.map((key) => [key, is]));
  const row = new World();
  row.system("org.created", { org: "o1", kind: "club", owner: "u1" });
  row.system("athlete.created", { athlete: "a1", org: "o1" });
  row.system("coaching.started", { coaching, athlete: "a1", coach: "u1" });
  // With the last `sequence`, to be replaced, the bookkeeping takes five tuples.
  for (const length of [0, MAX_EVENT_BYTES]) {
    const [before, event] = [false, true].map((is): Envelope =>
      padded({ type: "coaching.overrides_set", data: { coaching, overrides: all(is) } }, length));
    row.send(before!.type, before!.data, { source: event!.source, sequence: "1" });
    const { state, writes } = play(row, { ...event!, sequence: "2" });
    expect([writes, state.filter((tuple) => tuple.includes('"payload"'))]).toEqual([2, []]);
    expect(state.filter((tuple) => tuple.startsWith(`["coaching:${coaching}"`)).length).toBeGreaterThan(48);
  }
});

test("an invitation that is redeemed in several writes is kept with the hash of its address only", () => {
  const email = "kid@example.org";
  const club = new World();
  club.system("org.created", { org: "o1", kind: "club", owner: "u1" });
  club.system("athlete.created", { athlete: "a1", org: "o1" });
  for (let n = 0; n < MORE; n++) {
    club.system("team.created", { team: `t${n}`, org: "o1" });
    club.system("team.athlete_added", { team: `t${n}`, athlete: "a1" });
  }
  club.system("invite.created", { invite: "i1", org: "o1", hat: "athlete", athlete: "a1", email });
  const event = { type: "invite.redeemed", data: { invite: "i1", user: "u4", email } };
  const [short, long] = [0, MAX_EVENT_BYTES].map((length) => play(club, { ...padded(event, length), actor: "u4" }));
  expect(short!.writes).toBeGreaterThan(1);
  expect(long!.state).toEqual(short!.state);
});

describe("an envelope is kept whole", () => {
  /** Drafts the continuation of an event as sent; returns its users, and the continuation that is read from them. */
  function kept(envelope: Envelope, now: number): { users: string[]; isWhole: boolean } {
    const copy = new World();
    const draft = new Draft(copy.tuples);
    const event = eventObject(envelope);
    const { type, data } = envelope;
    putContinuation(draft, "o1", { event, type, data, now, left: "", envelope });
    applyDelta(copy.tuples, draft.delta());
    const read = continuationOf(copy.tuples, "o1");
    expect(read).toEqual({ event, type, data, now, left: "", ...(read?.envelope !== undefined && { envelope }) });
    const users = [...copy.tuples.read({ relation: "payload" })].map(({ user }) => user);
    return { users, isWhole: read?.envelope !== undefined };
  }

  const NOW = 0;
  const frame = JSON.stringify({ envelope: {}, now: NOW }).length - 2;

  test.each([[40, 6_000, true], [1, 6_001, false]])("in at most 40 users: %i users", (users, length, isWhole) => {
    const envelope = padded({ type: "team.deleted", data: { team: "t" } }, length - frame);
    expect(JSON.stringify({ envelope, now: NOW })).toHaveLength(length);
    const result = kept(envelope, NOW);
    expect([result.users.length, result.isWhole]).toEqual([users, isWhole]);
  });

  test.each([[512, "s", true], [513, "é", false]])("in users of at most 512 bytes: %i", (bytes, last, isWhole) => {
    const before = '{"envelope":{"id":"';
    const text = "\u3000".repeat(44) + "s".repeat(105) + last;
    const id = "s".repeat(150 - before.length) + text;
    expect(new TextEncoder().encode(value(`1:${text}`))).toHaveLength(bytes);
    const result = kept({ id, source: "/", type: "team.deleted", data: { team: "t" } }, NOW);
    expect([result.users.includes(value(`1:${text}`)), result.isWhole]).toEqual([isWhole, isWhole]);
  });
});
