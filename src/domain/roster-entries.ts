// Single entries of the roster: an athlete with account and teams, a team with head coach and athletes.
import type { Parts } from "../checks/parts.ts";
import type { Tuples } from "../tuples/tuple-set.ts";
import { idOf } from "../tuples/tuple.ts";
import { CountedTuples, partMeterOf } from "./counted-view.ts";
import { athlete, team } from "./object-names.ts";
import { headAssignment, orgOf } from "./relationship-rows.ts";
import { accountOf } from "./seats.ts";
import { sorted } from "./sorted.ts";

/** An athlete on a roster; `account` is the linked user, `teams` are sorted. */
export interface AthleteEntry {
  readonly athlete: string;
  readonly org: string;
  readonly account: string | null;
  readonly teams: readonly string[];
}

/** A team; `athletes` are sorted. */
export interface TeamEntry {
  readonly team: string;
  readonly org: string;
  readonly head_coach: string | null;
  readonly athletes: readonly string[];
}

/**
 * Returns the entry of an athlete, in parts; undefined for one who never existed or was deleted. The state must not
 * change before the last part.
 */
export function* athleteEntry(tuples: Tuples, id: string): Parts<AthleteEntry | undefined> {
  const reader = new CountedTuples(tuples);
  const org = orgOf(reader, athlete(id));
  if (org === undefined) return undefined;
  const teams = yield* existing(reader, reader.users(athlete(id), "team"));
  return { athlete: id, org, account: accountOf(reader, id) ?? null, teams };
}

/** Returns the entry of a team, in parts like `athleteEntry`. */
export function* teamEntry(tuples: Tuples, id: string): Parts<TeamEntry | undefined> {
  const reader = new CountedTuples(tuples);
  const org = orgOf(reader, team(id));
  if (org === undefined) return undefined;
  const athletes = yield* existing(reader, reader.objects("athlete", "team", team(id)));
  return { team: id, org, head_coach: headAssignment(reader, id)?.coach ?? null, athletes };
}

/** Returns the ids of those teams or athletes that were not deleted, sorted. */
function* existing(reader: CountedTuples, objects: readonly string[]): Parts<readonly string[]> {
  const isDue = partMeterOf(() => reader.steps);
  const ids: string[] = [];
  for (const object of objects) {
    if (isDue()) yield;
    if (orgOf(reader, object) !== undefined) ids.push(idOf(object));
  }
  return yield* sorted(ids);
}
