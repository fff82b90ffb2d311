// Ids are global for each type and chosen by the caller: one claim tuple, the same whichever org takes the id.
import { claim, home, org } from "../domain/object-names.ts";
import type { Draft, Reader } from "../tuples/delta.ts";
import { refuse, type Refusal } from "./refusal.ts";

/** True for an id that is taken. `object` is `type:id`. */
export function isTaken(reader: Reader, object: string): boolean {
  return reader.has(claim(object), "taken", claim(object));
}

/** Refusal for an id that is taken. */
export function idTaken(object: string): Refusal {
  return refuse("already_exists", `${object} exists already`);
}

/** Drafts that an id is taken. */
export function claimId(draft: Draft, object: string): void {
  draft.write(claim(object), "taken", claim(object));
}

/** Drafts that an id is free again (notes, comments, artifacts, made roles). */
export function freeId(draft: Draft, object: string): void {
  draft.remove(claim(object), "taken", claim(object));
}

/** Drafts that an id is taken for good by an org: a team, an athlete, a row, an activity (S17). */
export function claimForGood(draft: Draft, object: string, orgId: string): void {
  claimId(draft, object);
  draft.write(home(object), "org", org(orgId));
}

/** The first of `base`, `base.2`, `base.3` … that is not the id of a row that ended: the default id of a new row. */
export function nextId(base: string, ended: (id: string) => boolean): string {
  if (!ended(base)) return base;
  for (let n = 2; ; n++) if (!ended(`${base}.${n}`)) return `${base}.${n}`;
}
