// Generated: payloads of the events of team, team_assignment, athlete, coaching.
import type { AthleteKey } from "./key-names.ts";

/** Payloads by event, of team, team_assignment, athlete, coaching. */
export interface RosterEvents {
  /**
   * Creates a team. A head coach gets an assignment to it. An actor needs: `teams_create` on the org; for a head coach
   * other than the actor, `org_manage` on the org.
   */
  "team.created": {
    /** Id of the team. */
    readonly team: string;
    /** Id of the org. */
    readonly org: string;
    /** Id of the user who is the head coach. */
    readonly head_coach?: string | undefined;
    /** Id of the head coach's assignment; by default `<team>.<coach>`. */
    readonly assignment?: string | undefined;
  };
  /** Deletes a team and ends its assignments. An actor needs: `can_manage` on the team. */
  "team.deleted": {
    /** Id of the team. */
    readonly team: string;
  };
  /**
   * Gives a team another head coach and ends the assignment of the former one. An actor needs: `org_manage` on the
   * org.
   */
  "team.head_coach_changed": {
    /** Id of the team. */
    readonly team: string;
    /** Id of the new head coach; null for none. */
    readonly head_coach: string | null;
    /** Id of the head coach's assignment; by default `<team>.<coach>`. */
    readonly assignment?: string | undefined;
  };
  /** Puts an athlete on a team. An actor needs: `can_edit_membership` on the team, and `can_place` on the athlete. */
  "team.athlete_added": {
    /** Id of the team. */
    readonly team: string;
    /** Id of the athlete, which is a row of the org's roster. */
    readonly athlete: string;
  };
  /** Takes an athlete off a team. An actor needs: `can_edit_membership` on the team. */
  "team.athlete_removed": {
    /** Id of the team. */
    readonly team: string;
    /** Id of the athlete, which is a row of the org's roster. */
    readonly athlete: string;
  };
  /**
   * Moves an athlete from one team to another. An actor needs: `can_edit_membership` on both teams, and `can_place` on
   * the athlete.
   */
  "team.athlete_moved": {
    /** Id of the athlete, which is a row of the org's roster. */
    readonly athlete: string;
    /** Id of the team that the athlete leaves. */
    readonly from: string;
    /** Id of the team that the athlete joins. */
    readonly to: string;
  };
  /** Makes a coach an assistant on a team. An actor needs: `can_assign_coaches` on the team. */
  "team_assignment.started": {
    /** Id of the team assignment. */
    readonly assignment: string;
    /** Id of the team. */
    readonly team: string;
    /** Id of the user who coaches. */
    readonly coach: string;
    /** Id of the athlete-scope role; by default `assistant_coach`, where the org has none `specialist`. */
    readonly role?: string | undefined;
    /** Whether the row has ended already: the import of history. Default: `false`. */
    readonly ended?: boolean | undefined;
  };
  /** Gives an assistant another role on the team. An actor needs: `can_assign_coaches` on the team. */
  "team_assignment.role_changed": {
    /** Id of the team assignment. */
    readonly assignment: string;
    /** Id of the role, within the org. */
    readonly role: string;
  };
  /**
   * Ends an assignment for good. An actor needs: `can_end` on the assignment: its coach, or `can_assign_coaches` on
   * the team.
   */
  "team_assignment.ended": {
    /** Id of the team assignment. */
    readonly assignment: string;
  };
  /**
   * Adds an athlete to the roster of an org, with a coach, a team and an account if the event names them. An actor
   * needs: `athletes_create` on the org; for a team its `can_edit_membership`, for a coach other than the actor
   * `athletes_assign_coaches` on the org, for an account `org_members_manage` on the org.
   */
  "athlete.created": {
    /** Id of the athlete, which is a row of the org's roster. */
    readonly athlete: string;
    /** Id of the org. */
    readonly org: string;
    /** Id of the team. */
    readonly team?: string | undefined;
    /** Id of the athlete's own account. */
    readonly user?: string | undefined;
    /** Id of the first coach; by default the actor, if an active coach. */
    readonly coach?: string | undefined;
    /** Id of the coaching row; by default `<athlete>.<coach>`. */
    readonly coaching?: string | undefined;
  };
  /** Takes an athlete off the roster and ends all rows over them. An actor needs: `can_delete` on the athlete. */
  "athlete.deleted": {
    /** Id of the athlete, which is a row of the org's roster. */
    readonly athlete: string;
  };
  /** Links the athlete's own account. An actor needs: `org_members_manage` on the org. */
  "athlete.linked": {
    /** Id of the athlete, which is a row of the org's roster. */
    readonly athlete: string;
    /** Id of the user. */
    readonly user: string;
  };
  /** Ends the link of the athlete's account. An actor needs: `org_members_manage` on the org. */
  "athlete.unlinked": {
    /** Id of the athlete, which is a row of the org's roster. */
    readonly athlete: string;
    /** Id of the user. */
    readonly user: string;
    /** Whether the link was a mistake: then its mark is deleted too (S21). Default: `false`. */
    readonly mistaken?: boolean | undefined;
  };
  /** Makes a coach the coach of one athlete. An actor needs: `can_assign_coaches` on the athlete. */
  "coaching.started": {
    /** Id of the coaching row. */
    readonly coaching: string;
    /** Id of the athlete, which is a row of the org's roster. */
    readonly athlete: string;
    /** Id of the user who coaches. */
    readonly coach: string;
    /** Id of the team that the row is held for. */
    readonly team?: string | undefined;
    /** Id of the athlete-scope role; by default `head_coach`. Default: `"head_coach"`. */
    readonly role?: string | undefined;
    /** Whether the row has ended already: the import of history. Default: `false`. */
    readonly ended?: boolean | undefined;
  };
  /** Gives a coaching row another role. Its overrides stay. An actor needs: `can_assign_coaches` on the athlete. */
  "coaching.role_changed": {
    /** Id of the coaching row. */
    readonly coaching: string;
    /** Id of the role, within the org. */
    readonly role: string;
  };
  /** Replaces the overrides of a coaching row. An actor needs: `can_assign_coaches` on the athlete. */
  "coaching.overrides_set": {
    /** Id of the coaching row. */
    readonly coaching: string;
    /** The whole map of overridden athlete keys: `true` gives the key on this row, `false` takes it. */
    readonly overrides: { readonly [Key in AthleteKey]?: boolean };
  };
  /**
   * Ends a coaching row for good. An actor needs: `can_end` on the row: its coach, the athlete's account, or
   * `can_assign_coaches` on the athlete.
   */
  "coaching.ended": {
    /** Id of the coaching row. */
    readonly coaching: string;
  };
}
