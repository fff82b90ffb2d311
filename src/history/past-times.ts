// The times of relationship rows as of a moment: when tuples were written, and when rows, athletes and teams ended.
import { ROW_TYPES } from "../domain/relationship-rows.ts";
import type { RowTimes } from "../domain/relationships.ts";
import { typeOf } from "../tuples/tuple.ts";
import type { AsOfTuples } from "./as-of-tuples.ts";

/** Returns the times that a store's log has of the tuples as of a moment. */
export function pastTimes(tuples: AsOfTuples): RowTimes {
  return {
    writtenAt: ({ object, relation, user }) => tuples.lastWrite(object, relation, user)?.row[1],
    endedAt: (object) => {
      if (!ROW_TYPES.includes(typeOf(object))) return tuples.lastChangeOf(object, "org", false)?.row[1];
      // A row that was written as ended was never active.
      return (tuples.lastChangeOf(object, "active_on", false) ?? tuples.lastChangeOf(object, "coach", true))?.row[1];
    },
  };
}
