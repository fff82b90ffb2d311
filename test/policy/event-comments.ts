// The comments of the event files: where an event is defined, and which rules its file names.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../live/pins.ts";
import { numbersIn } from "./policy-text.ts";
import type { Entry } from "./rules-page.ts";

/** A file of src/events. */
export interface EventFile {
  readonly name: string;
  readonly text: string;
}

const FOLDER = join(ROOT, "src/events");

/** The files of src/events, without its folders. */
export const EVENT_FILES: readonly EventFile[] = readdirSync(FOLDER).filter((name) => name.endsWith(".ts"))
  .map((name) => ({ name, text: readFileSync(join(FOLDER, name), "utf8") }));

/** The file that defines an event. Throws where there is not exactly one. */
export function fileOfEvent(type: string, files: readonly EventFile[]): EventFile {
  const found = files.filter(({ text }) => text.includes(`"${type}"`) && text.includes("defineEvent("));
  const [file] = found;
  if (file === undefined || found.length > 1) throw new Error(`${found.length} files define ${type}`);
  return file;
}

/** The comments of a source file, a line each. */
function commentsOf(text: string): string {
  return text.split("\n").map((line) => /^\s*(?:\/\/|\/?\*)(.*)$/.exec(line)?.[1] ?? / \/\/ (.*)$/.exec(line)?.[1])
    .filter((comment) => comment !== undefined).join("\n");
}

/** The events of an entry whose file does not name its rule in a comment. */
export function silentEvents({ rule, events }: Entry, files: readonly EventFile[]): string[] {
  return [...new Set(events)].filter((type) => !numbersIn(commentsOf(fileOfEvent(type, files).text)).has(rule))
    .map((type) => `${fileOfEvent(type, files).name} lacks ${rule}`);
}
