// The version and digest of a policy. A store remembers them; the log, /readyz and /metrics report them.
import type { AuthorizationModelJson } from "../model/schema.ts";
import { bytesOfBase64url, canonical, digest } from "../tuples/digest.ts";

/** The version of a policy (the number in the relation of its type `policy`) and the digest of its model. */
export interface PolicyVersion {
  readonly version: number;
  /** SHA-256 of the model's canonical JSON in base64url, 43 characters. Comments do not count. */
  readonly digest: string;
}

/** The last words of every error about a store whose policy is newer than this build's. */
export const REPLACE_MODEL_REMEDY = "set SIDELINE_REPLACE_MODEL=true to use this build's";

/** Returns the version and the digest of a model. */
export function policyOf(model: AuthorizationModelJson): PolicyVersion {
  return { version: versionOf(model), digest: digest(canonicalModel(model)) };
}

/** Digits of ULIDs: base 32 without I, L, O and U. */
const ULID_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * Returns the id of a model, a ULID derived from its digest: equal models have equal ids on every installation, so a
 * client's configuration can name the id once. Its first ten digits are no time.
 */
export function modelIdOf(model: AuthorizationModelJson): string {
  const hash = bytesOfBase64url(policyOf(model).digest);
  let rest = [...hash.slice(0, 16)].reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let id = "";
  for (; id.length < 26; rest >>= 5n) id = ULID_DIGITS[Number(rest & 31n)]! + id;
  return id;
}

/**
 * Returns the version of a model: the number in the relation of its type `policy`, or 0 if it has none.
 *
 * @example versionOf({ type_definitions: [{ type: "policy", relations: { version_7: { this: {} } } }] }) // 7
 */
export function versionOf({ type_definitions }: AuthorizationModelJson): number {
  const policy = type_definitions.find(({ type }) => type === "policy");
  const versions = Object.keys(policy?.relations ?? {}).map((name) => /^version_(\d{1,9})$/.exec(name)?.[1] ?? 0);
  return Math.max(0, ...versions.map(Number));
}

/**
 * Prints a model as text that is equal for equal models: OpenFGA spells out unset fields and drops their order. The
 * relations of a type are a set; so are conditions and parameters. Lists keep their order.
 */
export function canonicalModel({ schema_version, type_definitions, conditions }: AuthorizationModelJson): string {
  return canonical(plain({ schema_version, type_definitions, conditions }));
}

/** Drops empty values: null, texts, lists and objects (but keeps `this: {}` and a wildcard). */
function plain(part: unknown, name = ""): unknown {
  if (Array.isArray(part)) return part.map((entry) => plain(entry));
  if (part === null || typeof part !== "object") return part;
  const entries = Object.entries(part).filter(([key]) => key !== "module" && key !== "source_info")
    .map(([key, value]): [string, unknown] => [key, plain(value, key)])
    .filter(([key, value]) => key === "this" || key === "wildcard" ? value !== null : !isNothing(value));
  return name === "this" ? {} : Object.fromEntries(entries);
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
