// Generated: payloads of the events of platform, org, member, role.
import type { PermissionKey } from "./key-names.ts";

/** Payloads by event, of platform, org, member, role. */
export interface OrgEvents {
  /**
   * Makes a user a platform superadmin, who passes every permission of every org. An actor needs: a platform
   * superadmin.
   */
  "platform.superadmin_granted": {
    /** Id of the user. */
    readonly user: string;
  };
  /** Takes the platform superadmin right from a user. An actor needs: a platform superadmin. */
  "platform.superadmin_revoked": {
    /** Id of the user. */
    readonly user: string;
  };
  /**
   * Makes a user a platform admin, who reads notes and activities for support. An actor needs: a platform superadmin.
   */
  "platform.admin_granted": {
    /** Id of the user. */
    readonly user: string;
  };
  /** Takes the platform admin right from a user. An actor needs: a platform superadmin. */
  "platform.admin_revoked": {
    /** Id of the user. */
    readonly user: string;
  };
  /**
   * Creates an org with its seeded roles. Its owner becomes a member with the hats admin and coach and the role owner.
   * An actor needs: the owner, or a platform superadmin.
   */
  "org.created": {
    /** Id of the org. */
    readonly org: string;
    /** Kind of the org; it decides which roles the org starts with. */
    readonly kind: "instructor" | "pro_coach" | "club" | "program";
    /** Id of the user who owns the org. */
    readonly owner: string;
  };
  /** Makes a user a member of an org. An actor needs: `org_members_manage` on the org. */
  "member.added": {
    /** Id of the org. */
    readonly org: string;
    /** Id of the user. */
    readonly user: string;
    /** All the hats that the member wears. Default: `["coach"]`. */
    readonly hats?: readonly ("admin" | "coach" | "office" | "athlete")[] | undefined;
    /** Id of the org role; by default that of the highest hat. */
    readonly role?: string | undefined;
    /** Professional area, a text for the app; it grants nothing. */
    readonly professional_area?: string | undefined;
  };
  /** Replaces the hats of a member. An actor needs: `org_members_manage` on the org. */
  "member.hats_changed": {
    /** Id of the org. */
    readonly org: string;
    /** Id of the user. */
    readonly user: string;
    /** All the hats that the member wears. */
    readonly hats: readonly ("admin" | "coach" | "office" | "athlete")[];
    /** Id of the new org role. Without it, a default role follows the hats and any other role stays. */
    readonly role?: string | undefined;
  };
  /** Gives a member an org role in place of the one they hold. An actor needs: `org_members_manage` on the org. */
  "member.role_assigned": {
    /** Id of the org. */
    readonly org: string;
    /** Id of the user. */
    readonly user: string;
    /** Id of the role, within the org. */
    readonly role: string;
  };
  /**
   * Sets or clears the professional area of a member. An actor needs: the member, or `org_members_manage` on the org.
   */
  "member.professional_area_set": {
    /** Id of the org. */
    readonly org: string;
    /** Id of the user. */
    readonly user: string;
    /** Professional area, a text for the app; null clears it. */
    readonly professional_area: string | null;
  };
  /**
   * Ends the access of a member: nothing they hold in the org counts until they are back. An actor needs: the member,
   * or `org_members_manage` on the org.
   */
  "member.deactivated": {
    /** Id of the org. */
    readonly org: string;
    /** Id of the user. */
    readonly user: string;
  };
  /**
   * Brings a deactivated member back, with fewer hats, another role or without rows if the event says so. An actor
   * needs: `org_members_manage` on the org.
   */
  "member.reactivated": {
    /** Id of the org. */
    readonly org: string;
    /** Id of the user. */
    readonly user: string;
    /** The hats that the member comes back with; by default those they had. */
    readonly hats?: readonly ("admin" | "coach" | "office" | "athlete")[] | undefined;
    /** Id of the org role that the member comes back with. */
    readonly role?: string | undefined;
    /** Whether the member's active rows and assignments end before they come back. Default: `false`. */
    readonly end_rows?: boolean | undefined;
  };
  /** Creates a custom role. An actor needs: `org_roles_manage` on the org. */
  "role.created": {
    /** Id of the org. */
    readonly org: string;
    /** Id of the role, within the org. */
    readonly role: string;
    /** Whether members hold the role (`org`) or rows do (`athlete`). */
    readonly scope: "org" | "athlete";
    /** The whole set of keys and levels of the role. */
    readonly keys: readonly PermissionKey[];
  };
  /** Replaces the keys of a role. An actor needs: `org_roles_manage` on the org. */
  "role.updated": {
    /** Id of the org. */
    readonly org: string;
    /** Id of the role, within the org. */
    readonly role: string;
    /** The whole set of keys and levels of the role. */
    readonly keys: readonly PermissionKey[];
  };
  /** Deletes a custom role that nobody holds. An actor needs: `org_roles_manage` on the org. */
  "role.deleted": {
    /** Id of the org. */
    readonly org: string;
    /** Id of the role, within the org. */
    readonly role: string;
  };
}
