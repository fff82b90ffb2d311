// Builds the texts of long answers over several turns of the event loop.
import type { Parts } from "../checks/parts.ts";
import { spread as spreadOver } from "../sidecar/turns.ts";
import { ENTRIES_AT_A_TIME } from "./http-limits.ts";

/** Runs work that reads only its own input: the first part in this turn, each further one in its own turn. */
export function spread<T>(work: Parts<T>): T | Promise<T> {
  return spreadOver(work, setImmediate);
}

/**
 * Builds the JSON text of an object as JSON.stringify does, the entries of its arrays a part at a time, also in the
 * objects of its fields.
 */
export function* objectText(value: object, pace = { left: ENTRIES_AT_A_TIME }): Parts<string> {
  const fields: string[] = [];
  for (const [name, field] of Object.entries(value) as [string, unknown][]) {
    if (field === undefined) continue;
    let text: string;
    if (Array.isArray(field)) text = yield* arrayText(field, pace);
    else if (typeof field === "object" && field !== null) text = yield* objectText(field, pace);
    else text = JSON.stringify(field);
    fields.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${fields.join(",")}}`;
}

/** Prints an array. `pace` has the number of entries that this turn may still print. */
function* arrayText<T>(
  entries: readonly T[], pace: { left: number }, print: (entry: T) => unknown = (entry) => entry,
): Parts<string> {
  const texts: string[] = [];
  for (let at = 0; at < entries.length;) {
    if (pace.left <= 0) {
      yield;
      pace.left = ENTRIES_AT_A_TIME;
    }
    const some = entries.slice(at, at + pace.left);
    texts.push(JSON.stringify(some.map(print)).slice(1, -1));
    at += some.length;
    pace.left -= some.length;
  }
  return `[${texts.join(",")}]`;
}

/** Builds the JSON text of an object of arrays, a part at a time; `print` returns the value printed for an entry. */
export function* textOf<T>(
  answer: Readonly<Record<string, readonly T[]>>, print?: (entry: T) => unknown,
): Parts<string> {
  const pace = { left: ENTRIES_AT_A_TIME };
  const fields: string[] = [];
  for (const [name, entries] of Object.entries(answer)) {
    fields.push(`${JSON.stringify(name)}:${yield* arrayText(entries, pace, print)}`);
  }
  return `{${fields.join(",")}}`;
}
