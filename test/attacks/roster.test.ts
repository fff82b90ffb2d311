// S7, PR5, PR8, PR10, NP3, NP9: nobody takes another person's roster row, data or notes.
import { expect, test } from "vitest";
import { DAY } from "../world/installation.ts";
import { club, fails, works } from "./club.ts";

test("PR10 redeeming names no row that exists", async () => {
  const at = await club();
  await works(at, "adam", "invite.created", { invite: "i", org: "fc", hat: "athlete", team: "red" });
  for (const athlete of ["a1", "a2", "a3"]) {
    await fails(at, "actor_not_allowed", "eve", "invite.redeemed", { invite: "i", user: "eve", athlete });
    await fails(at, "actor_not_allowed", "mal", "invite.redeemed", { invite: "i", user: "mal", athlete });
  }
  const foreign = await at.post("invite.redeemed", { invite: "i", user: "eve", athlete: "x1" }, { actor: "eve" });
  expect(foreign.body.code).toBe("actor_not_allowed");
  await works(at, "adam", "athlete.deleted", { athlete: "a2" });
  await fails(at, "already_exists", "eve", "invite.redeemed", { invite: "i", user: "eve", athlete: "a2" });
  await fails(at, "actor_not_allowed", "eve", "invite.redeemed", { invite: "i", user: "ida", athlete: "a1" });
  await works(at, "eve", "invite.redeemed", { invite: "i", user: "eve" });
  expect(await at.objects("eve", "can_view", "athlete")).toEqual(["athlete:fc.eve"]);
  // A second link gives a second row to nobody.
  await works(at, "adam", "invite.created", { invite: "i2", org: "fc", hat: "athlete", team: "blue" });
  await fails(at, "actor_not_allowed", "eve", "invite.redeemed", { invite: "i2", user: "eve", athlete: "a3" });
  await works(at, "eve", "invite.redeemed", { invite: "i2", user: "eve" });
  expect(await at.objects("eve", "account", "athlete")).toEqual(["athlete:fc.eve"]);
});

test("IN5 a default id that somebody took is not theirs to get", async () => {
  const at = await club();
  // An athlete's default row is `<org>.<user>`; who holds that id already is not joined to the redeemer's account.
  await works(at, "hana", "athlete.created", { athlete: "fc.eve", org: "fc", team: "red" });
  await works(at, "adam", "invite.created", { invite: "i", org: "fc", hat: "athlete", team: "blue" });
  await fails(at, "already_exists", "eve", "invite.redeemed", { invite: "i", user: "eve" });
  await works(at, "eve", "invite.redeemed", { invite: "i", user: "eve", athlete: "eves" });
  expect(await at.objects("eve", "can_view", "athlete")).toEqual(["athlete:eves"]);
});

test("PR5 PR6 a reserved row goes to its address only, and stays reserved", async () => {
  const at = await club();
  await works(at, "adam", "invite.created",
    { invite: "i", org: "fc", hat: "athlete", email: "pia@example.org", athlete: "a2" });
  await works(at, "adam", "invite.created", { invite: "open", org: "fc", hat: "athlete", team: "red" });
  for (const email of [undefined, "", "eve@example.org", "pia@example.org.evil", "p\u0131a@example.org",
    "pia@example.com"]) {
    const data = { invite: "i", user: "eve", ...(email === undefined ? {} : { email }) };
    const answer = await at.post("invite.redeemed", data, { actor: "eve" });
    expect(["email_mismatch", "invalid_event"], String(email)).toContain(answer.body.code);
    expect(JSON.stringify(answer.body)).not.toContain("@");
  }
  await fails(at, "actor_not_allowed", "eve", "invite.redeemed", { invite: "open", user: "eve", athlete: "a2" });
  await fails(at, "athlete_already_linked", "adam", "athlete.linked", { athlete: "a2", user: "ida" });
  await fails(at, "athlete_already_linked", "adam", "invite.created",
    { invite: "i3", org: "fc", hat: "athlete", email: "eve@example.org", athlete: "a2" });
  await fails(at, "athlete_already_linked", "adam", "invite.created",
    { invite: "i3", org: "fc", hat: "athlete", email: "eve@example.org", athlete: "a1" });
  await works(at, "pia", "invite.redeemed", { invite: "i", user: "pia", email: "PIA@example.org" });
  await fails(at, "invite_already_accepted", "eve", "invite.redeemed",
    { invite: "i", user: "eve", email: "pia@example.org" });
  expect(await at.users("athlete:a2", "account")).toEqual(["pia"]);
});

test("PR8 S7 a lost link stays lost: deactivation, the hat, the athlete's deletion", async () => {
  const at = await club();
  await works(at, "adam", "member.deactivated", { org: "fc", user: "ida" });
  await fails(at, "actor_not_allowed", "ida", "activity.recorded", { activity: "b", athlete: "a1" });
  await fails(at, "member_inactive", "adam", "athlete.linked", { athlete: "a1", user: "ida" });
  await works(at, "adam", "invite.created", { invite: "i", org: "fc", hat: "athlete", team: "red" });
  await fails(at, "member_inactive", "ida", "invite.redeemed", { invite: "i", user: "ida" });
  await works(at, "adam", "member.reactivated", { org: "fc", user: "ida" });
  expect(await at.objects("ida", "can_view", "athlete")).toEqual([]);
  await works(at, "adam", "athlete.linked", { athlete: "a1", user: "ida" });
  await works(at, "adam", "member.hats_changed", { org: "fc", user: "ida", hats: ["coach"] });
  await works(at, "adam", "member.hats_changed", { org: "fc", user: "ida", hats: ["athlete"] });
  expect(await at.objects("ida", "can_view", "athlete")).toEqual([]);
});

test("IN4 S13 an invite is not brought back: revoked, used up, expired, its team gone", async () => {
  const at = await club();
  const link = (invite: string, more: object = {}) =>
    works(at, "adam", "invite.created", { invite, org: "fc", team: "red", ...more });
  await link("rev");
  await link("one", { max_uses: 1 });
  await link("gone", { team: "blue" });
  await works(at, "adam", "invite.created", { invite: "mail", org: "fc", email: "pia@example.org" });
  await works(at, "adam", "invite.revoked", { invite: "rev" });
  await works(at, "mal", "invite.redeemed", { invite: "one", user: "mal" });
  await works(at, "milo", "team.deleted", { team: "blue" });
  for (const [invite, code] of [["rev", "invite_revoked"], ["one", "invite_exhausted"],
    ["gone", "invite_revoked"]] as const) {
    await fails(at, code, "eve", "invite.redeemed", { invite, user: "eve" });
    expect(await at.can("eve", "can_redeem", `invite:${invite}`), invite).toBe(false);
  }
  await fails(at, "invite_revoked", "adam", "invite.resent", { invite: "rev" });
  // Another maker of a link changes nothing else of it.
  await works(at, "olga", "invite.resent", { invite: "one" });
  await fails(at, "invite_exhausted", "eve", "invite.redeemed", { invite: "one", user: "eve" });
  await fails(at, "already_exists", "adam", "invite.created", { invite: "rev", org: "fc", team: "red" });
  await fails(at, "already_exists", "otto", "invite.created", { invite: "one", org: "xo", team: "xt" });
  at.now += 14 * DAY;
  await fails(at, "invite_expired", "pia", "invite.redeemed",
    { invite: "mail", user: "pia", email: "pia@example.org" });
  await fails(at, "actor_not_allowed", "pia", "invite.resent", { invite: "mail" });
  await works(at, "adam", "invite.revoked", { invite: "mail" });
  await fails(at, "invite_revoked", "pia", "invite.redeemed",
    { invite: "mail", user: "pia", email: "pia@example.org" });
});

test("NP1 NP6 NP9 notes: no writing under another's row, no reading by a new row, a share or a team", async () => {
  const at = await club();
  const note = (under: string, author = "hana", athlete = "a1") => ({ note: "m", athlete, author, under });
  await fails(at, "relationship_mismatch", "hana", "note.created", note("coaching:c1"));
  await fails(at, "relationship_mismatch", "hana", "note.created", note("team_assignment:ar"));
  await fails(at, "actor_not_allowed", "hana", "note.created", note("team_assignment:hr", "asta"));
  await fails(at, "actor_not_allowed", "hana", "note.created", note("team_assignment:hr", "hana", "a3"));
  await fails(at, "invalid_event", "hana", "note.created", note("team:red"));
  await fails(at, "invalid_event", "hana", "note.created", note("team_assignment:hr#coach"));
  await fails(at, "already_exists", "hana", "note.created", { ...note("team_assignment:hr"), note: "n1" });
  await fails(at, "actor_not_allowed", "ida", "note.created", note("coaching:c1", "ida"));
  await works(at, "cora", "coaching.ended", { coaching: "c1" });
  await works(at, "adam", "member.added", { org: "fc", user: "gus" });
  await works(at, "adam", "member.deactivated", { org: "fc", user: "gus" });
  await works(at, "adam", "coaching.started", { coaching: "h3", athlete: "a3", coach: "hana" });
  expect(await at.can("hana", "can_read", "note:n1")).toBe(false);
  expect(await at.can("milo", "can_read", "note:n1")).toBe(false);
  await works(at, "cora", "note.shared", { note: "n1", user: "mal" });
  await fails(at, "actor_not_allowed", "mal", "note.shared", { note: "n1", user: "milo" });
  await works(at, "adam", "member.deactivated", { org: "fc", user: "mal" });
  expect(await at.can("mal", "can_read", "note:n1")).toBe(false);
  await fails(at, "member_inactive", "cora", "note.shared", { note: "n1", user: "gus" });
  // The author is locked out with the membership, and only by that.
  await works(at, "adam", "member.deactivated", { org: "fc", user: "cora" });
  await fails(at, "actor_not_allowed", "cora", "note.deleted", { note: "n1" });
  await fails(at, "actor_not_allowed", "cora", "note.visibility_changed", { note: "n1", visible_to_athlete: true });
});
