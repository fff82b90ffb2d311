// Law: an actor's event is applied only if the actor has the right that is published for it.
import { ARTIFACT_RESOURCES, type ArtifactType } from "../../src/domain/artifacts.ts";
import type { Transition } from "./explorer.ts";
import { text, type Law } from "./law.ts";

/** The parts of a transition that a right is judged by: the actor's answers before the event, and its payload. */
interface Claim {
  /** The actor's answer. */
  readonly can: (relation: string, object: string) => boolean;
  readonly is: (field: string) => boolean;
  readonly has: (field: string) => boolean;
  /** `type:id` of the object that a field names. */
  readonly named: (type: string, field?: string) => string;
  readonly transition: Transition;
}

type Right = (claim: Claim) => boolean;

const onOrg = (relation: string): Right => ({ can, named }) => can(relation, named("org"));
const onHome = (relation: string): Right => ({ can, transition: { step } }) => can(relation, `org:${step.org}`);
const on = (type: string, relation: string, field?: string): Right => ({ can, named }) =>
  can(relation, named(type, field));
const both = (...rights: readonly Right[]): Right => (claim) => rights.every((right) => right(claim));
const either = (...rights: readonly Right[]): Right => (claim) => rights.some((right) => right(claim));
const actorIs = (field: string): Right => ({ is }) => is(field);
/** The right counts only if the event names the field. */
const ifNamed = (field: string, right: Right): Right => (claim) => !claim.has(field) || right(claim);
const notEnded: Right = ({ transition: { move } }) => move.data["ended"] !== true;

const MEMBERS = onOrg("org_members_manage");
const SUPERADMIN: Right = ({ can }) => can("superadmin", "platform:main");
const SELF = both(actorIs("user"), onOrg("member"));

const newArtifact: Right = ({ can, named, transition: { move: { data } } }) => {
  const resource = ARTIFACT_RESOURCES[text(data, "artifact").split(":")[0] as ArtifactType];
  if (resource === "drill_library") return can("library_contribute", named("org"));
  return can(`${resource}_${data["generated"] === true ? "generate" : "edit"}`, named("org"));
};

const onArtifact: Right = ({ can, transition: { move: { data } } }) => can("can_edit", text(data, "artifact"));

/** The activity's athlete, also after a deletion. */
const uploads: Right = ({ can, transition: { before: { facts }, move: { data } } }) =>
  facts.users(`home:activity/${text(data, "activity")}`, "athlete").some((of) => can("activities_upload", of));

/** The right of each event, as the contract of events publishes it. */
const RIGHTS: Readonly<Record<string, Right>> = {
  "platform.superadmin_granted": SUPERADMIN, "platform.superadmin_revoked": SUPERADMIN,
  "platform.admin_granted": SUPERADMIN, "platform.admin_revoked": SUPERADMIN,
  "org.created": either(SUPERADMIN, actorIs("owner")),
  "member.added": MEMBERS, "member.hats_changed": MEMBERS, "member.role_assigned": MEMBERS,
  "member.professional_area_set": either(MEMBERS, SELF), "member.deactivated": either(MEMBERS, SELF),
  "member.reactivated": (claim) => MEMBERS(claim)
    && (claim.transition.move.data["end_rows"] !== true || onOrg("athletes_assign_coaches")(claim)),
  "role.created": onOrg("org_roles_manage"), "role.updated": onOrg("org_roles_manage"),
  "role.deleted": onOrg("org_roles_manage"),
  "team.created": both(onOrg("teams_create"),
    ifNamed("head_coach", either(actorIs("head_coach"), onOrg("org_manage")))),
  "team.deleted": on("team", "can_manage"), "team.head_coach_changed": onHome("org_manage"),
  "team.athlete_added": both(on("team", "can_edit_membership"), on("athlete", "can_place")),
  "team.athlete_removed": on("team", "can_edit_membership"),
  "team.athlete_moved": both(on("team", "can_edit_membership", "from"), on("team", "can_edit_membership", "to"),
    on("athlete", "can_place")),
  "team_assignment.started": both(on("team", "can_assign_coaches"), notEnded),
  "team_assignment.role_changed": ({ can, named, transition: { before } }) =>
    before.facts.users(named("team_assignment", "assignment"), "team").some((team) => can("can_assign_coaches", team)),
  "team_assignment.ended": on("team_assignment", "can_end", "assignment"),
  "athlete.created": both(onOrg("athletes_create"), ifNamed("team", on("team", "can_edit_membership")),
    ifNamed("coach", either(actorIs("coach"), onOrg("athletes_assign_coaches"))), ifNamed("user", MEMBERS)),
  "athlete.deleted": onHome("athletes_delete"),
  "athlete.linked": onHome("org_members_manage"),
  "athlete.unlinked": (claim) => onHome("org_members_manage")(claim)
    && !(claim.transition.move.data["mistaken"] === true && claim.is("user")),
  "coaching.started": both(onHome("athletes_assign_coaches"), notEnded),
  "coaching.role_changed": onHome("athletes_assign_coaches"),
  "coaching.overrides_set": onHome("athletes_assign_coaches"), "coaching.ended": on("coaching", "can_end"),
  "note.created": both(on("athlete", "notes_write"), actorIs("author")),
  "note.visibility_changed": on("note", "can_flag"), "note.shared": on("note", "can_share"),
  "note.unshared": on("note", "can_share"), "note.deleted": on("note", "can_delete"),
  "activity.recorded": on("athlete", "activities_upload"), "activity.deleted": uploads,
  "activity.comment_added": both(on("activity", "can_comment"), actorIs("author")),
  "activity.comment_deleted": on("activity_comment", "can_delete", "comment"),
  "artifact.created": newArtifact, "artifact.finalized": onArtifact, "artifact.reopened": onArtifact,
  "artifact.deleted": onArtifact,
  "invite.created": onOrg("org_members_invite"), "invite.resent": onHome("org_members_invite"),
  "invite.revoked": onHome("org_members_invite"), "invite.redeemed": actorIs("user"),
};

/** The law of rights. The system needs none. */
export const RIGHT_LAW: Law = {
  name: "an actor's event is applied only with its published right", rules: "S6 S8 AC3 NP9",
  check: (transition) => {
    const { move: { type, data, actor, untrusted }, before } = transition;
    if (actor === undefined) return untrusted === true ? ["an untrusted caller acts as the system"] : [];
    const isRight = RIGHTS[type]?.({
      can: (relation, object) => before.can(actor, relation, object),
      is: (field) => data[field] === actor, has: (field) => data[field] !== undefined,
      named: (kind, field = kind) => `${kind}:${text(data, field)}`, transition,
    });
    return isRight === true ? [] : [`${actor} has no right to ${type}`];
  },
};
