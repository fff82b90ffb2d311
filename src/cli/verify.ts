// The command `sideline verify`: finds writes to an OpenFGA store that bypassed Sideline, and repairs them on request.
import type { OpenfgaServer } from "../openfga/client.ts";
import { audit, type Audit, type Difference } from "../openfga/verify/audit.ts";
import { OpenfgaStore } from "../openfga/write/openfga-store.ts";
import { FeedReplay } from "../openfga/follow/feed-replay.ts";
import { isRepairable, repair } from "../openfga/verify/repair.ts";
import { printTuple } from "../tuples/tuple.ts";
import { EXIT } from "./command-line.ts";

/** Store to verify, and whether to repair it. With `write` false, a repair only prints what it would write. */
export interface Verification {
  readonly url: string;
  readonly server: OpenfgaServer;
  /** Name of the store. */
  readonly storeName: string;
  readonly repair: boolean;
  readonly write: boolean;
}

type Say = (line: string) => void;

/** Result of a verification: its exit status, and the last comparison. Counts are in tuples or writes. */
export interface Verified {
  readonly status: number;
  readonly audit: Audit;
  /** Tuples from a migration, which count as correct. */
  readonly imported: number;
  /** Writes of other programs in the feed. */
  readonly foreign: number;
  readonly repaired: number;
}

/**
 * Verifies a store against its own change feed and says each tuple that differs on a line. Calls `progress` with the
 * number of changes read. Throws when the store does not exist, cannot be reached, or has a feed that cannot be
 * followed.
 */
export async function verify(
  verification: Verification, say: Say, progress: (changes: number) => void,
): Promise<Verified> {
  const { url, server, storeName } = verification;
  const [found] = await server.stores(storeName);
  if (found === undefined) throw new Error(`there is no store ${storeName} at ${url}`);
  const at = { server, id: found.id };
  const record = new FeedReplay(at);
  await record.read(progress);
  const before = await audit(at, record);
  printAudit(before, record, say);
  if (before.doubt !== undefined) say(`nothing can be repaired: ${before.doubt}`);
  const resultOf = (last: Audit, repaired: number): Verified => ({
    status: statusOf(last), audit: last, imported: record.imported, foreign: record.foreign.size, repaired,
  });
  if (!verification.repair || before.doubt !== undefined || before.differences.length === 0) return resultOf(before, 0);
  if (!verification.write) {
    printPlan(before.differences, say);
    return resultOf(before, 0);
  }
  const [model] = await server.models(found.id);
  const store = new OpenfgaStore(server, found.id, model?.id ?? "");
  const repaired = await repair({ at, store, record, now: Date.now }, before.differences);
  say(`${repaired} tuples repaired`);
  const after = await audit(at, record);
  printAudit(after, record, say);
  return resultOf(after, repaired);
}

/** Returns the exit status. A doubt or a damaged ledger is a failure: the store, or that org's part, is unverified. */
function statusOf({ doubt, damaged, differences }: Audit): number {
  if (doubt !== undefined || damaged.size > 0) return EXIT.failed;
  return differences.length === 0 ? EXIT.yes : EXIT.no;
}

function printAudit({ tuples, differences, damaged }: Audit, { imported, foreign }: FeedReplay, say: Say): void {
  for (const { kind, tuple, leave } of differences) {
    const condition = tuple.condition === undefined ? "" : ` with ${JSON.stringify(tuple.condition)}`;
    say(`${kind.padEnd(7)} ${printTuple(tuple)}${condition}${leave === undefined ? "" : ` (not repaired: ${leave})`}`);
  }
  for (const [ledger, why] of damaged) say(`damaged ${ledger}: ${why}; the tuples of its org stay as they are`);
  const brought = imported === 0 ? "" : `; ${imported} tuples came from a migration and count as correct`;
  say(`${tuples} tuples: ${countOf(differences)}; ${foreign.size} writes of other programs in the feed${brought}`);
}

function countOf(differences: readonly Difference[]): string {
  const extra = differences.filter(({ kind }) => kind === "extra").length;
  return `${extra} extra, ${differences.length - extra} missing`;
}

function printPlan(differences: readonly Difference[], say: Say): void {
  const some = differences.filter(isRepairable);
  const extra = some.filter(({ kind }) => kind === "extra").length;
  const left = differences.length - some.length;
  say(`${extra} to delete, ${some.length - extra} to write back, ${left} not repaired`);
  say("nothing was written: add --yes to write");
}
