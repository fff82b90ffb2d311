// The relations that an app may check, for each type, in the order in which answers list them.
import type { Model } from "../model/rewrite.ts";
import { ATHLETE_KEYS, LEVELS, ORG_KEYS, relationOf, RESOURCES } from "./permission-keys.ts";

const ARTIFACT = ["can_view", "can_edit", "can_generate"] as const;
const LIBRARY_ENTRY = ["can_view", "can_edit"] as const;

/** The relations that an app may check, by type. Relations without an entry serve the model itself. */
export const CHECKABLE = {
  platform: ["superadmin", "admin"],
  org: [
    "member", "admin", "coach", "office", "athlete", "enter_admin", "enter_coach", "enter_athlete",
    ...ORG_KEYS.map(keyRelation),
    ...RESOURCES.flatMap((resource) => LEVELS.map((level) => `${resource}_${level}` as const)),
    "library_contribute",
  ],
  team: ["head_coach", "coach", "athlete", "can_view", "can_manage", "can_edit_membership", "can_assign_coaches"],
  athlete: [
    "account", "current_coach", "can_view", "can_place", "can_delete", "can_assign_coaches",
    ...ATHLETE_KEYS.map(keyRelation),
  ],
  coaching: ["can_end"],
  team_assignment: ["can_end"],
  note: ["can_read", "can_edit", "can_flag", "can_share", "can_delete"],
  activity: ["can_view", "can_comment"],
  activity_comment: ["can_view"],
  practice_plan: ARTIFACT,
  game_brief: ARTIFACT,
  weekly_report: ARTIFACT,
  scouting_report: ARTIFACT,
  development_plan: ARTIFACT,
  dev_card: ARTIFACT,
  player_profile: ARTIFACT,
  playbook_item: ARTIFACT,
  drill: LIBRARY_ENTRY,
  spot: LIBRARY_ENTRY,
  invite: ["can_redeem", "can_revoke"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type KeyRelation<Key extends string> =
  Key extends `${infer Head}.${infer Rest}` ? `${Head}_${KeyRelation<Rest>}` : Key;

function keyRelation<Key extends string>(key: Key): KeyRelation<Key> {
  return relationOf(key) as KeyRelation<Key>;
}

const byType: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(CHECKABLE));

/**
 * Returns the relations of a type that an app may check, in the order in which answers list them; undefined for a type
 * without any.
 *
 * @example checkableOf("activity") // ["can_view", "can_comment"]
 */
export function checkableOf(type: string): readonly string[] | undefined {
  return byType.get(type);
}

/** The names that questions may use. */
export interface Vocabulary {
  /** Returns the relations of a type that callers may check, in the order of answers; undefined for none. */
  readonly relationsOf: (type: string) => readonly string[] | undefined;
  /** True for a type whose objects may be the users of a question. */
  readonly isUserType: (type: string) => boolean;
  /** Whether ids keep to Sideline's rule of ids; otherwise the evaluator judges their form. */
  readonly hasOwnIds: boolean;
}

/** The names of Sideline's own policy. */
export const OWN_VOCABULARY: Vocabulary = {
  relationsOf: checkableOf, isUserType: (type) => type === "user", hasOwnIds: true,
};

/** Returns the names of another model: all of its relations, sorted, and all of its types. */
export function vocabularyOf({ types }: Model): Vocabulary {
  return {
    relationsOf: (type) => {
      const relations = types.get(type)?.relations;
      return relations === undefined || relations.size === 0 ? undefined : [...relations.keys()].sort();
    },
    isUserType: (type) => types.has(type), hasOwnIds: false,
  };
}
