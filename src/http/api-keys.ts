// API keys: the key file, and the permissions of a caller by the key of its request.
import { hash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { isSourceReference } from "./cloud-event.ts";
import { parseJson } from "./json-text.ts";
import type { Caller } from "./route.ts";
import { SCOPES, type Scope } from "./scope.ts";
import { MAX_KEYS, MAX_KEY_LENGTH, MAX_SOURCES, MIN_KEY_LENGTH } from "./http-limits.ts";

/** The keys of an installation. */
export interface Keys {
  /**
   * Returns the caller that a key belongs to; undefined if the key is unknown or has expired. The time this takes
   * reveals nothing about any key, except that a short time means that this exact key was used before.
   */
  callerOf(key: string): Caller | undefined;
}

/** A key file that is not valid. The message names the fault and its place, never a text from the file. */
export class KeysError extends Error {
  readonly code = "invalid_keys";
}

const FIELDS = "name, key, sha256, scopes, sources, expires";

const entry = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, "must be 1 to 64 letters, digits, _ . and -"),
  key: z.string().regex(/^[\x21-\x7e]*$/, "must be printable ASCII without spaces")
    .min(MIN_KEY_LENGTH, `must have at least ${MIN_KEY_LENGTH} characters`)
    .max(MAX_KEY_LENGTH, `must have at most ${MAX_KEY_LENGTH} characters`).optional(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/i, "must be 64 hexadecimal digits").optional(),
  scopes: z.array(z.enum(SCOPES, { error: `not a scope; the scopes are ${SCOPES.join(", ")}` }))
    .min(1, "must have at least one scope")
    .refine((given) => new Set(given).size === given.length, "names a scope twice"),
  sources: z.array(z.string().refine(isSourceReference, "must be a URI reference; a * at its end matches any rest"))
    .min(1, "must have at least one source").max(MAX_SOURCES, `must have at most ${MAX_SOURCES} sources`).optional(),
  expires: z.iso.datetime({ offset: true, error: "must be an RFC 3339 time such as 2027-01-31T00:00:00Z" })
    .transform((text) => Date.parse(text)).optional(),
}, { error: (issue) => (issue.code === "unrecognized_keys" ? `unknown field; the fields are ${FIELDS}` : undefined) })
  .refine((given) => (given.key === undefined) !== (given.sha256 === undefined), "must have one of key and sha256");

const file = z.strictObject({
  keys: z.array(entry).min(1, "must have at least one key").max(MAX_KEYS, `must have at most ${MAX_KEYS} keys`),
}, { error: (issue) => (issue.code === "unrecognized_keys" ? "unknown field; the only field is keys" : undefined) });

/** The scope that another scope includes: the larger right contains the smaller one. `admin` includes none. */
const INCLUDES: Partial<Record<Scope, Scope>> = { "check:contextual": "check", "events:system": "events" };

/**
 * Reads a key file: `{"keys":[{"name","key" or "sha256","scopes":[…],["sources":[…]],["expires"]}]}`. `now` is the
 * clock that `expires` is compared with, in milliseconds since 1970. Throws KeysError that names each fault by its
 * path, such as `keys.0.scopes`.
 *
 * @example
 * const keys = parseKeys('{"keys":[{"name":"app","key":"a-key-of-24-characters-or-more","scopes":["check"]}]}');
 * keys.callerOf("a-key-of-24-characters-or-more") !== undefined // true
 * keys.callerOf("another-key-of-24-characters") // undefined
 */
export function parseKeys(text: string, now: () => number = Date.now): Keys {
  const json = parseJson(text);
  if ("fault" in json) {
    // A fault may quote a name from the file, which may be a misplaced key.
    const fault = json.fault.replace(/"[^]*"/, "(not shown)");
    throw new KeysError(`the key file is not valid: ${fault}${lineOf(text)}`);
  }
  const parsed = file.safeParse(json.value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".") || "the file"}: ${issue.message}`);
    throw new KeysError(`the key file is not valid: ${faults.join("; ")}`);
  }
  const entries = parsed.data.keys;
  const digests = entries.map(({ key, sha256 }) =>
    (key === undefined ? Buffer.from(sha256 ?? "", "hex") : digestOf(key)));
  entries.forEach(({ name }, i) => {
    const fault = (what: string): KeysError => new KeysError(`the key file is not valid: keys.${i}${what}`);
    if (entries.slice(0, i).some((other) => other.name === name)) throw fault(".name: another key has this name");
    if (digests.slice(0, i).some((other) => other.equals(digests[i]!))) throw fault(": another entry has the same key");
  });
  const claimed = new SourceList(entries.flatMap(({ sources }) => sources ?? []));
  const held = entries.map(({ scopes, sources, expires }, i): HeldKey => ({
    digest: digests[i]!, expires,
    caller: callerWith(withIncluded(scopes), sources === undefined ? undefined : new SourceList(sources), claimed),
  }));
  const find = remembering((key) => findKey(held, digestOf(key)));
  return {
    callerOf: (key) => {
      const found = find(key);
      return found === undefined || (found.expires !== undefined && now() >= found.expires) ? undefined : found.caller;
    },
  };
}

/** Sources of events as a key file lists them: exact texts, and prefixes, marked by a trailing `*`. */
class SourceList {
  readonly #exact: ReadonlySet<string>;
  readonly #prefixes: readonly string[];

  constructor(patterns: readonly string[]) {
    this.#exact = new Set(patterns.filter((pattern) => !pattern.endsWith("*")));
    this.#prefixes = patterns.filter((pattern) => pattern.endsWith("*")).map((pattern) => pattern.slice(0, -1));
  }

  has(source: string): boolean {
    return this.#exact.has(source) || this.#prefixes.some((prefix) => source.startsWith(prefix));
  }
}

/**
 * Returns a caller. A key without sources may send as any source that no key claims; `claimed` lists those of all keys.
 */
function callerWith(scopes: ReadonlySet<Scope>, own: SourceList | undefined, claimed: SourceList): Caller {
  return {
    has: (scope) => scopes.has(scope),
    maySendAs: (source) => (own === undefined ? !claimed.has(source) : own.has(source)),
  };
}

/**
 * Caches the keys that were found, so at most as many as exist. The cache hashes the whole key with a seed of this
 * process: a key that shares a prefix with a known key is no closer to it than any other.
 */
function remembering(find: (key: string) => HeldKey | undefined): (key: string) => HeldKey | undefined {
  const found = new Map<string, HeldKey>();
  return (key) => {
    const known = found.get(key);
    if (known !== undefined) return known;
    const held = find(key);
    if (held !== undefined) found.set(key, held);
    return held;
  };
}

interface HeldKey {
  readonly digest: Buffer;
  /** When the key expires, in milliseconds since 1970. */
  readonly expires: number | undefined;
  readonly caller: Caller;
}

/** Compares with every key, so that the time does not reveal which one matched. */
function findKey(held: readonly HeldKey[], digest: Buffer): HeldKey | undefined {
  let found: HeldKey | undefined;
  for (const key of held) if (timingSafeEqual(key.digest, digest)) found = key;
  return found;
}

function digestOf(key: string): Buffer {
  return hash("sha256", key, "buffer");
}

function withIncluded(scopes: readonly Scope[]): ReadonlySet<Scope> {
  return new Set(scopes.flatMap((scope) => [scope, ...(INCLUDES[scope] === undefined ? [] : [INCLUDES[scope]])]));
}

/** Returns the line where JSON.parse failed; its own message would quote the text, and with it a key. */
function lineOf(text: string): string {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    const position = /position (\d+)/.exec(String(error))?.[1];
    return position === undefined ? "" : ` in line ${text.slice(0, Number(position)).split("\n").length}`;
  }
}
