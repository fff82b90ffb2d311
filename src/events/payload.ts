// Checks an event's payload against its schema, at a cost that the sender cannot drive up.
import type { z } from "zod";
import type { EventDefinition } from "./event.ts";
import type { Envelope } from "../ledger/envelope.ts";
import { maskAddresses, refuse, type PayloadError, type Refusal } from "./refusal.ts";
import { MAX_FAULTS_LISTED, MAX_FAULT_LENGTH, MAX_PAYLOAD_ENTRIES } from "../domain/event-limits.ts";

/** Number of levels of a payload that a schema reads: fields, and the entries of a field. */
const LEVELS = 2;

/** Fault of a payload or a question with a longer list or object than a schema is given to read. */
export const TOO_MANY_ENTRIES = `more than ${MAX_PAYLOAD_ENTRIES} fields or entries`;

/** A payload that fits its schema, with its defaults. */
export interface Payload {
  readonly data: unknown;
}

/** Returns the payload of an event of this kind, with its defaults, or a refusal. */
export function parsePayload(data: unknown, definition: EventDefinition<unknown>): Payload | Refusal {
  const short = withoutExcess(data);
  const result = definition.data.safeParse(short);
  if (!result.success) return invalid(result.error);
  if (short === data) return { data: result.data };
  const message = TOO_MANY_ENTRIES;
  return refuse("invalid_event", `the payload is not valid: data: ${message}`, [{ path: "data", message }]);
}

/** Returns the value itself; if a list or object in it is too long for a schema to read in one turn, a shorter copy. */
export function withoutExcess(value: unknown): unknown {
  return shorten(value, LEVELS);
}

/** Returns the value; if a list or object in it is too long, a copy with the first MAX_PAYLOAD_ENTRIES of each. */
function shorten(value: unknown, levels: number): unknown {
  if (value === null || typeof value !== "object" || levels === 0) return value;
  if (Array.isArray(value)) {
    return value.length > MAX_PAYLOAD_ENTRIES ? value.slice(0, MAX_PAYLOAD_ENTRIES) : value;
  }
  const keys = Object.keys(value);
  const entries = keys.slice(0, MAX_PAYLOAD_ENTRIES)
    .map((key): [string, unknown] => [key, shorten((value as Record<string, unknown>)[key], levels - 1)]);
  const isWhole = entries.length === keys.length
    && entries.every(([key, part]) => part === (value as Record<string, unknown>)[key]);
  return isWhole ? value : Object.fromEntries(entries);
}

/** Steps (see `CountedView`) that one value in a payload counts as, and number of characters that count as one step. */
const STEPS_PER_VALUE = 20;
const CHARACTERS_PER_STEP = 8;

/** Returns the number of steps that it takes to read and digest an event before it is decided. */
export function stepsToRead({ data }: Envelope): number {
  let steps = 0;
  const waiting: unknown[] = [data];
  for (let value = waiting.pop(); steps === 0 || value !== undefined; value = waiting.pop()) {
    steps += STEPS_PER_VALUE;
    if (typeof value === "string") steps += value.length / CHARACTERS_PER_STEP;
    if (value === null || typeof value !== "object") continue;
    for (const [key, part] of Object.entries(value)) {
      steps += key.length / CHARACTERS_PER_STEP;
      waiting.push(part ?? null);
    }
  }
  return steps;
}

function invalid(error: z.ZodError): Refusal {
  const { issues } = error;
  const errors = faultsOf(error, ["data"]);
  const more = issues.length > errors.length ? `; the first ${errors.length} faults are listed` : "";
  const unknownKey = issues.find((issue) => issue.code === "custom" && issue.params?.["refusal"] === "unknown_key");
  if (unknownKey !== undefined) return refuse("unknown_key", unknownKey.message + more, errors);
  const [first] = errors;
  return refuse("invalid_event", `the payload is not valid: ${first?.path}: ${first?.message}${more}`, errors);
}

/** Returns the faults that a schema found, MAX_FAULTS_LISTED at most, with their paths under a root. */
export function faultsOf({ issues }: z.ZodError, root: readonly string[] = []): PayloadError[] {
  return issues.slice(0, MAX_FAULTS_LISTED).map((issue) => ({
    path: clean([...root, ...issue.path.map(String)].join(".")), message: clean(issue.message),
  }));
}

/** Returns the text of a fault as its sender may read it: without email addresses, and cut to its maximum length. */
export function clean(text: string): string {
  const masked = maskAddresses(text);
  return masked.length > MAX_FAULT_LENGTH ? `${masked.slice(0, MAX_FAULT_LENGTH)}…` : masked;
}
