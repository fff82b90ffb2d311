// Generated: payloads of the events of note, activity, artifact, invite.
import type { ArtifactName, FinalizableName } from "./key-names.ts";

/** Payloads by event, of note, activity, artifact, invite. */
export interface ContentEvents {
  /** Records a private note about an athlete. An actor needs: the author, with `notes_write` on the athlete. */
  "note.created": {
    /** Id of the note. */
    readonly note: string;
    /** Id of the athlete, which is a row of the org's roster. */
    readonly athlete: string;
    /** Id of the user who writes it. */
    readonly author: string;
    /** The relationship the note is written under, as `coaching:id` or `team_assignment:id`. */
    readonly under?: `coaching:${string}` | `team_assignment:${string}` | undefined;
    /** Whether the athlete's account may read the note. Default: `false`. */
    readonly visible_to_athlete?: boolean | undefined;
  };
  /** Sets or clears the flag that lets the athlete read a note. An actor needs: `can_flag` on the note. */
  "note.visibility_changed": {
    /** Id of the note. */
    readonly note: string;
    /** Whether the athlete's account may read the note. */
    readonly visible_to_athlete: boolean;
  };
  /** Shares a note with a member of the org. An actor needs: `can_share` on the note. */
  "note.shared": {
    /** Id of the note. */
    readonly note: string;
    /** Id of the user. */
    readonly user: string;
  };
  /** Ends a share of a note. An actor needs: `can_share` on the note. */
  "note.unshared": {
    /** Id of the note. */
    readonly note: string;
    /** Id of the user. */
    readonly user: string;
  };
  /** Deletes a note. An actor needs: `can_delete` on the note. */
  "note.deleted": {
    /** Id of the note. */
    readonly note: string;
  };
  /** Records an activity of an athlete. An actor needs: `activities_upload` on the athlete. */
  "activity.recorded": {
    /** Id of the activity. */
    readonly activity: string;
    /** Id of the athlete, which is a row of the org's roster. */
    readonly athlete: string;
  };
  /** Deletes an activity and its comments. An actor needs: `activities_upload` on its athlete. */
  "activity.deleted": {
    /** Id of the activity. */
    readonly activity: string;
  };
  /** Adds a comment to an activity. An actor needs: the author, with `can_comment` on the activity. */
  "activity.comment_added": {
    /** Id of the comment. */
    readonly comment: string;
    /** Id of the activity. */
    readonly activity: string;
    /** Id of the user who writes it. */
    readonly author: string;
  };
  /** Deletes a comment. An actor needs: its author, the org's admin hat, or a platform superadmin. */
  "activity.comment_deleted": {
    /** Id of the comment. */
    readonly comment: string;
  };
  /**
   * Creates a program artifact or a library entry. An actor needs: the `edit` level of its resource, `generate` if it
   * was generated; for a drill or a spot, `library_contribute`.
   */
  "artifact.created": {
    /** The artifact as `type:id`, such as `drill:d1`. */
    readonly artifact: ArtifactName;
    /** Id of the org. */
    readonly org: string;
    /** Id of the athlete it is about: for development plans, dev cards and player profiles. */
    readonly athlete?: string | undefined;
    /** Whether the artifact was generated, which asks for the level `generate`. Default: `false`. */
    readonly generated?: boolean | undefined;
    /** Id of the user who made the entry; by default the actor. */
    readonly creator?: string | undefined;
  };
  /** Finalizes a practice plan or game brief: players see it. An actor needs: `can_edit` on the artifact. */
  "artifact.finalized": {
    /** The artifact as `type:id`, such as `drill:d1`. */
    readonly artifact: FinalizableName;
  };
  /** Makes a finalized artifact a draft again. An actor needs: `can_edit` on the artifact. */
  "artifact.reopened": {
    /** The artifact as `type:id`, such as `drill:d1`. */
    readonly artifact: FinalizableName;
  };
  /** Deletes an artifact. An actor needs: `can_edit` on the artifact. */
  "artifact.deleted": {
    /** The artifact as `type:id`, such as `drill:d1`. */
    readonly artifact: ArtifactName;
  };
  /**
   * Creates a link, or with `email` an invitation for one person. An actor needs: `org_members_invite` on the org, and
   * every right that the invite gives (S14, S19).
   */
  "invite.created": {
    /** Id of the invite. Whoever knows the id of an open invite can redeem it. */
    readonly invite: string;
    /** Id of the org. */
    readonly org: string;
    /** The hat that the invite gives. Default: `"coach"`. */
    readonly hat?: "admin" | "coach" | "office" | "athlete" | undefined;
    /** Id of the team; a link for a coach or an athlete needs one. */
    readonly team?: string | undefined;
    /** Id of the org role that redeeming gives. */
    readonly role?: string | undefined;
    /** Role of the team assignment that redeeming starts. */
    readonly assignment_role?: string | undefined;
    /** Email address. Only a keyed hash of it is kept. */
    readonly email?: string | undefined;
    /** Id of the roster row that the invite reserves. */
    readonly athlete?: string | undefined;
    /** When the invite expires, in RFC 3339. */
    readonly expires_at?: string | undefined;
    /** How often the link can be redeemed; without it, without end. */
    readonly max_uses?: number | undefined;
    /** Professional area, a text for the app; it grants nothing. */
    readonly professional_area?: string | undefined;
  };
  /**
   * Makes the actor the maker of an invite, and gives an invitation 14 new days. An actor needs: `org_members_invite`
   * on the org, and every right that the invite gives (S14, S19).
   */
  "invite.resent": {
    /** Id of the invite. Whoever knows the id of an open invite can redeem it. */
    readonly invite: string;
  };
  /** Revokes an invite. An actor needs: `org_members_invite` on the org. */
  "invite.revoked": {
    /** Id of the invite. Whoever knows the id of an open invite can redeem it. */
    readonly invite: string;
  };
  /** Gives a user what an invite gives. It takes nothing away (S18). An actor needs: the user. */
  "invite.redeemed": {
    /** Id of the invite. Whoever knows the id of an open invite can redeem it. */
    readonly invite: string;
    /** Id of the user. */
    readonly user: string;
    /** Address of the redeemer: an invitation asks for its own. */
    readonly email?: string | undefined;
    /** Id of the assignment that redeeming starts; by default `<team>.<user>`. */
    readonly assignment?: string | undefined;
    /** Id of the roster row; by default `<org>.<user>`. */
    readonly athlete?: string | undefined;
  };
}
