// Repairs the differences an audit found: for each org in Writes that are steps in the org's order, as events are.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { eventObject, putRecord, putRevision, revisionOf } from "../../ledger/event-record.ts";
import { NO_ROWS } from "../../domain/touched-rows.ts";
import { digest } from "../../tuples/digest.ts";
import { Draft, type Delta } from "../../tuples/delta.ts";
import { MAX_TUPLES_PER_DELTA } from "../../tuples/store.ts";
import type { TupleKey } from "../../tuples/tuple.ts";
import { printTuple } from "../../tuples/tuple.ts";
import { lookAgain, reasonToLeave, type Difference } from "./audit.ts";
import type { StoreAt } from "../follow/feed-reader.ts";
import { isRevision } from "../follow/feed.ts";
import { LOOK_BACK } from "../follow/look-back.ts";
import { isUnavailable } from "../openfga-error.ts";
import type { OpenfgaStore } from "../write/openfga-store.ts";
import { orgOf } from "../follow/org-of.ts";
import type { FeedReplay } from "../follow/feed-replay.ts";
import { keysOf, namesOf } from "../follow/replica.ts";
import { MAX_REPAIR_TRIES, REPAIR_RACE_WAIT_MS } from "../openfga-limits.ts";

/** Maximum number of tuples repaired in one Write, which also holds the step and an event record. */
const PER_WRITE = MAX_TUPLES_PER_DELTA - 5;

/** Dependencies of a repair. */
export interface RepairParts {
  readonly at: StoreAt;
  readonly store: Pick<OpenfgaStore, "write">;
  readonly record: FeedReplay;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Returns true for a difference that a repair may fix. */
export function isRepairable({ tuple, leave }: Difference): boolean {
  return leave === undefined && !isRevision(tuple);
}

/**
 * Deletes extra tuples, then writes missing ones back. Differences are checked again before each Write, and the Write
 * fails as a whole when an event of the org comes between. Returns the number of tuples repaired. Throws when events
 * win the race every time, and OpenfgaError when OpenFGA is unavailable.
 */
export async function repair(parts: RepairParts, differences: readonly Difference[]): Promise<number> {
  const { record } = parts;
  const some = differences.filter(isRepairable);
  const missing = namesOf(some.filter(({ kind }) => kind === "missing").map(({ tuple }) => tuple));
  let done = 0;
  for (const { kind, tuple } of some) {
    // The tuple exists with another condition. As part of an event, its delete would take it out of the record.
    if (kind === "extra" && missing.has(printTuple(tuple))) done += await deleteAlone(parts, tuple);
  }
  for (const kind of ["extra", "missing"] as const) {
    const orgs = new Map<string, TupleKey[]>();
    for (const { tuple } of some.filter((difference) => difference.kind === kind)) {
      const org = orgOf(record.replica.tuples, tuple);
      orgs.set(org, [...(orgs.get(org) ?? []), tuple]);
    }
    for (const [org, keys] of orgs) {
      for (let i = 0; i < keys.length; i += PER_WRITE) {
        done += await repairKeys(parts, org, kind, keys.slice(i, i + PER_WRITE));
      }
    }
  }
  return done;
}

async function deleteAlone({ at, store, record }: RepairParts, key: TupleKey): Promise<number> {
  const [extra] = await lookAgain(at, record, [key]);
  if (extra?.kind !== "extra") return 0;
  const { object, relation, user } = key;
  const applied = await store.write({ writes: [], deletes: [{ object, relation, user }] });
  await record.catchUp();
  return applied.ok ? 1 : 0;
}

/** Tries until no event of the org comes between the last look and the Write. */
async function repairKeys(
  { at, store, record, now }: RepairParts, org: string, kind: Difference["kind"], keys: readonly TupleKey[],
): Promise<number> {
  let journal = record.replica.journal();
  try {
    let differences: readonly Difference[] | undefined;
    for (let tries = 1; tries <= MAX_REPAIR_TRIES; tries++) {
      const touched = namesOf(journal.entries.flatMap(keysOf));
      if (differences === undefined || keys.some((key) => touched.has(printTuple(key)))) {
        journal.stop();
        journal = record.replica.journal();
        differences = (await lookAgain(at, record, keys)).filter((difference) => difference.kind === kind);
      }
      const still = differences.filter(({ tuple }) => kind === "extra" || reasonToLeave(record, tuple) === undefined);
      if (still.length === 0) return 0;
      if (await isWritten(store, deltaOf(record, org, still, now()))) return still.length;
      await sleep(Math.random() * REPAIR_RACE_WAIT_MS);
      await record.catchUp(tries % 5 === 0 ? LOOK_BACK.long : LOOK_BACK.shortest);
    }
    throw new Error(`events of ${org} kept changing it during the repair: run it again`);
  } finally {
    journal.stop();
  }
}

/** Writes a delta. Returns false for a lost race and for an unknown result: the next look shows which it was. */
async function isWritten(store: RepairParts["store"], delta: Delta): Promise<boolean> {
  try {
    return (await store.write(delta)).ok;
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return false;
  }
}

/** Drafts a Write: the tuples, a step from the org's present revision, and an event record of the repair. */
function deltaOf({ replica }: FeedReplay, org: string, differences: readonly Difference[], at: number): Delta {
  const of = (kind: Difference["kind"]) =>
    differences.filter((difference) => difference.kind === kind).map(({ tuple }) => tuple);
  const revision = revisionOf(replica.tuples, org) + 1;
  const draft = new Draft(replica.tuples);
  putRevision(draft, org, revision);
  const name = { source: "sideline verify", id: randomUUID() };
  putRecord(draft, eventObject(name), {
    status: "applied", type: "store.repaired", actor: undefined, org, at, content: digest(JSON.stringify(differences)),
    rows: NO_ROWS, ...name,
  }, revision);
  const step = draft.delta();
  const extra = of("extra").map(({ object, relation, user }) => ({ object, relation, user }));
  return { deletes: [...extra, ...step.deletes], writes: [...of("missing"), ...step.writes] };
}
