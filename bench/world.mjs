// The worlds of the benchmark: a seeded sequence of Sideline's own events, and questions about them.

/**
 * @typedef {object} Size
 * @property {string} name
 * @property {number} orgs
 * @property {number} coaches coaches of each org
 * @property {number} athletes athletes of each org; a multiple of `coaches`
 * @property {number} notes notes of each athlete
 */

/** World L is 20 orgs, 1,000 coaches, 20,000 athletes, 200,000 notes. @type {Record<string, Size>} */
export const SIZES = {
  XS: { name: "XS", orgs: 2, coaches: 10, athletes: 100, notes: 3 },
  S: { name: "S", orgs: 1, coaches: 50, athletes: 1000, notes: 2 },
  M: { name: "M", orgs: 4, coaches: 50, athletes: 1000, notes: 10 },
  L: { name: "L", orgs: 20, coaches: 50, athletes: 1000, notes: 10 },
};

/** Number of athletes on one team. */
const TEAM = 40;

/** The user who is admin of every org of a world, and so reads every athlete of it. */
export const CHIEF = "chief";

/** The coach of a world with a row over every athlete of org 0. */
export const HEAD = "o0-head";

/** Seeded random numbers from 0 to below 1 (mulberry32). @param {number} seed */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Ids by number. The last fifth of an org's coaches are on no team and reach only the athletes of their rows. */
const org = (o) => `org-${o}`;
const coach = (o, c) => `o${o}-coach-${c}`;
const team = (o, t) => `o${o}-team-${t}`;
const athlete = (o, a) => `o${o}-athlete-${a}`;
const account = (o, a) => `o${o}-player-${a}`;
const coachOf = (size, o, a) => coach(o, Math.floor(a / (size.athletes / size.coaches)));
const teamsOf = (size) => size.athletes / TEAM;

/**
 * Every event of a world, in order, as CloudEvents of the system.
 * @param {Size} size @param {number} seed
 */
export function* eventsOf(size, seed = 1) {
  const random = randomOf(seed);
  let sent = 0;
  const event = (type, data) => ({ id: `e${++sent}`, source: "/bench", type, time: TIME, data });
  for (let o = 0; o < size.orgs; o++) {
    yield event("org.created", { org: org(o), kind: "club", owner: CHIEF });
    yield* staffOf(size, o, event, random);
    yield* rosterOf(size, o, event, random);
    yield* notesOf(size, o, event, random);
  }
}

const TIME = "2026-01-15T10:00:00Z";

function* staffOf(size, o, event, random) {
  yield event("member.added", { org: org(o), user: `o${o}-office`, hats: ["office"] });
  yield event("role.created", {
    org: org(o), role: "physio", scope: "athlete", keys: ["fitness.read", "wellness.read", "sessions.read"],
  });
  for (let c = 0; c < size.coaches; c++) {
    yield event("member.added", { org: org(o), user: coach(o, c), hats: ["coach"] });
  }
  const onTeams = Math.floor(size.coaches * 0.8);
  for (let t = 0; t < teamsOf(size); t++) {
    const head = t % onTeams;
    yield event("team.created", { team: team(o, t), org: org(o), head_coach: coach(o, head) });
    const assistant = (head + 1 + Math.floor(random() * (onTeams - 1))) % onTeams;
    yield event("team_assignment.started", {
      assignment: `o${o}-assists-${t}`, team: team(o, t), coach: coach(o, assistant),
    });
  }
}

function* rosterOf(size, o, event, random) {
  for (let a = 0; a < size.athletes; a++) {
    const of = { athlete: athlete(o, a), org: org(o), team: team(o, Math.floor(a / TEAM)) };
    yield event("athlete.created", { ...of, coach: coachOf(size, o, a), coaching: `o${o}-row-${a}` });
    if (random() < 0.1) {
      const other = team(o, Math.floor(random() * teamsOf(size)));
      if (other !== of.team) yield event("team.athlete_added", { team: other, athlete: of.athlete });
    }
    if (random() < 0.3) {
      yield event("member.added", { org: org(o), user: account(o, a), hats: ["athlete"] });
      yield event("athlete.linked", { athlete: of.athlete, user: account(o, a) });
    }
  }
  if (o !== 0) return;
  yield event("member.added", { org: org(o), user: HEAD, hats: ["coach"] });
  for (let a = 0; a < size.athletes; a++) {
    yield event("coaching.started", { coaching: `o${o}-head-row-${a}`, athlete: athlete(o, a), coach: HEAD });
  }
}

function* notesOf(size, o, event, random) {
  for (let a = 0; a < size.athletes; a++) {
    for (let n = 0; n < size.notes; n++) yield noteBy(size, o, a, `o${o}-note-${a}-${n}`, event, random() < 0.2);
  }
}

function noteBy(size, o, a, note, event, visible) {
  return event("note.created", {
    note, athlete: athlete(o, a), author: coachOf(size, o, a), under: `coaching:o${o}-row-${a}`,
    visible_to_athlete: visible,
  });
}

/**
 * More notes in a world, each a new event.
 * @param {Size} size @param {number} seed @param {string} prefix of ids, unique per call on one store
 */
export function* moreNotes(size, seed, prefix) {
  const random = randomOf(seed);
  for (let n = 0; ; n++) {
    const event = (type, data) => ({ id: `${prefix}-${n}`, source: "/bench/more", type, data });
    const o = Math.floor(random() * size.orgs);
    const a = Math.floor(random() * size.athletes);
    yield noteBy(size, o, a, `${prefix}-note-${n}`, event, false);
  }
}

/**
 * Check questions, half `athlete#sessions_read` and half `note#can_read`. Two of every six ask about a coach's own
 * athlete (or a note on one), two about any athlete of the org, one about an athlete of any org, and one is an
 * athlete's question about themselves. Slightly more than a third of the answers are yes.
 * @param {Size} size @param {number} count @param {number} seed
 */
export function checksOf(size, count, seed = 7) {
  const random = randomOf(seed);
  const below = (n) => Math.floor(random() * n);
  return Array.from({ length: count }, () => {
    const o = below(size.orgs);
    const c = below(size.coaches);
    const share = size.athletes / size.coaches;
    const kind = below(6);
    const a = kind < 2 ? c * share + below(share) : below(size.athletes);
    const where = kind === 4 ? below(size.orgs) : o;
    const who = kind === 5 ? account(o, a) : coach(o, c);
    return random() < 0.5
      ? { user: `user:${who}`, relation: "sessions_read", object: `athlete:${athlete(where, a)}` }
      : { user: `user:${who}`, relation: "can_read", object: `note:o${where}-note-${a}-${below(size.notes)}` };
  });
}

/** Users whose list of athletes has a known length. @param {Size} size */
export function listersOf(size) {
  const share = size.athletes / size.coaches;
  return [
    { user: `user:${coach(0, size.coaches - 1)}`, objects: share, what: `a coach with ${share} athletes` },
    { user: `user:${HEAD}`, objects: size.athletes, what: `a coach with ${size.athletes} athletes` },
    { user: `user:${CHIEF}`, objects: size.athletes * size.orgs, what: "the admin of every org" },
  ];
}
