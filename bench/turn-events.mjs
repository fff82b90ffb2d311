// Events at their longest: one of every type in the large org, batches, and payloads at the size limits.
import { coach } from "./large-org.mjs";

/** @typedef {{ what: string, path: string, body?: unknown, headers?: object }} Request */

const KEYS = ["sessions.read", "sessions.write", "drills.read", "goals.read", "profile.read", "wellness.read"];

/** Maximum size of a request with events, in bytes. */
const MOST_BYTES = 1_048_576;
/** Maximum number of events in a batch. */
const MOST_EVENTS = 1000;

/** A list of `count` elements, made by number. */
export const numbered = (count, of) => Array.from({ length: count }, (_, n) => of(n));

/** An object with `count` fields. */
export const fields = (count, of) => Object.fromEntries(numbered(count, of));

const LARGE = { org: "large" };
const LATE = { athlete: "star", author: coach(0), under: "coaching:star-0" };

/** At least one event of every type, in an order in which all can be applied to the large org. */
export const eventsAtLarge = () => [
  ["platform.superadmin_granted", { user: "rita" }],
  ["platform.superadmin_revoked", { user: "rita" }],
  ["platform.admin_granted", { user: "pat" }],
  ["platform.admin_revoked", { user: "pat" }],
  ["org.created", { org: "third", kind: "program", owner: "tom" }],
  ["org.created", { org: "another", kind: "club", owner: "mal" }, undefined, { id: "same", source: "/same" }],
  ["member.added", { ...LARGE, user: "newcomer", hats: ["coach", "athlete"] }],
  ["member.role_assigned", { ...LARGE, user: "newcomer", role: "admin" }, "olga"],
  ["member.role_assigned", { ...LARGE, user: "newcomer", role: "coach" }],
  ["member.professional_area_set", { ...LARGE, user: coach(0), professional_area: "S&C" }],
  ["member.reactivated", { ...LARGE, user: "gone" }],
  ["member.reactivated", { ...LARGE, user: "back", end_rows: true }],
  ["role.updated", { ...LARGE, role: "head_coach", keys: KEYS }],
  ["role.created", { ...LARGE, role: "late", scope: "org", keys: KEYS }, "olga"],
  ["role.deleted", { ...LARGE, role: "unused" }],
  ["role.deleted", { ...LARGE, role: "named" }],
  ["team.created", { ...LARGE, team: "late", head_coach: coach(2) }],
  ["team_assignment.started", { assignment: "late", team: "big", coach: coach(3) }],
  ["team_assignment.role_changed", { assignment: "late", role: "custom-0" }],
  ["team_assignment.ended", { assignment: "late" }],
  ["team.head_coach_changed", { team: "big", head_coach: coach(1) }],
  ["team.athlete_added", { team: "big", athlete: "free" }],
  ["team.athlete_moved", { athlete: "free", from: "big", to: "small" }],
  ["team.athlete_removed", { team: "small", athlete: "free" }],
  ["athlete.created", { ...LARGE, athlete: "late", team: "big", coach: coach(0) }],
  ["athlete.linked", { athlete: "late", user: "newcomer" }],
  ["athlete.unlinked", { athlete: "late", user: "newcomer" }],
  ["athlete.linked", { athlete: "nomad", user: "nora" }],
  ["athlete.unlinked", { athlete: "nomad", user: "nora" }],
  ["athlete.linked", { athlete: "coveted", user: "leaver" }],
  ["coaching.started", { coaching: "late", athlete: "star", coach: coach(0), role: "custom-0" }],
  ["coaching.role_changed", { coaching: "late", role: "custom-1" }],
  ["coaching.overrides_set", { coaching: "late", overrides: { "sessions.read": false, "goals.read": true } }],
  ["coaching.ended", { coaching: "late" }],
  ["note.created", { note: "late", ...LATE }, coach(0)],
  ["note.visibility_changed", { note: "late", visible_to_athlete: true }, coach(0)],
  ["note.shared", { note: "late", user: "adam" }, coach(0)],
  ["note.unshared", { note: "late", user: "adam" }, coach(0)],
  ["note.deleted", { note: "late" }, coach(0)],
  ["note.deleted", { note: "read" }, coach(0)],
  ["activity.recorded", { activity: "late", athlete: "star" }, coach(0)],
  ["activity.comment_added", { comment: "late", activity: "late", author: coach(0) }, coach(0)],
  ["activity.comment_deleted", { comment: "late" }, coach(0)],
  ["activity.deleted", { activity: "late" }, coach(0)],
  ["artifact.created", { ...LARGE, artifact: "practice_plan:late" }, "olga"],
  ["artifact.finalized", { artifact: "practice_plan:late" }, "olga"],
  ["artifact.reopened", { artifact: "practice_plan:late" }, "olga"],
  ["artifact.deleted", { artifact: "practice_plan:late" }, "olga"],
  ["invite.created", { ...LARGE, invite: "late", hat: "athlete", email: "late@example.org", athlete: "free" }, "olga"],
  ["invite.resent", { invite: "late" }, "olga"],
  ["invite.revoked", { invite: "late" }, "olga"],
  ["invite.redeemed", { invite: "link-0", user: "comer" }, "comer"],
  ["invite.redeemed", { invite: "for-guest", user: "guest" }, "guest"],
  ["member.hats_changed", { ...LARGE, user: "bea", hats: ["coach"] }],
  ["member.hats_changed", { ...LARGE, user: "admin-1", hats: ["office"] }],
  ["member.deactivated", { ...LARGE, user: "admin-0" }],
  ["athlete.linked", { athlete: "nomad", user: "nora" }],
  ["athlete.deleted", { athlete: "nomad" }],
  ["member.deactivated", { ...LARGE, user: coach(0) }],
  ["athlete.deleted", { athlete: "busy" }],
  ["athlete.deleted", { athlete: "star" }],
  ["team.deleted", { team: "big" }],
].map(([type, data, actor, more], n) =>
  ({ id: `turn-${n}`, source: "/turns", type, data, ...(actor && { actor }), ...more }));

const cloud = (event) => ({ specversion: "1.0", ...event });
const pathOf = (dryRun) => `/events${dryRun ? "?dry_run=true" : ""}`;
const named = (what, dryRun) => `${what}${dryRun ? ", dry run" : ""}`;

/** A request with one event. @returns {Request} */
export const eventRequest = (event, dryRun) =>
  ({ what: named(`${event.type}${aboutOf(event)}`, dryRun), path: pathOf(dryRun), body: cloud(event) });

/** Object of an event, which distinguishes several events of one type. */
const aboutOf = ({ data }) => {
  const { org, ...about } = data;
  const [name] = Object.values(about);
  return typeof name === "string" ? ` ${name}` : "";
};

/** Batches of 1,000 events that are applied. @returns {Request[]} */
export const batches = (dryRun) => Object.entries({
  "coaching.overrides_set": (n) => ({
    coaching: `star-${n}`, overrides: fields(KEYS.length, (k) => [KEYS[k], (n + k) % 2 === 0]),
  }),
  "note.created": (n) => ({ note: `batch-${n}`, ...LATE }),
  "role.updated": (n) => ({ ...LARGE, role: `custom-${n % 100}`, keys: n % 2 === 0 ? KEYS : ["goals.write"] }),
  "member.deactivated": (n) => ({ ...LARGE, user: `player-${n}` }),
}).map(([type, data]) => ({
  what: named(`1,000 ${type}`, dryRun), path: pathOf(dryRun),
  body: numbered(MOST_EVENTS, (n) => cloud({ id: `${type}-${n}`, source: "/turns", type, data: data(n) })),
}));

/**
 * Atomic batches: one that is refused after as many events as one write holds, and one as large as fits. The first
 * event of each changes something, so that every run is applied. @returns {Request[]}
 */
export const atomicBatches = (dryRun) => Object.entries({
  "coaching.overrides_set": [1000, (n) => ({
    coaching: `star-${n}`, overrides: fields(KEYS.length, (k) => [KEYS[k], (n + k) % 2 === 1]),
  })],
  "role.updated": [20, (n) => ({ ...LARGE, role: `custom-${n}`, keys: n % 2 === 0 ? ["goals.read"] : KEYS })],
  "member.professional_area_set": [120, (n) => ({ ...LARGE, user: `player-${1000 + n}`, professional_area: "atomic" })],
}).map(([type, [count, data]]) => ({
  what: named(`an atomic batch of ${count} ${type}`, dryRun),
  path: `/events?atomic=true${dryRun ? "&dry_run=true" : ""}`,
  body: numbered(count, (n) => cloud({ id: `atomic-${type}-${n}`, source: "/turns", type, data: data(n) })),
}));

/** Payloads of the maximum size that are refused, each for another reason. */
const BAD = {
  "a field name of 60,000 characters": ["team.deleted", { ["x".repeat(60_000)]: 1 }],
  "a field name of 30,000 addresses": ["team.deleted", { ["x@".repeat(30_000)]: 1 }],
  "5,500 unknown fields": ["team.deleted", fields(5500, (n) => [`f${n}`, 1])],
  "7,000 unknown keys": ["role.created", { ...LARGE, role: "x", scope: "org", keys: numbered(7000, (n) => `k${n}`) }],
  "5,000 unknown overrides": ["coaching.overrides_set",
    { coaching: "star-0", overrides: fields(5000, (n) => [`f${n}`, 1]) }],
  "900 overrides that are no booleans": ["coaching.overrides_set",
    { coaching: "star-0", overrides: fields(900, (n) => [`k${n}`, {}]) }],
  "20,000 hats": ["member.added", { ...LARGE, user: "x", hats: numbered(20_000, () => 1) }],
  "a long email": ["invite.redeemed", { invite: "link-0", user: "x", email: `${"a ".repeat(30_000)}@` }],
  "a long professional area": ["member.professional_area_set",
    { ...LARGE, user: coach(0), professional_area: `${"a ".repeat(30_000)}` }],
};

/** Requests with events at the limits. None is applied. @returns {Iterable<Request>} */
export function* eventLimits() {
  for (const [what, [type, data]] of Object.entries(BAD)) {
    const event = (id) => cloud({ id, source: "/turns", type, data });
    yield { what: `an event with ${what}`, path: "/events", body: event("bad") };
    const count = Math.min(MOST_EVENTS, Math.floor(MOST_BYTES / (JSON.stringify(data).length + 100)));
    yield { what: `${count} of it: ${what}`, path: "/events", body: numbered(count, (n) => event(`bad-${n}`)) };
  }
  const misnamed = { ...cloud({ id: "x", source: "/t", type: "team.deleted" }), ...fields(5000, (n) => [`A${n}`, 1]) };
  yield { what: "an event with 5,000 misnamed attributes", path: "/events", body: misnamed };
  const large = JSON.stringify(fields(95_000, (n) => [`A${n}`, 1]));
  yield { what: "1 MiB of misnamed attributes", path: "/events", body: large };
  yield { what: "1 MiB of misnamed attributes in a batch", path: "/events", body: `[${large}]` };
  const small = `{"id":"x","data":[${numbered(80, (n) => `{"NNNN${n}":1}`).join(",")}]}`;
  const entries = numbered(MOST_EVENTS, (n) => small.replaceAll("NNNN", n.toString(36).padStart(2, "k")));
  yield { what: "a batch of 80,000 keys, all different", path: "/events", body: `[${entries.join(",")}]` };
  yield { what: "1 MiB in binary mode", path: "/events", body: large, headers: { "ce-id": "x" } };
  yield { what: "1 MiB of empty arrays", path: "/events", body: `[${"[],".repeat(349_000)}[]]` };
  yield { what: "1 MiB of one text", path: "/events", body: JSON.stringify("x".repeat(MOST_BYTES - 3)) };
  yield { what: "an event nested 127 deep", path: "/events", body: `${'{"a":'.repeat(127)}1${"}".repeat(127)}` };
}
