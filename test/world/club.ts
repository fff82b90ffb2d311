// The club of the tests: one cast, as events, and as a world. Each test starts from all of it or from its people.
import type { Kind } from "../../src/policy/seeded-roles.ts";
import { World } from "./world.ts";

/** An event of the system: its type and its payload. */
type Sent = readonly [type: string, data: object];

const member = (user: string, hat = "coach", org = "fc"): Sent => ["member.added", { org, user, hats: [hat] }];

/** olga owns `fc`; hana, cora and dora coach there; ida is an athlete. */
const founders = (kind: Kind): Sent[] => [
  ["org.created", { org: "fc", kind, owner: "olga" }],
  ...["hana", "cora", "dora"].map((user) => member(user)), member("ida", "athlete"),
];

/** hana is the head coach of `red` (`hd1`). a1 (linked: ida) and a2 are on `red`; a3 is on no team. */
const FIRST_TEAM: readonly Sent[] = [
  ["team.created", { team: "red", org: "fc", head_coach: "hana", assignment: "hd1" }],
  ["athlete.created", { athlete: "a1", org: "fc", team: "red", user: "ida" }],
  ["athlete.created", { athlete: "a2", org: "fc", team: "red" }],
  ["athlete.created", { athlete: "a3", org: "fc" }],
];

const PEOPLE: readonly Sent[] = [
  ["platform.superadmin_granted", { user: "root" }], ["platform.admin_granted", { user: "pat" }],
  member("adam", "admin"), member("ofra", "office"), member("abe", "athlete"), member("asta"), member("gus"),
  ["member.deactivated", { org: "fc", user: "gus" }],
];

const PLACES: readonly Sent[] = [
  ["team.created", { team: "blue", org: "fc" }], ["team.athlete_added", { team: "blue", athlete: "a3" }],
  ["team.created", { team: "xt", org: "xo" }], ["athlete.created", { athlete: "x1", org: "xo" }],
  ["team_assignment.started", { assignment: "as1", team: "red", coach: "asta" }],
  ["coaching.started", { coaching: "c1", athlete: "a1", coach: "cora" }],
  ["coaching.started", { coaching: "cx", athlete: "x1", coach: "xena" }],
];

const peopleOf = (kind: Kind): Sent[] => [
  ...founders(kind), ["org.created", { org: "xo", kind, owner: "otto" }], member("xena", "coach", "xo"), ...PEOPLE,
];

/** The founders and their first team, where each event costs a request. */
export const SMALL_CLUB: readonly Sent[] = [...founders("club"), ...FIRST_TEAM];

/** The events of `club`, in order. */
export const clubEvents = (kind: Kind = "club"): Sent[] => [...peopleOf(kind), ...FIRST_TEAM, ...PLACES];

function worldOf(events: readonly Sent[]): World {
  const world = new World();
  for (const [type, data] of events) world.system(type, data);
  return world;
}

/**
 * Two orgs without teams. `fc`: olga owns it, adam is its admin, ofra its office; hana, cora, dora and asta coach; gus
 * is a deactivated coach; ida and abe are athletes. `xo`: otto owns it, xena coaches. root is a superadmin, pat a
 * platform admin.
 */
export function people(kind: Kind = "club"): World {
  return worldOf(peopleOf(kind));
}

/**
 * The people, and: hana is the head coach of `red` (`hd1`), asta assists there (`as1`); cora has the row `c1` over a1;
 * dora is a coach without rows. a1 (linked: ida) and a2 are on `red`, a3 is on `blue`, which has no coach; abe has no
 * roster row. `xo` has the team `xt` and the athlete x1, over whom xena has the row `cx`.
 */
export function club(kind: Kind = "club"): World {
  return worldOf(clubEvents(kind));
}
