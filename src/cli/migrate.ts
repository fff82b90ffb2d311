// Copies every tuple of one store to another: writes the missing ones, then compares both stores.
import type { Delta } from "../tuples/delta.ts";
import { canonical } from "../tuples/digest.ts";
import { MAX_TUPLES_PER_DELTA, type Store } from "../tuples/store.ts";
import { printTuple, type Tuple } from "../tuples/tuple.ts";
import { LEDGER_TYPE } from "../domain/object-names.ts";

/** Outcome of a migration. Counts are in tuples; `extra` lists tuples that only the target holds. */
export type Migrated =
  | { readonly outcome: "verified" | "planned" } & Counts
  | { readonly outcome: "target_differs"; readonly extra: readonly string[] }
  | { readonly outcome: "written_meanwhile"; readonly tuple: string };

interface Counts {
  readonly source: number;
  /** Tuples the target already held. */
  readonly there: number;
  /** Tuples written, or to be written. */
  readonly moved: number;
}

/** Tuples by their full text: key and condition. */
type Contents = Map<string, Tuple>;

/**
 * Copies every tuple from `source` to `target`, including event records and revisions, and the ledgers last. The target
 * may already hold tuples of the source, so a second run continues one that was cut off; if it holds any other tuple,
 * nothing is written. An undefined target stands for an empty one in a plan. With `write` false nothing is written.
 * Throws the errors of the stores; a second run then continues.
 */
export async function migrate(
  source: Pick<Store, "read">, target: Store | undefined, write: boolean, progress: (moved: number) => void,
): Promise<Migrated> {
  const ours = await contentsOf(source);
  const theirs: Contents = target === undefined ? new Map() : await contentsOf(target);
  const extra = missing(theirs, ours).map(([text]) => text);
  if (extra.length > 0) return { outcome: "target_differs", extra };
  const lacking = missing(ours, theirs).map(([, tuple]) => tuple);
  const counts = { source: ours.size, there: theirs.size, moved: lacking.length };
  if (!write || target === undefined) return { outcome: "planned", ...counts };
  const [ledgers, others] = [lacking.filter(isLedger), lacking.filter((tuple) => !isLedger(tuple))];
  const tuples = [...others, ...ledgers];
  for (let i = 0; i < tuples.length; i += MAX_TUPLES_PER_DELTA) {
    const delta: Delta = { writes: tuples.slice(i, i + MAX_TUPLES_PER_DELTA), deletes: [] };
    const applied = await target.apply([delta]);
    if (!applied.ok) return { outcome: "written_meanwhile", tuple: applied.conflict };
    progress(i + delta.writes.length);
  }
  return await compareStores(source, target) ?? { outcome: "verified", ...counts };
}

/** Reads both stores again. A tuple that only one of them holds was written during the migration. */
async function compareStores(source: Pick<Store, "read">, target: Store): Promise<Migrated | undefined> {
  const [ours, theirs] = [await contentsOf(source), await contentsOf(target)];
  const apart = missing(ours, theirs)[0] ?? missing(theirs, ours)[0];
  return apart === undefined ? undefined : { outcome: "written_meanwhile", tuple: apart[0] };
}

async function contentsOf(store: Pick<Store, "read">): Promise<Contents> {
  const contents: Contents = new Map();
  for await (const tuple of store.read()) contents.set(textOf(tuple), tuple);
  return contents;
}

/** Returns the tuples that `first` holds and `second` does not. */
function missing(first: Contents, second: Contents): Array<[string, Tuple]> {
  return [...first].filter(([text]) => !second.has(text));
}

function isLedger({ object }: Tuple): boolean {
  return object.startsWith(`${LEDGER_TYPE}:`);
}

/** Returns the text of a tuple. The order of its context's keys does not count: OpenFGA does not keep it. */
function textOf(tuple: Tuple): string {
  const { condition } = tuple;
  return condition === undefined ? printTuple(tuple)
    : `${printTuple(tuple)} with ${condition.name} ${canonical(condition.context)}`;
}
