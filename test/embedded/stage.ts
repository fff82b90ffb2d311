// A world with an embedded intake for the tests: a store in memory that may refuse writes, small writes, reported
// failures.
import { EmbeddedIntake } from "../../src/embedded/embedded-intake.ts";
import type { Receipt } from "../../src/events/event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { StateLock } from "../../src/sidecar/state-lock.ts";
import type { Part } from "../../src/embedded/stored-row-changes.ts";
import { openEmbeddedStore, type EmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { printed } from "../laws/answers.ts";
import { START, World } from "../world/world.ts";

export const APPLY = { system: true, dryRun: false };
export const TRY = { system: true, dryRun: true };

/** The next turn of the event loop. */
export const turn = (): Promise<void> => new Promise((next) => setImmediate(next));

let sent = 0;
export const event = (type: string, data: object, more: Partial<Envelope> = {}): Envelope =>
  ({ id: `s${++sent}`, source: "/stage", type, data, ...more });

export const tell = (outcome: Receipt | Refusal): string => (isRefusal(outcome) ? outcome.refused : outcome.status);

/** Options of a stage. */
export interface StageOptions {
  readonly world?: World;
  readonly store?: EmbeddedStore;
  /** Maximum number of tuples in one write. */
  readonly maxTuples?: number;
  readonly lock?: StateLock;
  /** The live tuples as the intake sees them. */
  readonly tuples?: (of: TupleSet) => TupleSet;
}

/** An intake and its surroundings. `commits`: the deltas of each attempted commit. */
export function stage(options: StageOptions = {}) {
  const { world = new World(), store = openEmbeddedStore(":memory:", () => START), maxTuples } = options;
  const commits: (readonly Part[])[] = [];
  const told: string[] = [];
  let left = Infinity;
  const commit: EmbeddedStore["commit"] = (deltas, at) => {
    commits.push(deltas);
    if (left-- <= 0) throw new Error("disk full");
    return store.commit(deltas, at);
  };
  const tuples = options.tuples?.(world.tuples) ?? world.tuples;
  const intake = new EmbeddedIntake({
    view: { ...world.view, tuples }, store: { commit }, now: () => START, emailHash: (email) => `hash-of-${email}`,
    failed: () => void told.push("failed"), broken: (why) => void told.push(`broken: ${why}`),
    ...(maxTuples === undefined ? {} : { maxTuples }),
  }, options.lock);
  const send = async (envelope: Envelope): Promise<string> => tell(await intake.submit(envelope, APPLY));
  const stored = (): string[] => {
    const set = createTupleSet();
    store.load(set);
    return printed(set.read({}));
  };
  return {
    world, store, intake, commits, told, send, stored, state: () => printed(world.tuples.read({})),
    /** Lets `count` more commits succeed; later ones fail. */
    leave: (count: number) => void (left = count),
  };
}

/** An org with a team that has `links` open links, so that its deletion needs many writes of 20 tuples. */
export async function founded(of: ReturnType<typeof stage>, org: string, links: number): Promise<Envelope> {
  await of.send(event("org.created", { org, kind: "club", owner: `${org}-owner` }));
  await of.send(event("team.created", { org, team: `${org}-team` }));
  const invites = Array.from({ length: links }, (_, n) =>
    event("invite.created", { invite: `${org}-${n}`, org, team: `${org}-team` }));
  await Promise.all(invites.map((invite) => of.send(invite)));
  return event("team.deleted", { team: `${org}-team` });
}

/** Whether an org has an event with writes left to do. */
export function isPending(world: World, org: string): boolean {
  return world.tuples.users(`ledger:org/${org}`, "pending").length > 0;
}
