// Builds the texts of long answers over several turns of the event loop.
import type { Parts } from "../checks/parts.ts";
import { spread as spreadOver } from "../sidecar/turns.ts";
import { ENTRIES_AT_A_TIME } from "./http-limits.ts";

/** Runs work that reads only its own input: the first part in this turn, each further one in its own turn. */
export function spread<T>(work: Parts<T>): T | Promise<T> {
  return spreadOver(work, setImmediate);
}

/** Builds the JSON text of an object of arrays, a part at a time; `tell` returns the value printed for an entry. */
export function* textOf<T>(
  answer: Readonly<Record<string, readonly T[]>>, print: (entry: T) => unknown = (entry) => entry,
): Parts<string> {
  const fields: string[] = [];
  for (const [name, entries] of Object.entries(answer)) {
    const texts: string[] = [];
    for (let at = 0; at < entries.length; at += ENTRIES_AT_A_TIME) {
      if (at > 0) yield;
      texts.push(JSON.stringify(entries.slice(at, at + ENTRIES_AT_A_TIME).map(print)).slice(1, -1));
    }
    fields.push(`${JSON.stringify(name)}:[${texts.join(",")}]`);
  }
  return `{${fields.join(",")}}`;
}
