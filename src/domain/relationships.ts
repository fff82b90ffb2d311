// The relationship rows of an athlete, a team or a coach, active and ended, in pages.
import type { Parts } from "../checks/parts.ts";
import type { Reader } from "../tuples/delta.ts";
import type { Tuples } from "../tuples/tuple-set.ts";
import { idOf, typeOf, type TupleKey } from "../tuples/tuple.ts";
import { CountedTuples, partMeterOf, type PartMeter } from "./counted-view.ts";
import { STEPS_PER_TIME_READ } from "./event-limits.ts";
import { athlete, team, user } from "./object-names.ts";
import {
  assignmentRow, coachingRow, homeOf, orgOf, overridesOf, type AssignmentRow, type CoachingRow,
} from "./relationship-rows.ts";
import { sorted } from "./sorted.ts";

/** Statuses of a relationship row. */
export const ROW_STATUSES = ["active", "ended"] as const;
export type RowStatus = (typeof ROW_STATUSES)[number];

/** The times that a store knows, in milliseconds since 1970; undefined for one that it does not know. */
export interface RowTimes {
  /** Returns when a stored tuple was written. */
  readonly writtenAt: (key: TupleKey) => number | undefined;
  /** Returns when a row was ended, or an athlete or a team deleted. */
  readonly endedAt: (object: string) => number | undefined;
}

/** The rows wanted, and the page of them: at most `size`, after the name `after` ("": from the first). */
export interface RowFilter {
  readonly status: RowStatus | undefined;
  /** Id of an org; undefined matches all. */
  readonly org: string | undefined;
  readonly after: string;
  readonly size: number;
}

/** A row: of a coach over an athlete, or over a team. Times are RFC 3339, null where the store does not know them. */
interface Relationship {
  readonly row: string;
  readonly coach: string;
  readonly athlete?: string;
  readonly team?: string;
  readonly org: string;
  /** Null between the writes of a role change that needs several. */
  readonly role: string | null;
  readonly overrides: Readonly<Record<string, boolean>>;
  readonly status: RowStatus;
  readonly started_at: string | null;
  readonly ended_at: string | null;
}

/** Rows by name; `isLast` is true if none follows. */
export interface RelationshipPage {
  readonly relationships: readonly Relationship[];
  readonly isLast: boolean;
}

/** A row by its name (`coaching:c1`), with the athlete or the team that it is over (`athlete:a1`). */
interface FoundRow {
  readonly name: string;
  readonly over: string;
  readonly row: CoachingRow | AssignmentRow;
}

/** Whose rows: of an athlete, a team, or a user. */
export type RowsOf = "athlete" | "team" | "user";

/**
 * Lists in parts the rows of an athlete (their coaching rows, and the assignments on their teams), a team, or a coach.
 * Returns undefined for an athlete or a team that never existed. The state must not change before the last part.
 */
export function* relationshipsOf(
  tuples: Tuples, of: RowsOf, id: string, filter: RowFilter, times: RowTimes | undefined,
): Parts<RelationshipPage | undefined> {
  const reader = new CountedTuples(tuples);
  const self = of === "athlete" ? athlete(id) : team(id);
  if (of !== "user" && homeOf(reader, self) === undefined && orgOf(reader, self) === undefined) return undefined;
  const isDue = partMeterOf(() => reader.steps);
  const found: FoundRow[] = [];
  // One more than the page holds, so that the end of the list is known.
  for (const name of yield* sorted(yield* namesAfter(reader, of, id, filter.after, isDue))) {
    if (isDue()) yield;
    const one = rowOf(reader, name);
    if (one !== undefined && isWanted(one.row, filter)) found.push(one);
    if (found.length > filter.size) break;
  }
  const relationships: Relationship[] = [];
  for (const one of found.slice(0, filter.size)) {
    if (isDue()) yield;
    relationships.push(show(reader, one, times));
    reader.steps += STEPS_PER_TIME_READ;
  }
  return { relationships, isLast: found.length <= filter.size };
}

function* namesAfter(reader: Reader, of: RowsOf, id: string, after: string, isDue: PartMeter): Parts<string[]> {
  const names: string[] = [];
  const take = (type: string, relation: string, entity: string): void => {
    for (const name of reader.objects(type, relation, entity)) if (name > after) names.push(name);
  };
  if (of === "user") {
    take("coaching", "coach", user(id));
    take("team_assignment", "coach", user(id));
  } else if (of === "team") {
    take("team_assignment", "team", team(id));
  } else {
    take("coaching", "athlete", athlete(id));
    for (const on of reader.users(athlete(id), "team")) {
      if (isDue()) yield;
      // Nobody is on a deleted team (S17).
      if (orgOf(reader, on) !== undefined) take("team_assignment", "team", on);
    }
  }
  return names;
}

function rowOf(reader: Reader, name: string): FoundRow | undefined {
  if (typeOf(name) === "coaching") {
    const row = coachingRow(reader, idOf(name));
    return row && { name, over: athlete(row.athlete), row };
  }
  const row = assignmentRow(reader, idOf(name));
  return row && { name, over: team(row.team), row };
}

function isWanted(row: CoachingRow | AssignmentRow, { status, org }: RowFilter): boolean {
  return (status === undefined || row.active === (status === "active")) && (org === undefined || row.org === org);
}

function show(reader: Reader, { name, over, row }: FoundRow, times: RowTimes | undefined): Relationship {
  const { coach, org, role, active } = row;
  const startedAt = times?.writtenAt({ object: name, relation: "coach", user: user(coach) });
  // A row that kept its status ended with its athlete or team.
  const endedAt = active ? undefined : times?.endedAt(reader.has(name, "active_on", over) ? over : name);
  return {
    row: name, coach, ...("athlete" in row ? { athlete: row.athlete } : { team: row.team }), org,
    role: role === "" ? null : role, overrides: "athlete" in row ? overridesOf(reader, row) : {},
    status: active ? "active" : "ended", started_at: printTime(startedAt), ended_at: printTime(endedAt),
  };
}

function printTime(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
