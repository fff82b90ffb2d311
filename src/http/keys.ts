// API keys: the key file, and which scopes a request has by its key.
import { hash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { parseJson } from "./json-text.ts";
import { SCOPES, type Scope } from "./scope.ts";

/** Shortest key, in characters: 24 random ones of 64 are 144 bits. */
export const MIN_KEY_LENGTH = 24;
/** Longest key, in characters. */
export const MAX_KEY_LENGTH = 512;
/** Most keys in a file: each request's key is compared with all of them. */
export const MAX_KEYS = 100;

/** What a request may do. */
export type Scopes = ReadonlySet<Scope>;

/** The keys of an installation. */
export interface Keys {
  /**
   * The scopes of a key; undefined for an unknown one. How long it takes tells nothing of any key but, by being short,
   * that this very key was used before.
   */
  scopesOf(key: string): Scopes | undefined;
}

/** A key file that is not valid. The message names the fault and its place, never a key. */
export class KeysError extends Error {
  readonly code = "invalid_keys";
}

const entry = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, "1 to 64 letters, digits, and _ . -"),
  key: z.string().regex(/^[\x21-\x7e]*$/, "printable ASCII without spaces")
    .min(MIN_KEY_LENGTH, `at least ${MIN_KEY_LENGTH} characters`)
    .max(MAX_KEY_LENGTH, `at most ${MAX_KEY_LENGTH} characters`).optional(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/i, "64 hexadecimal digits").optional(),
  scopes: z.array(z.enum(SCOPES)).min(1, "at least one scope")
    .refine((given) => new Set(given).size === given.length, "the same scope twice"),
}).refine((given) => (given.key === undefined) !== (given.sha256 === undefined), "exactly one of key and sha256");

const file = z.strictObject({
  keys: z.array(entry).min(1, "at least one key").max(MAX_KEYS, `at most ${MAX_KEYS} keys`),
});

/** A scope that another one includes: who may do more may do less. `admin` includes none. */
const INCLUDES: Partial<Record<Scope, Scope>> = { "check:contextual": "check", "events:system": "events" };

/**
 * Reads a key file: `{"keys":[{"name","key" or "sha256","scopes":[…]}]}`. Throws KeysError naming each fault by its
 * path, such as `keys.0.scopes`.
 */
export function parseKeys(text: string): Keys {
  const json = parseJson(text);
  if ("fault" in json) throw new KeysError(`the key file is not valid: ${json.fault}${lineOf(text)}`);
  const parsed = file.safeParse(json.value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".") || "the file"}: ${issue.message}`);
    throw new KeysError(`the key file is not valid: ${faults.join("; ")}`);
  }
  const held = parsed.data.keys.map(({ name, key, sha256, scopes }) => ({
    name, digest: key === undefined ? Buffer.from(sha256 ?? "", "hex") : digestOf(key), scopes: withIncluded(scopes),
  }));
  held.forEach(({ name, digest }, i) => {
    const earlier = held.slice(0, i);
    if (earlier.some((other) => other.name === name)) throw new KeysError(`keys.${i}.name: ${name} stands twice`);
    if (earlier.some((other) => other.digest.equals(digest))) throw new KeysError(`keys.${i}: the same key twice`);
  });
  return { scopesOf: remembering((key) => findScopes(held, digestOf(key))) };
}

/**
 * Remembers the keys that were found, so no more than there are. A key is looked up by a hash of the whole of it, made
 * with a seed of this process: a key that shares its beginning with a known one is not nearer to it than any other.
 */
function remembering(find: (key: string) => Scopes | undefined): (key: string) => Scopes | undefined {
  const found = new Map<string, Scopes>();
  return (key) => {
    const known = found.get(key);
    if (known !== undefined) return known;
    const scopes = find(key);
    if (scopes !== undefined) found.set(key, scopes);
    return scopes;
  };
}

interface HeldKey {
  readonly digest: Buffer;
  readonly scopes: Scopes;
}

/** Compares with every key, so that the time tells nothing of which one it was. */
function findScopes(held: readonly HeldKey[], digest: Buffer): Scopes | undefined {
  let found: Scopes | undefined;
  for (const key of held) if (timingSafeEqual(key.digest, digest)) found = key.scopes;
  return found;
}

function digestOf(key: string): Buffer {
  return hash("sha256", key, "buffer");
}

function withIncluded(scopes: readonly Scope[]): Scopes {
  return new Set(scopes.flatMap((scope) => [scope, ...(INCLUDES[scope] === undefined ? [] : [INCLUDES[scope]])]));
}

/** Where JSON.parse gave up, as a line; its own message would quote the text, and with it a key. */
function lineOf(text: string): string {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    const position = /position (\d+)/.exec(String(error))?.[1];
    return position === undefined ? "" : ` in line ${text.slice(0, Number(position)).split("\n").length}`;
  }
}
