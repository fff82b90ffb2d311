// Small models of other programs, in the manner of OpenFGA's samples: recursion, conditions, `but not`, custom roles.

/** A model with an edit that gives answers away, and two claims about it: one true, one false. */
export interface StrangerModel {
  readonly name: string;
  /** The files by name. The first one is the model, the others are those that it names. */
  readonly files: Readonly<Record<string, string>>;
  /** A text of one of the files, what the edit makes of it, and the first relation that gains. */
  readonly edit: readonly [from: string, to: string, gains: string];
  /** Whether an equal result holds up to a bound only. */
  readonly isRecursive: boolean;
  readonly holds: object;
  readonly fails: object;
}

const model = (text: string): string => `model\n  schema 1.1\n${text.replace(/^\n/, "")}`;

export const STRANGER_MODELS: readonly StrangerModel[] = [
  {
    name: "a code host: nested teams, roles of a repository, base permissions of its owner",
    files: { "code-host.fga": model(`
type user
type team
  relations
    define member: [user, team#member]
type company
  relations
    define owner: [user]
    define member: [user] or owner
    define repo_admin: [user, company#member]
type repo
  relations
    define owner: [company]
    define admin: [user, team#member] or repo_admin from owner
    define writer: [user, team#member] or admin
    define reader: [user, team#member] or writer
`) },
    edit: ["define writer: [user, team#member] or admin",
      "define writer: [user, team#member] or admin or member from owner", "repo#writer"],
    isRecursive: true,
    holds: { has: "repo:r#reader@user:u",
      "whoever satisfies": [["repo:r#admin@team:t#member", "team:t#member@user:u"]] },
    fails: { "whoever has": "repo:r#admin@user:u", satisfies: "repo:r#admin@user:u" },
  },
  {
    name: "a drive: folders in folders, and everybody as a viewer",
    files: { "drive.fga": model(`
type user
type folder
  relations
    define owner: [user]
    define parent: [folder]
    define viewer: [user, user:*] or owner or viewer from parent
type doc
  relations
    define owner: [user]
    define parent: [folder]
    define can_share: owner or owner from parent
    define can_read: [user, user:*] or owner or viewer from parent
`) },
    edit: ["define can_share: owner or owner from parent", "define can_share: owner or viewer from parent",
      "doc#can_share"],
    isRecursive: true,
    holds: { "whoever has": "doc:d#can_share@user:u",
      satisfies: ["doc:d#owner@user:u", ["doc:d#parent@folder:f", "folder:f#owner@user:u"]] },
    fails: { "nobody has": "doc:d#can_read@user:u" },
  },
  {
    name: "plans: a feature is for the members of a company that subscribes",
    files: { "plans.fga": model(`
type user
type company
  relations
    define member: [user]
type plan
  relations
    define subscriber: [company]
    define subscriber_member: member from subscriber
type feature
  relations
    define plan: [plan]
    define disabled: [user]
    define access: [user] or subscriber_member from plan
    define can_use: access but not disabled
`) },
    edit: ["define can_use: access but not disabled", "define can_use: access", "feature#can_use"],
    isRecursive: false,
    holds: { "nobody has": "feature:f#can_use@user:u", given: "feature:f#disabled@user:u" },
    fails: { "whoever has": "feature:f#can_use@user:u", satisfies: "feature:f#access@user:u" },
  },
  {
    name: "custom roles: the permissions of a role that somebody made",
    files: { "roles.fga": model(`
type user
type role
  relations
    define assignee: [user, role#assignee]
type category
  relations
    define editor: [role#assignee]
    define viewer: [role#assignee] or editor
type asset
  relations
    define category: [category]
    define hidden: [user]
    define viewer: [user] or viewer from category
    define comment: [role#assignee] and viewer
`) },
    edit: ["define comment: [role#assignee] and viewer", "define comment: [role#assignee] or viewer", "asset#comment"],
    isRecursive: true,
    holds: { "whoever has": "asset:a#comment@user:u", satisfies: [["asset:a#comment@role:r#assignee"]] },
    fails: { "whoever has": "asset:a#viewer@user:u", satisfies: "asset:a#viewer@user:u" },
  },
  {
    name: "access for a time: a condition on a grant, in a store file",
    files: { "temporary.fga.yaml": `name: temporary
model: |
  model
    schema 1.1
  type person
  type report
    relations
      define owner: [person]
      define suspended: [person]
      define viewer: [person with within_hours] or owner
      define can_read: viewer but not suspended
  condition within_hours(now: timestamp, granted: timestamp, length: duration) {
    now < granted + length
  }
tuples:
  - { user: person:ann, relation: owner, object: report:1 }
` },
    edit: ["define viewer: [person with within_hours] or owner",
      "define viewer: [person, person with within_hours] or owner", "report#viewer"],
    isRecursive: false,
    holds: { "whoever has": "report:r#can_read@person:u",
      satisfies: ["report:r#owner@person:u", "report:r#viewer@person:u with within_hours"] },
    fails: { "nobody has": "report:r#viewer@person:u" },
  },
  {
    name: "parents and children: a block on a parent counts for the children",
    files: { "tree.fga": model(`
type user
type node
  relations
    define parent: [node]
    define member: [user] or member from parent
    define blocked: [user] or blocked from parent
    define approved: [user]
    define can_enter: (member and approved) but not blocked
`) },
    edit: ["(member and approved) but not blocked", "member but not blocked", "node#can_enter"],
    isRecursive: true,
    holds: { "nobody has": "node:n#can_enter@user:u", given: ["node:n#parent@node:m", "node:m#blocked@user:u"] },
    fails: { "whoever has": "node:n#can_enter@user:u", satisfies: "node:n#member@user:u" },
  },
  {
    name: "modules: one file for each part of a product",
    files: {
      "fga.mod": 'schema: "1.2"\ncontents:\n  - core.fga\n  - wiki.fga\n',
      "core.fga": `module core
type user
type company
  relations
    define admin: [user]
    define member: [user] or admin
`,
      "wiki.fga": `module wiki
extend type company
  relations
    define can_create_page: admin
type page
  relations
    define company: [company]
    define author: [user]
    define can_read: member from company
    define can_edit: author and member from company
`,
    },
    edit: ["define can_edit: author and member from company", "define can_edit: author", "page#can_edit"],
    isRecursive: false,
    holds: { "whoever has": "page:p#can_edit@user:u", satisfies: "page:p#author@user:u" },
    fails: { "whoever has": "page:p#can_read@user:u", satisfies: "page:p#author@user:u" },
  },
];
