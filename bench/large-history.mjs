// The past of the large org and its neighbours: closed invites, ended rows, rows in other orgs.
/** @typedef {import("./large-org.mjs").Extent} Extent */

/**
 * Events that follow those of the org. Each `admin-n` has made an open invite. The athlete `nomad` is on many teams.
 * `back` left with many rows, coach 0 has many ended rows, and `guest` has many rows in the org `other`. Many revoked
 * invites named the team `big` and the role `named`, or the athlete `coveted`. The note `read` has many readers, and
 * many orgs used the event id `same`.
 * @param {Extent} extent
 * @param {(type: string, data: object, more?: object) => any} event
 * @param {(n: number) => string} coach
 */
export function* historyOf(extent, event, coach) {
  yield* makersOf(extent, event);
  yield* closedInvitesOf(extent, event);
  yield* formerRowsOf(extent, event, coach);
  yield event("member.added", { org: "large", user: "nora", hats: ["athlete"] });
  yield event("athlete.created", { athlete: "nomad", org: "large" });
  for (let n = 0; n < extent.seats; n++) {
    yield event("team.created", { team: `stop-${n}`, org: "large" });
    yield event("team.athlete_added", { team: `stop-${n}`, athlete: "nomad" });
  }
  yield event("note.created", { note: "read", athlete: "star", author: coach(0), under: "coaching:star-0" });
  for (let n = 1; n < extent.rows; n++) yield event("note.shared", { note: "read", user: coach(n) });
  for (let n = 0; n < extent.orgs; n++) {
    yield event("org.created", { org: `same-${n}`, kind: "club", owner: "mal" }, { id: "same", source: "/same" });
  }
}

function* makersOf({ admins }, event) {
  for (let n = 0; n < admins; n++) {
    const actor = `admin-${n}`;
    yield event("member.added", { org: "large", user: actor, hats: ["admin"] });
    yield event("invite.created", { invite: `by-${n}`, org: "large", hat: "admin" }, { actor });
  }
}

function* closedInvitesOf({ past }, event) {
  yield event("role.created", { org: "large", role: "named", scope: "athlete", keys: ["sessions.read"] });
  yield event("athlete.created", { athlete: "coveted", org: "large" });
  for (let n = 0; n < past; n++) {
    const invites = {
      [`old-${n}`]: { hat: "coach", team: "big", assignment_role: "named" },
      [`kept-${n}`]: { hat: "athlete", team: "small", athlete: "coveted" },
    };
    for (const [invite, gives] of Object.entries(invites)) {
      yield event("invite.created", { invite, org: "large", ...gives });
      yield event("invite.revoked", { invite });
    }
  }
}

function* formerRowsOf({ past }, event, coach) {
  for (const [user, hats] of [["back", ["coach"]], ["guest", ["office"]]]) {
    yield event("member.added", { org: "large", user, hats });
  }
  yield event("member.added", { org: "other", user: "guest", hats: ["coach"] });
  yield event("athlete.created", { athlete: "far", org: "other" });
  for (let n = 0; n < past; n++) {
    yield event("coaching.started", { coaching: `past-${n}`, athlete: "free", coach: coach(0), ended: true });
    yield event("coaching.started", { coaching: `back-${n}`, athlete: "free", coach: "back" });
    yield event("coaching.started", { coaching: `far-${n}`, athlete: "far", coach: "guest" });
  }
  yield event("member.deactivated", { org: "large", user: "back" });
  const guests = { invite: "for-guest", org: "large", hat: "coach", team: "big" };
  yield event("invite.created", guests, { actor: "olga" });
}
