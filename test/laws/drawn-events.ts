// Payloads for every type of event, drawn on a state: mostly names that fit it, and sometimes any others.
import { ATHLETE_KEYS, LEVELS, ORG_KEYS, RESOURCES, ROW_ORG_KEYS } from "../../src/policy/permission-keys.ts";
import { HATS, KINDS, seededRoles } from "../../src/policy/seeded-roles.ts";
import { pairOf } from "../../src/domain/object-names.ts";
import { idOf, typeOf } from "../../src/tuples/tuple.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import type { Draw } from "./draw.ts";
import { USERS, type Pools } from "./pools.ts";

const SEEDED = [...new Set(KINDS.flatMap(seededRoles).map((role) => role.id))];
const ATHLETE_ROLES = ["head_coach", "viewer", "assistant_coach", "specialist"];
const PLAIN_ARTIFACTS = ["practice_plan", "game_brief", "weekly_report", "scouting_report", "playbook_item"];
const ABOUT_ATHLETE = ["development_plan", "dev_card", "player_profile"];
const LIBRARY = ["drill", "spot"];
const LEVEL_KEYS = RESOURCES.flatMap((resource) => LEVELS.map((level) => `${resource}.${level}`));
/** The usual keys of overrides and custom roles, few so that they coincide. */
const FEW_KEYS = ["sessions.read", "sessions.write", "notes.write", "premium.grant", "profile.read"] as const;

type Data = Record<string, unknown>;
type Drawer = (draw: Draw, tuples: TupleSet, pools: Pools) => Data;

const users = (draw: Draw): string => draw.pick(USERS);
/** Ids of objects of a type that have a tuple of this relation. */
function existing(tuples: TupleSet, objectType: string, relation: string): string[] {
  return [...new Set([...tuples.read({ objectType, relation })].map((tuple) => idOf(tuple.object)))];
}

/** An existing id in nine of ten cases, if there is one. */
function known(draw: Draw, tuples: TupleSet, type: string, relation: string, letter: string): string {
  const there = existing(tuples, type, relation);
  return there.length > 0 && draw.chance(92) ? draw.pick(there) : `${letter}${1 + draw.below(8)}`;
}

const orgOf = (draw: Draw, tuples: TupleSet): string => known(draw, tuples, "org", "platform", "o");
const teamOf = (draw: Draw, tuples: TupleSet): string => known(draw, tuples, "team", "org", "t");
const athleteOf = (draw: Draw, tuples: TupleSet): string => known(draw, tuples, "athlete", "org", "a");
const activeRow = (draw: Draw, tuples: TupleSet): string =>
  known(draw, tuples, "coaching", draw.chance(85) ? "active_on" : "coach", "c");
const activeAssignment = (draw: Draw, tuples: TupleSet): string =>
  known(draw, tuples, "team_assignment", draw.chance(85) ? "active_on" : "coach", "s");
const noteOf = (draw: Draw, tuples: TupleSet): string => known(draw, tuples, "note", "author", "n");
const inviteOf = (draw: Draw, tuples: TupleSet): string => known(draw, tuples, "invitation", "org", "i");

/** The org of a team or athlete in most cases. */
function homeOf(draw: Draw, tuples: TupleSet, object: string): string {
  const home = tuples.users(object, "org")[0];
  return home !== undefined && draw.chance(92) ? idOf(home) : orgOf(draw, tuples);
}

/** A user with a hat in an org in most cases. */
function hatted(draw: Draw, tuples: TupleSet, org: string, hat: string): string {
  const wearers = tuples.users(`org:${org}`, `${hat}_hat`);
  return wearers.length > 0 && draw.chance(85) ? idOf(draw.pick(wearers)) : users(draw);
}

/** A member of an org, active or not, in most cases. */
function member(draw: Draw, tuples: TupleSet, org: string): string {
  const members = tuples.objects("membership", "org", `org:${org}`).map((entry) => entry.slice(entry.indexOf("/") + 1));
  return members.length > 0 && draw.chance(88) ? draw.pick(members) : users(draw);
}

/** A custom role of an org in half the cases, if there is one; otherwise one of these. */
function roleIn(draw: Draw, tuples: TupleSet, org: string, others: readonly string[]): string {
  const made = tuples.objects("role_entry", "org", `org:${org}`).map((entry) => pairOf(entry).id);
  return made.length > 0 && draw.chance(50) ? draw.pick(made) : draw.pick(others);
}

const athleteRole = (draw: Draw, tuples: TupleSet, org: string): string =>
  roleIn(draw, tuples, org, draw.chance(90) ? ATHLETE_ROLES : SEEDED);
const orgRole = (draw: Draw, tuples: TupleSet, org: string): string => roleIn(draw, tuples, org, SEEDED);

function keys(draw: Draw, scope: string): string[] {
  const few = draw.some(FEW_KEYS);
  if (scope === "athlete") return draw.chance(25) ? [...few, draw.pick(ROW_ORG_KEYS)] : few;
  return [...few.slice(0, draw.below(3)), ...draw.some(ORG_KEYS).slice(0, draw.below(3)),
    ...draw.sample(LEVEL_KEYS, draw.below(4))];
}

const grant: Drawer = (draw) => ({ user: users(draw) });
/** A user with a platform relation in most cases. */
const revoke = (relation: string): Drawer => (draw, tuples) => {
  const there = tuples.users("platform:main", relation);
  return { user: there.length > 0 && draw.chance(75) ? idOf(draw.pick(there)) : users(draw) };
};
const orgMember: Drawer = (draw, tuples) => {
  const org = orgOf(draw, tuples);
  return { org, user: member(draw, tuples, org) };
};
/** A member, usually a deactivated one, who returns unchanged or with other hats, another role or no rows (S22). */
const reactivation: Drawer = (draw, tuples, pools) => {
  const gone = [...tuples.read({ objectType: "membership", relation: "account" })]
    .map(({ object, user }) => ({ org: pairOf(object).org, user: idOf(user) }))
    .filter(({ org, user }) => !tuples.has(`org:${org}`, "member", `user:${user}`));
  const who = gone.length > 0 && draw.chance(80) ? draw.pick(gone) : orgMember(draw, tuples, pools);
  return { ...who, hats: draw.maybe(35, () => draw.some(HATS)),
    role: draw.maybe(20, () => orgRole(draw, tuples, String(who["org"]))),
    end_rows: draw.maybe(40, () => draw.chance(80)) };
};
const link = (draw: Draw, tuples: TupleSet): Data => {
  const athlete = athleteOf(draw, tuples);
  return { athlete, user: hatted(draw, tuples, homeOf(draw, tuples, `athlete:${athlete}`), "athlete") };
};
/** A linked user; for a link that was a mistake, usually a user who is or was linked. */
const unlink = (draw: Draw, tuples: TupleSet): Data => {
  const mistaken = draw.maybe(40, () => draw.chance(80));
  const relation = mistaken === true ? "linked_ever" : "link";
  const athlete = known(draw, tuples, "athlete", relation, "a");
  const linked = tuples.users(`athlete:${athlete}`, relation);
  return { athlete, user: linked.length > 0 && draw.chance(85) ? idOf(draw.pick(linked)) : users(draw), mistaken };
};
const ofTeam = (draw: Draw, tuples: TupleSet): Data => {
  const team = teamOf(draw, tuples);
  const there = tuples.objects("athlete", "team", `team:${team}`);
  return { team, athlete: there.length > 0 && draw.chance(70) ? idOf(draw.pick(there)) : athleteOf(draw, tuples) };
};

/** An existing artifact, `type:id`, in most cases. */
function artifactOf(draw: Draw, tuples: TupleSet, types: readonly string[]): string {
  const there = types.flatMap((type) => existing(tuples, type, "org").map((id) => `${type}:${id}`));
  return there.length > 0 && draw.chance(90) ? draw.pick(there) : `${draw.pick(types)}:z${1 + draw.below(3)}`;
}

function noteData(draw: Draw, tuples: TupleSet): Data {
  const rows = [...tuples.read({ objectType: "coaching", relation: "active_on" }),
    ...tuples.read({ objectType: "team_assignment", relation: "active_on" })];
  const row = draw.maybe(90, () => (rows.length > 0 ? draw.pick(rows) : undefined));
  if (row === undefined) {
    const [note, athlete] = [`n${1 + draw.below(8)}`, athleteOf(draw, tuples)];
    return { note, athlete, author: users(draw), under: "coaching:c1" };
  }
  const over = row.user;
  const onTeam = typeOf(over) === "team" ? tuples.objects("athlete", "team", over) : [over];
  const athlete = onTeam.length > 0 && draw.chance(92) ? idOf(draw.pick(onTeam)) : athleteOf(draw, tuples);
  const author = draw.chance(92) ? idOf(tuples.users(row.object, "coach")[0] ?? "user:u1") : users(draw);
  return { note: `n${1 + draw.below(8)}`, athlete, author, under: row.object,
    visible_to_athlete: draw.maybe(50, () => draw.chance(60)) };
}

function inviteData(draw: Draw, tuples: TupleSet, pools: Pools): Data {
  const org = orgOf(draw, tuples);
  const hat = draw.pick(HATS);
  const email = draw.maybe(40, () => `${users(draw)}@example.org`);
  const teams = tuples.objects("team", "org", `org:${org}`).map(idOf);
  const team = draw.maybe(email === undefined ? 90 : 40, () => (teams.length > 0 ? draw.pick(teams) : "t1"));
  return {
    invite: pools.fresh(draw, "i"), org, hat, team, email,
    role: draw.maybe(15, () => orgRole(draw, tuples, org)),
    assignment_role: hat === "coach" && team !== undefined
      ? draw.maybe(30, () => athleteRole(draw, tuples, org)) : undefined,
    athlete: hat === "athlete" ? draw.maybe(40, () => athleteOf(draw, tuples)) : undefined,
    expires_at: draw.maybe(40, () => new Date(Date.UTC(2026, 2, 1, 12 + draw.below(90))).toISOString()),
    max_uses: email === undefined ? draw.maybe(40, () => 1 + draw.below(3)) : undefined,
    professional_area: draw.maybe(20, () => "S&C"),
  };
}

function redemption(draw: Draw, tuples: TupleSet): Data {
  const invite = inviteOf(draw, tuples);
  const hash = tuples.users(`invitation:${invite}`, "email")[0];
  const invited = hash === undefined ? undefined : /hash-of-(u\d)/.exec(hash)?.[1];
  const user = invited !== undefined && draw.chance(90) ? invited : users(draw);
  return { invite, user, email: hash === undefined ? undefined : `${user}@example.org`,
    athlete: draw.maybe(10, () => `a${1 + draw.below(8)}`) };
}

/** Drawing functions for the payload of each type. */
export const DRAWN: Readonly<Record<string, Drawer>> = {
  "platform.superadmin_granted": grant,
  "platform.superadmin_revoked": revoke("superadmin"),
  "platform.admin_granted": grant,
  "platform.admin_revoked": revoke("admin"),
  "org.created": (draw, _, pools) => ({ org: draw.pick(pools.orgs), kind: draw.pick(KINDS), owner: users(draw) }),
  "member.added": (draw, tuples) => {
    const org = orgOf(draw, tuples);
    return { org, user: users(draw), hats: draw.maybe(80, () => draw.some(HATS)),
      role: draw.maybe(25, () => orgRole(draw, tuples, org)), professional_area: draw.maybe(20, () => "medical") };
  },
  "member.hats_changed": (draw, tuples) => {
    const org = orgOf(draw, tuples);
    return { org, user: member(draw, tuples, org), hats: draw.some(HATS),
      role: draw.maybe(30, () => orgRole(draw, tuples, org)) };
  },
  "member.role_assigned": (draw, tuples) => {
    const org = orgOf(draw, tuples);
    return { org, user: member(draw, tuples, org), role: orgRole(draw, tuples, org) };
  },
  "member.professional_area_set": (draw, tuples, pools) =>
    ({ ...orgMember(draw, tuples, pools), professional_area: draw.pick(["S&C", "medical", null]) }),
  "member.deactivated": orgMember,
  "member.reactivated": reactivation,
  "role.created": (draw, tuples, pools) => {
    const scope = draw.pick(["org", "athlete"]);
    return { org: orgOf(draw, tuples), role: draw.pick(pools.roles), scope, keys: keys(draw, scope) };
  },
  "role.updated": (draw, tuples) => {
    const org = orgOf(draw, tuples);
    const role = draw.chance(50) ? athleteRole(draw, tuples, org) : orgRole(draw, tuples, org);
    const scope = draw.chance(15) ? draw.pick(["org", "athlete"]) : ATHLETE_ROLES.includes(role) ? "athlete"
      : idOf(tuples.users(`role_entry:${org}/${role}`, "scope")[0] ?? "value:org");
    return { org, role, keys: keys(draw, scope) };
  },
  "role.deleted": (draw, tuples) => {
    const org = orgOf(draw, tuples);
    return { org, role: orgRole(draw, tuples, org) };
  },
  "team.created": (draw, tuples, pools) => {
    const org = orgOf(draw, tuples);
    return { team: pools.fresh(draw, "t"), org, head_coach: draw.maybe(60, () => hatted(draw, tuples, org, "coach")) };
  },
  "team.deleted": (draw, tuples) => ({ team: teamOf(draw, tuples) }),
  "team.head_coach_changed": (draw, tuples) => {
    const team = teamOf(draw, tuples);
    const coach = hatted(draw, tuples, homeOf(draw, tuples, `team:${team}`), "coach");
    return { team, head_coach: draw.chance(20) ? null : coach };
  },
  "team.athlete_added": (draw, tuples) => {
    const team = teamOf(draw, tuples);
    const rows = tuples.objects("athlete", "org", `org:${homeOf(draw, tuples, `team:${team}`)}`);
    return { team, athlete: rows.length > 0 ? idOf(draw.pick(rows)) : "a1" };
  },
  "team.athlete_removed": ofTeam,
  "team.athlete_moved": (draw, tuples) => {
    const { team: from, athlete } = ofTeam(draw, tuples);
    const teams = tuples.objects("team", "org", `org:${homeOf(draw, tuples, `team:${String(from)}`)}`);
    return { athlete, from, to: teams.length > 0 ? idOf(draw.pick(teams)) : "t2" };
  },
  "team_assignment.started": (draw, tuples, pools) => {
    const team = teamOf(draw, tuples);
    const org = homeOf(draw, tuples, `team:${team}`);
    return { assignment: pools.fresh(draw, "s"), team, coach: hatted(draw, tuples, org, "coach"),
      role: draw.maybe(50, () => athleteRole(draw, tuples, org)) };
  },
  "team_assignment.role_changed": (draw, tuples) => {
    const assignment = activeAssignment(draw, tuples);
    const org = /^role:(.*)\//.exec(tuples.users(`team_assignment:${assignment}`, "role")[0] ?? "")?.[1] ?? "o1";
    return { assignment, role: athleteRole(draw, tuples, org) };
  },
  "team_assignment.ended": (draw, tuples) => ({ assignment: activeAssignment(draw, tuples) }),
  "athlete.created": (draw, tuples, pools) => {
    const org = orgOf(draw, tuples);
    const teams = tuples.objects("team", "org", `org:${org}`);
    return { athlete: pools.fresh(draw, "a"), org,
      team: draw.maybe(50, () => (teams[0] ? idOf(draw.pick(teams)) : "t1")),
      user: draw.maybe(35, () => hatted(draw, tuples, org, "athlete")),
      coach: draw.maybe(40, () => hatted(draw, tuples, org, "coach")) };
  },
  "athlete.deleted": (draw, tuples) => ({ athlete: athleteOf(draw, tuples) }),
  "athlete.linked": link,
  "athlete.unlinked": unlink,
  "coaching.started": (draw, tuples, pools) => {
    const athlete = athleteOf(draw, tuples);
    const org = homeOf(draw, tuples, `athlete:${athlete}`);
    const on = tuples.users(`athlete:${athlete}`, "team");
    return { coaching: pools.fresh(draw, "c"), athlete, coach: hatted(draw, tuples, org, "coach"),
      team: draw.maybe(40, () => (on[0] ? idOf(draw.pick(on)) : teamOf(draw, tuples))),
      role: draw.maybe(60, () => athleteRole(draw, tuples, org)) };
  },
  "coaching.role_changed": (draw, tuples) => {
    const coaching = activeRow(draw, tuples);
    const org = /^role:(.*)\//.exec(tuples.users(`coaching:${coaching}`, "role")[0] ?? "")?.[1] ?? "o1";
    return { coaching, role: athleteRole(draw, tuples, org) };
  },
  "coaching.overrides_set": (draw, tuples) => {
    const chosen = draw.chance(15) ? draw.sample(ATHLETE_KEYS, 3) : draw.some(FEW_KEYS);
    const overrides = Object.fromEntries(chosen.map((key) => [key, draw.chance(50)]));
    return { coaching: activeRow(draw, tuples), overrides: draw.chance(20) ? {} : overrides };
  },
  "coaching.ended": (draw, tuples) => ({ coaching: activeRow(draw, tuples) }),
  "note.created": noteData,
  "note.visibility_changed": (draw, tuples) => ({ note: noteOf(draw, tuples), visible_to_athlete: draw.chance(60) }),
  "note.shared": (draw, tuples) => ({ note: noteOf(draw, tuples), user: users(draw) }),
  "note.unshared": (draw, tuples) => {
    const note = known(draw, tuples, "note", "shared_with", "n");
    return { note, user: idOf(tuples.users(`note:${note}`, "shared_with")[0] ?? "user:u1") };
  },
  "note.deleted": (draw, tuples) => ({ note: noteOf(draw, tuples) }),
  "activity.recorded": (draw, tuples, pools) =>
    ({ activity: pools.fresh(draw, "x"), athlete: athleteOf(draw, tuples) }),
  "activity.deleted": (draw, tuples) => ({ activity: known(draw, tuples, "activity", "org", "x") }),
  "activity.comment_added": (draw, tuples, pools) =>
    ({ comment: pools.fresh(draw, "k"), activity: known(draw, tuples, "activity", "org", "x"), author: users(draw) }),
  "activity.comment_deleted": (draw, tuples) => ({ comment: known(draw, tuples, "activity_comment", "org", "k") }),
  "artifact.created": (draw, tuples) => {
    const org = orgOf(draw, tuples);
    const artifact = `${draw.pick([...PLAIN_ARTIFACTS, ...ABOUT_ATHLETE, ...LIBRARY])}:z${1 + draw.below(3)}`;
    const library = LIBRARY.includes(typeOf(artifact));
    const rows = tuples.objects("athlete", "org", `org:${org}`);
    const about = idOf(draw.pick(rows.length > 0 ? rows : ["athlete:a1"]));
    return { artifact, org, athlete: ABOUT_ATHLETE.includes(typeOf(artifact)) ? about : undefined,
      generated: library ? undefined : draw.maybe(30, () => draw.chance(50)),
      creator: library ? draw.maybe(50, () => hatted(draw, tuples, org, "coach")) : undefined };
  },
  "artifact.finalized": (draw, tuples) => ({ artifact: artifactOf(draw, tuples, ["practice_plan", "game_brief"]) }),
  "artifact.reopened": (draw, tuples) => ({ artifact: artifactOf(draw, tuples, ["practice_plan", "game_brief"]) }),
  "artifact.deleted": (draw, tuples) => ({ artifact: artifactOf(draw, tuples, [...PLAIN_ARTIFACTS, ...LIBRARY]) }),
  "invite.created": inviteData,
  "invite.resent": (draw, tuples) => ({ invite: known(draw, tuples, "invitation", "email", "i") }),
  "invite.revoked": (draw, tuples) => ({ invite: inviteOf(draw, tuples) }),
  "invite.redeemed": redemption,
};
