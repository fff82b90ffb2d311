// Invariants of notes, activities, artifacts, invites and claimed ids.
import { ARTIFACT_RESOURCES } from "../../src/domain/artifacts.ts";
import { MAX_ID_LENGTH } from "../../src/domain/event-limits.ts";
import { plainModel } from "../mutation/plain-model.ts";
import { MODEL } from "../world/policy.ts";
import type { Facts } from "./facts.ts";
import { invariant, type Invariant } from "./invariant.ts";
import { scopeOf } from "./member-invariants.ts";

const one = (object: string, ...relations: readonly string[]): string[] =>
  relations.map((relation) => `${object}#${relation}@X, ${object}#${relation}@Y -> X = Y`);

const ARTIFACTS = Object.keys(ARTIFACT_RESOURCES);
const NOTE = "events/note-created.ts";
const INVITE_TERMS = "events/guards/invite-terms.ts";
const PUT_INVITE = "domain/invites.ts#putInvite";

const textOf = (facts: Facts, invite: string, relation: string): string | undefined =>
  facts.users(invite, relation)[0]?.slice("value:".length);

/** The invitations that can be redeemed: neither closed nor past their expiry. */
function openInvites(facts: Facts): string[] {
  return facts.at("invitation#org").map(({ object }) => object).filter((invitation) => {
    const expires = textOf(facts, invitation, "expires_at");
    const invite = invitation.replace("invitation:", "invite:");
    const isOpen = ["open", "reopened"].some((relation) => facts.has(invite, relation, "user:*"));
    return isOpen && (expires === undefined || facts.now < Number(expires));
  });
}

/** The condition of an open invite holds a timestamp, whose year has four digits. */
function strangeExpiries(facts: Facts): string[] {
  return facts.at("invitation#expires_at").filter(({ user }) => {
    const year = new Date(Number(user.slice("value:".length))).getUTCFullYear();
    return !(year >= 1 && year <= 9999);
  }).map(({ object, user }) => `${object} ${user}`);
}

/** IN4 PR5: an invite is open exactly while it is neither revoked, nor accepted, nor used up. */
function openness(facts: Facts): string[] {
  return facts.at("invitation#org").flatMap(({ object }) => {
    const invite = object.replace("invitation:", "invite:");
    const ways = ["open", "reopened"].filter((relation) => facts.has(invite, relation, "user:*")).length;
    const [uses, most] = [Number(textOf(facts, object, "uses") ?? 0), textOf(facts, object, "max_uses")];
    const isClosed = facts.users(object, "revoked").length + facts.users(object, "accepted_by").length > 0
      || (most !== undefined && uses >= Number(most));
    const isOver = most !== undefined && uses > Number(most);
    return ways === (isClosed ? 0 : 1) && !isOver ? [] : [`${object} open ${ways}, closed ${isClosed}, uses ${uses}`];
  });
}

/** PR10: an open invite reserves a row that has no account, and no other open invite reserves it. */
function reservations(facts: Facts): string[] {
  const seen = new Map<string, string>();
  return openInvites(facts).flatMap((invitation) => {
    const [athlete] = facts.users(invitation, "athlete");
    if (athlete === undefined || Number(textOf(facts, invitation, "uses") ?? 0) > 0) return [];
    const other = seen.get(athlete);
    seen.set(athlete, invitation);
    const linked = facts.users(athlete, "link");
    return [...other === undefined ? [] : [`${athlete} by ${other} and ${invitation}`],
      ...linked.map((user) => `${athlete} of ${user} by ${invitation}`)];
  });
}

/** PM5 S15: the roles that an open invite names exist and fit their places; no invite gives a head coach's role. */
function inviteRoles(facts: Facts): string[] {
  return openInvites(facts).flatMap((invitation) => ([["role", "org"], ["assignment_role", "athlete"]] as const)
    .flatMap(([relation, scope]) => facts.users(invitation, relation).filter((role) => {
      const [org = "", id = ""] = role.slice("role:".length).split("/");
      return scopeOf(facts, org, id) !== scope || (scope === "athlete" && id === "head_coach");
    }).map((role) => `${invitation} ${relation} ${role}`)));
}

/** The ids of existing objects are taken, so that nobody makes another object of the same name. */
const CLAIMED = ["org#platform", "team#org", "athlete#org", "coaching#coach", "team_assignment#coach", "note#org",
  "activity#org", "activity_comment#org", "invite#org", ...ARTIFACTS.map((type) => `${type}#org`)];

const invites: readonly Invariant[] = [
  invariant("invite-has-one-of-each", "IN4 PR5", one("invitation:I", "org", "hat", "team", "role", "assignment_role",
    "athlete", "email", "expires_at", "max_uses", "uses", "invited_by", "accepted_by"), [PUT_INVITE]),
  invariant("invite-has-one-end", "IN4 PR5", ["invitation:I#revoked@X, invitation:I#accepted_by@U -> false"],
    [`${INVITE_TERMS}#spentFault`]),
  invariant("invite-names-its-own-org", "PR11 S8", [
    "invite:I#org@org:O -> invitation:I#org@org:O", "invitation:I#org@org:O -> invite:I#org@org:O",
    "invitation:I#team@team:T, invitation:I#org@org:O -> home:team/T#org@org:O",
    "invitation:I#athlete@athlete:A, invitation:I#org@org:O -> home:athlete/A#org@org:O",
    "invitation:I#role@role:P/R, invitation:I#org@org:O -> O = P",
    "invitation:I#assignment_role@role:P/R, invitation:I#org@org:O -> O = P",
  ], [`${INVITE_TERMS}#namesFault`]),
  { name: "invite-expiry-is-a-timestamp", rules: "IN4 PR5", says: ["an invite expires in the years 1 to 9999"],
    keptBy: [`${INVITE_TERMS}#expiryFault`], find: strangeExpiries },
  { name: "invite-is-open-until-closed", rules: "IN4 PR5 S9",
    says: ["an invite is open exactly while it is neither revoked nor accepted nor used up"],
    keptBy: ["domain/invites.ts#spend", "domain/invites.ts#revoke", `${INVITE_TERMS}#spentFault`], find: openness },
  { name: "reserved-row-is-free", rules: "PR10",
    says: ["a row that an open invite reserves has no account, and one open invite at most reserves it"],
    keptBy: [`${INVITE_TERMS}#reservationFault`], find: reservations },
  { name: "invite-roles-exist", rules: "PM5 S15",
    says: ["the roles that an open invite names exist, fit their places, and are not a head coach's"],
    keptBy: [`${INVITE_TERMS}#scopesFault`, "events/role-deleted.ts#isNamedByInvite"], find: inviteRoles },
];

/** One record for each source, id and org: the fourth fact of a record is its org. */
function records(facts: Facts): string[] {
  const seen = new Set<string>();
  return facts.at("event#applied").flatMap(({ object, user }) => {
    const record = `${object} ${user.split("|>")[3] ?? ""}`;
    const isSecond = seen.has(record);
    seen.add(record);
    return isSecond ? [record] : [];
  });
}

/** Every tuple has a form that the model accepts. */
function misfits(facts: Facts): string[] {
  return [...facts.places].flatMap((place) => {
    const forms = RESTRICTIONS.get(place);
    return facts.at(place).filter(({ form, userIds }) => !forms?.has(userIds[0] === "*" ? `${form}:*` : form))
      .map(({ object, user }) => `${object} ${place} ${user}`);
  });
}

const RESTRICTIONS = new Map([...plainModel(MODEL.json)].map(([place, { restrictions }]) =>
  [place, new Set(restrictions.map((form) => form.split(" ")[0]!))]));

export const CONTENT_INVARIANTS: readonly Invariant[] = [
  { name: "tuple-fits-the-model", rules: "S9", says: ["every tuple has a form that the model accepts"],
    keptBy: ["events/guards/role-keys.ts#keysFault", "events/note-created.ts#ROW_TYPES"], find: misfits },
  invariant("note-has-one-of-each", "NP1 NP8", [...one("note:N", "org", "athlete", "author", "under", "seat"),
    "note:N#org@O -> note:N#athlete@A, note:N#author@U", "note:N#author@U -> note:N#org@O",
    "note:N#visible_to@A -> note:N#org@O", "note:N#shared_with@U -> note:N#org@O",
    "note:N#under@R -> note:N#org@O", "note:N#seat@S -> note:N#org@O",
  ], ["events/note-created.ts#idTaken", "domain/notes.ts#dropNote"]),
  invariant("note-and-athlete-same-org", "PR11 S8",
    ["note:N#athlete@athlete:A, note:N#org@org:O -> home:athlete/A#org@org:O"], [`${NOTE}#orgOf`]),
  invariant("note-and-row-same-org", "PR11 S8 NP8", [
    "note:N#under@coaching:C, note:N#org@org:O -> home:coaching/C#org@org:O",
    "note:N#under@team_assignment:S, note:N#org@org:O -> home:team_assignment/S#org@org:O",
  ], [`${NOTE}#rowOf`]),
  invariant("note-is-under-its-authors-row", "NP8", [
    "note:N#under@coaching:C, note:N#author@user:U -> coaching:C#coach@user:U",
    "note:N#under@team_assignment:S, note:N#author@user:U -> team_assignment:S#coach@user:U",
  ], [`${NOTE}#ownFault`]),
  invariant("note-under-a-coaching-row-is-about-its-athlete", "NP5 NP8",
    ["note:N#under@coaching:C, note:N#athlete@athlete:A -> coaching:C#athlete@athlete:A"],
    [`${NOTE}#reachFault`, `${NOTE}#historyFault`]),
  invariant("note-seat-is-of-its-athlete-and-team", "NP6", [
    "note:N#seat@seat:T/A, note:N#athlete@athlete:B -> A = B", "note:N#seat@S -> note:N#under@R",
    "note:N#under@team_assignment:S, note:N#seat@seat:T/A -> team_assignment:S#team@team:T",
    "note:N#under@coaching:C, note:N#seat@seat:T/A -> coaching:C#team@team:T",
    "note:N#under@team_assignment:S -> note:N#seat@X", "note:N#under@coaching:C, coaching:C#team@T -> note:N#seat@X",
  ], ["domain/notes.ts#putNote"]),
  invariant("note-flag-names-its-athlete", "NP3 NP4",
    ["note:N#visible_to@athlete:B, note:N#athlete@athlete:A -> A = B"], ["domain/notes.ts#putFlag"]),
  invariant("note-is-shared-with-members", "NP9",
    ["note:N#shared_with@user:U, note:N#org@org:O -> membership:O/U#org@org:O"],
    ["events/note-shared-unshared.ts#memberOf"]),
  invariant("activity-has-one-org-and-athlete", "NP10 S8", [...one("activity:X", "org", "athlete"),
    "activity:X#org@org:O -> home:activity/X#org@org:O",
    "activity:X#org@org:O, activity:X#athlete@athlete:A -> home:athlete/A#org@org:O",
  ], ["events/activity-recorded.ts#idTaken"]),
  invariant("comment-is-on-one-activity-of-its-org", "NP10 S8", [...one("activity_comment:K", "org", "activity",
    "author"), "activity_comment:K#org@org:O, activity_comment:K#activity@activity:X -> home:activity/X#org@org:O",
  ], ["events/activity-comment-added.ts#idTaken", "domain/activities.ts#putComment"]),
  invariant("artifact-has-one-org", "PR2 S8", ARTIFACTS.flatMap((type) => [
    ...one(`${type}:Z`, "org", "athlete", "creator"),
    `${type}:Z#athlete@athlete:A, ${type}:Z#org@org:O -> home:athlete/A#org@org:O`,
    `${type}:Z#finalized_in@org:O, ${type}:Z#org@org:P -> O = P`, `${type}:Z#finalized_in@O -> ${type}:Z#org@P`,
  ]), ["events/artifact-created.ts#idTaken", "events/artifact-created.ts#athleteFault"]),
  invariant("existing-id-is-claimed", "S17", CLAIMED.map((place) => {
    const [type, relation] = place.split("#");
    return `${type}:X#${relation}@Y -> claim:${type}/X#taken@Z`;
  }), ["events/ids.ts#claimId", "events/ids.ts#claimForGood"]),
  ...invites,
  { name: "id-is-short-enough", rules: "S17", says: ["an id has at most 128 characters, so that names fit OpenFGA"],
    keptBy: ["events/guards/row-ids.ts#defaultId", "events/event.ts#idUpTo"],
    find: (facts) => facts.at("claim#taken").filter(({ ids }) => ids.at(-1)!.length > MAX_ID_LENGTH)
      .map(({ object }) => object) },
  { name: "event-is-recorded-once-in-an-org", rules: "S13",
    says: ["a source and id have one record in an org"], keptBy: ["events/decide-event.ts#redelivery"], find: records },
];
