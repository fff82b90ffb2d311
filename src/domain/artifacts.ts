// Program artifacts and library entries in the tuples (PR2, PR3, PM12).
import type { Resource } from "../policy/permission-keys.ts";
import type { Draft, Reader } from "../tuples/delta.ts";
import { idOf, typeOf } from "../tuples/tuple.ts";
import { athlete, org, user } from "./object-names.ts";
import { onlyUserOf } from "./state-view.ts";

/** Artifact types, each with the program resource whose levels govern it. */
export const ARTIFACT_RESOURCES = {
  practice_plan: "practice_plans", game_brief: "game_briefs", weekly_report: "weekly_reports",
  scouting_report: "scouting_reports", development_plan: "development_plans", dev_card: "dev_cards",
  player_profile: "player_profiles", playbook_item: "playbook", drill: "drill_library", spot: "drill_library",
} as const satisfies Record<string, Resource>;

export type ArtifactType = keyof typeof ARTIFACT_RESOURCES;

/** Types of artifacts about one athlete. */
const ABOUT_ATHLETE: readonly string[] = ["development_plan", "dev_card", "player_profile"];
/** Types of library entries: every staff member may add one, and each has a creator (PM12). */
const LIBRARY: readonly string[] = ["drill", "spot"];
/** Types that a player sees once they are finalized (PR2). */
const FINALIZABLE: readonly string[] = ["practice_plan", "game_brief"];

/** Returns the type of an artifact given as `type:id`. */
export const artifactType = (artifact: string): ArtifactType => typeOf(artifact) as ArtifactType;
/** Returns true for an artifact about one athlete. */
export const isAboutAthlete = (artifact: string): boolean => ABOUT_ATHLETE.includes(typeOf(artifact));
/** Returns true for a library entry. */
export const isLibraryEntry = (artifact: string): boolean => LIBRARY.includes(typeOf(artifact));
/** Returns true for an artifact that is a draft until it is finalized. */
export const isFinalizable = (artifact: string): boolean => FINALIZABLE.includes(typeOf(artifact));

/** An artifact; `object` is `type:id`. */
export interface Artifact {
  readonly object: string;
  readonly org: string;
  /** Athlete the artifact is about, if any. */
  readonly athlete: string | undefined;
  /** Creator of a library entry. */
  readonly creator: string | undefined;
}

/** Returns the artifact, or undefined if it does not exist. */
export function findArtifact(reader: Reader, object: string): Artifact | undefined {
  const inOrg = onlyUserOf(reader, object, "org");
  const about = onlyUserOf(reader, object, "athlete");
  const creator = onlyUserOf(reader, object, "creator");
  return inOrg === undefined ? undefined : {
    object, org: idOf(inOrg), athlete: about === undefined ? undefined : idOf(about),
    creator: creator === undefined ? undefined : idOf(creator),
  };
}

/** Drafts a new artifact, not finalized. */
export function putArtifact(draft: Draft, found: Artifact): void {
  draft.write(found.object, "org", org(found.org));
  if (found.athlete !== undefined) draft.write(found.object, "athlete", athlete(found.athlete));
  if (found.creator !== undefined) draft.write(found.object, "creator", user(found.creator));
}

/** Drafts that an artifact is finalized, or a draft again. */
export function putFinalized(draft: Draft, found: Artifact, finalized: boolean): void {
  if (finalized) draft.write(found.object, "finalized_in", org(found.org));
  else draft.clear(found.object, "finalized_in");
}

/** Drafts the deletion of an artifact. */
export function dropArtifact(draft: Draft, object: string): void {
  for (const relation of ["finalized_in", "creator", "athlete", "org"]) draft.clear(object, relation);
}
