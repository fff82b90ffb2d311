// Hats, landings and invite links (IN1-IN8, PR4-PR6, S13), through events, checks and the directory.
import { expect } from "vitest";
import { describeOnEachGround } from "../world/grounds.ts";
import { DAY } from "../world/installation.ts";
import { START } from "../world/world.ts";
import { Story } from "./story.ts";

const iso = (at: number): string => new Date(at).toISOString();

describeOnEachGround("a department invites its people", (ground) => {
  const story = new Story(ground);
  const get = async (path: string) => (await story.at.send("GET", path)).body;
  const landing = async (user: string): Promise<string> => (await get(`/users/${user}/workspaces`)).landing;

  story.chapter("IN2 IN3: hats open route families, the highest one is where one lands", async () => {
    await story.at.system(
      ["org.created", { org: "dep", kind: "club", owner: "olga" }],
      ["org.created", { org: "uni", kind: "club", owner: "otto" }],
      ["team.created", { team: "red", org: "dep", head_coach: "olga" }],
      ["team.created", { team: "blue", org: "dep" }],
      ["athlete.created", { athlete: "row", org: "dep", team: "red" }],
    );
    await story.expects(`
      yes olga enter_admin,enter_coach org:dep
      no olga enter_athlete org:dep
      no olga enter_admin,member org:uni
      no carl,nora,ann enter_admin,enter_coach,enter_athlete,member org:dep
    `);
    expect([await landing("olga"), await landing("carl")]).toEqual(["admin", "unauthorized"]);
    expect(await get("/users/carl/workspaces")).toEqual({ landing: "unauthorized", orgs: [] });
  });

  story.chapter("IN4: a link for coaches, two uses", async () => {
    await story.refused("invalid_event", "olga", "invite.created", { invite: "l0", org: "dep", hat: "coach" });
    await story.step("olga", "invite.created", { invite: "lc", org: "dep", team: "red", max_uses: 2 }, `
      yes carl,nora,ann,olga can_redeem invite:lc
      yes olga can_revoke invite:lc
      no carl,otto can_revoke invite:lc
      users can_redeem invite:lc = *
    `);
    expect(await get("/invites/lc")).toEqual({
      invite: "lc", org: "dep", hat: "coach", team: "red", status: "active", uses: 0, max_uses: 2, expires_at: null,
      maker_may: true,
    });
    await story.judged();
    await story.refused("actor_not_allowed", "carl", "invite.redeemed", { invite: "lc", user: "nora" });
    await story.step("carl", "invite.redeemed", { invite: "lc", user: "carl" }, `
      yes carl member,enter_coach org:dep
      yes carl coach team:red
      yes carl can_view,sessions_write,notes_write athlete:row
      no carl premium_grant athlete:row
    `);
    expect(await landing("carl")).toBe("coach");
    expect((await get("/invites/lc")).uses).toBe(1);
    const again = await story.at.post("invite.redeemed", { invite: "lc", user: "carl" }, { actor: "carl" });
    expect([again.status, again.body.status]).toEqual([200, "unchanged"]);
    expect((await get("/invites/lc")).uses).toBe(1);
    await story.step("nora", "invite.redeemed", { invite: "lc", user: "nora" }, `
      yes nora member,enter_coach org:dep
      no carl,nora,ann,olga can_redeem invite:lc
      users can_redeem invite:lc =
    `);
    await story.refused("invite_exhausted", "ann", "invite.redeemed", { invite: "lc", user: "ann" });
    expect((await get("/invites/lc")).status).toBe("exhausted");
  });

  story.chapter("IN6: a coach joins one more team by another link", async () => {
    await story.step("olga", "invite.created", { invite: "lb", org: "dep", team: "blue" });
    await story.step("carl", "invite.redeemed", { invite: "lb", user: "carl" }, `
      yes carl coach team:blue
      users coach team:red = carl nora olga
      users coach team:blue = carl
    `);
  });

  story.chapter("IN5 IN6: an athlete's link makes a row, once, and puts it on each team", async () => {
    await story.step("olga", "invite.created",
      { invite: "la", org: "dep", hat: "athlete", team: "red", expires_at: iso(START + DAY) },
      "yes ann can_redeem invite:la");
    await story.step("ann", "invite.redeemed", { invite: "la", user: "ann" }, `
      yes ann member,enter_athlete org:dep
      yes ann account,can_view,profile_read,wellness_submit athlete:dep.ann
      no ann can_view,profile_read athlete:row
      no ann profile_write,notes_write athlete:dep.ann
      yes ann athlete,can_view team:red
      no ann can_manage team:red
    `);
    expect(await landing("ann")).toBe("athlete");
    await story.step("olga", "invite.created", { invite: "la2", org: "dep", hat: "athlete", team: "blue" });
    await story.step("ann", "invite.redeemed", { invite: "la2", user: "ann" }, `
      yes ann athlete team:blue
      objects ann account athlete = dep.ann
    `);
    await story.judged();
    await story.later(DAY, "no ann can_redeem invite:la");
    await story.refused("invite_expired", "bob", "invite.redeemed", { invite: "la", user: "bob" });
    await story.refused("invite_expired", "bob", "invite.redeemed", { invite: "la", user: "bob" },
      { time: iso(START) });
    expect((await get("/invites/la")).status).toBe("expired");
  });

  story.chapter("IN6: an admin's link is refused to an admin; revoked is revoked", async () => {
    await story.step("olga", "invite.created", { invite: "ad", org: "dep", hat: "admin" });
    await story.refused("duplicate_admin_grant", "olga", "invite.redeemed", { invite: "ad", user: "olga" });
    await story.step("carl", "invite.redeemed", { invite: "ad", user: "carl" }, `
      yes carl enter_admin,org_manage org:dep
      no carl org_billing_manage org:dep
      yes carl can_revoke invite:lc
      yes carl premium_grant athlete:row
    `);
    expect(await landing("carl")).toBe("admin");
    await story.step("carl", "invite.revoked", { invite: "ad" }, "no ann can_redeem invite:ad");
    await story.refused("invite_revoked", "nora", "invite.redeemed", { invite: "ad", user: "nora" });
    await story.refused("invite_invalid", "nora", "invite.redeemed", { invite: "none", user: "nora" });
    await story.judged();
  });

  story.chapter("PR5 PR6: an email invitation reserves a row and is accepted by its address", async () => {
    const data = { invite: "em", org: "dep", hat: "athlete", email: "Pia@Example.org ", athlete: "row" };
    await story.step("olga", "invite.created", data, "yes pia can_redeem invite:em");
    await story.refused("athlete_already_linked", "olga", "athlete.linked", { athlete: "row", user: "ann" });
    const { members, invites } = await get("/orgs/dep/members?status=invited");
    expect([members, invites]).toEqual([[], [{
      invite: "em", hat: "athlete", status: "invited", athlete: "row", team: null, invited_by: "olga",
      expires_at: iso(story.at.now + 14 * DAY), maker_may: true,
    }, expect.objectContaining({ invite: "la2" }), expect.objectContaining({ invite: "lb" })]
      .sort((a, b) => (a.invite < b.invite ? -1 : 1))]);
    const redeem = (user: string, email?: string) =>
      ({ invite: "em", user, ...(email === undefined ? {} : { email }) });
    await story.refused("email_mismatch", "pia", "invite.redeemed", redeem("pia"));
    await story.refused("email_mismatch", "eve", "invite.redeemed", redeem("eve", "eve@example.org"));
    await story.later(14 * DAY, "no pia can_redeem invite:em");
    await story.refused("invite_expired", "pia", "invite.redeemed", redeem("pia", "pia@example.org"));
    await story.step("olga", "invite.resent", { invite: "em" }, "yes pia can_redeem invite:em");
    await story.judged();
    await story.step("pia", "invite.redeemed", redeem("pia", " pia@example.ORG"), `
      yes pia account,profile_read athlete:row
      no pia can_redeem invite:em
      objects pia account athlete = row
    `);
    await story.refused("invite_already_accepted", "eve", "invite.redeemed", redeem("eve", "pia@example.org"));
    await story.refused("invite_already_accepted", "olga", "invite.revoked", { invite: "em" });
    expect((await get("/invites/em")).status).toBe("accepted");
    const people = JSON.stringify([await story.at.tuples(), await get("/orgs/dep/members")]).toLowerCase();
    expect(people).not.toContain("pia@");
  });

  story.chapter("IN1 PR11: one account in two orgs, each for itself", async () => {
    await story.step("otto", "member.added",
      { org: "uni", user: "carl", hats: ["coach"], professional_area: "medical" }, `
      yes carl enter_coach org:uni
      no carl enter_admin,org_manage org:uni
    `);
    expect(await get("/users/carl/workspaces")).toMatchObject({
      landing: "admin", orgs: [{ org: "dep", landing: "admin" }, { org: "uni", landing: "coach", hats: ["coach"] }],
    });
    await story.step("otto", "member.deactivated", { org: "uni", user: "carl" }, "no carl enter_coach org:uni");
    expect((await get("/users/carl/workspaces")).orgs).toMatchObject([
      { org: "dep", status: "active" }, { org: "uni", status: "inactive", landing: "unauthorized" },
    ]);
    expect(await get("/orgs/uni/members?status=inactive")).toMatchObject({
      members: [{ user: "carl", status: "inactive", professional_area: "medical", invited_by: "otto" }], invites: [],
    });
    await story.judged();
    expect(story.at.logged).toEqual([]);
  });
});
