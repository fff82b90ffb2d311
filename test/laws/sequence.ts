// Random sequences of events on a few orgs: ids from small pools, so that they collide, and actors of every kind.
import fc from "fast-check";
import { decideEvent } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal, type RefusalCode } from "../../src/events/refusal.ts";
import { EVENTS } from "../../src/events/table.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { idOf } from "../../src/tuples/tuple.ts";
import { World } from "../world/world.ts";
import { Draw } from "./draw.ts";
import { DRAWN } from "./drawn-events.ts";
import { Pools, USERS } from "./pools.ts";
import { WEIGHTS } from "./weights.ts";

/** Outcome of an event. */
export type Outcome = "applied" | "unchanged" | "duplicate" | RefusalCode;

/**
 * Seeds of the events of one sequence. A seed's meaning depends on the state, so any part of a sequence is a sequence.
 */
export type Seeds = readonly number[];

/** Sequences with a range of lengths. The seeds do not shrink, the sequences do. */
export function sequences(minLength: number, maxLength: number): fc.Arbitrary<Seeds> {
  return fc.array(fc.noShrink(fc.noBias(fc.nat())), { minLength, maxLength, size: "max" });
}

/** A fixed sequence for each number, the same in every run. */
export function fixedSeeds(number: number, length: number): Seeds {
  const draw = new Draw(number);
  return Array.from({ length }, () => draw.below(2 ** 31));
}

const TYPES = [...EVENTS.keys()];
const URN = TYPES.flatMap((type) => Array.from({ length: WEIGHTS[type] ?? 4 }, () => type));

/** An event drawn on a state: usually one that has an effect there, but not always. */
function drawEvent(tuples: TupleSet, seed: number, pools = new Pools()): Omit<Envelope, "id"> {
  const draw = new Draw(seed);
  const type = draw.pick(URN);
  const data = DRAWN[type]!(draw, tuples, pools);
  const clean = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
  const actor = drawActor(draw, tuples, clean);
  return { source: "/laws", type, data: clean, ...(actor === undefined ? {} : { actor }) };
}

/** The system, a user that the event names, an admin, any user, or a stranger. */
function drawActor(draw: Draw, tuples: TupleSet, data: Readonly<Record<string, unknown>>): string | undefined {
  if (draw.chance(45)) return undefined;
  const author = tuples.users(`note:${String(data["note"])}`, "author").map(idOf);
  const named = [...author, ...["author", "user", "owner", "coach", "head_coach"].map((field) => data[field])]
    .filter((name) => typeof name === "string");
  if (named.length > 0 && draw.chance(50)) return draw.pick(named);
  const org = String(data["org"] ?? "");
  const admins = [...tuples.read({ objectType: "org", relation: "admin_hat" })]
    .filter((tuple) => org === "" || tuple.object === `org:${org}`).map((tuple) => idOf(tuple.user));
  if (admins.length > 0 && draw.chance(60)) return draw.pick(admins);
  return draw.pick([...USERS, "stranger"]);
}

/** Three orgs of different kinds with a few people, teams and athletes: the start of each sequence. */
export const FOUNDING: readonly Omit<Envelope, "id" | "source">[] = [
  { type: "platform.superadmin_granted", data: { user: "u8" } },
  { type: "org.created", data: { org: "o1", kind: "club", owner: "u1" } },
  { type: "org.created", data: { org: "o2", kind: "program", owner: "u2" } },
  { type: "member.added", data: { org: "o1", user: "u2", hats: ["coach"] } },
  { type: "member.added", data: { org: "o1", user: "u3", hats: ["coach", "athlete"] } },
  { type: "member.added", data: { org: "o1", user: "u4", hats: ["athlete"] } },
  { type: "member.added", data: { org: "o2", user: "u3", hats: ["coach"] } },
  { type: "member.added", data: { org: "o2", user: "u5", hats: ["athlete"] } },
  { type: "team.created", data: { team: "t1", org: "o1", head_coach: "u2" } },
  { type: "team.created", data: { team: "t2", org: "o2", head_coach: "u3" } },
  { type: "athlete.created", data: { athlete: "a1", org: "o1", team: "t1", user: "u4", coach: "u3" } },
  { type: "athlete.created", data: { athlete: "a2", org: "o1", team: "t1", coach: "u2" } },
  { type: "athlete.created", data: { athlete: "a3", org: "o2", team: "t2", user: "u5", coach: "u2" } },
];

/** Number of draws of each type, by outcome. */
export type Tally = Map<string, Map<Outcome, number>>;

/** A played sequence, event by event. */
export class Play {
  readonly world = new World();
  /** Every event sent after the founding, with its id. */
  readonly sent: Envelope[] = [];
  readonly tally: Tally;

  constructor(tally: Tally = new Map(), founding: readonly Omit<Envelope, "id" | "source">[] = FOUNDING) {
    this.tally = tally;
    for (const { type, data } of founding) this.world.system(type, data, { source: "/founding" });
  }

  /** Draws one event on the present state without sending it; if the first draw has no effect, usually another. */
  next(seed: number): Envelope {
    const id = `l${this.sent.length + 1}`;
    const first = { ...drawEvent(this.world.tuples, seed), id };
    if (seed % 4 === 0) return first;
    const { view, now: clock } = this.world;
    const step = decideEvent(DomainEvent.sent(first), view, { system: true, clock, emailHash: () => "unlike" });
    if (!isRefusal(step) && step.status === "applied") return first;
    return { ...drawEvent(this.world.tuples, (seed ^ 0x5555_5555) >>> 0), id };
  }

  /** Sends an event; the clock advances by an hour. */
  send(envelope: Envelope): Outcome {
    const { type, data, ...attributes } = envelope;
    this.sent.push(envelope);
    const step = this.world.send(type, data, attributes);
    const outcome = isRefusal(step) ? step.refused : step.status;
    const of = this.tally.get(type) ?? new Map<Outcome, number>();
    this.tally.set(type, of.set(outcome, (of.get(outcome) ?? 0) + 1));
    this.world.now += 3_600_000;
    return outcome;
  }

  /** Draws and sends all of a sequence. */
  all(seeds: Seeds): this {
    for (const seed of seeds) this.send(this.next(seed));
    return this;
  }
}
