// Worlds of coaching rows and team assignments, in which each athlete-scope role has exactly one key.
import { ATHLETE_KEYS, relationOf, type AthleteKey } from "../../src/policy/permission-keys.ts";
import { World } from "../world/world.ts";
import type { Expectation, SmallWorld } from "./plain-model.ts";
import { KEYS, OWN } from "./written-world.ts";

/** A world that grows with its expectations. */
class Rows {
  readonly world = new World();
  readonly #expectations: Expectation[] = [];

  constructor() {
    const { world } = this;
    // An instructor's org: its Coach role has no key and no level, so only rows give anything.
    world.system("org.created", { org: "o", kind: "instructor", owner: "boss" });
    world.system("role.created", { org: "o", role: "none", scope: "athlete", keys: [] });
    world.system("role.created", { org: "o", role: "all", scope: "athlete", keys: [...ATHLETE_KEYS] });
    for (const key of ATHLETE_KEYS) {
      world.system("role.created", { org: "o", role: roleWith(key), scope: "athlete", keys: [key] });
    }
  }

  coach(user: string, hats: readonly string[] = ["coach"]): string {
    this.world.system("member.added", { org: "o", user, hats });
    return user;
  }

  athlete(athlete: string, team?: string): string {
    this.world.system("athlete.created", { athlete, org: "o", ...(team === undefined ? {} : { team }) });
    return athlete;
  }

  team(team: string, head?: string): string {
    this.world.system("team.created", { team, org: "o", ...(head === undefined ? {} : { head_coach: head }) });
    return team;
  }

  coaching(coaching: string, athlete: string, coach: string, role: string): string {
    this.world.system("coaching.started", { coaching, athlete, coach, role });
    return coaching;
  }

  assignment(assignment: string, team: string, coach: string, role: string): string {
    this.world.system("team_assignment.started", { assignment, team, coach, role });
    return assignment;
  }

  /** A tuple that no event would write: a leftover, or one written around the events. */
  raw(object: string, relation: string, user: string): void {
    if (!this.world.tuples.add({ object, relation, user })) throw new Error(`${object}#${relation}@${user} is there`);
  }

  /** The user holds exactly these keys on the athlete; `current` says whether they coach the athlete. */
  holds(user: string, athlete: string, keys: readonly string[], current: boolean): void {
    const expect = (relation: string, expected: boolean): void =>
      void this.#expectations.push({ user: `user:${user}`, relation, object: `athlete:${athlete}`, expected });
    for (const key of KEYS) expect(key, keys.includes(key));
    expect("current_coach", current);
    expect("can_view", current || keys.includes("profile_read"));
  }

  says(user: string, object: string, relations: Readonly<Record<string, boolean>>): void {
    for (const [relation, expected] of Object.entries(relations)) {
      this.#expectations.push({ user: `user:${user}`, relation, object, expected });
    }
  }

  done(name: string): SmallWorld {
    return { name, tuples: [...this.world.tuples.read({})], expectations: this.#expectations, now: this.world.now };
  }
}

const roleWith = (key: AthleteKey): string => `only.${relationOf(key)}`;

/** PM6: rows with one key, by role and by override, and rows that refuse one key. */
function coachingRows(): SmallWorld {
  const rows = new Rows();
  const athlete = rows.athlete("a");
  const other = rows.athlete("other");
  for (const key of ATHLETE_KEYS) {
    const relation = relationOf(key);
    const byRole = rows.coach(`role.${relation}`);
    rows.coaching(`r.${relation}`, athlete, byRole, roleWith(key));
    rows.holds(byRole, athlete, [relation], true);
    rows.holds(byRole, other, [], false);

    const byOverride = rows.coach(`override.${relation}`);
    const overridden = rows.coaching(`o.${relation}`, athlete, byOverride, "none");
    rows.world.system("coaching.overrides_set", { coaching: overridden, overrides: { [key]: true } });
    rows.holds(byOverride, athlete, [relation], true);

    const refused = rows.coach(`refused.${relation}`);
    const row = rows.coaching(`f.${relation}`, athlete, refused, "all");
    rows.world.system("coaching.overrides_set", { coaching: row, overrides: { [key]: false } });
    rows.holds(refused, athlete, KEYS.filter((one) => one !== relation), true);

    // One key by the role while another is refused: the row follows its role key by key.
    const single = rows.coach(`single.${relation}`);
    const alone = rows.coaching(`s.${relation}`, athlete, single, roleWith(key));
    const another = ATHLETE_KEYS[(ATHLETE_KEYS.indexOf(key) + 7) % ATHLETE_KEYS.length]!;
    rows.world.system("coaching.overrides_set", { coaching: alone, overrides: { [another]: false } });
    rows.holds(single, athlete, [relation], true);
  }
  return rows.done("coaching rows of one key");
}

/** AC1 AC3a: assignments with one key, an assistant's and a head coach's. */
function assignments(): SmallWorld {
  const rows = new Rows();
  const head = rows.coach("head");
  const team = rows.team("t", head);
  const athlete = rows.athlete("a", team);
  const other = rows.athlete("other");
  for (const key of ATHLETE_KEYS) {
    const relation = relationOf(key);
    const assistant = rows.coach(`assistant.${relation}`);
    rows.assignment(`t.${relation}`, team, assistant, roleWith(key));
    rows.holds(assistant, athlete, key === "premium.grant" ? [] : [relation], true);
    rows.holds(assistant, other, [], false);

    // The events give a head coach the role head_coach; the model accepts any role there.
    const own = rows.team(`h.${relation}`);
    const led = rows.athlete(`led.${relation}`, own);
    const coach = rows.coach(`head.${relation}`);
    const row = `team_assignment:${rows.assignment(`h.${relation}`, own, coach, roleWith(key))}`;
    rows.raw(`team:${own}`, "head_assignment", row);
    rows.holds(coach, led, [relation], true);
    rows.holds(coach, athlete, [], false);
  }
  // AC3a: an assistant's assignment gives every key except premium; the head coach has it by their own assignment.
  const widened = rows.coach("widened");
  rows.assignment("t.all", team, widened, "all");
  rows.holds(widened, athlete, KEYS.filter((key) => key !== "premium_grant"), true);
  rows.holds(head, athlete, KEYS, true);
  // The rows that the head coach may end give the head coach nothing.
  const bare = rows.team("bare");
  const onBare = rows.athlete("on-bare", bare);
  const captain = rows.coach("captain");
  rows.raw(`team:${bare}`, "head_assignment",
    `team_assignment:${rows.assignment("bare.captain", bare, captain, "none")}`);
  rows.assignment("bare.helper", bare, rows.coach("helper"), "all");
  rows.holds(captain, onBare, [], true);
  rows.says(captain, "team_assignment:bare.helper", { can_end: true });
  return rows.done("team assignments of one key");
}

/** S7 NP8: leftovers of a coach who lost the hat, the membership or the row grant nothing. */
function leftBehind(): SmallWorld {
  const rows = new Rows();
  const team = rows.team("t");
  const athlete = rows.athlete("a");
  const member = rows.athlete("m", team);
  const everything = Object.fromEntries(ATHLETE_KEYS.map((key) => [key, true]));
  const someone = (user: string): { user: string; row: string; assignment: string } => {
    rows.coach(user);
    const row = rows.coaching(`c.${user}`, athlete, user, "all");
    rows.world.system("coaching.overrides_set", { coaching: row, overrides: everything });
    const assignment = rows.assignment(`t.${user}`, team, user, "all");
    return { user, row: `coaching:${row}`, assignment: `team_assignment:${assignment}` };
  };
  const nothing = (user: string): void => {
    for (const one of [athlete, member]) {
      rows.holds(user, one, [], false);
      rows.says(user, `athlete:${one}`, { can_place: false, can_delete: false, can_assign_coaches: false });
    }
    rows.says(user, `team:${team}`, { coach: false, head_coach: false, can_view: false, can_manage: false });
  };

  const hatless = someone("hatless");
  rows.raw(`team:${team}`, "head_assignment", hatless.assignment);
  rows.world.system("member.hats_changed", { org: "o", user: hatless.user, hats: ["office"], role: "coach" });
  nothing(hatless.user);
  rows.says(hatless.user, hatless.row, { can_end: false });
  rows.says(hatless.user, hatless.assignment, { can_end: false });

  const away = someone("away");
  rows.raw(`team:${team}`, "head_assignment", away.assignment);
  rows.world.system("member.deactivated", { org: "o", user: away.user });
  nothing(away.user);
  rows.says(away.user, away.row, { can_end: false });
  rows.says(away.user, away.assignment, { can_end: false });

  // An ended row with every pointer to it still present.
  const former = someone("former");
  rows.world.system("coaching.ended", { coaching: "c.former" });
  rows.world.system("team_assignment.ended", { assignment: "t.former" });
  rows.raw(`athlete:${athlete}`, "coaching", former.row);
  rows.raw(`team:${team}`, "assignment", former.assignment);
  rows.raw(`team:${team}`, "head_assignment", former.assignment);
  nothing(former.user);
  rows.says(former.user, former.row, { can_end: false });
  rows.says(former.user, former.assignment, { can_end: false });

  // Another coach's row gives a coach of the org nothing.
  const bystander = rows.coach("bystander");
  nothing(bystander);
  rows.says(bystander, "coaching:c.hatless", { can_end: false });
  return rows.done("what was left behind");
}

/** PM8 PR10 S7: the linked account, also one that coaches as well, and a link that does not count. */
function accounts(): SmallWorld {
  const rows = new Rows();
  const team = rows.team("t");
  const athlete = rows.athlete("a", team);
  const coach = rows.coach("coach");
  const row = rows.coaching("c", athlete, coach, "all");
  rows.assignment("t.coach", team, coach, "all");
  // The account coaches others: as a coach of the org it would hold the keys of the row's role.
  const twin = rows.coach("twin", ["coach", "athlete"]);
  rows.world.system("athlete.linked", { athlete, user: twin });
  const own = (user: string, of: string): void => {
    rows.holds(user, of, OWN, false);
    rows.says(user, `athlete:${of}`, { account: true, can_view: true, can_place: false, can_delete: false });
  };
  own(twin, athlete);
  rows.says(twin, `coaching:${row}`, { can_end: true });
  rows.says(twin, "team_assignment:t.coach", { can_end: false });
  rows.says(twin, `team:${team}`, { athlete: true, coach: false, can_view: true, can_edit_membership: false });

  // A link written around the events, to a user without the athlete hat, and to a deactivated athlete.
  const unlinkable = rows.athlete("unlinkable", team);
  for (const user of [rows.coach("no-hat"), "boss"]) {
    rows.raw(`athlete:${unlinkable}`, "link", `user:${user}`);
    rows.raw(`team:${team}`, "athlete_account", `user:${user}`);
  }
  rows.holds("no-hat", unlinkable, [], false);
  rows.says("no-hat", `athlete:${unlinkable}`, { account: false, can_view: false });
  rows.says("no-hat", `team:${team}`, { athlete: false, can_view: false });
  rows.says("boss", `athlete:${unlinkable}`, { account: false });
  rows.says("boss", `team:${team}`, { athlete: false });
  const asleep = rows.athlete("asleep", team);
  rows.coach("sleeper", ["athlete"]);
  rows.world.system("member.deactivated", { org: "o", user: "sleeper" });
  rows.raw(`athlete:${asleep}`, "link", "user:sleeper");
  rows.raw(`team:${team}`, "athlete_account", "user:sleeper");
  rows.holds("sleeper", asleep, [], false);
  rows.says("sleeper", `team:${team}`, { athlete: false, can_view: false });
  rows.world.system("platform.superadmin_granted", { user: "root" });
  rows.raw(`athlete:${asleep}`, "link", "user:root");
  rows.raw(`team:${team}`, "athlete_account", "user:root");
  rows.says("root", `athlete:${asleep}`, { account: false, current_coach: false });
  rows.says("root", `team:${team}`, { athlete: false, coach: false, head_coach: false });
  return rows.done("linked accounts");
}

/** Every world of rows. */
export function rowWorlds(): SmallWorld[] {
  return [coachingRows(), assignments(), leftBehind(), accounts()];
}
