// Carries every tuple of one store over to another: what is missing is written, and at the end both are compared.
import type { Delta } from "../tuples/delta.ts";
import { MAX_TUPLES_PER_DELTA, type Store } from "../tuples/store.ts";
import { printTuple, type Tuple } from "../tuples/tuple.ts";

/** What a migration came to. Counts are tuples; `extra` names what only the target holds. */
export type Migrated =
  | { readonly outcome: "verified" | "planned" } & Counts
  | { readonly outcome: "target_differs"; readonly extra: readonly string[] }
  | { readonly outcome: "written_meanwhile"; readonly tuple: string };

interface Counts {
  readonly source: number;
  /** In the target before. */
  readonly there: number;
  /** Written, or to write. */
  readonly moved: number;
}

/** Tuples by their whole text: key and condition. */
type Contents = Map<string, Tuple>;

/**
 * Carries every tuple from `source` to `target`, markers and revisions with them, the ledgers last. Whatever the target
 * holds must be the source's, so that a run that was cut off goes on where it ended; otherwise nothing is written. A
 * target of undefined is an empty one to plan for. With `write` false nothing is written at all. Throws what the stores
 * throw: then a second run continues.
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
  return await verify(source, target) ?? { outcome: "verified", ...counts };
}

/** Reads both stores anew; a tuple that only one of them holds was written during the migration. */
async function verify(source: Pick<Store, "read">, target: Store): Promise<Migrated | undefined> {
  const [ours, theirs] = [await contentsOf(source), await contentsOf(target)];
  const apart = missing(ours, theirs)[0] ?? missing(theirs, ours)[0];
  return apart === undefined ? undefined : { outcome: "written_meanwhile", tuple: apart[0] };
}

async function contentsOf(store: Pick<Store, "read">): Promise<Contents> {
  const contents: Contents = new Map();
  for await (const tuple of store.read()) contents.set(textOf(tuple), tuple);
  return contents;
}

/** What the first holds and the second does not. */
function missing(first: Contents, second: Contents): Array<[string, Tuple]> {
  return [...first].filter(([text]) => !second.has(text));
}

function isLedger({ object }: Tuple): boolean {
  return object.startsWith("ledger:");
}

function textOf(tuple: Tuple): string {
  const { condition } = tuple;
  return condition === undefined ? printTuple(tuple)
    : `${printTuple(tuple)} with ${condition.name} ${JSON.stringify(sorted(condition.context))}`;
}

/** A JSON value whose keys stand in one order: OpenFGA does not keep it. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, part]): [string, unknown] => [key, sorted(part)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
