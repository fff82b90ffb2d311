// The facts of the policy that never change: those that an object gets when it is made.
import { home } from "../domain/object-names.ts";
import { idOf } from "../tuples/tuple.ts";

/** Limits of the tuples that a search for ways to a yes may suppose. Keys are `type#relation`. */
export interface FixedFacts {
  /** Relations that an object gets when it is made, with one user for good: a row's coach, a note's org. */
  readonly once: ReadonlySet<string>;
  /** Those of them that the deletion of the object takes away, so that it can lack them. */
  readonly deleted: ReadonlySet<string>;
  /**
   * Types whose objects are deleted together with the user of one of their relations: a comment with its activity.
   * Their tuples remain until the id is used again, which replaces them. By type the relation.
   */
  readonly deletedWith: ReadonlyMap<string, string>;
  /** Whether a way to a yes must not suppose a tuple, because only the making of an object writes such tuples. */
  readonly isGiven: (shape: PatternShape) => boolean;
  /**
   * Relations whose tuple connects two objects, one of which names the other for good: `athlete#coaching` connects an
   * athlete with the rows that are over that athlete by `coaching#athlete`.
   */
  readonly owned: ReadonlyMap<string, OwnedFact>;
  /** Types of which all tuples of a way name the same object: nothing leads from one org into another. */
  readonly alone: ReadonlySet<string>;
  /** Returns the object that keeps the org of an object, also after its deletion. */
  readonly homeOf: (object: string) => string | undefined;
  /** Whether the object or the user of a tuple has a name that shows its org. */
  readonly areNamed: (shape: PatternShape) => boolean;
  /** Whether the names of such a tuple's object and user show that they belong to different orgs. */
  readonly isMixed: (object: string, user: string) => boolean;
}

/** The shape of a tuple. `place` is `type#relation`; `suffix` is `#relation` for a userset, otherwise empty. */
interface PatternShape {
  readonly place: string;
  readonly userType: string;
  readonly suffix: string;
}

/** The fact that a tuple goes with. */
export interface OwnedFact {
  /** Relation of that fact. */
  readonly relation: string;
  /** Which end of the tuple is the object of that fact; the other end is its user. */
  readonly of: "object" | "user";
}

const ATHLETE_PARTS = ["development_plan", "dev_card", "player_profile"];
const ARTIFACTS = [
  "practice_plan", "game_brief", "weekly_report", "scouting_report", ...ATHLETE_PARTS, "playbook_item", "drill",
  "spot",
];

const GIVEN = new Set([
  "org#platform", "org#owner_role", "org#admin_role", "org#front_desk_role", "org#program_coach_role",
  "org#program_player_role", "org#head_coach_rows", "role#head_coach_keys", "role#viewer_keys",
  "role#assistant_coach_keys", "role#specialist_keys",
]);

/** The facts of model.fga. A law holds them against the events: test/reasons/fixed-facts.test.ts. */
export const POLICY_FACTS: FixedFacts = {
  once: new Set([
    "coaching#coach", "team_assignment#coach", "athlete#org", "team#org", "seat#team", "note#org", "note#athlete",
    "note#under", "note#seat", "activity#org", "activity#athlete", "activity_comment#org", "activity_comment#activity",
    "invite#org", ...ARTIFACTS.map((type) => `${type}#org`), ...ATHLETE_PARTS.map((type) => `${type}#athlete`),
  ]),
  deleted: new Set(["athlete#org", "team#org"]),
  deletedWith: new Map([["activity_comment", "activity"]]),
  // A row with a false override follows its role key by key. Its role and its overrides decide those tuples.
  isGiven: ({ place, suffix }) => GIVEN.has(place) || (place.startsWith("coaching#") && suffix !== ""),
  owned: new Map([
    ["athlete#coaching", { relation: "athlete", of: "user" }],
    ["coaching#active_on", { relation: "athlete", of: "object" }],
    ["team#assignment", { relation: "team", of: "user" }],
    ["team#head_assignment", { relation: "team", of: "user" }],
    ["team_assignment#active_on", { relation: "team", of: "object" }],
    ["note#visible_to", { relation: "athlete", of: "object" }],
    ["practice_plan#finalized_in", { relation: "org", of: "object" }],
    ["game_brief#finalized_in", { relation: "org", of: "object" }],
  ]),
  alone: new Set(["org", "platform"]),
  homeOf: home,
  areNamed: ({ place, userType }) => userType === "role" || place.startsWith("role#"),
  isMixed: (object, user) => {
    const [role, org] = object.startsWith("role:") ? [object, user] : [user, object];
    if (!role.startsWith("role:") || !org.startsWith("org:") || !role.includes("/")) return false;
    return !role.startsWith(`role:${idOf(org)}/`);
  },
};

/** No fixed facts: those of a model about which nothing is known but its definitions. */
export const NO_FACTS: FixedFacts = {
  once: new Set(), deleted: new Set(), deletedWith: new Map(), isGiven: () => false, owned: new Map(), alone: new Set(),
  homeOf: () => undefined, areNamed: () => false, isMixed: () => false,
};
