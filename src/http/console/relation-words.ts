// Words for types and relations, as the console's sentences say them.
import { ATHLETE_KEYS, LEVELS, ORG_KEYS, relationOf, RESOURCES } from "../../policy/permission-keys.ts";
import { CHECKABLE, checkableOf } from "../../policy/checkable.ts";

/** Types whose objects have a card, in the order in which a search lists them. */
export const CARD_TYPES: readonly string[] = [
  "user", "athlete", "team", "note", "org", "invite", "coaching", "team_assignment", "role",
  ...Object.keys(CHECKABLE).filter((type) =>
    !["platform", "org", "team", "athlete", "coaching", "team_assignment", "note", "invite"].includes(type)),
  "platform",
];

/** Whether a thing has a card. Explanations name things that would be new `new`; `role:<org>/-` means no role. */
export function hasCard(type: string, id: string): boolean {
  return CARD_TYPES.includes(type) && !/^(?:|\*|new(?:\.\d+)?|.*\/-)$/.test(id);
}

/** Names of types for a reader. */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  user: "person", team_assignment: "team assignment", coaching: "coaching row", activity_comment: "comment",
  seat: "place on a team",
};

/** Returns a type in words: `practice plan` for `practice_plan`. */
export function typeWords(type: string): string {
  return TYPE_WORDS[type] ?? type.replaceAll("_", " ");
}

/** Returns the words for several objects of a type: `activities` for `activity`. */
export function typePlural(type: string): string {
  const words = typeWords(type);
  return words.endsWith("y") ? `${words.slice(0, -1)}ies` : `${words}s`;
}

/** The words of a relation, before and after the object. */
export interface RelationWords {
  readonly before: string;
  readonly after: string;
  /** The permission key or level behind the relation, if there is one. */
  readonly key?: string;
}

const words = (before: string, after = ""): RelationWords => ({ before, after });

const BY_RELATION: Readonly<Record<string, RelationWords>> = {
  can_read: words("read"), can_edit: words("edit"), can_flag: words("change who", "is visible to"),
  can_share: words("share"), can_delete: words("delete"), can_view: words("see"), can_generate: words("generate"),
  can_comment: words("comment on"), can_end: words("end"), can_manage: words("rename and delete"),
  can_edit_membership: words("change who is on"), can_assign_coaches: words("assign coaches to"),
  can_place: words("put", "on a team"), can_redeem: words("redeem"), can_revoke: words("revoke"),
  account: words("act as the linked account of"), current_coach: words("act as a current coach of"),
  head_coach: words("act as the head coach of"), superadmin: words("act as a superadmin of"),
  member: words("act as an active member of"), library_contribute: words("add to the library of"),
};

/** Words that a relation has on one type only. */
const BY_PLACE: Readonly<Record<string, RelationWords>> = {
  "org#admin": words("act under the admin hat in"), "org#coach": words("act under the coach hat in"),
  "org#office": words("act under the office hat in"), "org#athlete": words("act under the athlete hat in"),
  "org#enter_admin": words("open the admin pages of"), "org#enter_coach": words("open the coach pages of"),
  "org#enter_athlete": words("open the athlete pages of"),
  "team#coach": words("act as a coach of"), "team#athlete": words("act as an athlete of"),
  "platform#admin": words("act as an admin of"),
};

/** The key of each relation that stands for one. */
const KEYS: ReadonlyMap<string, string> = new Map(
  [...ORG_KEYS, ...ATHLETE_KEYS, ...RESOURCES.flatMap((resource) => LEVELS.map((level) => `${resource}.${level}`))]
    .map((key) => [relationOf(key), key]),
);

/** Returns the words of a relation on a type: `read` … for `can_read`, `use sessions.read on` … for a key. */
export function relationWords(type: string, relation: string): RelationWords {
  const found = BY_PLACE[`${type}#${relation}`] ?? BY_RELATION[relation];
  if (found !== undefined) return found;
  const key = KEYS.get(relation);
  if (key === undefined) return words(`use ${relation} on`);
  const level = LEVELS.find((each) => key === `${key.slice(0, key.lastIndexOf("."))}.${each}`);
  const resource = RESOURCES.find((each) => key.startsWith(`${each}.`));
  if (level === undefined || resource === undefined) return { ...words(`use ${key} on`), key };
  return { ...words(`${level} the ${resource.replaceAll("_", " ")} of`), key };
}

/** Returns the words of a relation of whichever type has it, with "it" for the object. */
export function wordsOfAny(relation: string): string {
  const type = Object.keys(CHECKABLE).find((each) => checkableOf(each)?.includes(relation) === true);
  if (type === undefined) return relation;
  const { before, after } = relationWords(type, relation);
  return `${before} it ${after}`.trim();
}

/** A group of relations in a menu. */
export interface RelationGroup {
  readonly title: string;
  readonly relations: readonly string[];
}

const WHO: ReadonlySet<string> = new Set([
  "superadmin", "admin", "member", "coach", "office", "athlete", "head_coach", "account", "current_coach",
]);

/** Returns the relations of a type in groups, as a menu lists them; none for a type without relations to ask about. */
export function relationGroups(type: string): RelationGroup[] {
  const all = checkableOf(type) ?? [];
  const groupOf = (relation: string): string => {
    if (WHO.has(relation)) return "Who they are";
    const key = relationWords(type, relation).key;
    if (key === undefined) return "What they can do";
    return RESOURCES.some((resource) => key.startsWith(`${resource}.`)) ? "Program levels" : "Permission keys";
  };
  return ["What they can do", "Who they are", "Permission keys", "Program levels"]
    .map((title) => ({ title, relations: all.filter((relation) => groupOf(relation) === title) }))
    .filter(({ relations }) => relations.length > 0);
}

/** Returns the relation that people ask about first; undefined for a type without any. */
export function mainRelation(type: string): string | undefined {
  const all: readonly string[] = checkableOf(type) ?? [];
  return ["can_read", "can_view", "enter_admin", "can_end", "can_redeem"].find((relation) => all.includes(relation))
    ?? all[0];
}
