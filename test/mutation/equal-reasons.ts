// Why edits that change no answer are no redundancy of the policy: each of them, by a pattern and a reason.

/** A group of edits that are proved equal. */
export interface EqualGroup {
  readonly edits: RegExp;
  readonly reason: string;
}

/** Every edit that is proved equal is in one group. */
export const EQUAL_GROUPS: readonly EqualGroup[] = [
  { edits: /^org#\w+: (?:staff -> library_contribute|admin -> enter_admin|coach -> enter_coach)$/,
    reason: "the other name adds superadmins, whom the line lets pass anyway" },
  { edits: /^org#roster_\w+: staff -> athletes_create$/,
    reason: "whoever has the level and is staff has `athletes_create`, which adds superadmins alone" },
  { edits: /^org#(?:admin|coach|office|admin_or_office): member -> (?:staff|admin_or_office)$/,
    reason: "whoever wears the hat of the line, as a member, is staff" },
  { edits: /^org#(?:staff|admin_or_office): (?:admin|coach|office)_hat -> (?:admin|coach|office|admin_or_office)$/,
    reason: "the line asks for the membership as well" },
  { edits: /^org#auditor: superadmin -> enter_admin$/, reason: "the other name adds admins, whom the line contains" },
  { edits: /^org#library_contribute: superadmin -> (?:enter_admin|enter_coach|athletes_\w+|teams_create)$/,
    reason: "the other name adds staff, whom the line contains" },
  { edits: /^(?:coaching|team_assignment)#can_end: coach -> current$/, reason: "the line asks for both parts of it" },
  { edits: /^team#can_manage: head_coach -> can_edit_membership$/, reason: "the two rights have the same line" },
  { edits: /^note#(?:can_edit|can_flag|can_share|can_delete): active_author -> can_(?:edit|flag)$/,
    reason: "the rights of an author have the same line" },
  { edits: /^note#can_read: author -> (?:active_author|can_edit|can_flag)$/,
    reason: "the line asks for the membership as well, and the rights of an author have the same line" },
  { edits: /^activity_comment#can_view: can_view from activity -> can_comment$/,
    reason: "whoever sees an activity may comment on it" },
  { edits: /^activity_comment#can_delete: (?:admin|superadmin) from org -> enter_admin$/,
    reason: "the line contains both parts" },
];
