// Guesses the events that would write a set of absent tuples. The events themselves decide whether a guess is right.
import { findRole, keysOf } from "../domain/roles.ts";
import { memberOf } from "../domain/members.ts";
import { pairOf } from "../domain/object-names.ts";
import { coachingRow, overridesOf } from "../domain/relationship-rows.ts";
import { linkedAthlete } from "../domain/seats.ts";
import { ATHLETE_KEYS, LEVELS, normalizeKeys, ORG_KEYS, relationOf, RESOURCES } from "../policy/permission-keys.ts";
import { HATS, type Hat } from "../policy/seeded-roles.ts";
import type { Reader } from "../tuples/delta.ts";
import { idOf, typeOf, type Tuple } from "../tuples/tuple.ts";
import type { Missing } from "./explained.ts";

/** An event that has not been sent: its type and payload. */
export interface LikelyEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const KEYS = [...ORG_KEYS, ...ATHLETE_KEYS, ...RESOURCES.flatMap((of) => LEVELS.map((level) => `${of}.${level}`))];

const KEY_OF_RELATION: ReadonlyMap<string, string> = new Map(KEYS.map((key) => [relationOf(key), key]));

/** Returns the permission key of a relation by which a role gives it: `roster.view` for `roster_view_role`. */
function keyOfRelation(relation: string): string | undefined {
  return KEY_OF_RELATION.get(relation.replace(/_(?:role|by_row)$/, ""));
}

/** Returns the events that would write the absent tuples of a way to a yes, in the order to send them. */
export function likelyEvents(reader: Reader, missing: Missing): LikelyEvent[] {
  const guess = new Guess(reader, missing);
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
  readonly #absent: readonly Tuple[];
  readonly #against: readonly Tuple[];
  readonly #all: readonly Tuple[];
  /** The absent tuples by `type#relation`. */
  readonly #places = new Map<string, Tuple[]>();

  constructor(reader: Reader, { absent, present, against = [] }: Missing) {
    this.#reader = reader;
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
    return [...new Map([...joined, ...linked, ...accounts, ...marks]
      .map((event) => [JSON.stringify(event), event])).values()];
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
    const free = this.#reader.objects("athlete", "team", object)
      .find((each) => this.#reader.users(each, "link").length === 0);
    if (free !== undefined) return [linked(idOf(free))];
    return [{ type: "athlete.created", data: { athlete: "new", org } }, added("new"), linked("new")];
  }

  /** Rows, their roles and their overrides. */
  rows(): LikelyEvent[] {
    return [...this.#coachings(), ...this.#assignments(), ...this.#rowHolders(), ...this.#overrides()];
  }

  #coachings(): LikelyEvent[] {
    const started = this.#of("coaching", "coach").map(({ object, user }) => {
      const over = this.#one(object, "active_on");
      const role = this.#one(object, "follows");
      return { type: "coaching.started", data: {
        coaching: idOf(object), athlete: over, coach: idOf(user), ...(role === undefined ? {} : { role: bare(role) }),
      } };
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
    const rowOf = ({ object, user }: Tuple): LikelyEvent => {
      const team = this.#one(object, "active_on");
      const isHead = this.#all.some((tuple) => tuple.relation === "head_assignment" && tuple.user === object);
      if (isHead) {
        const id = this.#isKnownRow(object) ? {} : { assignment: idOf(object) };
        return { type: "team.head_coach_changed", data: { team, head_coach: idOf(user), ...id } };
      }
      const role = this.#one(object, "role");
      const given = role === undefined ? {} : { role: bare(role) };
      return { type: "team_assignment.started", data: { assignment: idOf(object), team, coach: idOf(user), ...given } };
    };
    const known = [...this.#of("team_assignment", "active_on").map(({ object }) => object),
      ...this.#of("team", "head_assignment").map(({ user }) => user)].filter((row) => this.#isKnownRow(row));
    const restarted = [...new Set(known)].map((object) =>
      rowOf({ object, relation: "coach", user: this.#reader.users(object, "coach")[0]! }));
    const roles = this.#of("team_assignment", "role").filter(({ object }) => this.#isKnownRow(object))
      .map(({ object, user }) =>
        ({ type: "team_assignment.role_changed", data: { assignment: idOf(object), role: bare(idOf(user)) } }));
    return [...this.#of("team_assignment", "coach").map(rowOf), ...restarted, ...roles];
  }

  /** A row of any athlete, for a role that counts while it is held on one. */
  #rowHolders(): LikelyEvent[] {
    return this.#of("role", "row_holder").flatMap(({ object, user }) => {
      const [org] = object.includes("/") ? [pairOf(object).org] : this.#orgs();
      if (org === undefined) return [];
      const [athlete] = this.#reader.objects("athlete", "org", `org:${org}`);
      const first = athlete === undefined ? [{ type: "athlete.created", data: { athlete: "new", org } }] : [];
      const over = athlete === undefined ? "new" : idOf(athlete);
      const data = { coaching: "new", athlete: over, coach: idOf(user), role: bare(idOf(object)) };
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
      ...this.#absent.filter(({ object, condition }) => object.startsWith("invite:") && condition !== undefined)
        .map(({ object }) => ({ type: "invite.resent", data: { invite: idOf(object) } })),
    ];
  }
}

/** Returns the id of a role without its org. */
function bare(role: string): string {
  return role.slice(role.indexOf("/") + 1);
}
