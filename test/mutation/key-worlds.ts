// Worlds in which each role has exactly one key, and its holders there, according to the rules.
import {
  ATHLETE_KEYS, isLevel, isOrgKey, LEVELS, ORG_KEYS, relationOf, RESOURCES,
} from "../../src/policy/permission-keys.ts";
import type { Hat } from "../../src/policy/seeded-roles.ts";
import { ARTIFACT_RESOURCES } from "../../src/domain/artifacts.ts";
import { World } from "../world/world.ts";
import type { Expectation, SmallWorld } from "./plain-model.ts";

/** Every level of every resource, such as `roster.view`. */
const ALL_LEVELS = RESOURCES.flatMap((resource) => LEVELS.map((level) => `${resource}.${level}`));

/** Every key and level that an org-scope role can have. */
const EVERY_KEY: readonly string[] = [...ORG_KEYS, ...ATHLETE_KEYS, ...ALL_LEVELS];

/** A member of the world, or one of the platform's staff. */
interface Person {
  readonly user: string;
  readonly hats: readonly Hat[];
  readonly keys: readonly string[];
  readonly superadmin?: boolean;
  readonly platformAdmin?: boolean;
}

/** The questions about one object, and the users who get a yes. */
type Answers = Readonly<Record<string, (person: Person) => boolean>>;

const wears = (hat: Hat) => ({ hats }: Person): boolean => hats.includes(hat);
const isMember = ({ hats }: Person): boolean => hats.length > 0;
const isStaff = ({ hats }: Person): boolean => hats.some((hat) => hat !== "athlete");
const isSuper = ({ superadmin }: Person): boolean => superadmin === true;
const either = (...some: readonly ((person: Person) => boolean)[]) => (person: Person): boolean =>
  some.some((one) => one(person));

/** PM1, PR1, S4, S5: whether an org role with these keys gives another one across the org, under the worn hats. */
const holds = (key: string) => (person: Person): boolean => {
  const { hats, keys } = person;
  if (isSuper(person)) return true;
  const office = hats.includes("admin") || hats.includes("office");
  if (isLevel(key)) return hasLevel(keys, key) && levelCounts(key, person);
  if (isOrgKey(key)) {
    if (key === "athletes.create" && isStaff(person) && hasLevel(keys, "roster.edit")) return true;
    return keys.includes(key) && (key.startsWith("org.") ? office : isStaff(person));
  }
  return isStaff(person) && (keys.includes(key) || keys.includes("athletes.assign_coaches"));
};

/** PR1: each level includes the ones before it. */
function hasLevel(keys: readonly string[], level: string): boolean {
  const dot = level.lastIndexOf(".");
  const enough = LEVELS.slice(LEVELS.findIndex((one) => one === level.slice(dot + 1)));
  return enough.some((one) => keys.includes(`${level.slice(0, dot)}.${one}`));
}

/** S4 and S5: the hats under which a level takes effect. */
function levelCounts(level: string, person: Person): boolean {
  if (level === "program_settings.view") return wears("admin")(person) || wears("office")(person);
  if (/^(?:users|program_settings)\./.test(level)) return wears("admin")(person);
  return level === "playbook.view" ? isMember(person) : isStaff(person);
}

const ORG: Answers = {
  member: isMember, admin: wears("admin"), coach: wears("coach"), office: wears("office"), athlete: wears("athlete"),
  enter_admin: either(wears("admin"), isSuper), enter_coach: either(wears("coach"), isSuper),
  enter_athlete: either(wears("athlete"), isSuper), library_contribute: either(isStaff, isSuper),
  ...Object.fromEntries(EVERY_KEY.map((key) => [relationOf(key), holds(key)])),
};

const nobody = (): boolean => false;
const audits = either(wears("admin"), isSuper, ({ platformAdmin }) => platformAdmin === true);

const ATHLETE: Answers = {
  account: nobody, current_coach: nobody, can_delete: holds("athletes.delete"),
  can_view: either(holds("athletes.assign_coaches"), holds("profile.read"), holds("roster.view")),
  can_place: either(holds("org.manage"), holds("athletes.assign_coaches")),
  can_assign_coaches: holds("athletes.assign_coaches"),
  ...Object.fromEntries(ATHLETE_KEYS.map((key) => [relationOf(key), holds(key)])),
};

const TEAM: Answers = {
  head_coach: nobody, coach: nobody, athlete: nobody, can_manage: holds("org.manage"),
  can_edit_membership: holds("org.manage"), can_assign_coaches: holds("athletes.assign_coaches"),
  can_view: either(holds("org.manage"), holds("athletes.assign_coaches")),
};

/** PR2 PR3 PM12: the access that levels give on an artifact. */
function artifactAnswers(type: keyof typeof ARTIFACT_RESOURCES, finalized: boolean): Answers {
  const resource = ARTIFACT_RESOURCES[type];
  if (resource === "drill_library") {
    return {
      can_view: either(isStaff, isSuper), can_edit: either(holds("drill_library.edit"), holds("org.manage")),
    };
  }
  const player = (person: Person): boolean =>
    finalized && wears("athlete")(person) && hasLevel(person.keys, `${resource}.view`);
  return {
    can_view: either(holds(`${resource}.view`), player), can_edit: holds(`${resource}.edit`),
    can_generate: holds(`${resource}.generate`),
  };
}

const EVERY_HAT: readonly Hat[] = ["admin", "coach", "office", "athlete"];

/** One org with a role for each key, each held under each hat; and one deactivated member. */
export function keyWorlds(): SmallWorld[] {
  const world = new World();
  world.system("org.created", { org: "o", kind: "program", owner: "boss" });
  world.system("platform.superadmin_granted", { user: "root" });
  world.system("platform.admin_granted", { user: "support" });
  const people: Person[] = [
    { user: "root", hats: [], keys: [], superadmin: true },
    { user: "support", hats: [], keys: [], platformAdmin: true },
    { user: "stranger", hats: [], keys: [] },
  ];
  const join = (user: string, hats: readonly Hat[], role: string, keys: readonly string[]): void => {
    world.system("member.added", { org: "o", user, hats, role });
    people.push({ user, hats, keys });
  };
  for (const [n, key] of EVERY_KEY.entries()) {
    world.system("role.created", { org: "o", role: `r${n}`, scope: "org", keys: [key] });
    for (const hat of EVERY_HAT) join(`u${n}.${hat}`, [hat], `r${n}`, [key]);
  }
  world.system("member.added", { org: "o", user: "gone", hats: EVERY_HAT, role: "admin" });
  world.system("member.deactivated", { org: "o", user: "gone" });
  people.push({ user: "gone", hats: [], keys: [] });
  // Hats and a role left in the org to a member of the platform's staff who is no active member of it.
  for (const [user, granted] of [["gone.support", "admin"], ["gone.root", "superadmin"]] as const) {
    world.system("member.added", { org: "o", user, hats: EVERY_HAT, role: "admin" });
    world.system("member.deactivated", { org: "o", user });
    world.system(`platform.${granted}_granted`, { user });
    people.push({ user, hats: [], keys: [], [granted === "admin" ? "platformAdmin" : "superadmin"]: true });
  }

  // S4 S5: the floors also hold for the platform's own staff.
  for (const hat of ["athlete", "coach"] as const) {
    world.system("role.created", { org: "o", role: `all.${hat}`, scope: "org", keys: [...EVERY_KEY] });
    world.system("member.added", { org: "o", user: `support.${hat}`, hats: [hat], role: `all.${hat}` });
    world.system("platform.admin_granted", { user: `support.${hat}` });
    people.push({ user: `support.${hat}`, hats: [hat], keys: EVERY_KEY, platformAdmin: true });
  }

  const objects: [string, Answers][] = [["org:o", ORG], ["athlete:a", ATHLETE], ["team:t", TEAM]];
  world.system("athlete.created", { athlete: "a", org: "o" });
  world.system("team.created", { team: "t", org: "o" });
  world.system("team.athlete_added", { team: "t", athlete: "a" });
  world.system("activity.recorded", { activity: "run", athlete: "a" });
  objects.push(["activity:run", { can_view: audits, can_comment: audits }]);
  world.system("activity.comment_added", { comment: "c", activity: "run", author: "boss" });
  objects.push(["activity_comment:c", { can_view: audits, can_delete: either(wears("admin"), isSuper) }]);
  const note = [["org", "org:o"], ["athlete", "athlete:a"], ["author", "user:gone"]] as const;
  for (const [relation, user] of note) world.tuples.add({ object: "note:n", relation, user });
  const never = { can_edit: nobody, can_flag: nobody, can_share: nobody, can_delete: nobody };
  objects.push(["note:n", { can_read: audits, ...never }]);
  world.system("invite.created", { invite: "i", org: "o", hat: "office" });
  objects.push(["invite:i", { can_revoke: holds("org.members.invite"), can_redeem: () => true }]);
  for (const type of Object.keys(ARTIFACT_RESOURCES) as (keyof typeof ARTIFACT_RESOURCES)[]) {
    const about = /^(?:development_plan|dev_card|player_profile)$/.test(type) ? { athlete: "a" } : {};
    world.system("artifact.created", { artifact: `${type}:x`, org: "o", ...about });
    objects.push([`${type}:x`, artifactAnswers(type, false)]);
    if (type !== "practice_plan" && type !== "game_brief") continue;
    world.system("artifact.created", { artifact: `${type}:final`, org: "o" });
    world.system("artifact.finalized", { artifact: `${type}:final` });
    objects.push([`${type}:final`, artifactAnswers(type, true)]);
  }
  const expectations = people.flatMap((person) => objects.flatMap(([object, answers]) =>
    Object.entries(answers).map(([relation, says]): Expectation =>
      ({ user: `user:${person.user}`, relation, object, expected: says(person) }))));
  const tuples = [...world.tuples.read({})];
  return [{ name: "an org role of one key", tuples, expectations, now: world.now }];
}
