// The permission keys and program levels (PM1, PR1), and the relation of each in the model.

/** Keys that act on the whole org (PM1). */
export const ORG_KEYS = [
  "org.manage", "org.billing.read", "org.billing.manage", "org.members.invite", "org.members.manage",
  "org.roles.manage", "athletes.create", "athletes.delete", "athletes.assign_coaches", "teams.create",
] as const;

/** Keys that act on one athlete (PM1). They are held on a row, or org-wide by an org role. */
export const ATHLETE_KEYS = [
  "sessions.read", "sessions.write", "sessions.delete",
  "training_sessions.read", "training_sessions.write", "training_sessions.delete",
  "drills.read", "drills.write", "drills.assign", "goals.read", "goals.write", "game_plans.read", "game_plans.write",
  "competitions.read", "competitions.write", "season_reports.read", "season_reports.write", "season_reports.share",
  "messages.read", "messages.write", "notifications.send", "video.upload", "video.annotate",
  "fitness.read", "fitness.write", "qualifications.read", "qualifications.write", "journal.read", "journal.write",
  "profile.read", "profile.write", "dashboard.read", "activities.read", "activities.upload",
  "wellness.read", "wellness.submit", "equipment.read", "races.read", "race_calendar.write", "race_planning.run",
  "macrocycle.read", "macrocycle.write", "assessments.read", "assessments.write", "calculators.run",
  "submissions.review", "notes.write", "premium.grant",
] as const;

/** Program resources by section of the matrix (PR1). */
export const SECTIONS = {
  Plans: ["practice_plans", "game_briefs", "weekly_reports"],
  Library: ["playbook", "drill_library"],
  People: ["roster", "player_profiles", "development_plans", "dev_cards", "scouting_reports"],
  Settings: ["users", "program_settings"],
} as const;

/** Levels in rising order; each includes the ones before it (PR1). "None" is the absence of a level. */
export const LEVELS = ["view", "edit", "generate"] as const;

export type OrgKey = (typeof ORG_KEYS)[number];
export type AthleteKey = (typeof ATHLETE_KEYS)[number];
export type Level = (typeof LEVELS)[number];
export type Resource = (typeof SECTIONS)[keyof typeof SECTIONS][number];

/** All program resources, in the order of the sections. */
export const RESOURCES: readonly Resource[] = Object.values(SECTIONS).flat();

/** Org keys that an athlete-scope role may hold (S12). */
export const ROW_ORG_KEYS: readonly OrgKey[] = ["athletes.create", "teams.create"];

const orgKeys: ReadonlySet<string> = new Set(ORG_KEYS);
const athleteKeys: ReadonlySet<string> = new Set(ATHLETE_KEYS);
const levels: ReadonlySet<string> = new Set(RESOURCES.flatMap((r) => LEVELS.map((l) => `${r}.${l}`)));
const relations: ReadonlyMap<string, string> =
  new Map([...orgKeys, ...athleteKeys, ...levels].map((key) => [key, key.replaceAll(".", "_")]));

/** Returns true for one of the ten org keys. */
export function isOrgKey(key: string): key is OrgKey {
  return orgKeys.has(key);
}

/** Returns true for one of the 48 athlete keys. */
export function isAthleteKey(key: string): key is AthleteKey {
  return athleteKeys.has(key);
}

/** Returns true for `<resource>.<level>`. */
export function isLevel(key: string): boolean {
  return levels.has(key);
}

/**
 * Returns the relation of a key: `sessions_read` for `sessions.read`, the same on org, role, row, team and athlete.
 *
 * @example relationOf("sessions.read") // "sessions_read"
 */
export function relationOf(key: string): string {
  return relations.get(key) ?? key.replaceAll(".", "_");
}

const KEYS_BY_RELATION: ReadonlyMap<string, string> = new Map(
  [...ORG_KEYS, ...ATHLETE_KEYS, ...RESOURCES.flatMap((of) => LEVELS.map((level) => `${of}.${level}`))]
    .map((key) => [relationOf(key), key]),
);

/**
 * Returns the key or level of a relation by which a role or a row gives it; undefined for another relation.
 *
 * @example keyOfRelation("roster_view_role") // "roster.view"
 */
export function keyOfRelation(relation: string): string | undefined {
  return KEYS_BY_RELATION.get(relation.replace(/_(?:role|by_row)$/, ""));
}

/** Returns the resource and level of a program level such as `roster.view`. */
function levelOf(key: string): { resource: Resource; level: Level } {
  const dot = key.lastIndexOf(".");
  return { resource: key.slice(0, dot) as Resource, level: key.slice(dot + 1) as Level };
}

/**
 * Returns a level after those it includes (PR1): `roster.edit` gives `roster.view` and itself. Else just the key.
 *
 * @example includedKeys("roster.edit") // ["roster.view", "roster.edit"]
 */
export function includedKeys(key: string): string[] {
  if (!isLevel(key)) return [key];
  const { resource, level } = levelOf(key);
  return LEVELS.slice(0, LEVELS.indexOf(level) + 1).map((included) => `${resource}.${included}`);
}

/**
 * Returns a key set with each resource at its highest level only, sorted: the form in which roles are stored and shown.
 * `roster.view` adds nothing to `roster.edit` (PR1).
 *
 * @example normalizeKeys(["roster.view", "roster.edit"]) // ["roster.edit"]
 */
export function normalizeKeys(keys: Iterable<string>): string[] {
  const given = new Set(keys);
  const covered = (key: string): boolean => {
    if (!isLevel(key)) return false;
    const { resource, level } = levelOf(key);
    return LEVELS.slice(LEVELS.indexOf(level) + 1).some((higher) => given.has(`${resource}.${higher}`));
  };
  return [...given].filter((key) => !covered(key)).sort();
}
