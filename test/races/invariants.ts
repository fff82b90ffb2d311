// Invariants of the stored tuples after any number of concurrent events.
import type { Tuple } from "../../src/tuples/tuple.ts";

/** The users of each object's relation, as stored. */
class Stored {
  readonly #users = new Map<string, string[]>();
  readonly objects = new Set<string>();

  constructor(tuples: readonly Tuple[]) {
    for (const { user, relation, object } of tuples) {
      const key = `${object}#${relation}`;
      this.#users.set(key, [...this.#users.get(key) ?? [], user]);
      this.objects.add(object);
    }
  }

  users(object: string, relation: string): readonly string[] {
    return this.#users.get(`${object}#${relation}`) ?? [];
  }

  of(type: string): string[] {
    return [...this.objects].filter((object) => object.startsWith(`${type}:`));
  }
}

/**
 * Sentences about violations in a state; none if it is consistent: one account per row and one row per account in each
 * org (PR10), accounts of teams exactly those of their athletes, holders by rows exactly as the rows say (S12), one
 * head coach per team (S15), an active admin and Owner in each org (PR9, S6), one role per member, uses within their
 * limit.
 */
export function faultsOf(tuples: readonly Tuple[]): string[] {
  const stored = new Stored(tuples);
  return [
    ...linkFaults(stored), ...seatFaults(stored), ...holderFaults(stored), ...orgFaults(stored),
    ...inviteFaults(stored),
    ...stored.of("team").filter((team) => stored.users(team, "head_assignment").length > 1)
      .map((t) => `${t}: two head coaches`),
  ];
}

function linkFaults(stored: Stored): string[] {
  const faults: string[] = [];
  const rows = new Map<string, string>();
  for (const row of stored.of("athlete")) {
    const linked = stored.users(row, "link");
    if (linked.length > 1) faults.push(`${row} is linked to ${linked.join(" and ")}`);
    for (const user of linked) {
      const [org] = stored.users(row, "org");
      const key = `${user} in ${org}`;
      const other = rows.get(key);
      if (other !== undefined) faults.push(`${key} has ${other} and ${row}`);
      rows.set(key, row);
      if (org === undefined) continue;
      if (!stored.users(org, "member").includes(user)) faults.push(`${row}: ${user} is no active member`);
      if (!stored.users(org, "athlete_hat").includes(user)) faults.push(`${row}: ${user} has no athlete hat`);
    }
  }
  return faults;
}

function seatFaults(stored: Stored): string[] {
  const faults: string[] = [];
  const accounts = new Map<string, Set<string>>();
  const seats = new Set<string>();
  for (const row of stored.of("athlete")) {
    for (const team of stored.users(row, "team")) {
      const id = `seat:${team.slice("team:".length)}/${row.slice("athlete:".length)}`;
      seats.add(id);
      if (!stored.users(id, "team").includes(team)) faults.push(`${row} is on ${team} without ${id}`);
      for (const user of stored.users(row, "link")) accounts.set(team, (accounts.get(team) ?? new Set()).add(user));
    }
  }
  for (const seat of stored.of("seat")) if (!seats.has(seat)) faults.push(`${seat} is nobody's`);
  for (const team of stored.of("team")) {
    const [is, should] = [stored.users(team, "athlete_account"), [...accounts.get(team) ?? []]]
      .map((users) => [...users].sort().join());
    if (is !== should) faults.push(`${team} has the accounts [${is}], its athletes [${should}]`);
  }
  return faults;
}

function holderFaults(stored: Stored): string[] {
  const should = new Set<string>();
  const holds = (row: string): void => {
    for (const role of stored.users(row, "role")) {
      for (const coach of stored.users(row, "coach")) should.add(`${coach} ${role}`);
    }
  };
  for (const row of stored.of("coaching")) {
    if (stored.users(row, "active_on").some((athlete) => stored.users(athlete, "org").length > 0)) holds(row);
  }
  for (const team of stored.of("team").filter((t) => stored.users(t, "org").length > 0)) {
    for (const row of stored.users(team, "head_assignment")) {
      if (stored.users(row, "active_on").includes(team)) holds(row);
    }
  }
  const is = new Set(stored.of("role")
    .flatMap((role) => stored.users(role, "row_holder").map((user) => `${user} ${role}`)));
  return [
    ...[...is].filter((held) => !should.has(held)).map((held) => `held without a row: ${held}`),
    ...[...should].filter((held) => !is.has(held)).map((held) => `a row without its holder: ${held}`),
  ];
}

function orgFaults(stored: Stored): string[] {
  const faults: string[] = [];
  for (const org of stored.of("org")) {
    const admins = stored.users(org, "admin_hat").filter((user) => stored.users(org, "member").includes(user));
    if (admins.length === 0) faults.push(`${org} has no active admin`);
    const owners = stored.users(`role:${org.slice("org:".length)}/owner`, "holder");
    if (!admins.some((user) => owners.includes(user))) faults.push(`${org} has no active Owner with the admin hat`);
    const held = stored.of("role").filter((role) => role.startsWith(`role:${org.slice("org:".length)}/`))
      .flatMap((role) => stored.users(role, "holder"));
    for (const user of new Set(held)) {
      if (held.filter((other) => other === user).length > 1) faults.push(`${user} has two roles in ${org}`);
    }
  }
  return faults;
}

function inviteFaults(stored: Stored): string[] {
  return stored.of("invitation").flatMap((invitation) => {
    const number = (relation: string): number | undefined => {
      const [value] = stored.users(invitation, relation);
      return value === undefined ? undefined : Number(value.slice("value:".length));
    };
    const several = ["uses", "accepted_by", "max_uses"]
      .filter((relation) => stored.users(invitation, relation).length > 1);
    const [uses, most] = [number("uses") ?? 0, number("max_uses")];
    return [
      ...several.map((relation) => `${invitation}: ${relation} twice`),
      ...(most !== undefined && uses > most ? [`${invitation}: ${uses} uses of ${most}`] : []),
    ];
  });
}
