// The table of events: every event, one line each, nothing else.
import { activityCommentAdded } from "./activity-comment-added.ts";
import { activityCommentDeleted } from "./activity-comment-deleted.ts";
import { activityDeleted } from "./activity-deleted.ts";
import { activityRecorded } from "./activity-recorded.ts";
import { artifactCreated } from "./artifact-created.ts";
import { artifactDeleted } from "./artifact-deleted.ts";
import { artifactFinalized, artifactReopened } from "./artifact-finalized-reopened.ts";
import { athleteCreated } from "./athlete-created.ts";
import { athleteDeleted } from "./athlete-deleted.ts";
import { athleteLinked } from "./athlete-linked.ts";
import { athleteUnlinked } from "./athlete-unlinked.ts";
import { coachingEnded } from "./coaching-ended.ts";
import { coachingOverridesSet } from "./coaching-overrides-set.ts";
import { coachingRoleChanged } from "./coaching-role-changed.ts";
import { coachingStarted } from "./coaching-started.ts";
import type { EventDefinition } from "./event.ts";
import { inviteCreated } from "./invite-created.ts";
import { inviteRedeemed } from "./invite-redeemed.ts";
import { inviteResent } from "./invite-resent.ts";
import { inviteRevoked } from "./invite-revoked.ts";
import { memberAdded } from "./member-added.ts";
import { memberDeactivated } from "./member-deactivated.ts";
import { memberHatsChanged } from "./member-hats-changed.ts";
import { memberProfessionalAreaSet } from "./member-professional-area-set.ts";
import { memberReactivated } from "./member-reactivated.ts";
import { memberRoleAssigned } from "./member-role-assigned.ts";
import { noteCreated } from "./note-created.ts";
import { noteDeleted } from "./note-deleted.ts";
import { noteShared, noteUnshared } from "./note-shared-unshared.ts";
import { noteVisibilityChanged } from "./note-visibility-changed.ts";
import { orgCreated } from "./org-created.ts";
import {
  platformAdminGranted, platformAdminRevoked, platformSuperadminGranted, platformSuperadminRevoked,
} from "./platform-granted-revoked.ts";
import { roleCreated } from "./role-created.ts";
import { roleDeleted } from "./role-deleted.ts";
import { roleUpdated } from "./role-updated.ts";
import { teamAssignmentEnded } from "./team-assignment-ended.ts";
import { teamAssignmentRoleChanged } from "./team-assignment-role-changed.ts";
import { teamAssignmentStarted } from "./team-assignment-started.ts";
import { teamAthleteAdded } from "./team-athlete-added.ts";
import { teamAthleteMoved } from "./team-athlete-moved.ts";
import { teamAthleteRemoved } from "./team-athlete-removed.ts";
import { teamCreated } from "./team-created.ts";
import { teamDeleted } from "./team-deleted.ts";
import { teamHeadCoachChanged } from "./team-head-coach-changed.ts";

// Each definition validates its own payload, so the list has no common payload type.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const TABLE: readonly EventDefinition<any>[] = [
  platformSuperadminGranted,
  platformSuperadminRevoked,
  platformAdminGranted,
  platformAdminRevoked,
  orgCreated,
  memberAdded,
  memberHatsChanged,
  memberRoleAssigned,
  memberProfessionalAreaSet,
  memberDeactivated,
  memberReactivated,
  roleCreated,
  roleUpdated,
  roleDeleted,
  teamCreated,
  teamDeleted,
  teamHeadCoachChanged,
  teamAthleteAdded,
  teamAthleteRemoved,
  teamAthleteMoved,
  teamAssignmentStarted,
  teamAssignmentRoleChanged,
  teamAssignmentEnded,
  athleteCreated,
  athleteDeleted,
  athleteLinked,
  athleteUnlinked,
  coachingStarted,
  coachingRoleChanged,
  coachingOverridesSet,
  coachingEnded,
  noteCreated,
  noteVisibilityChanged,
  noteShared,
  noteUnshared,
  noteDeleted,
  activityRecorded,
  activityDeleted,
  activityCommentAdded,
  activityCommentDeleted,
  artifactCreated,
  artifactFinalized,
  artifactReopened,
  artifactDeleted,
  inviteCreated,
  inviteResent,
  inviteRevoked,
  inviteRedeemed,
];

/** All events by type. */
export const EVENTS: ReadonlyMap<string, EventDefinition<unknown>> = new Map(TABLE.map((e) => [e.type, e]));
