// The payload of an event: read by its schema, in time that grows with its size only, and faults that repeat little.
import type { z } from "zod";
import { refuse, type PayloadError, type Refusal } from "./refusal.ts";

/** Most values of a payload, fields and entries of arrays at any depth together. The largest one needed has 97. */
const MAX_PAYLOAD_VALUES = 1000;

/** Most faults that one refusal lists. */
const MAX_LISTED_FAULTS = 20;

/** Most characters of a payload's own text that a fault repeats. */
const MAX_REPEATED_LENGTH = 200;

/** A payload as its schema reads it, or why it is refused. */
export function readPayload<Data>(schema: z.ZodType<Data>, given: unknown): { readonly data: Data } | Refusal {
  if (!hasFewValues(given)) {
    const message = `more than ${MAX_PAYLOAD_VALUES} values`;
    return refuse("invalid_event", `the payload is not valid: data has ${message}`, [{ path: "data", message }]);
  }
  const payload = schema.safeParse(given);
  return payload.success ? { data: payload.data } : invalid(payload.error);
}

/** Whether a JSON value has at most MAX_PAYLOAD_VALUES values; looks at no more of them than that. */
function hasFewValues(given: unknown): boolean {
  const open = [given];
  let count = 0;
  while (open.length > 0) {
    const value = open.pop();
    if (value === undefined || value === null || typeof value !== "object") continue;
    for (const inner of Object.values(value)) {
      if (++count > MAX_PAYLOAD_VALUES) return false;
      open.push(inner);
    }
  }
  return true;
}

function invalid({ issues }: z.ZodError): Refusal {
  const errors = issues.slice(0, MAX_LISTED_FAULTS).map(listed);
  const left = issues.length - errors.length;
  const more = left === 0 ? "" : ` (the first ${errors.length} of ${issues.length} faults are listed)`;
  const unknownKey = issues.find((issue) => issue.code === "custom" && issue.params?.["refusal"] === "unknown_key");
  if (unknownKey !== undefined) return refuse("unknown_key", unknownKey.message + more, errors);
  const [first] = errors;
  return refuse("invalid_event", `the payload is not valid: ${first?.path} ${first?.message}${more}`, errors);
}

function listed(issue: z.core.$ZodIssue): PayloadError {
  const path = ["data", ...issue.path.map(String)].join(".");
  return { path: repeatable(path), message: repeatable(issue.message) };
}

/** A text without email addresses, cut to a length that is worth repeating. */
function repeatable(text: string): string {
  // Addresses go first: a cut through one would leave a part of it.
  const safe = withoutAddresses(text);
  return safe.length <= MAX_REPEATED_LENGTH ? safe : `${safe.slice(0, MAX_REPEATED_LENGTH)}…`;
}

/** Texts between white space and quotes. Nothing follows in the pattern that could fail: it never turns back. */
const WORD = /[^\s"'`]+/g;

/**
 * Replaces each word that holds an email address, such as one that stands where a field's name should: an `@` with
 * something before it and something behind.
 */
function withoutAddresses(text: string): string {
  return text.replace(WORD, (word) => {
    const at = word.indexOf("@", 1);
    return at > 0 && at < word.length - 1 ? "(an address)" : word;
  });
}
