// Laws about history: what no later event changes, and who alone may change the rest.
import type { Fact, Facts } from "./facts.ts";
import { orgOf, text, type Law } from "./law.ts";

/** Relations that are written once for each object: the parts of a row, and the facts that stay after a deletion. */
const FOREVER = ["coaching#coach", "coaching#athlete", "coaching#team", "team_assignment#coach", "team_assignment#team",
  "home#org", "home#athlete", "home#since", "ledger#kind", "org#platform", "membership#org", "membership#account",
  "invitation#org", "invitation#hat", "invitation#team", "invitation#role", "invitation#assignment_role",
  "invitation#athlete", "invitation#email", "invitation#max_uses", "invitation#revoked", "invitation#accepted_by"];

/** Relations that an object has from its creation or never: no later event adds one. */
const BORN_WITH = ["coaching#coach", "coaching#team", "coaching#active_on", "team_assignment#coach",
  "team_assignment#active_on", "team#org", "athlete#org", "activity#org", "org#platform", "invite#org"];

const KEEPS_HISTORY: Law = {
  name: "facts of history never change", rules: "NP8 S17 IN4",
  check: ({ before, after }) => FOREVER.flatMap((place) => before.facts.at(place))
    .filter((fact) => !after.facts.hasText(printed(fact))).map(printed),
};

const NOTHING_RETURNS: Law = {
  name: "what ended never begins again", rules: "NP8 S17",
  check: ({ before, after }) => BORN_WITH.flatMap((place) => after.facts.at(place))
    .filter((fact) => !before.facts.hasText(printed(fact)) && existed(before.facts, fact)).map(printed),
};

/** Prints a fact as a tuple. */
export const printed = ({ object, place, user }: Fact): string =>
  `${object}#${place.slice(place.indexOf("#") + 1)}@${user}`;

/** True if the id of an object was taken. */
function existed(facts: Facts, { object }: Fact): boolean {
  const claim = `claim:${object.replace(":", "/")}`;
  return facts.has(claim, "taken", claim);
}

/** Relations of a note that only its author changes; without an actor, the system. */
const NOTES_ARE_THEIR_AUTHORS: Law = {
  name: "only its author changes a note, and nobody its author, athlete and relationship", rules: "NP1 NP8 NP9",
  check: ({ move: { type, actor, data }, before, after }) => {
    const faults: string[] = [];
    for (const note of before.facts.at("note#author")) {
      const users = (facts: Facts, relation: string): string => facts.users(note.object, relation).sort().join();
      const changes = ["org", "athlete", "author", "under", "seat", "visible_to", "shared_with"]
        .filter((relation) => users(before.facts, relation) !== users(after.facts, relation));
      if (changes.length === 0) continue;
      const isDeleted = type === "note.deleted" && after.facts.users(note.object, "org").length === 0;
      const isFixed = changes.some((relation) => relation !== "visible_to" && relation !== "shared_with");
      if (isFixed && !isDeleted) faults.push(`${note.object}: ${changes.join()} changed`);
      if (note.object !== `note:${text(data, "note")}`) faults.push(`${note.object} was not named`);
      if (actor !== undefined && note.user !== `user:${actor}`) faults.push(`${actor} changed ${note.object}`);
    }
    return faults;
  },
};

const isPlayer = (facts: Facts, org: string, user: string): boolean => facts.has(org, "athlete_hat", user)
  && !["admin_hat", "coach_hat", "office_hat"].some((hat) => facts.has(org, hat, user));

const PLAYERS: Law = {
  name: "in a program, no member becomes a player or stops being one", rules: "PR7",
  check: (transition) => {
    const { before, after } = transition;
    const org = orgOf(transition);
    if (!before.facts.has(`ledger:${org.replace(":", "/")}`, "kind", "value:program")) return [];
    const role = `role:${transition.step.org}/player`;
    return before.facts.at("membership#account").filter(({ ids }) => ids[0] === transition.step.org)
      .map(({ user }) => user).filter((user) => isPlayer(before.facts, org, user) !== isPlayer(after.facts, org, user)
        || (after.facts.has(role, "holder", user) && !before.facts.has(role, "holder", user)))
      .map((user) => `${user} in ${org}`);
  },
};

const MISTAKES: Law = {
  name: "nobody declares the link of their own account a mistake", rules: "S21",
  check: ({ move: { actor, data }, before, after }) => before.facts.at("athlete#linked_ever")
    .filter((mark) => !after.facts.hasText(printed(mark)))
    .filter(({ user }) => data["mistaken"] !== true || user === `user:${actor}`).map(printed),
};

const LIVING_ROWS: Law = {
  name: "a row begins with an active coach, over somebody on its team, and by an actor never as history",
  rules: "S7 NP6 S8",
  check: ({ move: { actor }, before, after }) => ["coaching", "team_assignment"].flatMap((type) => {
    const started = after.facts.at(`${type}#coach`).filter((row) => !before.facts.hasText(printed(row)));
    return started.flatMap(({ object, user }) => {
      const [over] = after.facts.users(object, "active_on");
      if (over === undefined) return actor === undefined ? [] : [`${object} began as history`];
      const [org = ""] = after.facts.users(over, "org");
      const isCoach = after.facts.has(org, "member", user) && after.facts.has(org, "coach_hat", user);
      const [team] = after.facts.users(object, "team");
      const isOn = type === "team_assignment" || team === undefined || after.facts.has(over, "team", team);
      return [
        ...isCoach ? [] : [`${object}: ${user} is no coach of ${org}`], ...isOn ? [] : [`${object} is not on ${team}`],
      ];
    });
  }),
};

/** NP8: a note stands under a relationship that is active and reaches the athlete; only the system imports others. */
const LIVING_NOTES: Law = {
  name: "a note that a coach writes stands under their own active row over the athlete", rules: "NP1 NP8 NP5 NP6",
  check: ({ move: { type, data, actor }, after }) => {
    if (type !== "note.created") return [];
    const note = `note:${text(data, "note")}`;
    const athlete = `athlete:${text(data, "athlete")}`;
    const [under = ""] = after.facts.users(note, "under");
    const [over] = after.facts.users(under, "active_on");
    const [org = ""] = after.facts.users(over ?? "", "org");
    const author = `user:${text(data, "author")}`;
    const isCoach = after.facts.has(org, "member", author) && after.facts.has(org, "coach_hat", author);
    if (actor === undefined) return org === "" || isCoach ? [] : [`${author} is no coach of ${org}`];
    const reaches = over === athlete || (over !== undefined && after.facts.has(athlete, "team", over)
      && after.facts.users(over, "org").length > 0);
    return reaches && isCoach && after.facts.has(under, "coach", `user:${actor}`) ? [] : [`${note} under ${under}`];
  },
};

const SHARES: Law = {
  name: "a note is shared with active staff only", rules: "NP3 NP9",
  check: (transition) => {
    const { move: { type, data }, before } = transition;
    if (type !== "note.shared") return [];
    return before.can(text(data, "user"), "library_contribute", orgOf(transition)) ? [] : [text(data, "user")];
  },
};

const MOMENTS: Law = {
  name: "no event is from more than a day ahead, or from no time at all", rules: "S13",
  check: ({ move: { attributes }, before: { now } }) => attributes?.time === undefined
    || Date.parse(attributes.time) <= now + 24 * 3_600_000 ? [] : [attributes.time],
};

/** The parts of one row, as text. */
const rowText = (facts: Facts, row: string): string => [...facts.places]
  .filter((place) => /^(?:coaching|team_assignment)#/.test(place)).flatMap((place) => facts.at(place))
  .filter(({ object }) => object === row).map(printed).sort().join();

const ENDED_ROWS_STAY: Law = {
  name: "a row that has ended never changes", rules: "NP8 PM6",
  check: ({ before, after }) => ["coaching#coach", "team_assignment#coach"].flatMap((place) => before.facts.at(place))
    .map(({ object }) => object).filter((row) => {
      const isActive = before.facts.users(row, "active_on").some((over) => before.facts.users(over, "org").length > 0);
      return !isActive && rowText(before.facts, row) !== rowText(after.facts, row);
    }),
};

const DELETED_TEAMS: Law = {
  name: "nobody joins a deleted team", rules: "S17",
  check: ({ before, after }) => after.facts.at("athlete#team").filter((place) => !before.facts.hasText(printed(place)))
    .filter(({ user }) => after.facts.users(user, "org").length === 0).map(printed),
};

/** True if the named coach has an active row over the named athlete. */
const isCoached = (facts: Facts, data: Readonly<Record<string, unknown>>): boolean =>
  facts.at("coaching#active_on").some(({ object, user }) => user === `athlete:${text(data, "athlete")}`
    && facts.has(object, "coach", `user:${text(data, "coach")}`));

/** True if a user is linked to an athlete of an invite's org. */
function hasRowInOrgOf(facts: Facts, invite: string, user: string): boolean {
  const [org] = facts.users(`invite:${invite}`, "org");
  return facts.at("athlete#link").some((link) =>
    link.user === `user:${user}` && org !== undefined && facts.has(link.object, "org", org));
}

/** True if a user has an active assignment on an invite's team. */
function assistsOnTeamOf(facts: Facts, invite: string, user: string): boolean {
  const [team] = facts.users(`invitation:${invite}`, "team");
  return facts.at("team_assignment#active_on").some(({ object, user: on }) =>
    on === team && facts.has(object, "coach", `user:${user}`));
}

const NAMED_IDS: Law = {
  name: "an event that names a row, an athlete or a coach uses them", rules: "NP8 S15",
  check: ({ move: { type, data }, before, after: { facts } }) => {
    const assignment = `team_assignment:${text(data, "assignment")}`;
    const isHead = type === "team.created" || type === "team.head_coach_changed";
    const starts = isHead || type === "invite.redeemed";
    return [
      ...isHead && data["assignment"] !== undefined
        && !facts.has(`team:${text(data, "team")}`, "head_assignment", assignment) ? [assignment] : [],
      ...starts && data["assignment"] !== undefined && facts.users(assignment, "active_on").length === 0
        // Whoever has an active row on the invite's team, dormant or not, gets no other one.
        && !(type === "invite.redeemed" && assistsOnTeamOf(before.facts, text(data, "invite"), text(data, "user")))
        ? [assignment] : [],
      ...type === "invite.redeemed" && data["athlete"] !== undefined
        && !facts.has(`athlete:${text(data, "athlete")}`, "link", `user:${text(data, "user")}`)
        // Whoever has a row already gets none.
        && !hasRowInOrgOf(before.facts, text(data, "invite"), text(data, "user"))
        ? [`athlete:${text(data, "athlete")}`] : [],
      ...type === "athlete.created" && data["coaching"] !== undefined
        && facts.users(`coaching:${text(data, "coaching")}`, "active_on").length === 0
        ? [`coaching:${text(data, "coaching")}`] : [],
      ...type === "athlete.created" && data["coach"] !== undefined && !isCoached(facts, data)
        ? [`no row of ${text(data, "coach")}`] : [],
    ];
  },
};

const MOVES: Law = {
  name: "an athlete moves from a team that they are on", rules: "S14 NP6",
  check: ({ move: { type, data }, before: { facts } }) => type !== "team.athlete_moved"
    || facts.has(`athlete:${text(data, "athlete")}`, "team", `team:${text(data, "from")}`) ? [] : [text(data, "from")],
};

const FOUNDS_ONCE: Law = {
  name: "an org is founded once", rules: "PM2 PR11",
  check: ({ move: { type, data }, before: { facts } }) => type === "org.created"
    ? facts.users(`ledger:org/${text(data, "org")}`, "kind") : [],
};

/** Events that change a member in place. A deactivated member only comes back. */
const CHANGES_MEMBER = new Set(["member.hats_changed", "member.role_assigned", "member.professional_area_set"]);

const ACTIVE_MEMBERS: Law = {
  name: "an event changes a member only while they are active", rules: "PR8 S22",
  check: (transition) => {
    const { move: { type, data }, before: { facts } } = transition;
    const user = `user:${text(data, "user")}`;
    return CHANGES_MEMBER.has(type) && !facts.has(orgOf(transition), "member", user) ? [user] : [];
  },
};

/** Tuples that name a person, and that an event writes about an active member or the actor only. */
const ACTIVE_PEOPLE: Law = {
  name: "an author or creator is an active member or the actor", rules: "NP10 PM12 PR8",
  check: (transition) => {
    const { move: { actor }, before, after } = transition;
    const org = orgOf(transition);
    return ["activity_comment#author", "drill#creator", "spot#creator"].flatMap((place) => after.facts.at(place))
      .filter((fact) => !before.facts.hasText(printed(fact)))
      .filter(({ user }) => isStranger(before.facts, org, user, actor)).map(printed);
  },
};

/** True for a deactivated member, and for anybody who is neither a member nor the actor; the system imports others. */
function isStranger(facts: Facts, org: string, user: string, actor: string | undefined): boolean {
  const isActive = facts.has(org, "member", user);
  const isKnown = facts.has(`membership:${org.slice("org:".length)}/${user.slice("user:".length)}`, "org", org);
  return isKnown ? !isActive : user !== `user:${actor}` && actor !== undefined;
}

const DORMANT: Law = {
  name: "a deactivated member's hats and role change only when they return", rules: "PR8 S22",
  check: ({ before, after }) => before.facts.at("membership#account").filter(({ ids: [org], user }) => {
    const isAway = (facts: Facts): boolean => !facts.has(`org:${org}`, "member", user);
    const standing = (facts: Facts): string => [...HATS.filter((hat) => facts.has(`org:${org}`, hat, user)),
      ...facts.at("role#holder").filter((held) => held.user === user && held.ids[0] === org).map(printed)].join();
    return isAway(before.facts) && isAway(after.facts) && standing(before.facts) !== standing(after.facts);
  }).map(({ object }) => object),
};

const HATS = ["admin_hat", "coach_hat", "office_hat", "athlete_hat"];

/** Parts of a comment, an artifact or a note that stay as they are while it exists. */
const PARTS = /^(?:activity_comment|practice_plan|dev_card|drill|spot)#(?:org|athlete|activity|author|creator)$/;

const PARTS_STAY: Law = {
  name: "an existing comment or artifact keeps its org, its author and its subject", rules: "NP10 PM12 S8",
  check: ({ before, after }) => [...before.facts.places].filter((place) => PARTS.test(place))
    .flatMap((place) => before.facts.at(place))
    .filter((fact) => !after.facts.hasText(printed(fact)) && after.facts.users(fact.object, "org").length > 0)
    // The remains of a comment that was deleted with its activity are nobody's (NP10).
    .filter(({ object }) => before.facts.users(object, "activity")
      .every((activity) => before.facts.users(activity, "org").length > 0)).map(printed),
};

const SEQUENCES_RISE: Law = {
  name: "the sequence of a source and subject only rises", rules: "S13",
  check: ({ move: { attributes }, before, after }) => {
    if (attributes?.sequence === undefined) return [];
    const moved = after.facts.at("stream#last").filter((last) => !before.facts.hasText(printed(last)));
    if (moved.length === 0) return [`${attributes.sequence} was applied before`];
    return moved.filter(({ object, user }) =>
      before.facts.users(object, "last").some((last) => numberOf(last) >= numberOf(user))).map(printed);
  },
};

const numberOf = (value: string): number => Number(value.slice("value:".length));

/** The laws that compare the facts before and after an event. */
export const HISTORY_LAWS: readonly Law[] = [
  KEEPS_HISTORY, NOTHING_RETURNS, NOTES_ARE_THEIR_AUTHORS, PLAYERS, MISTAKES, LIVING_ROWS, LIVING_NOTES,
  SHARES, MOMENTS, ENDED_ROWS_STAY, DELETED_TEAMS, NAMED_IDS, MOVES, FOUNDS_ONCE, ACTIVE_MEMBERS, ACTIVE_PEOPLE,
  DORMANT, PARTS_STAY, SEQUENCES_RISE,
];
