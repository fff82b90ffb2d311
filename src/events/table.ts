// The table of events: every event, one line each, nothing else.
import type { EventDefinition } from "./event.ts";
import { memberAdded } from "./member-added.ts";
import { memberDeactivated } from "./member-deactivated.ts";
import { memberHatsChanged } from "./member-hats-changed.ts";
import { memberProfessionalAreaSet } from "./member-professional-area-set.ts";
import { memberReactivated } from "./member-reactivated.ts";
import { memberRoleAssigned } from "./member-role-assigned.ts";
import { orgCreated } from "./org-created.ts";
import {
  platformAdminGranted, platformAdminRevoked, platformSuperadminGranted, platformSuperadminRevoked,
} from "./platform-granted-revoked.ts";
import { roleCreated } from "./role-created.ts";
import { roleDeleted } from "./role-deleted.ts";
import { roleUpdated } from "./role-updated.ts";

// Each definition checks its own payload; here they stand side by side.
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
];

/** Every event by its type. */
export const EVENTS: ReadonlyMap<string, EventDefinition<unknown>> = new Map(TABLE.map((e) => [e.type, e]));
