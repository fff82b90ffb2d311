// The large org: one org in which every list is long, for the benchmark of turns and the tests of growth.
import { historyOf } from "./large-history.mjs";

/**
 * @typedef {object} Extent
 * @property {number} members
 * @property {number} athletes on the big team
 * @property {number} invites open links to the team `big`
 * @property {number} rows coaching rows over the big athlete, each of another coach
 * @property {number} teams that the busy athlete is on
 * @property {number} roles custom roles, each with every athlete key
 * @property {number} notes about the big athlete
 * @property {number} admins each of whom has made an open invite
 * @property {number} seats teams that the athlete `nomad` is on
 * @property {number} past closed invites and ended rows of each kind
 * @property {number} orgs that used the same id of an event
 */

/** The extent at which every request must fit into the limit of a turn. @type {Extent} */
export const LARGE = {
  members: 10_000, athletes: 5000, invites: 3000, rows: 2000, teams: 60, roles: 100, notes: 5000,
  admins: 250, seats: 2000, past: 5000, orgs: 2000,
};

/** The same org, `times` as large as its smallest form. @param {number} times @returns {Extent} */
export const extentOf = (times) => ({
  members: 40 * times, athletes: 20 * times, invites: 12 * times, rows: 8 * times, teams: 6 * times, roles: 3 * times,
  notes: 20 * times, admins: 4 * times, seats: 6 * times, past: 8 * times, orgs: times,
});

/** Every athlete key that a custom role of the org has. */
const KEYS = ["sessions.read", "sessions.write", "wellness.read", "profile.read", "goals.read", "drills.read"];

/** Ids by number. */
export const coach = (n) => `coach-${n}`;
const player = (n) => `player-${n}`;

/**
 * Every event that builds the org, in order; the system sends most of them. Coach 0 is head of the team `big`, has a
 * row over every athlete of it, and holds every custom role through a row. The athlete `star` has rows with all coaches
 * except `cora`, who has one over `free` and assists on `small`: to refuse her something, a check looks at every row.
 * `busy` (account `bea`) is on every team. `root` is a superadmin, `olga` the Owner.
 * @param {Extent} extent
 */
export function* largeOrg(extent) {
  let sent = 0;
  const event = (type, data, more = {}) => ({ id: `large-${++sent}`, source: "/large", type, data, ...more });
  yield event("platform.superadmin_granted", { user: "root" });
  yield event("org.created", { org: "large", kind: "club", owner: "olga" });
  yield event("org.created", { org: "other", kind: "club", owner: "otto" });
  yield* peopleOf(extent, event);
  yield* rosterOf(extent, event);
  yield* rowsOf(extent, event);
  for (let n = 0; n < extent.invites; n++) {
    yield event("invite.created", { invite: `link-${n}`, org: "large", hat: "coach", team: "big" });
  }
  for (let n = 0; n < extent.notes; n++) {
    yield event("note.created", { note: `note-${n}`, athlete: "star", author: coach(0), under: "coaching:star-0" });
  }
  yield* historyOf(extent, event, coach);
}

function* peopleOf({ members, rows, roles }, event) {
  for (let n = 0; n < rows; n++) yield event("member.added", { org: "large", user: coach(n), hats: ["coach"] });
  for (let n = 0; n < members - rows; n++) {
    yield event("member.added", { org: "large", user: player(n), hats: ["athlete"] });
  }
  for (const user of ["bea", "leaver"]) yield event("member.added", { org: "large", user, hats: ["athlete"] });
  yield event("member.added", { org: "large", user: "adam", hats: ["admin"] });
  yield event("member.added", { org: "large", user: "cora", hats: ["coach"] });
  yield event("member.added", { org: "large", user: "gone", hats: ["coach"] });
  yield event("member.deactivated", { org: "large", user: "gone" });
  for (let n = 0; n < roles; n++) {
    yield event("role.created", { org: "large", role: `custom-${n}`, scope: "athlete", keys: KEYS });
  }
  yield event("role.created", { org: "large", role: "unused", scope: "athlete", keys: KEYS });
}

function* rosterOf({ athletes, teams }, event) {
  yield event("team.created", { team: "big", org: "large", head_coach: coach(0) });
  yield event("team.created", { team: "small", org: "large", head_coach: coach(1) });
  for (let n = 0; n < athletes; n++) {
    yield event("athlete.created", { athlete: `athlete-${n}`, org: "large", team: "big", coach: coach(0) });
  }
  yield event("athlete.created", { athlete: "star", org: "large", team: "big" });
  yield event("athlete.created", { athlete: "busy", org: "large", user: "bea" });
  yield event("athlete.created", { athlete: "free", org: "large", team: "small" });
  for (let n = 0; n < teams; n++) {
    yield event("team.created", { team: `team-${n}`, org: "large" });
    yield event("team.athlete_added", { team: `team-${n}`, athlete: "busy" });
  }
}

function* rowsOf({ rows, roles }, event) {
  for (let n = 0; n < rows; n++) {
    yield event("coaching.started", { coaching: `star-${n}`, athlete: "star", coach: coach(n) });
    yield event("team_assignment.started", { assignment: `assists-${n}`, team: "big", coach: coach(n) });
  }
  yield event("coaching.started", { coaching: "cora-free", athlete: "free", coach: "cora" });
  yield event("team_assignment.started", { assignment: "cora-small", team: "small", coach: "cora" });
  for (let n = 0; n < roles; n++) {
    yield event("coaching.started", { coaching: `by-${n}`, athlete: "free", coach: coach(0), role: `custom-${n}` });
  }
}
