// Invites against an attacker who may invite, and against anyone who searches for addresses (S6, S13, PR5).
import { describe, expect, test } from "vitest";
import { isRefusal, maskAddresses } from "../../src/events/refusal.ts";
import { digest } from "../../src/tuples/digest.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { club } from "../world/club.ts";
import { DAY } from "./invite-terms.ts";
import type { World } from "../world/world.ts";

/** The club with rita of the office, who may invite and no more, and dora, whose role has a dormant key. */
function sleeping(): World {
  const world = club();
  world.system("role.created", { org: "fc", role: "greeter", scope: "org", keys: ["org.members.invite"] });
  world.system("role.created", { org: "fc", role: "deputy", scope: "org", keys: ["org.manage", "org.members.invite"] });
  world.system("member.added", { org: "fc", user: "rita", hats: ["office"], role: "greeter" });
  world.system("member.role_assigned", { org: "fc", user: "dora", role: "deputy" });
  return world;
}

describe("S6 a dormant key", () => {
  test("is not woken by a hat from an invite whose maker lacks it", () => {
    const world = sleeping();
    expect(world.can("dora", "org_manage", "org:fc")).toBe(false);
    world.as("rita", "invite.created", { invite: "i1", org: "fc", hat: "office", role: "greeter" });
    world.refused("inviter_lost_right", "dora", "invite.redeemed", { invite: "i1", user: "dora" });
    world.as("adam", "invite.created", { invite: "i2", org: "fc", hat: "office" });
    world.system("member.deactivated", { org: "fc", user: "adam" });
    world.refused("inviter_lost_right", "dora", "invite.redeemed", { invite: "i2", user: "dora" });
    expect(world.can("dora", "org_manage", "org:fc")).toBe(false);
  });

  test("is woken by a hat from a maker who holds it, or from the system", () => {
    const world = sleeping();
    world.as("adam", "invite.created", { invite: "i1", org: "fc", hat: "office" });
    world.as("dora", "invite.redeemed", { invite: "i1", user: "dora" });
    expect(world.can("dora", "org_manage", "org:fc")).toBe(true);
    const other = sleeping();
    other.system("invite.created", { invite: "i1", org: "fc", hat: "office" });
    other.as("dora", "invite.redeemed", { invite: "i1", user: "dora" });
    expect(other.can("dora", "org_manage", "org:fc")).toBe(true);
  });

  test("that the floors already let through needs no right", () => {
    const world = sleeping();
    world.system("member.hats_changed", { org: "fc", user: "dora", hats: ["coach", "admin"], role: "deputy" });
    world.as("rita", "invite.created", { invite: "i1", org: "fc", hat: "office", role: "greeter" });
    world.as("rita", "invite.created", { invite: "i2", org: "fc", hat: "office", role: "greeter" });
    world.as("olga", "invite.created", { invite: "i3", org: "fc", hat: "office" });
    world.as("dora", "invite.redeemed", { invite: "i3", user: "dora" });
    expect(world.can("dora", "org_manage", "org:fc")).toBe(true);
  });
});

describe("S19 an invitation", () => {
  const mail = { email: "new@mail.example" };

  test("is resent only by a user who could create it, expired or open", () => {
    const world = sleeping();
    world.as("olga", "invite.created", { invite: "i1", org: "fc", hat: "admin", ...mail });
    world.now += 13 * DAY;
    world.refused("exceeds_own_permissions", "rita", "invite.resent", { invite: "i1" });
    world.now += DAY;
    expect(world.can("new", "can_redeem", "invite:i1")).toBe(false);
    world.refused("exceeds_own_permissions", "rita", "invite.resent", { invite: "i1" });
    expect(world.can("new", "can_redeem", "invite:i1")).toBe(false);
    world.as("olga", "invite.resent", { invite: "i1" });
    expect(world.can("new", "can_redeem", "invite:i1")).toBe(true);
  });
});

describe("an email address", () => {
  const address = "Secret.Person@mail.example";
  const digests = (data: object): string[] =>
    [address, address.toLowerCase()]
      .flatMap((text) => [digest(text), digest(JSON.stringify({ ...data, email: text }))]);

  test("is in no tuple, not even of an event with several writes, and that event still continues", () => {
    const world = club();
    for (let i = 0; i < 40; i++) {
      world.system("team.created", { team: `t${i}`, org: "fc" });
      world.system("team.athlete_added", { team: `t${i}`, athlete: "a2" });
    }
    world.system("invite.created", { invite: "i1", org: "fc", hat: "athlete", athlete: "a2", email: address });
    world.maxTuples = 30;
    const seen: string[] = [];
    const original = world.tuples.add.bind(world.tuples);
    world.tuples.add = (tuple) => (seen.push(JSON.stringify(tuple)), original(tuple));
    const step = world.as("bob", "invite.redeemed", { invite: "i1", user: "bob", email: address });
    expect(step.revision).toBeGreaterThan(80);
    expect(world.can("bob", "account", "athlete:a2")).toBe(true);
    const all = [...seen, ...[...world.tuples.read({})].map(printTuple)].join("\n").toLowerCase();
    expect(all).toContain("payload");
    expect(all).not.toContain("secret.person");
  });

  test("cannot be guessed from the digest of an event", () => {
    const world = club();
    const data = { invite: "i1", org: "fc", hat: "coach" };
    world.system("invite.created", { ...data, email: address });
    const all = [...world.tuples.read({})].map(printTuple).join("\n");
    for (const text of digests(data)) expect(all).not.toContain(text);
    const again = { id: "twice", source: "/s" };
    world.system("invite.created", { ...data, invite: "i2", email: address }, again);
    expect(world.system("invite.created", { ...data, invite: "i2", email: address }, again).status).toBe("duplicate");
    const other = { ...data, invite: "i2", email: "b@c.example" };
    world.refused("event_conflict", undefined, "invite.created", other, again);
  });

  test("is masked in a text from its shortest form on", () => {
    expect(maskAddresses("a@b and 'ann@mail.example' are")).toBe("(an address) and '(an address)' are");
    expect(maskAddresses("a@ @b @ a b")).toBe("a@ @b @ a b");
  });

  test.each([
    '"ann.doe"@mail.example', "o'ann'@mail.example", "`ann`@mail.example", "ann%40mail.example",
    "ann%2540mail.example", "ann%252540mail.example", "ann\uff20mail.example", "ann\ufe6bmail.example",
    "ann%EF%BC%A0mail.example", "ann&#64;mail.example", "urn:%22ann%22@mail.example",
  ])("is masked in the form %s", (form) => {
    expect(maskAddresses(`field ${form} is`)).not.toContain("mail");
    expect(maskAddresses(form)).not.toContain("mail");
  });

  test("is repeated in no answer, wherever it was sent", () => {
    const world = club();
    const tries = [
      ["invite.created", { invite: "i1", org: "fc", [address]: 1 }],
      ["invite.created", { invite: "i1", org: "fc", hat: "coach", email: `${address} ${address}` }],
      ["member.added", { org: "fc", user: address.replace("@", " @") }],
      ["coaching.overrides_set", { coaching: "c1", overrides: { [address]: true } }],
    ] as const;
    for (const [type, data] of tries) {
      const outcome = world.send(type, data);
      expect(isRefusal(outcome)).toBe(true);
      expect(JSON.stringify(outcome).toLowerCase()).not.toContain("secret");
    }
  });
});
