// Guesses the events that would write a set of absent tuples. The events themselves decide whether a guess is right.
import { findRole, keysOf } from "../domain/roles.ts";
import { memberOf } from "../domain/members.ts";
import { pairOf } from "../domain/object-names.ts";
import { coachingRow, overridesOf } from "../domain/relationship-rows.ts";
import { linkedAthlete } from "../domain/seats.ts";
import { reservationFault } from "../events/guards/invite-terms.ts";
import { isTaken, nextId } from "../events/ids.ts";
import { keyOfRelation, normalizeKeys } from "../policy/permission-keys.ts";
import { HATS, type Hat } from "../policy/seeded-roles.ts";
import type { Reader } from "../tuples/delta.ts";
import { idOf, typeOf, type Tuple } from "../tuples/tuple.ts";
import type { Missing } from "./explained.ts";
import { isHeadCoach } from "./forbidding-rules.ts";

/** An event that has not been sent: its type and payload. */
export interface LikelyEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Returns the events that would write the absent tuples of a way to a yes, in the order to send them; one that writes
 * several of them may come several times. `now`: milliseconds since 1970.
 */
export function likelyEvents(reader: Reader, missing: Missing, now: number): LikelyEvent[] {
  const guess = new Guess(reader, missing, now);
  return [
    ...guess.platform(), ...guess.roles(), ...guess.members(), ...guess.roster(), ...guess.places(), ...guess.rows(),
    ...guess.notes(),
  ];
}

/** The changes of a member that a way needs. */
interface LikelyMember {
  readonly org: string;
  readonly user: string;
  readonly hats: Hat[];
  role: string | undefined;
}

class Guess {
  readonly #reader: Reader;
  readonly #now: number;
  readonly #absent: readonly Tuple[];
  readonly #against: readonly Tuple[];
  readonly #all: readonly Tuple[];
  /** The absent tuples by `type#relation`. */
  readonly #places = new Map<string, Tuple[]>();

  constructor(reader: Reader, { absent, present, against = [] }: Missing, now: number) {
    this.#reader = reader;
    this.#now = now;
    this.#absent = absent;
    this.#against = against;
    this.#all = [...present, ...absent];
    for (const tuple of absent) {
      const place = `${typeOf(tuple.object)}#${tuple.relation}`;
      const known = this.#places.get(place);
      if (known === undefined) this.#places.set(place, [tuple]); else known.push(tuple);
    }
  }

  /** Returns the absent tuples of a type and a relation. */
  #of(type: string, relation: string): readonly Tuple[] {
    return this.#places.get(`${type}#${relation}`) ?? [];
  }

  /** Returns the id of the user of a relation of an object, in the way or in the state. */
  #one(object: string, relation: string): string | undefined {
    const found = this.#all.find((tuple) => tuple.object === object && tuple.relation === relation)?.user
      ?? this.#reader.users(object, relation)[0];
    return found === undefined ? undefined : idOf(found);
  }

  /** Returns an id for a new object of a type that the way does not name. */
  #fresh(type: string): string {
    const isUsed = (id: string): boolean => isTaken(this.#reader, `${type}:${id}`)
      || this.#all.some(({ object }) => object === `${type}:${id}`);
    return nextId("new", isUsed);
  }

  #orgs(): string[] {
    const named = this.#all.flatMap(({ object, user }) => [object, user.split("#")[0]!]);
    return [...new Set(named.filter((name) => name.startsWith("org:")).map(idOf))];
  }

  platform(): LikelyEvent[] {
    return ["superadmin", "admin"].flatMap((relation) => this.#of("platform", relation)
      .map(({ user }) => ({ type: `platform.${relation}_granted`, data: { user: idOf(user) } })));
  }

  /** Keys for roles, and new roles. */
  roles(): LikelyEvent[] {
    const added = new Map<string, string[]>();
    for (const { object, relation, user } of this.#absent) {
      const role = user.startsWith("role:") && object.startsWith("org:") ? user.split("#")[0]!
        : object.startsWith("role:") && user.endsWith("#coach") ? object : undefined;
      const key = keyOfRelation(relation);
      if (role !== undefined && key !== undefined) added.set(role, [...added.get(role) ?? [], key]);
    }
    return [...added].flatMap(([role, keys]) => {
      if (role.includes("/")) {
        const { org, id } = pairOf(role);
        const found = findRole(this.#reader, org, id);
        const all = found === undefined ? keys : [...keysOf(this.#reader, found), ...keys];
        return [{ type: "role.updated", data: { org, role: id, keys: normalizeKeys(all) } }];
      }
      const scope = this.#absent.some(({ user }) => user === `${role}#holder`) ? "org" : "athlete";
      return this.#orgs().map((org) => ({ type: "role.created", data: { org, role: idOf(role), scope, keys } }));
    });
  }

  /** Memberships, hats and org roles: one event for each user and org. */
  members(): LikelyEvent[] {
    const found = new Map<string, LikelyMember>();
    const at = (org: string, user: string): LikelyMember => {
      const key = `${org} ${user}`;
      const known: LikelyMember = found.get(key) ?? { org, user, hats: [], role: undefined };
      found.set(key, known);
      return known;
    };
    for (const { object, relation, user } of this.#absent) {
      const hat = HATS.find((each) => relation === `${each}_hat`);
      if (object.startsWith("org:") && hat !== undefined) at(idOf(object), idOf(user)).hats.push(hat);
      else if (object.startsWith("org:") && relation === "member") at(idOf(object), idOf(user));
      else if (object.startsWith("role:") && relation === "holder") {
        const [org] = object.includes("/") ? [pairOf(object).org] : this.#orgs();
        const role = object.includes("/") ? pairOf(object).id : idOf(object);
        if (org !== undefined) at(org, idOf(user)).role = role;
      }
    }
    return [...found.values()].map(({ org, user, hats, role }) => {
      const member = memberOf(this.#reader, org, user);
      const worn = HATS.filter((hat) => hats.includes(hat) || member?.hats.includes(hat));
      const given = role === undefined ? {} : { role };
      if (member === undefined) {
        return { type: "member.added", data: { org, user, ...(worn.length === 0 ? {} : { hats: worn }), ...given } };
      }
      const changed = hats.length === 0 ? {} : { hats: worn };
      // The role stays unless the way needs another one.
      const kept = hats.length > 0 && role === undefined && member.role !== undefined ? { role: member.role } : given;
      if (!member.active) return { type: "member.reactivated", data: { org, user, ...changed, ...kept } };
      if (hats.length === 0) return { type: "member.role_assigned", data: { org, user, role } };
      return { type: "member.hats_changed", data: { org, user, hats: worn, ...kept } };
    });
  }

  /** New teams and athletes. */
  roster(): LikelyEvent[] {
    return ["team", "athlete"].flatMap((type) => this.#of(type, "org")
      .map(({ object, user }) => ({ type: `${type}.created`, data: { [type]: idOf(object), org: idOf(user) } })));
  }

  /** Athletes on teams, and their accounts. */
  places(): LikelyEvent[] {
    const joined = this.#of("athlete", "team")
      .map(({ object, user }) => ({ type: "team.athlete_added", data: { team: idOf(user), athlete: idOf(object) } }));
    const linked = [...this.#of("athlete", "link"), ...this.#of("athlete", "linked_ever")]
      .map(({ object, user }) => ({ type: "athlete.linked", data: { athlete: idOf(object), user: idOf(user) } }));
    const accounts = this.#of("team", "athlete_account").flatMap((tuple) => this.#account(tuple));
    const marks = this.#against.filter(({ relation }) => relation === "linked_ever" || relation === "link")
      .map(({ object, user }) =>
        ({ type: "athlete.unlinked", data: { athlete: idOf(object), user: idOf(user), mistaken: true } }));
    return [...joined, ...linked, ...accounts, ...marks];
  }

  /** The account of a player of a team: the user's own athlete, one of the team without an account, or a new one. */
  #account({ object, user }: Tuple): LikelyEvent[] {
    const org = this.#one(object, "org") ?? "";
    const added = (athlete: string): LikelyEvent =>
      ({ type: "team.athlete_added", data: { team: idOf(object), athlete } });
    const linked = (athlete: string): LikelyEvent =>
      ({ type: "athlete.linked", data: { athlete, user: idOf(user) } });
    const own = linkedAthlete(this.#reader, org, idOf(user));
    if (own !== undefined) return [added(own)];
    const free = this.#reader.objects("athlete", "team", object).map(idOf)
      .find((each) => reservationFault(this.#reader, each, this.#now) === undefined);
    if (free !== undefined) return [linked(free)];
    const athlete = this.#fresh("athlete");
    return [{ type: "athlete.created", data: { athlete, org } }, added(athlete), linked(athlete)];
  }

  /** Rows, their roles and their overrides. */
  rows(): LikelyEvent[] {
    return [...this.#coachings(), ...this.#assignments(), ...this.#rowHolders(), ...this.#overrides()];
  }

  #coachings(): LikelyEvent[] {
    const started = this.#of("coaching", "coach").map(({ object, user }) => {
      const [over, role] = [this.#one(object, "active_on"), this.#one(object, "follows")];
      const given = role === undefined ? {} : { role: bare(role) };
      return { type: "coaching.started", data: { coaching: idOf(object), athlete: over, coach: idOf(user), ...given } };
    });
    const restarted = this.#of("coaching", "active_on").filter(({ object }) => this.#isKnownRow(object))
      .map(({ object, user }) => ({ type: "coaching.started", data: {
        coaching: idOf(object), athlete: idOf(user), coach: this.#one(object, "coach"),
      } }));
    const roles = this.#of("coaching", "follows").filter(({ object }) => this.#isKnownRow(object))
      .flatMap(({ object, user }) => this.#roleChange(idOf(object), bare(idOf(user))));
    return [...started, ...restarted, ...roles];
  }

  /** A row with an override follows its role key by key. */
  #roleChange(coaching: string, role: string): LikelyEvent[] {
    const row = coachingRow(this.#reader, coaching);
    const isOverridden = row !== undefined && Object.keys(overridesOf(this.#reader, row)).length > 0;
    return [
      ...(isOverridden ? [{ type: "coaching.overrides_set", data: { coaching, overrides: {} } }] : []),
      ...(row?.role === role ? [] : [{ type: "coaching.role_changed", data: { coaching, role } }]),
    ];
  }

  #isKnownRow(object: string): boolean {
    return this.#reader.users(object, "coach").length > 0;
  }

  #assignments(): LikelyEvent[] {
    const headOf = ({ object, user }: Tuple): LikelyEvent => {
      const id = this.#isKnownRow(object) ? {} : { assignment: idOf(object) };
      const team = this.#one(object, "active_on");
      return { type: "team.head_coach_changed", data: { team, head_coach: idOf(user), ...id } };
    };
    const rowOf = (tuple: Tuple): LikelyEvent => {
      const { object, user } = tuple;
      const role = this.#one(object, "role");
      const isHead = this.#all.some((other) => other.relation === "head_assignment" && other.user === object);
      // S15: a new head coach has this role, and nobody else.
      if (isHead || (role !== undefined && isHeadCoach(`role:${role}`))) return headOf(tuple);
      const team = this.#one(object, "active_on");
      const given = role === undefined ? {} : { role: bare(role) };
      return { type: "team_assignment.started", data: { assignment: idOf(object), team, coach: idOf(user), ...given } };
    };
    const known = [...this.#of("team_assignment", "active_on").map(({ object }) => object),
      ...this.#of("team", "head_assignment").map(({ user }) => user)].filter((row) => this.#isKnownRow(row));
    const restarted = [...new Set(known)].map((object) =>
      rowOf({ object, relation: "coach", user: this.#reader.users(object, "coach")[0]! }));
    const roles = this.#of("team_assignment", "role").filter(({ object }) => this.#isKnownRow(object))
      .map(({ object, user }) => (isHeadCoach(user)
        ? headOf({ object, relation: "coach", user: this.#reader.users(object, "coach")[0]! })
        : { type: "team_assignment.role_changed", data: { assignment: idOf(object), role: bare(idOf(user)) } }));
    return [...this.#of("team_assignment", "coach").map(rowOf), ...restarted, ...roles];
  }

  /** A row of any athlete, for a role that counts while it is held on one. */
  #rowHolders(): LikelyEvent[] {
    return this.#of("role", "row_holder").flatMap(({ object, user }) => {
      const [org] = object.includes("/") ? [pairOf(object).org] : this.#orgs();
      if (org === undefined) return [];
      const [athlete] = this.#reader.objects("athlete", "org", `org:${org}`);
      const over = athlete === undefined ? this.#fresh("athlete") : idOf(athlete);
      const first = athlete === undefined ? [{ type: "athlete.created", data: { athlete: over, org } }] : [];
      const data = { coaching: this.#fresh("coaching"), athlete: over, coach: idOf(user), role: bare(idOf(object)) };
      return [...first, { type: "coaching.started", data }];
    });
  }

  #overrides(): LikelyEvent[] {
    const keyed = this.#absent.filter(({ object, relation, user }) => object.startsWith("coaching:")
      && user.startsWith("user:") && relation !== "coach");
    return keyed.map(({ object, relation }) => {
      const row = coachingRow(this.#reader, idOf(object));
      const kept = row === undefined ? {} : overridesOf(this.#reader, row);
      return { type: "coaching.overrides_set", data: {
        coaching: idOf(object), overrides: { ...kept, [keyOfRelation(relation) ?? relation]: true },
      } };
    });
  }

  /** Flags, shares, finalized artifacts and invites. */
  notes(): LikelyEvent[] {
    return [
      ...this.#of("note", "visible_to")
        .map(({ object }) =>
          ({ type: "note.visibility_changed", data: { note: idOf(object), visible_to_athlete: true } })),
      ...this.#of("note", "shared_with")
        .map(({ object, user }) => ({ type: "note.shared", data: { note: idOf(object), user: idOf(user) } })),
      ...this.#absent.filter(({ relation }) => relation === "finalized_in")
        .map(({ object }) => ({ type: "artifact.finalized", data: { artifact: object } })),
      ...this.#absent.filter(({ object }) => object.startsWith("invite:"))
        .map(({ object }) => ({ type: "invite.resent", data: { invite: idOf(object) } })),
    ];
  }
}

/** Returns the id of a role without its org. */
function bare(role: string): string {
  return role.slice(role.indexOf("/") + 1);
}
