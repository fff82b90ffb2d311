// Laws about redeeming invites: who may, and what it may and may not change for them.
import type { Fact } from "./facts.ts";
import { printed } from "./history-laws.ts";
import { orgOf, text, type Law } from "./law.ts";
import { Snapshot } from "./snapshot.ts";

const OPEN_ONLY: Law = {
  name: "only an open invite is redeemed, once by one user, and by the invited address", rules: "IN4 IN5 PR5 PR6",
  check: ({ move: { type, data, actor, attributes }, before, after }) => {
    if (type !== "invite.redeemed") return [];
    // S13: an event of the system happens at its `time`, if that is earlier than the clock.
    const then = actor !== undefined || attributes?.time === undefined ? before
      : new Snapshot(before.tuples, Math.min(before.now, Date.parse(attributes.time)));
    const invitation = `invitation:${text(data, "invite")}`;
    const user = `user:${text(data, "user")}`;
    const [hash] = before.facts.users(invitation, "email");
    const given = text(data, "email").replaceAll(/[^a-z0-9]/g, "-");
    const org = before.facts.users(invitation, "org")[0] ?? "org:none";
    const isBack = before.facts.users(org, "member").every((one) => one !== user)
      && before.facts.has(`membership:${org.slice("org:".length)}/${user.slice("user:".length)}`, "org", org)
      && after.facts.has(org, "member", user);
    return [
      ...then.can("stranger", "can_redeem", `invite:${text(data, "invite")}`) ? [] : [`${invitation} was not open`],
      ...hash === undefined || hash === `value:hash-of-${given}` ? [] : [`${invitation} is for another address`],
      ...isBack ? [`${user} was deactivated in ${org}`] : [],
    ];
  },
};

const TAKEOVER: Law = {
  name: "a redeemer gets no other person's row: a new one, their own, or the reserved one", rules: "PR10 S14",
  check: ({ move: { type, actor, data }, before, after }) => {
    if (type !== "invite.redeemed" || actor === undefined) return [];
    const [reserved] = before.facts.users(`invitation:${text(data, "invite")}`, "athlete");
    return after.facts.at("athlete#link").filter((link) => !before.facts.hasText(printed(link)))
      .filter(({ object }) => before.facts.users(object, "org").length > 0 && object !== reserved).map(printed);
  },
};

const REDEEMED_PLAYERS: Law = {
  name: "in a program, no member gets the athlete hat by an invite", rules: "PR7",
  check: (transition) => {
    const { move: { type, data }, before, after } = transition;
    const org = orgOf(transition);
    const user = `user:${text(data, "user")}`;
    const entry = `membership:${transition.step.org}/${text(data, "user")}`;
    return type === "invite.redeemed" && before.facts.has(`ledger:${org.replace(":", "/")}`, "kind", "value:program")
      && before.facts.has(entry, "org", org) && !before.facts.has(org, "athlete_hat", user)
      && after.facts.has(org, "athlete_hat", user) ? [`${user} in ${org}`] : [];
  },
};

const WAKING: Law = {
  name: "an invite that wakes a coach's rows was made by somebody who may assign coaches", rules: "S19 S7",
  check: (transition) => {
    const { move: { type, data }, before, after } = transition;
    const maker = before.facts.users(`invitation:${text(data, "invite")}`, "invited_by")[0]?.slice("user:".length);
    if (type !== "invite.redeemed" || maker === undefined) return [];
    const [org, user] = [orgOf(transition), `user:${text(data, "user")}`];
    const wakes = !before.facts.has(org, "coach_hat", user) && after.facts.has(org, "coach_hat", user);
    if (!wakes || before.can(maker, "athletes_assign_coaches", org)) return [];
    return ["coaching", "team_assignment"].flatMap((kind) => before.facts.at(`${kind}#coach`))
      .filter((row) => row.user === user && before.facts.users(row.object, "active_on")
        .some((over) => before.facts.has(over, "org", org))).map(({ object }) => `${maker} wakes ${object}`);
  },
};

const isOfInvites = ({ place }: Fact): boolean => /^(?:invitation|invite|event|ledger)#/.test(place);

const NO_USE_FOR_NOTHING: Law = {
  name: "no use of a link is counted for nothing", rules: "IN6",
  check: ({ move: { type, data }, before, after }) => {
    const isLink = before.facts.users(`invitation:${text(data, "invite")}`, "email").length === 0;
    if (type !== "invite.redeemed" || !isLink) return [];
    const gained = [...after.facts.places].flatMap((place) => after.facts.at(place))
      .filter((fact) => !isOfInvites(fact) && !before.facts.hasText(printed(fact)));
    return gained.length > 0 ? [] : [text(data, "invite")];
  },
};

const ADDRESSED: Law = {
  name: "an invite that is sent to an address is for that address", rules: "PR5",
  check: ({ move: { type, data }, after }) => type !== "invite.created" || data["email"] === undefined
    || after.facts.users(`invitation:${text(data, "invite")}`, "email").length > 0 ? [] : [text(data, "invite")],
};

/** The laws about redeeming. */
export const REDEMPTION_LAWS: readonly Law[] = [
  OPEN_ONLY, TAKEOVER, REDEEMED_PLAYERS, WAKING, NO_USE_FOR_NOTHING, ADDRESSED,
];
