// Four sidecars and sixteen writers on one org over OpenFGA on Postgres: no effect is lost and none is done twice.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { eventObject } from "../../src/ledger/event-record.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import type { OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { openfgaAvailable } from "../live/openfga.ts";
import { postgresAvailable } from "../live/postgres.ts";
import { faultsOf } from "../races/invariants.ts";
import {
  event, expectEqual, expectMarked, freshName, openSidecar, send, startBackend, submit, type Backend,
} from "./fleet.ts";

const SIDECARS = 4;
const WRITERS = 16;
const ROUNDS = 3;
/** Uses of the link that everyone wants to redeem: fewer than there are users. */
const USES = 20;

/** Everything that one writer sends, in order: its own objects, and objects that all writers want. */
function eventsOf(writer: number): Envelope[] {
  const rounds = Array.from({ length: ROUNDS }, (_, round): [string, object][] => {
    const [own, user] = [`${writer}-${round}`, `u${writer}-${round}`];
    const [from, to] = round % 2 === 0 ? ["red", "blue"] : ["blue", "red"];
    return [
      ["member.added", { org: "fc", user, hats: ["coach"] }],
      ["athlete.created", { athlete: `a${own}`, org: "fc", team: from, coach: user, coaching: `c${own}` }],
      ["team.head_coach_changed", { team: "red", head_coach: user, assignment: `h${own}` }],
      ["invite.redeemed", { invite: "link", user: `guest${own}`, athlete: `g${own}` }],
      ["team.athlete_moved", { athlete: "wanted", from, to }],
      ["athlete.linked", { athlete: "wanted", user: `p${writer}` }],
      ["athlete.unlinked", { athlete: "wanted", user: `p${writer}` }],
      ["coaching.ended", { coaching: `c${own}` }],
      ["team.athlete_moved", { athlete: `a${own}`, from, to }],
    ];
  });
  return rounds.flat().map(([type, data]) => event(type, data));
}

/** Sends an event by one sidecar or by two at once, and again while the store is busy. Returns its outcome. */
async function deliver(envelope: Envelope, to: readonly OpenfgaSidecar[]): Promise<string> {
  const told: string[] = [];
  for (let busy = true; busy;) {
    const outcomes = await Promise.all(to.map(async (sidecar) => {
      const outcome = await submit(sidecar, envelope);
      return isRefusal(outcome) ? outcome.refused : outcome.status;
    }));
    busy = outcomes.includes("store_unavailable");
    told.push(...outcomes.filter((outcome) => outcome !== "store_unavailable"));
  }
  const done = told.filter((outcome) => outcome === "applied" || outcome === "unchanged");
  expect(done.length, told.join()).toBeLessThanOrEqual(1);
  // One sidecar may have refused an event that the other could apply a moment later.
  return done[0] ?? told.find((outcome) => outcome === "duplicate") ?? told[0]!;
}

const available = openfgaAvailable("datastore") && postgresAvailable();

describe.skipIf(!available)("a race on one org", () => {
  let backend: Backend;
  let sidecars: OpenfgaSidecar[];
  beforeAll(async () => {
    backend = await startBackend();
    const name = freshName();
    sidecars = await Promise.all(Array.from({ length: SIDECARS }, () => openSidecar(backend.url, name)));
    const [one] = sidecars as [OpenfgaSidecar];
    await send(one, "org.created", { org: "fc", kind: "club", owner: "olga" });
    for (const team of ["red", "blue"]) await send(one, "team.created", { team, org: "fc" });
    await send(one, "athlete.created", { athlete: "wanted", org: "fc", team: "red" });
    for (let n = 0; n < WRITERS; n++) await send(one, "member.added", { org: "fc", user: `p${n}`, hats: ["athlete"] });
    await send(one, "invite.created", { invite: "link", org: "fc", hat: "athlete", team: "red", max_uses: USES });
  });
  afterAll(async () => {
    for (const sidecar of sidecars ?? []) await sidecar.close();
    await backend.stop();
  });

  test("each acknowledged event exists once, each refused one not at all; every replica equals the store", async () => {
    const [one] = sidecars as [OpenfgaSidecar];
    const before = one.follower.replica.revisionOf("ledger:org/fc");
    const outcomes = new Map<Envelope, string>();
    await Promise.all(Array.from({ length: WRITERS }, async (_, writer) => {
      for (const [n, envelope] of eventsOf(writer).entries()) {
        const mine = sidecars[writer % SIDECARS]!;
        const other = sidecars[(writer + 1 + n) % SIDECARS]!;
        outcomes.set(envelope, await deliver(envelope, n % 3 === 0 && other !== mine ? [mine, other] : [mine]));
      }
    }));
    await expectEqual(...sidecars);
    const marked = (outcome: string): boolean => ["applied", "unchanged", "duplicate"].includes(outcome);
    const acknowledged = [...outcomes].filter(([, outcome]) => marked(outcome)).map(([envelope]) => envelope);
    const refused = [...outcomes].filter(([, outcome]) => !marked(outcome)).map(([envelope]) => envelope);
    for (const sidecar of sidecars) {
      expectMarked(sidecar, acknowledged);
      const markers = refused.flatMap((envelope) => sidecar.tuples.users(eventObject(envelope), "applied"));
      expect(markers).toEqual([]);
      expect(sidecar.follower.replica.revisionOf("ledger:org/fc") - before).toBe(acknowledged.length);
      expect(faultsOf([...sidecar.tuples.read({})])).toEqual([]);
    }
    const codes = new Set(outcomes.values());
    const tell = (type: string): string[] =>
      [...outcomes].filter(([envelope]) => envelope.type === type).map(([, told]) => told);
    expect(tell("member.added").filter((told) => told !== "applied")).toEqual([]);
    expect(tell("athlete.created").filter((told) => told !== "applied")).toEqual([]);
    expect(tell("coaching.ended").filter((told) => told !== "applied")).toEqual([]);
    const redeemed = tell("invite.redeemed").filter((told) => told === "applied");
    expect(redeemed).toHaveLength(USES);
    const exhausted = tell("invite.redeemed").filter((told) => told === "invite_exhausted");
    expect(exhausted).toHaveLength(WRITERS * ROUNDS - USES);
    expect([...codes].filter((code) => !KNOWN.has(code))).toEqual([]);
    expect(one.tuples.users("team:red", "head_assignment")).toHaveLength(1);
  });

  test("the change feed has every tuple as often as it came and went, and ends at the present tuples", async () => {
    const [one] = sidecars as [OpenfgaSidecar];
    const count = new Map<string, number>();
    for (let cursor: string | undefined; ;) {
      const page = await one.changes(cursor, 100);
      for (const { operation, tuple } of page.changes) {
        const key = printTuple(tuple);
        count.set(key, (count.get(key) ?? 0) + (operation === "write" ? 1 : -1));
      }
      if (page.changes.length === 0) break;
      cursor = page.cursor;
    }
    const there = [...one.tuples.read({})].map(printTuple).sort();
    expect([...count].filter(([, times]) => times !== 0 && times !== 1)).toEqual([]);
    expect([...count].filter(([, times]) => times === 1).map(([key]) => key).sort()).toEqual(there);
  });
});

/** Possible outcomes of a race for the one link, athlete and team. */
const KNOWN = new Set(["applied", "unchanged", "duplicate", "invite_exhausted", "not_on_team", "athlete_already_linked",
  "user_already_linked"]);
