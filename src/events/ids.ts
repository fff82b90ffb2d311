// Claims of ids. The caller chooses an id, global for its type; its one claim tuple is the same in whichever org.
import { claim, home, org } from "../domain/object-names.ts";
import type { Draft, Reader } from "../tuples/delta.ts";
import { refuse, type Refusal } from "./refusal.ts";

/** True if an id is taken. `object` is `type:id`. */
export function isTaken(reader: Reader, object: string): boolean {
  return reader.has(claim(object), "taken", claim(object));
}

/** Builds the refusal of an id that is taken. */
export function idTaken(object: string): Refusal {
  return refuse("already_exists", `${object} already exists, or its id was used before`);
}

/** Drafts the claim of an id. */
export function claimId(draft: Draft, object: string): void {
  draft.write(claim(object), "taken", claim(object));
}

/** Drafts the release of an id, so that it is free again (notes, comments, artifacts, custom roles). */
export function freeId(draft: Draft, object: string): void {
  draft.remove(claim(object), "taken", claim(object));
}

/** Drafts an org's permanent claim of the id of a team, an athlete, a row or an activity (S17). */
export function claimForGood(draft: Draft, object: string, orgId: string): void {
  claimId(draft, object);
  draft.write(home(object), "org", org(orgId));
}

/** Returns the default id of a new row: the first of `base`, `base.2`, `base.3` … that no ended row has. */
export function nextId(base: string, ended: (id: string) => boolean): string {
  if (!ended(base)) return base;
  for (let n = 2; ; n++) if (!ended(`${base}.${n}`)) return `${base}.${n}`;
}
