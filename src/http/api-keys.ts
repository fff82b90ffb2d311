// API keys: the key file, and the permissions of a caller by the key of its request.
import { hash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { isSourceReference } from "./cloud-event.ts";
import { parseJson } from "./json-text.ts";
import type { Caller, Signer } from "./route.ts";
import { SCOPES, type Scope } from "./scope.ts";
import { readSecret, readSignature } from "./webhook-signature.ts";
import { MAX_KEYS, MAX_KEY_LENGTH, MAX_SIGNING_SECRETS, MAX_SOURCES, MIN_KEY_LENGTH } from "./http-limits.ts";

/** The keys of an installation. */
export interface Keys {
  /**
   * Returns the caller that a key belongs to; undefined if the key is unknown or has expired. The time this takes
   * reveals nothing about any key, except that a short time means that this exact key was used before.
   */
  callerOf(key: string): Caller | undefined;
  /** Returns the sender of signed requests that has this name; undefined if there is none or it has expired. */
  signerOf(name: string): Signer | undefined;
}

/** A key file that is not valid. The message names the fault and its place, never a text from the file. */
export class KeysError extends Error {
  readonly code = "invalid_keys";
}

const FIELDS = "name, key, sha256, signing_secrets, scopes, sources, expires";
const SECRET_RULE = "must be whsec_ followed by 24 to 64 bytes in base64";
/** Scopes of a sender that signs: a signature covers events and nothing else. */
const SIGNED_SCOPES: readonly Scope[] = ["events", "events:system"];

const entry = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, "must be 1 to 64 letters, digits, _ . and -"),
  key: z.string().regex(/^[\x21-\x7e]*$/, "must be printable ASCII without spaces")
    .min(MIN_KEY_LENGTH, `must have at least ${MIN_KEY_LENGTH} characters`)
    .max(MAX_KEY_LENGTH, `must have at most ${MAX_KEY_LENGTH} characters`)
    .refine((text) => !text.startsWith("whsec_"), "is a signing secret, which belongs into signing_secrets").optional(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/i, "must be 64 hexadecimal digits").optional(),
  signing_secrets: z.array(z.string()
    .transform((text, context) => {
      const bytes = readSecret(text);
      if (bytes === undefined) context.addIssue({ code: "custom", message: SECRET_RULE });
      return bytes ?? z.NEVER;
    }))
    .min(1, "must have at least one secret")
    .max(MAX_SIGNING_SECRETS, `must have at most ${MAX_SIGNING_SECRETS} secrets`).optional(),
  scopes: z.array(z.enum(SCOPES, { error: `not a scope; the scopes are ${SCOPES.join(", ")}` }))
    .min(1, "must have at least one scope")
    .refine((given) => new Set(given).size === given.length, "names a scope twice"),
  sources: z.array(z.string().refine(isSourceReference, "must be a URI reference; a * at its end matches any rest"))
    .min(1, "must have at least one source").max(MAX_SOURCES, `must have at most ${MAX_SOURCES} sources`).optional(),
  expires: z.iso.datetime({ offset: true, error: "must be an RFC 3339 time such as 2027-01-31T00:00:00Z" })
    .transform((text) => Date.parse(text)).optional(),
}, { error: (issue) => (issue.code === "unrecognized_keys" ? `unknown field; the fields are ${FIELDS}` : undefined) })
  .refine(({ key, sha256, signing_secrets: secrets }) =>
    [key, sha256, secrets].filter((one) => one !== undefined).length === 1,
  "must have one of key, sha256 and signing_secrets")
  .refine(({ signing_secrets: secrets, scopes }) =>
    secrets === undefined || scopes.every((scope) => SIGNED_SCOPES.includes(scope)),
  { path: ["scopes"], message: `with signing_secrets can only be ${SIGNED_SCOPES.join(" and ")}` })
  .refine(({ signing_secrets: secrets, sources }) => secrets === undefined || sources !== undefined,
    { path: ["sources"], message: "must be given with signing_secrets: a sender that signs is bound to its sources" });

const file = z.strictObject({
  keys: z.array(entry).min(1, "must have at least one key").max(MAX_KEYS, `must have at most ${MAX_KEYS} keys`),
}, { error: (issue) => (issue.code === "unrecognized_keys" ? "unknown field; the only field is keys" : undefined) });

/** The scope that another scope includes: the larger right contains the smaller one. `admin` includes none. */
const INCLUDES: Partial<Record<Scope, Scope>> = { "check:contextual": "check", "events:system": "events" };

/**
 * Reads a key file: `{"keys":[{"name","key" or "sha256","scopes":[…],["sources":[…]],["expires"]}]}`; a sender that
 * signs its requests has `signing_secrets` in place of the key. `now` is the clock that `expires` and the times of
 * signatures are compared with, in milliseconds since 1970. Throws KeysError that names each fault by its
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
  expectDistinct(entries);
  const claimed = new SourceList(entries.flatMap(({ sources }) => sources ?? []));
  const held: HeldKey[] = [];
  const signers = new Map<string, Expiring & Signer>();
  for (const { name, key, sha256, signing_secrets: secrets, scopes, sources, expires } of entries) {
    const own = sources === undefined ? undefined : new SourceList(sources);
    const caller = { name, ...callerWith(withIncluded(scopes), own, claimed) };
    if (secrets === undefined) held.push({ digest: digestOf(key, sha256), expires, caller });
    else signers.set(name, { expires, caller, signatureOf: (header) => readSignature(header, secrets, now()) });
  }
  const find = remembering((key) => findKey(held, digestOf(key)));
  const valid = <T extends Expiring>(found: T | undefined): T | undefined =>
    (found?.expires !== undefined && now() >= found.expires ? undefined : found);
  return { callerOf: (key) => valid(find(key))?.caller, signerOf: (name) => valid(signers.get(name)) };
}

type Entry = z.infer<typeof entry>;

/** Throws KeysError if two entries share a name, a key or a signing secret. */
function expectDistinct(entries: readonly Entry[]): void {
  const names = new Set<string>();
  const secrets = new Set<string>();
  for (const [i, { name, key, sha256, signing_secrets: signing }] of entries.entries()) {
    const fault = (what: string): KeysError => new KeysError(`the key file is not valid: keys.${i}${what}`);
    if (names.has(name)) throw fault(".name: another key has this name");
    names.add(name);
    for (const secret of signing ?? [digestOf(key, sha256)]) {
      const text = secret.toString("base64");
      if (secrets.has(text)) {
        throw fault(signing === undefined ? ": another entry has the same key" : ": the same secret stands here twice");
      }
      secrets.add(text);
    }
  }
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

interface Expiring {
  /** When the key expires, in milliseconds since 1970. */
  readonly expires: number | undefined;
}

interface HeldKey extends Expiring {
  readonly digest: Buffer;
  readonly caller: Caller;
}

/** Compares with every key, so that the time does not reveal which one matched. */
function findKey(held: readonly HeldKey[], digest: Buffer): HeldKey | undefined {
  let found: HeldKey | undefined;
  for (const key of held) if (timingSafeEqual(key.digest, digest)) found = key;
  return found;
}

/** Returns the digest of a key, of which one is known: the key, or its digest in hexadecimal. */
function digestOf(key: string | undefined, sha256 = ""): Buffer {
  return key === undefined ? Buffer.from(sha256, "hex") : hash("sha256", key, "buffer");
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
