// The envelope and the ids, before any event is decided: limits, faults, order of checks, sequences.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ID_RULE, isId } from "../../src/events/event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { EVENTS } from "../../src/events/table.ts";
import { seat } from "../../src/domain/object-names.ts";
import { MAX_OBJECT_LENGTH } from "../../src/tuples/field-sizes.ts";
import { World } from "../world/world.ts";
import { MAX_ID_LENGTH, MAX_ORG_ID_LENGTH } from "../../src/domain/event-limits.ts";

/** An org `o` owned by olivia. */
function stage(): World {
  const world = new World();
  world.system("org.created", { org: "o", kind: "club", owner: "olivia" });
  return world;
}

describe("ids", () => {
  test("have a maximum length in characters, shorter for orgs and roles", () => {
    const world = stage();
    const add = (user: string) => ["member.added", { org: "o", user }] as const;
    world.system(...add("u".repeat(MAX_ID_LENGTH)));
    world.refused("invalid_event", undefined, ...add("u".repeat(MAX_ID_LENGTH + 1)));
    const found = (org: string) => ["org.created", { org, kind: "club", owner: "olivia" }] as const;
    world.system(...found("o".repeat(MAX_ORG_ID_LENGTH)));
    world.refused("invalid_event", undefined, ...found("o".repeat(MAX_ORG_ID_LENGTH + 1)));
  });

  test("are not arbitrary text", () => {
    const world = stage();
    for (const user of ["", "*", "a b", "a:b", "a#b", "a/b", ".a", "|a", "@a", "+a", "~a",
      "a\n", "a\n\n", "ä", "user:a", "a*", "a,b", "a%b", "a>b", "_", "-", "--", "___", "_-.|@+~"]) {
      world.refused("invalid_event", undefined, "member.added", { org: "o", user });
    }
    for (const user of ["a", "0", "A_b.c|d@e+f~g-h", "_a", "-a", "--a", "_0", "-.|@+~_z", "a_", "a-"]) {
      world.system("member.added", { org: "o", user });
    }
  });

  test("have one grammar, with the same bounds wherever an id stands", () => {
    const grammar = /^(?=.*[A-Za-z0-9])[A-Za-z0-9_-][A-Za-z0-9_.|@+~-]{0,127}$/;
    const text = fc.oneof(fc.stringMatching(/^[_.|@+~-]{0,4}[a0_.|@+~/:-]{0,4}$/), fc.string({ maxLength: 4 }));
    fc.assert(fc.property(text, (id) => void expect(isId(id), id).toBe(grammar.test(id))), { numRuns: 1000 });
    const filled = (id: string, length: number): string => id.padEnd(length, "_");
    for (const id of ["a", "_a", "-a", "-".repeat(127) + "a"]) {
      expect([isId(filled(id, 128)), isId(filled(id, 129))], id).toEqual([true, false]);
    }
    expect(isId("_".repeat(128))).toBe(false);
    const { data } = EVENTS.get("role.created")!;
    const fits = (org: string, role: string): boolean =>
      data.safeParse({ org, role, scope: "org", keys: [] }).success;
    for (const [id, ok] of [["_a", true], ["-a", true], ["--", false], ["___", false], ["a", true]] as const) {
      expect([fits(id, "r"), fits("o", id)], id).toEqual([ok, ok]);
      expect([fits(filled(id, 100), "r"), fits("o", filled(id, 100))], id).toEqual([ok, ok]);
      expect([fits(filled(id, 101), "r"), fits("o", filled(id, 101))], id).toEqual([false, false]);
    }
  });

  test("that begin with _ or - work in every place that names one", () => {
    const world = new World();
    world.as("_own", "org.created", { org: "-o", kind: "club", owner: "_own" });
    world.refused("actor_not_allowed", "-eve", "member.added", { org: "-o", user: "-eve" });
    for (const user of ["__proto__", "-c"]) world.as("_own", "member.added", { org: "-o", user });
    world.as("_own", "role.created", { org: "-o", role: "_r", scope: "athlete", keys: ["sessions.read"] });
    world.as("_own", "team.created", { team: "-t", org: "-o", head_coach: "-c" });
    world.as("_own", "athlete.created", { athlete: "_a", org: "-o", team: "-t", coach: "__proto__" });
    expect(world.can("-c", "sessions_read", "athlete:_a")).toBe(true);
    expect(world.can("__proto__", "sessions_read", "athlete:_a")).toBe(true);
    world.as("-c", "note.created", { note: "-n", athlete: "_a", author: "-c", under: "team_assignment:-t.-c" });
    world.as("_own", "coaching.role_changed", { coaching: "_a.__proto__", role: "_r" });
    world.as("_own", "invite.created", { invite: "_i", org: "-o", hat: "athlete", team: "-t" });
    world.as("-u", "invite.redeemed", { invite: "_i", user: "-u" });
    expect(world.can("-u", "athlete", "team:-t")).toBe(true);
    world.as("_own", "coaching.ended", { coaching: "_a.__proto__" });
    world.as("_own", "team_assignment.ended", { assignment: "-t.-c" });
    world.as("_own", "artifact.created", { artifact: "drill:_d", org: "-o" });
    for (const user of ["-c", "__proto__"]) expect(world.can(user, "sessions_read", "athlete:_a")).toBe(false);
    world.refused("invalid_event", "_own", "artifact.created", { artifact: "drill:--", org: "-o" });
    const note = { note: "n", athlete: "_a", author: "-c", under: "coaching:___" };
    world.refused("invalid_event", "_own", "note.created", note);
    const { detail, errors } = world.refused("invalid_event", "--", "member.added", { org: "-o", user: "x" });
    expect([detail, errors]).toEqual([`actor is not an id: ${ID_RULE}`, [{ path: "actor", message: ID_RULE }]]);
  });

  test("of the longest team and the longest athlete still make a place on the team", () => {
    const [team, athlete] = ["t".repeat(MAX_ID_LENGTH), "a".repeat(MAX_ID_LENGTH)];
    expect(seat(team, athlete).length).toBeLessThan(MAX_OBJECT_LENGTH);
    const fitting = "a".repeat(MAX_OBJECT_LENGTH - "seat:/".length - MAX_ID_LENGTH);
    expect(seat(team, fitting)).toHaveLength(MAX_OBJECT_LENGTH);
    expect(seat(team, fitting)).toBe(`seat:${team}/${fitting}`);
    expect(seat(team, `${fitting}a`)).not.toBe(`seat:${team}/${fitting}a`);
    expect(seat(team, athlete)).not.toBe(seat(team, `${athlete.slice(1)}b`));
    const world = stage();
    world.system("member.added", { org: "o", user: "carl" });
    world.system("team.created", { team, org: "o", head_coach: "carl", assignment: "as" });
    world.system("athlete.created", { athlete, org: "o", team });
    world.as("carl", "note.created", { note: "n", athlete, author: "carl", under: "team_assignment:as" });
    expect(world.can("carl", "sessions_read", `athlete:${athlete}`)).toBe(true);
    world.system("team.athlete_removed", { team, athlete });
    expect(world.can("carl", "sessions_read", `athlete:${athlete}`)).toBe(false);
  });
});

describe("the order of decision", () => {
  test("the envelope, then the payload, then the record, then the sequence, then the right", () => {
    const world = stage();
    const event = { org: "o", user: "carl" };
    world.refused("unknown_event_type", "mallory", "member.promoted", event);
    expect(world.refused("unknown_event_type", "mallory", "for ann@example.org", event).detail).not.toContain("ann");
    world.refused("invalid_event", "mal lory", "member.added", event);
    world.refused("invalid_event", "mallory", "member.added", { ...event, hat: "coach" });
    world.refused("invalid_event", "mallory", "member.added", event, { time: "yesterday" });
    world.as("olivia", "member.added", event, { id: "a", sequence: "2", subject: "s" });
    world.refused("event_conflict", "mallory", "member.added", event, { id: "a", sequence: "1", subject: "s" });
    world.refused("stale_event", "mallory", "member.added", event, { sequence: "2", subject: "s" });
    world.refused("actor_not_allowed", "mallory", "member.added", { org: "nowhere", user: "carl" });
    world.refused("unknown_entity", undefined, "member.added", { org: "nowhere", user: "carl" });
  });

  test("a sequence belongs to one source and subject, and its digits are compared as a number", () => {
    const world = stage();
    const area = (n: number) => ({ org: "o", user: "olivia", professional_area: `area ${n}` });
    const send = (n: number, sequence: string, more = {}) =>
      world.send("member.professional_area_set", area(n), { sequence, subject: "olivia", ...more });
    expect(send(1, "9")).toMatchObject({ status: "applied" });
    expect(send(2, "10")).toMatchObject({ status: "applied" });
    expect(send(3, "0010")).toMatchObject({ refused: "stale_event" });
    expect(send(4, "9")).toMatchObject({ refused: "stale_event" });
    expect(send(4, "0091")).toMatchObject({ status: "applied" });
    expect(send(5, "1", { subject: "other" })).toMatchObject({ status: "applied" });
    expect(send(6, "1", { source: "/other" })).toMatchObject({ status: "applied" });
    expect(world.send("member.professional_area_set", area(7))).toMatchObject({ status: "applied" });
  });

  test("a refused event leaves no record; an unchanged one does; a resend is a duplicate", () => {
    const world = stage();
    const coach = { org: "o", user: "carl" };
    const attributes = { id: "x", source: "/s" };
    world.refused("actor_not_allowed", "carl", "member.added", coach, attributes);
    expect(world.as("olivia", "member.added", coach, attributes).status).toBe("applied");
    expect(world.as("olivia", "member.added", coach, attributes).status).toBe("duplicate");
    world.unchanged("olivia", "member.added", coach, { ...attributes, id: "y" });
    expect(world.as("olivia", "member.added", coach, { ...attributes, id: "y" }).status).toBe("duplicate");
    world.system("member.deactivated", coach);
    expect(world.as("olivia", "member.added", coach, attributes).status).toBe("duplicate");
    expect(world.can("carl", "member", "org:o")).toBe(false);
    const stamped = { ...attributes, time: "2026-03-01T12:00:00Z" };
    expect(world.as("olivia", "member.added", coach, stamped).status).toBe("duplicate");
    const other = [{ actor: "carl" }, { type: "member.deactivated" }];
    for (const change of other) {
      const { type = "member.added", ...more } = change as { type?: string };
      const outcome = world.send(type, coach, { actor: "olivia", ...attributes, ...more });
      expect(isRefusal(outcome) && outcome.refused).toBe("event_conflict");
    }
  });

  test("S13 an actor's event happens at the clock; the system's at its own time", () => {
    const world = stage();
    const invite = (id: string) => ({ invite: id, org: "o", hat: "office", expires_at: "2026-03-02T00:00:00Z" });
    world.as("olivia", "invite.created", invite("i1"));
    world.system("invite.created", invite("i2"));
    world.now = Date.UTC(2026, 2, 2);
    const before = { time: "2026-03-01T23:59:59.999Z" };
    world.refused("invite_expired", "bob", "invite.redeemed", { invite: "i1", user: "bob" }, before);
    expect(world.system("invite.redeemed", { invite: "i2", user: "bea" }, before).status).toBe("applied");
    expect(world.can("bob", "member", "org:o")).toBe(false);
  });
});
