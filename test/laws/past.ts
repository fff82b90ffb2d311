// A random past of one org, as an app holds it in its tables: rows, ended or active, and the notes written under them.
import { KINDS, seededRoles, type Kind } from "../../src/policy/seeded-roles.ts";
import type { Draw } from "./draw.ts";

/** An event of the system. */
export interface PastEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A past, sent in two ways that must end alike. */
export interface Past {
  /** The org with its people, teams and athletes: sent first, both ways. */
  readonly founding: readonly PastEvent[];
  /** Rows that have ended are sent as ended. */
  readonly imported: readonly PastEvent[];
  /** Each row is started, those that have ended are ended at once, and the notes come last. */
  readonly lived: readonly PastEvent[];
}

/** Everybody in a past; `gone` has left the org before the import and was never added to it. */
export const PEOPLE_OF_PAST = ["olga", "carl", "cora", "both", "kid", "gone", "stranger"].map((id) => `user:${id}`);

const ORG = "o1";
const TEAMS = ["t1", "t2"];
const ATHLETES = ["a1", "a2", "a3"];
/** Coaches who are members still. `both` is also the account of an athlete (S21). */
const PRESENT = ["carl", "cora", "both"];

const foundingOf = (kind: Kind): readonly PastEvent[] => [
  { type: "org.created", data: { org: ORG, kind, owner: "olga" } },
  { type: "member.added", data: { org: ORG, user: "carl" } },
  { type: "member.added", data: { org: ORG, user: "cora" } },
  { type: "member.added", data: { org: ORG, user: "both", hats: ["coach", "athlete"] } },
  { type: "member.added", data: { org: ORG, user: "kid", hats: ["athlete"] } },
  ...TEAMS.map((team) => ({ type: "team.created", data: { team, org: ORG } })),
  { type: "athlete.created", data: { athlete: "a1", org: ORG, team: "t1", user: "kid" } },
  { type: "athlete.created", data: { athlete: "a2", org: ORG, team: "t2", user: "both" } },
  { type: "athlete.created", data: { athlete: "a3", org: ORG } },
];
/** The team that an athlete is on now. */
const TEAM_NOW: Readonly<Record<string, string>> = { a1: "t1", a2: "t2" };

/** A row as the app's table has it. */
interface Row {
  readonly ref: string;
  readonly start: PastEvent;
  readonly end: PastEvent;
  readonly coach: string;
  readonly athlete: string | undefined;
  readonly team: string | undefined;
  readonly ended: boolean;
}

/** Draws a past of three to ten rows and three to ten notes. */
export function drawPast(draw: Draw): Past {
  const kind = draw.pick(KINDS);
  const roles = seededRoles(kind).filter(({ scope }) => scope === "athlete").map(({ id }) => id);
  const rows = Array.from({ length: 3 + draw.below(8) }, (_, i) => drawRow(draw, i, roles));
  const notes = Array.from({ length: 3 + draw.below(8) }, (_, i) => drawNote(draw, i, rows));
  // In the app's tables, and so in its export, a note may stand anywhere behind its row.
  const imported = rows.map((row) => ({ ...row.start, data: { ...row.start.data, ended: row.ended } }));
  const order: PastEvent[] = [...imported];
  for (const { note, under } of notes) {
    const first = under === undefined ? 0 : order.indexOf(imported[rows.indexOf(under)]!) + 1;
    order.splice(first + draw.below(order.length - first + 1), 0, note);
  }
  return { founding: foundingOf(kind), imported: order, lived: lived(rows, notes.map(({ note }) => note)) };
}

function drawRow(draw: Draw, number: number, roles: readonly string[]): Row {
  const ended = draw.chance(70);
  const coach = ended && draw.chance(25) ? "gone" : draw.pick(PRESENT);
  const role = draw.maybe(60, () => draw.pick(roles));
  if (draw.chance(40)) {
    const assignment = `s${number}`;
    const team = draw.pick(TEAMS);
    // S15: a head coach's assignment comes from the team's own events.
    const data = { assignment, team, coach, ...(role === undefined || role === "head_coach" ? {} : { role }) };
    return {
      ref: `team_assignment:${assignment}`, coach, athlete: undefined, team, ended,
      start: { type: "team_assignment.started", data }, end: { type: "team_assignment.ended", data: { assignment } },
    };
  }
  const coaching = `c${number}`;
  const athlete = draw.pick(ATHLETES);
  // A row that has ended may have been held for a team that the athlete has left.
  const team = draw.maybe(50, () => (ended ? draw.pick(TEAMS) : TEAM_NOW[athlete]));
  const data = {
    coaching, athlete, coach, ...(team === undefined ? {} : { team }), ...(role === undefined ? {} : { role }),
  };
  return {
    ref: `coaching:${coaching}`, coach, athlete, team, ended,
    start: { type: "coaching.started", data }, end: { type: "coaching.ended", data: { coaching } },
  };
}

function drawNote(draw: Draw, number: number, rows: readonly Row[]): { note: PastEvent; under: Row | undefined } {
  const fits = ({ athlete, team, ended }: Row): boolean =>
    athlete !== undefined || ended || ATHLETES.some((each) => TEAM_NOW[each] === team);
  const under = draw.maybe(75, () => draw.pick(rows));
  const row = under !== undefined && fits(under) ? under : undefined;
  const onTeam = ATHLETES.filter((each) => TEAM_NOW[each] === row?.team);
  const athlete = row?.athlete ?? draw.pick(row !== undefined && !row.ended ? onTeam : ATHLETES);
  const author = row?.coach ?? draw.pick([...PRESENT, "gone", "olga"]);
  const data = {
    note: `n${number}`, athlete, author, ...(row === undefined ? {} : { under: row.ref }),
    visible_to_athlete: draw.chance(30),
  };
  return { note: { type: "note.created", data }, under: row };
}

/** The same past, sent as it happened: everybody is there at first, and `gone` leaves at the end. */
function lived(rows: readonly Row[], notes: readonly PastEvent[]): PastEvent[] {
  return [
    { type: "member.added", data: { org: ORG, user: "gone" } },
    ...rows.flatMap(({ start, end, athlete, team, ended }) => {
      const isVisit = athlete !== undefined && team !== undefined && TEAM_NOW[athlete] !== team;
      const visit = { team, athlete };
      return [
        ...(isVisit ? [{ type: "team.athlete_added", data: visit }] : []), start, ...(ended ? [end] : []),
        ...(isVisit ? [{ type: "team.athlete_removed", data: visit }] : []),
      ];
    }),
    ...notes,
    { type: "member.deactivated", data: { org: ORG, user: "gone" } },
  ];
}
