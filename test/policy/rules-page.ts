// docs/rules.md as data: the relations, events, codes, stories and tests that each rule's entry names.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EVENTS } from "../../src/events/table.ts";
import { REFUSAL_STATUS } from "../../src/events/refusal.ts";
import { isAthleteKey, isLevel, isOrgKey } from "../../src/policy/permission-keys.ts";
import { ROOT } from "../live/pins.ts";

/** One rule of the page. */
export interface Entry {
  readonly rule: string;
  /** `type#relation`; `<key>`, `<resource>` and `<level>` stand for each of theirs. */
  readonly relations: readonly string[];
  readonly events: readonly string[];
  /** Codes of refusals. */
  readonly codes: readonly string[];
  /** Names of stories: `coach-switch`. */
  readonly stories: readonly string[];
  /** Paths of tests. */
  readonly tests: readonly string[];
  /** Words with a dot or an underscore that are none of these. */
  readonly unknown: readonly string[];
}

/** The text of the project's docs/rules.md. */
export const PAGE = readFileSync(join(ROOT, "docs/rules.md"), "utf8");

/** Reads the entries of a rules page, in order. Throws if an entry lacks one of its two parts. */
export function readRulesPage(text: string): Entry[] {
  const entries = text.split(/\n\n(?=\*\*(?:AC|NP|IN|PR|PM|S)\d+a?\*\*)/).slice(1);
  return entries.map((entry) => readEntry(entry.split("\n\n")[0] ?? ""));
}

function readEntry(text: string): Entry {
  const [, rule, enforced, proved] =
    /^\*\*(\w+)\*\* [^]*?\\\n\*Enforced by:\* ([^]*?)\\\n\*Proved by:\* ([^]*)$/.exec(text) ?? [];
  if (rule === undefined || enforced === undefined || proved === undefined) {
    throw new Error(`an entry lacks "Enforced by" or "Proved by": ${text.slice(0, 60)}`);
  }
  const words = quotedIn(enforced);
  const proofs = quotedIn(proved);
  const relations = words.filter((word) => word.includes("#"));
  const events = words.filter((word) => EVENTS.has(word));
  const codes = words.filter((word) => Object.hasOwn(REFUSAL_STATUS, word));
  const known = new Set([...relations, ...events, ...codes, ...WORDS]);
  return {
    rule, relations, events, codes,
    stories: proofs.filter((word) => !word.includes("/")), tests: proofs.filter((word) => word.includes("/")),
    unknown: words.filter((word) => /^\w+[._]\w+$/.test(word) && !known.has(word) && !isKey(word)),
  };
}

/** Words of an entry that look like a name of the policy but are something else: payload fields, a seeded role. */
const WORDS = ["visible_to_athlete", "head_coach", "maker_may", "scope_missing", "end_rows"];

function isKey(word: string): boolean {
  return isAthleteKey(word) || isOrgKey(word) || isLevel(word);
}

/** Words in backticks. */
function quotedIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);
}
