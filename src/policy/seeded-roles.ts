// The seeded roles (PM2): the roles each org kind starts with, their scopes, keys and seed relations in the model.
import { ATHLETE_KEYS, ORG_KEYS, RESOURCES } from "./permission-keys.ts";

export const KINDS = ["instructor", "pro_coach", "club", "program"] as const;
export type Kind = (typeof KINDS)[number];
export type Scope = "org" | "athlete";

/** Hats in falling order: a member's first hat in this list is the highest (IN3). */
export const HATS = ["admin", "coach", "office", "athlete"] as const;
export type Hat = (typeof HATS)[number];

/** A seeded role. Its seeds are relations that state "this role still has its seeded keys" (see model.fga). */
export interface SeededRole {
  readonly id: string;
  readonly scope: Scope;
  readonly kinds: readonly Kind[];
  readonly keys: readonly string[];
  /** Relations of `org`, held by `role#holder` or (`head_coach_rows`) `role#row_holder`. */
  readonly orgSeeds: readonly string[];
  /** Relations of `role`, held by `org#coach`. */
  readonly roleSeeds: readonly string[];
}

const SPECIALIST = [
  "profile.read", "sessions.read", "sessions.write", "training_sessions.read", "training_sessions.write",
  "drills.read", "drills.write", "drills.assign", "video.upload", "video.annotate", "messages.read", "messages.write",
];
const ASSISTANT = [
  ...SPECIALIST, "dashboard.read", "activities.read", "activities.upload", "wellness.read", "equipment.read",
  "races.read", "notes.write", "assessments.read", "assessments.write", "calculators.run", "race_planning.run",
  "race_calendar.write", "macrocycle.read", "macrocycle.write", "submissions.review",
];
const FRONT_DESK = [
  "athletes.create", "profile.read", "training_sessions.read", "training_sessions.write", "training_sessions.delete",
  "messages.read", "messages.write",
];
const PROGRAM_COACH = [
  "practice_plans.generate", "game_briefs.generate", "weekly_reports.generate", "development_plans.generate",
  "dev_cards.generate", "scouting_reports.generate", "roster.edit", "player_profiles.edit", "playbook.edit",
  "drill_library.edit",
];
const PLAYER = ["practice_plans.view", "game_briefs.view", "playbook.view"];
const FULL_LEVELS = RESOURCES.map((r) => `${r}.generate`);
const EVERY_KEY = [...ORG_KEYS, ...ATHLETE_KEYS, ...FULL_LEVELS];
const ALL: readonly Kind[] = KINDS;
const NOT_PROGRAM: readonly Kind[] = ["instructor", "pro_coach", "club"];

const org = (id: string, kinds: readonly Kind[], keys: readonly string[], seed?: string): SeededRole =>
  ({ id, scope: "org", kinds, keys, orgSeeds: seed === undefined ? [] : [seed], roleSeeds: [] });
const athlete = (id: string, kinds: readonly Kind[], keys: readonly string[], seed: string): SeededRole =>
  ({ id, scope: "athlete", kinds, keys, orgSeeds: [], roleSeeds: [seed] });

/** All seeded roles (PM2-PM4, PR2). `coach` appears twice: without keys, and with the Coach levels in a program. */
const SEEDED_ROLES: readonly SeededRole[] = [
  org("owner", ALL, EVERY_KEY, "owner_role"),
  org("admin", ALL, EVERY_KEY.filter((key) => key !== "org.billing.manage"), "admin_role"),
  org("coach", NOT_PROGRAM, []),
  org("coach", ["program"], PROGRAM_COACH, "program_coach_role"),
  { ...athlete("head_coach", ALL, [...ATHLETE_KEYS, "athletes.create", "teams.create"], "head_coach_keys"),
    orgSeeds: ["head_coach_rows"] },
  athlete("viewer", ALL, ATHLETE_KEYS.filter((key) => key.endsWith(".read")), "viewer_keys"),
  athlete("assistant_coach", ["instructor", "club", "program"], ASSISTANT, "assistant_coach_keys"),
  athlete("specialist", ["pro_coach", "club"], SPECIALIST, "specialist_keys"),
  org("front_desk", NOT_PROGRAM, FRONT_DESK, "front_desk_role"),
  org("player", ["program"], PLAYER, "program_player_role"),
];

/** Returns the seeded roles of an org kind. */
export function seededRoles(kind: Kind): readonly SeededRole[] {
  return SEEDED_ROLES.filter((role) => role.kinds.includes(kind));
}

/** Returns the seeded role with this id in an org of this kind, if any. */
export function seededRole(kind: Kind, id: string): SeededRole | undefined {
  return seededRoles(kind).find((role) => role.id === id);
}

/**
 * Returns the highest hat, in the order admin, coach, office, athlete. Throws if `hats` is empty.
 *
 * @example highestHat(["athlete", "coach"]) // "coach"
 */
export function highestHat(hats: readonly Hat[]): Hat {
  const hat = HATS.find((h) => hats.includes(h));
  if (hat === undefined) throw new Error("a member without a hat");
  return hat;
}

/** Returns the default org role for a highest hat; none for `office` in a program or `athlete` outside one. */
export function defaultRole(kind: Kind, hat: Hat): string | undefined {
  if (hat === "office") return kind === "program" ? undefined : "front_desk";
  if (hat === "athlete") return kind === "program" ? "player" : undefined;
  return hat;
}

/** Returns the default role of an assistant's assignment. */
export function defaultAssignmentRole(kind: Kind): string {
  return seededRole(kind, "assistant_coach") === undefined ? "specialist" : "assistant_coach";
}
