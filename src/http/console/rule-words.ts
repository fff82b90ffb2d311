// Each rule of docs/rules.md in one short sentence, shown next to its number.

/** The rules by number. */
export const RULE_WORDS: Readonly<Record<string, string>> = {
  AC1: "By a team assignment an assistant reaches every athlete on the team, and no other athlete (but see S10).",
  AC2: "On the athletes of the team an assistant has the keys of the role of their assignment.",
  AC3: "An assistant's assignment gives no right to add athletes or to manage teams, team places, assistants, "
    + "premium or billing.",
  AC3a: "By a team assignment, premium.grant takes effect for the head coach of that team alone.",
  AC4: "An assistant may be on many teams; their roster is the union of the teams.",
  AC5: "When an assignment ends, access to that team's athletes ends at once, unless another active relationship "
    + "gives it.",
  AC6: "After an assignment ends, only the author and admins read the notes written under it (but see S1 and NP9).",
  NP1: "The author always reads their own note (but see S3).",
  NP2: "Members with the org's admin hat, platform admins and superadmins read every note; this gives no more than "
    + "reading.",
  NP3: "The athlete's linked account reads a note exactly while it is flagged visible.",
  NP4: "The flag works the same whichever coach wrote the note, and whatever happened to their relationship.",
  NP5: "Another coach with an active coaching row over the athlete reads a note while the relationship under which "
    + "it was written is active.",
  NP6: "A coach of the team reads the team's notes while the athlete is on it and both relationships are active.",
  NP7: "Nobody but the readers of NP1 to NP6 and NP9 reads a note.",
  NP8: "A note does not pass to the next coach: a relationship that ended never starts again.",
  NP9: "The author alone edits, flags, deletes and shares a note; a share counts while its member is active and on "
    + "the staff.",
  NP10: "Whoever sees an activity sees its comments and may comment.",
  IN1: "One account may wear many hats, in many orgs and teams.",
  IN2: "The hats admin, coach and athlete each open their own pages and no other.",
  IN3: "A user lands on the pages of their highest hat: admin, then coach, then athlete.",
  IN4: "An invite link fixes the hat, the team (optional for an admin), and optionally an expiry and a number of uses.",
  IN5: "An invite can be redeemed while it is active, unexpired and has uses left.",
  IN6: "Redeeming for a hat that the user already wears joins the team and no more; for the admin hat it is refused.",
  IN7: "A professional area describes a member and grants nothing.",
  IN8: "Only admins manage invites, teams, staff, athletes and billing; the org keys say which admin may do what.",
  PR1: "Each program resource has a level for each role; a level includes the ones below it.",
  PR2: "Admin, Coach and Player of a program start with set levels.",
  PR3: "A coach never manages users or settings; a player never sees drafts, scouting reports, weekly reports or "
    + "another player's development data.",
  PR4: "The people list shows members and open invitations, each with its status and its inviter.",
  PR5: "An email invitation lasts 14 days unless its maker sets another end, and is accepted once, by an account "
    + "with its address.",
  PR6: "Each failed acceptance has its own error.",
  PR7: "In a program a player's role does not change, and no change of role and no invitation makes a member a player.",
  PR8: "Deactivating removes all access in the org and keeps the history; reactivating restores hats, role "
    + "and rows, but no link to a roster row.",
  PR9: "The only admin cannot be demoted or deactivated.",
  PR10: "A roster row has at most one user, and a user at most one roster row in an org.",
  PR11: "What one org grants has no effect in another.",
  PM1: "A role is a set of keys and has one scope, org or athlete.",
  PM2: "Each org starts with its seeded roles; Owner has every key and is locked.",
  PM3: "Admin has every key but org.billing.manage; the org role Coach has none.",
  PM4: "Head Coach, Assistant Coach, Specialist, Viewer and Front Desk start with set keys.",
  PM5: "Custom roles can be edited and deleted, system roles edited (Owner cannot); an edit takes effect at once for "
    + "every holder.",
  PM6: "On a coaching row an override decides a key, else the row's role, else it is refused; rows add up.",
  PM7: "Superadmins pass every permission, but not the relations that say who somebody is; a note they can only read.",
  PM8: "An athlete's own account has every read key on the athlete, submits wellness and uploads activities.",
  PM9: "A member whose org role has athletes.assign_coaches passes every athlete key in the org.",
  PM10: "Without athletes.assign_coaches a coach sees only the athletes of their own active relationships (but see "
    + "S10).",
  PM11: "A coach who creates an athlete is assigned to them at once, as Head Coach.",
  PM12: "The drill and spot libraries are open to every active coach, office and admin member.",
  S1: "The athlete keeps reading a flagged note after the relationship ended.",
  S2: "An assistant's note is not visible to the athlete by itself; the flag decides.",
  S3: "A deactivated author is locked out of their own notes as well, until reactivated.",
  S4: "Org keys take effect under the admin or office hat only, the levels of users and settings under the admin hat "
    + "only, but for View of settings (office as well).",
  S5: "To a member whose only hat is athlete, an org role gives View on finalized practice plans, finalized game "
    + "briefs and the playbook, and nothing else.",
  S6: "Nobody adds to an org role, or gives by one, a key or level that they do not hold across the org.",
  S7: "A coach who is deactivated or lost the coach hat coaches nobody until that is restored.",
  S8: "Everything an event names must be in the event's org.",
  S9: "An unknown user is a plain stranger; only an open invite can be redeemed by anybody.",
  S10: "In a program the Coach role sees the whole roster and may add players; a key on an athlete still needs a row.",
  S11: "Billing is the Owner's, or a custom role's that the Owner gave it to.",
  S12: "The only org keys of an athlete role are athletes.create and teams.create: they count on active coaching "
    + "rows and for head coaches.",
  S13: "An actor's event happens at the server's clock, whatever its time says.",
  S14: "Putting an existing athlete on a team takes a right over the team and one over the athlete.",
  S15: "A team has one head coach at most.",
  S16: "Several active rows of one coach over one athlete or team add up.",
  S17: "Deleting an athlete or a team ends every row over it and revokes its open invites; notes stay.",
  S18: "Redeeming an invite only adds.",
  S19: "An invite gives nothing that its maker could not give by events of their own.",
  S20: "The id of an open invite is a secret.",
  S21: "An account that is or was linked to the athlete reads an unflagged note neither as a coach nor by a share.",
  S22: "A removed member can come back with less.",
};
