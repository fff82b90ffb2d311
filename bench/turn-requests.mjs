// Every kind of request at its longest: each event over the large org, each question, each limit of an input.
import { coach } from "./large-org.mjs";

const KEYS = ["sessions.read", "sessions.write", "drills.read", "goals.read", "profile.read", "wellness.read"];
/** Most bytes of an event, and of a question. */
const [EVENT, QUESTION, EVENTS] = [65_536, 616_448, 1_048_576];

const numbered = (count, of) => Array.from({ length: count }, (_, n) => of(n));
const fields = (count, of) => Object.fromEntries(numbered(count, of));

/** One event of every type, in an order in which each can be applied to the large org; the longest of its kind. */
export const eventsAtLarge = () => [
  ["platform.superadmin_granted", { user: "rita" }], ["platform.superadmin_revoked", { user: "rita" }],
  ["platform.admin_granted", { user: "pat" }], ["platform.admin_revoked", { user: "pat" }],
  ["org.created", { org: "third", kind: "program", owner: "tom" }],
  ["member.added", { org: "large", user: "newcomer", hats: ["coach", "athlete"] }],
  ["member.role_assigned", { org: "large", user: "newcomer", role: "admin" }, "olga"],
  ["member.role_assigned", { org: "large", user: "newcomer", role: "coach" }],
  ["member.professional_area_set", { org: "large", user: coach(0), professional_area: "S&C" }],
  ["member.reactivated", { org: "large", user: "gone" }],
  ["role.updated", { org: "large", role: "head_coach", keys: KEYS }],
  ["role.created", { org: "large", role: "late", scope: "org", keys: KEYS }, "olga"],
  ["role.deleted", { org: "large", role: "unused" }],
  ["team.created", { team: "late", org: "large", head_coach: coach(2) }],
  ["team_assignment.started", { assignment: "late", team: "big", coach: coach(3) }],
  ["team_assignment.role_changed", { assignment: "late", role: "custom-0" }],
  ["team_assignment.ended", { assignment: "late" }],
  ["team.head_coach_changed", { team: "big", head_coach: coach(1) }],
  ["team.athlete_added", { team: "big", athlete: "free" }],
  ["team.athlete_moved", { athlete: "free", from: "big", to: "small" }],
  ["team.athlete_removed", { team: "small", athlete: "free" }],
  ["athlete.created", { athlete: "late", org: "large", team: "big", coach: coach(0) }],
  ["athlete.linked", { athlete: "late", user: "newcomer" }], ["athlete.unlinked", { athlete: "late", user: "newcomer" }],
  ["coaching.started", { coaching: "late", athlete: "star", coach: coach(0), role: "custom-0" }],
  ["coaching.role_changed", { coaching: "late", role: "custom-1" }],
  ["coaching.overrides_set", { coaching: "late", overrides: { "sessions.read": false, "goals.read": true } }],
  ["coaching.ended", { coaching: "late" }],
  ["note.created", { note: "late", athlete: "star", author: coach(0), under: "coaching:star-0" }, coach(0)],
  ["note.visibility_changed", { note: "late", visible_to_athlete: true }, coach(0)],
  ["note.shared", { note: "late", user: "adam" }, coach(0)], ["note.unshared", { note: "late", user: "adam" }, coach(0)],
  ["note.deleted", { note: "late" }, coach(0)],
  ["activity.recorded", { activity: "late", athlete: "star" }, coach(0)],
  ["activity.comment_added", { comment: "late", activity: "late", author: coach(0) }, coach(0)],
  ["activity.comment_deleted", { comment: "late" }, coach(0)], ["activity.deleted", { activity: "late" }, coach(0)],
  ["artifact.created", { artifact: "practice_plan:late", org: "large" }, "olga"],
  ["artifact.finalized", { artifact: "practice_plan:late" }, "olga"],
  ["artifact.reopened", { artifact: "practice_plan:late" }, "olga"],
  ["artifact.deleted", { artifact: "practice_plan:late" }, "olga"],
  ["invite.created", { invite: "late", org: "large", hat: "athlete", email: "late@example.org", athlete: "free" }, "olga"],
  ["invite.resent", { invite: "late" }, "olga"], ["invite.revoked", { invite: "late" }, "olga"],
  ["invite.redeemed", { invite: "link-0", user: "comer" }, "comer"],
  ["member.hats_changed", { org: "large", user: "bea", hats: ["coach"] }],
  ["member.deactivated", { org: "large", user: coach(0) }],
  ["athlete.deleted", { athlete: "busy" }], ["athlete.deleted", { athlete: "star" }], ["team.deleted", { team: "big" }],
].map(([type, data, actor], n) => ({ id: `turn-${n}`, source: "/turns", type, data, ...(actor && { actor }) }));

const cloud = (event) => ({ specversion: "1.0", ...event });

/** A request with events. @returns {Request} */
export const eventRequest = (event, dryRun) => ({
  what: `${event.type}${dryRun ? ", dry run" : ""}`, path: `/events${dryRun ? "?dry_run=true" : ""}`, body: cloud(event),
});

/** Payloads at the limits of their size that are refused, one way or another. */
const badPayloads = () => {
  const wide = (count) => fields(count, (n) => [`f${n}`, 1]);
  return {
    "a field name of 60,000 characters": ["team.deleted", { ["x".repeat(60_000)]: 1 }],
    "a field name of 30,000 addresses": ["team.deleted", { ["x@".repeat(30_000)]: 1 }],
    "15,000 unknown fields": ["team.deleted", wide(5500)],
    "7,000 unknown keys": ["role.created", { org: "large", role: "x", scope: "org", keys: numbered(9000, (n) => `k${n}`) }],
    "7,000 unknown overrides": ["coaching.overrides_set", { coaching: "star-0", overrides: wide(5000) }],
    "7,000 overrides that are no booleans": ["coaching.overrides_set",
      { coaching: "star-0", overrides: fields(5000, (n) => [`sessions.read`.repeat(0) + `k${n}`, {}]) }],
    "20,000 hats": ["member.added", { org: "large", user: "x", hats: numbered(20_000, () => 1) }],
    "a long email": ["invite.redeemed", { invite: "link-0", user: "x", email: `${"a ".repeat(30_000)}@` }],
    "a long professional area": ["member.professional_area_set",
      { org: "large", user: coach(0), professional_area: `${"a ".repeat(30_000)}` }],
  };
};

/** Bodies of events at the limits. */
export function* eventLimits() {
  for (const [what, [type, data]] of Object.entries(badPayloads())) {
    yield { what: `event with ${what}`, path: "/events", body: cloud({ id: "bad", source: "/turns", type, data }) };
    const size = JSON.stringify(data).length + 100;
    const body = numbered(Math.min(1000, Math.floor(EVENTS / size)), (n) =>
      cloud({ id: `bad-${n}`, source: "/turns", type, data }));
    yield { what: `a batch of them (${body.length}): ${what}`, path: "/events", body };
  }
  yield { what: "event with 5,000 misnamed attributes", path: "/events",
    body: { ...cloud({ id: "x", source: "/t", type: "team.deleted", data: {} }), ...fields(5000, (n) => [`A${n}`, 1]) } };
  const batch = (type, data) => numbered(1000, (n) => cloud({ id: `${type}-${n}`, source: "/turns", type, data: data(n) }));
  for (const dry of [true, false]) {
    const path = `/events${dry ? "?dry_run=true" : ""}`;
    const as = dry ? ", dry run" : "";
    yield { what: `1,000 coaching.overrides_set${as}`, path,
      body: batch("coaching.overrides_set", (n) => ({ coaching: `star-${n}`,
        overrides: fields(6, (k) => [KEYS[k], (n + k) % 2 === 0]) })) };
    yield { what: `1,000 note.created${as}`, path,
      body: batch("note.created", (n) => ({ note: `b-${n}`, athlete: "star", author: coach(0), under: "coaching:star-0" })) };
    yield { what: `1,000 role.updated${as}`, path,
      body: batch("role.updated", (n) => ({ org: "large", role: `custom-${n % 100}`, keys: n % 2 ? KEYS : ["goals.write"] })) };
    yield { what: `1,000 member.deactivated${as}`, path,
      body: batch("member.deactivated", (n) => ({ org: "large", user: `player-${n}` })) };
  }
  yield { what: "a body of 1 MiB of empty arrays", path: "/events", body: `[${"[],".repeat(349_000)}[]]` };
  yield { what: "a body of 1 MiB of one text", path: "/events", body: JSON.stringify("x".repeat(EVENTS - 3)) };
  yield { what: "an event nested 127 deep", path: "/events", body: `${'{"a":'.repeat(127)}1${"}".repeat(127)}` };
}

const key = (user, relation, object) => ({ user: `user:${user}`, relation, object });

/** Questions over the large org. */
export function* questions() {
  for (const [user, relation, object] of [
    ["nobody", "can_read", "note:note-0"], ["olga", "can_read", "note:note-0"], ["nobody", "can_view", "athlete:star"],
    ["nobody", "can_view", "athlete:busy"], ["nobody", "coach", "team:big"], ["nobody", "athlete", "team:big"],
    ["nobody", "can_view", "team:big"], ["nobody", "teams_create", "org:large"],
  ]) {
    yield { what: `check ${object}#${relation}@${user}`, path: "/check", body: { tuple_key: key(user, relation, object) } };
    yield { what: `50 checks ${object}#${relation}@${user}`, path: "/batch-check", body: { checks: numbered(50, (n) =>
      ({ correlation_id: `c${n}`, tuple_key: key(`${user}${n}`, relation, object) })) } };
  }
  for (const [user, relation, type] of [
    ["root", "can_read", "note"], ["olga", "can_read", "note"], [coach(0), "can_view", "athlete"],
    ["root", "can_view", "athlete"], ["root", "can_view", "team"], [coach(0), "can_read", "note"],
    ["root", "can_redeem", "invite"], ["olga", "can_revoke", "invite"], ["root", "org_manage", "org"],
  ]) {
    for (const path of ["/list-objects", "/streamed-list-objects"]) {
      yield { what: `${path} ${type}#${relation}@${user}`, path, body: { type, relation, user: `user:${user}` } };
    }
  }
  for (const [object, relation] of [
    ["note:note-0", "can_read"], ["athlete:star", "can_view"], ["athlete:star", "sessions_read"], ["team:big", "coach"],
    ["team:big", "can_view"], ["team:big", "athlete"], ["org:large", "member"], ["org:large", "enter_athlete"],
    ["org:large", "sessions_read"], ["org:large", "playbook_view"],
  ]) {
    const [type, id] = object.split(":");
    yield { what: `list-users ${object}#${relation}`, path: "/list-users",
      body: { object: { type, id }, relation, user_filters: [{ type: "user" }] } };
  }
  for (const [object, relation] of [["org:large", "member"], ["athlete:star", "coaching"], ["team:big", "coach"]]) {
    yield { what: `expand ${object}#${relation}`, path: "/stores/sideline/expand", body: { tuple_key: { object, relation } } };
  }
  for (const tuple_key of [undefined, { object: "org:large" }, { object: "note:", user: "user:nobody", relation: "author" }]) {
    yield { what: `read ${JSON.stringify(tuple_key) ?? "all"}`, path: "/stores/sideline/read",
      body: { page_size: 100, ...(tuple_key && { tuple_key }) } };
  }
}

/** Requests by GET. */
export function* pages(start) {
  const changes = "/stores/sideline/changes";
  for (const path of [
    "/orgs/large/members", "/orgs/large/members?hat=coach", "/orgs/large/members?status=invited",
    "/orgs/large/members?hat=admin", "/orgs/large/roles", `/users/${coach(0)}/workspaces`, "/invites/link-1",
    `${changes}?page_size=100`, `${changes}?page_size=100&type=platform`, `${changes}?page_size=100&type=none`,
    `${changes}?start_time=${start}`, `${changes}?start_time=${start}&type=none`, "/metrics", "/readyz", "/livez", "/stores",
    "/stores/sideline/authorization-models", "/", `/${"x".repeat(8000)}`,
  ]) yield { what: `GET ${path.slice(0, 80)}`, path };
}

/** Questions at the limits of their size. */
export function* questionLimits() {
  const star = key("nobody", "can_view", "athlete:star");
  const context = (count) => fields(count, (n) => [`k${n}`, n]);
  yield { what: "check, 45,000 context keys", path: "/check", body: { tuple_key: star, context: context(45_000) } };
  yield { what: "batch-check, 50 x 900 context keys", path: "/batch-check", body: { checks: numbered(50, (n) =>
    ({ correlation_id: `c${n}`, tuple_key: star, context: context(900) })) } };
  yield { what: "list-objects, 45,000 context keys", path: "/list-objects",
    body: { type: "note", relation: "can_read", user: "user:nobody", context: context(45_000) } };
  yield { what: "list-users, 45,000 context keys", path: "/list-users", body: { object: { type: "note", id: "note-0" },
    relation: "can_read", user_filters: [{ type: "user" }], context: context(45_000) } };
  const tuple = (n) => ({ user: `coaching:extra-${n}`, relation: "coaching", object: "athlete:star" });
  yield { what: "check, 100 contextual tuples", path: "/check",
    body: { tuple_key: star, contextual_tuples: { tuple_keys: numbered(100, tuple) } } };
  yield { what: "batch-check, 50 x 100 contextual tuples", path: "/batch-check", body: { checks: numbered(50, (n) =>
    ({ correlation_id: `c${n}`, tuple_key: star, contextual_tuples: { tuple_keys: numbered(100, tuple) } })) } };
  const long = "x".repeat(QUESTION - 400);
  const of = (part) => ({ tuple_key: { ...star, ...part } });
  yield { what: "check, a long user", path: "/check", body: of({ user: `user:${long}` }) };
  yield { what: "check, a long relation", path: "/check", body: of({ relation: long }) };
  yield { what: "check, a long object", path: "/check", body: of({ object: `athlete:${long}` }) };
  yield { what: "check, a long context value", path: "/check", body: { tuple_key: star, context: { a: long } } };
  const users = (id) => ({ object: { type: "note", id }, relation: "can_read", user_filters: [{ type: "user" }] });
  yield { what: "list-users, a long id", path: "/list-users", body: users(`${long}`) };
  yield { what: "list-users, a long id with a bad end", path: "/list-users", body: users(`${long}#`) };
  yield { what: "list-objects, a long user", path: "/list-objects",
    body: { type: "note", relation: "can_read", user: `user:${long}` } };
  yield { what: "read, a long user", path: "/stores/sideline/read", body: { tuple_key: { object: "note:", user: `user:${long}` } } };
  yield { what: "read, a user of colons", path: "/stores/sideline/read", body: { tuple_key: { object: "note:", user: ":".repeat(QUESTION - 400) } } };
  yield { what: "read, a long token", path: "/stores/sideline/read", body: { continuation_token: long } };
  yield { what: "a body of empty arrays", path: "/check", body: `[${"[],".repeat(205_000)}[]]` };
  yield { what: "a body of numbers", path: "/check", body: `{"context":[${"1,".repeat(300_000)}1]}` };
  yield { what: "a body of fields with spaces", path: "/check",
    body: `{"context":{${numbered(38_000, (n) => `"k${n}": "v"`).join(", ")}}}` };
  yield { what: "batch-check, 200,000 checks", path: "/batch-check", body: `{"checks":[${"{},".repeat(205_000)}{}]}` };
}
