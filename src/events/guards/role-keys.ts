// The keys that a role may have: known keys of its scope (PM1, S12); and the keys that a change adds (S6).
import { z } from "zod";
import { isAthleteKey, isLevel, isOrgKey, normalizeKeys, ROW_ORG_KEYS } from "../../policy/permission-keys.ts";
import type { Scope } from "../../policy/seeded-roles.ts";
import { refuse, type Refusal } from "../refusal.ts";

const isKey = (text: string): boolean => isOrgKey(text) || isAthleteKey(text) || isLevel(text);

/** All keys of a role, in any order, possibly repeated. A text that is not a key is refused as `unknown_key`. */
export const roleKeys = z.array(
  z.string().refine(isKey, { error: "neither a key nor a program level", params: { refusal: "unknown_key" } }),
);

/** Refuses keys that do not fit the scope: an athlete-scope role holds athlete keys and the two org keys of S12. */
export function keysFault(roleId: string, scope: Scope, keys: readonly string[]): Refusal | undefined {
  if (scope === "org") return undefined;
  const rowKeys: readonly string[] = ROW_ORG_KEYS;
  const stray = keys.find((key) => !isAthleteKey(key) && !rowKeys.includes(key));
  return stray === undefined ? undefined
    : refuse("role_scope_mismatch", `role ${roleId} has the scope athlete, which cannot hold ${stray}`);
}

/** Returns the keys of `after` that `before` does not cover: `roster.edit` covers `roster.view`, not the reverse. */
export function addedKeys(before: readonly string[], after: readonly string[]): string[] {
  return after.filter((key) => !before.includes(key) && normalizeKeys([...before, key]).includes(key));
}
