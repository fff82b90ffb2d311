// Acknowledged events that a store lacks at its start: found by the mark, then refused, or accepted by number.
import { StoreError } from "./store-error.ts";
import { Mark, readMark, type MarkRecord } from "./high-water-mark.ts";

/** A number of events; `unknown` if the mark that counted them is missing, damaged or of another store. */
export type LostEvents = number | "unknown";

/** The counts of a store's database when it is opened. `events` is undefined if its newest row has no number. */
export interface OpenedState extends MarkRecord {
  /** True once a mark was kept for this database: from then on a missing mark is a fault. */
  readonly isMarked: boolean;
  /** Number of deltas at the last copy for a backup; such a copy comes without a mark. */
  readonly copiedAt: number | undefined;
}

/** A store's open mark, and the loss that the caller accepted to open it. */
export interface OpenedMark {
  readonly mark: Mark;
  readonly lost: LostEvents | undefined;
}

/**
 * Opens the mark of a folder. Throws a StoreError (`lost`) where acknowledged events are missing, or may be, unless
 * `accepted` is exactly that number or word: a setting left in place accepts no other loss.
 */
export function openMark(folder: string, state: OpenedState, accepted: LostEvents | undefined): OpenedMark {
  const loss = lossOf(readMark(folder), state);
  if (loss !== undefined && loss.events !== accepted) {
    const { events, why } = loss;
    const found = events === "unknown" ? `the store in ${folder} may lack acknowledged events`
      : `the store in ${folder} lacks ${events} acknowledged event${events === 1 ? "" : "s"}`;
    throw new StoreError("lost", `${found}: ${why}. Restore a backup, or set SIDELINE_ACCEPT_LOST_EVENTS=${events} `
      + "for one start to continue without them");
  }
  return { mark: new Mark(folder, { id: state.id, seq: state.seq, events: state.events }), lost: loss?.events };
}

function lossOf(
  mark: ReturnType<typeof readMark>, state: OpenedState,
): { readonly events: LostEvents; readonly why: string } | undefined {
  if (mark === "missing") {
    if (!state.isMarked || state.copiedAt === state.seq) return undefined;
    return { events: "unknown", why: "its file store.mark, which counts them, is missing" };
  }
  if (mark === "damaged") return { events: "unknown", why: "its file store.mark, which counts them, is damaged" };
  if (mark.id !== state.id) return { events: "unknown", why: "its file store.mark belongs to another store" };
  // A record is torn only while it is written, and by then the store has the events it counts. So a store that has more
  // than the whole record says is complete. One that has no more may lack events that the damaged record counted.
  if (mark.isHalf && mark.seq >= state.seq) {
    return { events: "unknown", why: "one of the two records of store.mark, which counts them, is damaged" };
  }
  if (mark.seq <= state.seq) return undefined;
  const [held, marked] = countsOf(mark, state);
  // Only deltas of an event without all of its deltas are missing, so that event was never acknowledged.
  if (held === marked) return undefined;
  const why = `it holds ${held} of ${marked} (store.db-wal was damaged, cut off or deleted, or store.db is an `
    + "older copy)";
  return { events: marked - held, why };
}

/** Returns how many events the store has and how many its mark counts; if either does not count events, uses deltas. */
function countsOf(mark: MarkRecord, state: MarkRecord): readonly [held: number, marked: number] {
  const { events: held = -1 } = state;
  const { events: marked = -1 } = mark;
  // An event has at least one delta. Where an earlier release wrote some events, the count starts again.
  const areCounts = held >= 0 && marked >= held && marked - held <= mark.seq - state.seq;
  return areCounts ? [held, marked] : [state.seq, mark.seq];
}
