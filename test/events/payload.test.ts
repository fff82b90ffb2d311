// Payloads at their limits: faults are listed up to a number, texts repeated up to a length, addresses never.
import { describe, expect, test } from "vitest";
import type { Refusal } from "../../src/events/refusal.ts";
import { World } from "./world.ts";

/** The refusal of an event of the system. */
function refused(type: string, data: unknown): Refusal {
  const outcome = new World().send(type, data);
  if (!("refused" in outcome)) throw new Error("it was applied");
  return outcome;
}

const keys = (count: number) => Array.from({ length: count }, (_, n) => `key-${n}`);
const role = (given: readonly string[]) => ({ org: "o", role: "r", scope: "org", keys: given });

describe("a payload has at most 1,000 values", () => {
  test("one of 1,000 is judged by its schema, one of 1,001 is not", () => {
    // Four fields beside the keys themselves.
    expect(refused("role.created", role(keys(996)))).toMatchObject({ refused: "unknown_key" });
    expect(refused("role.created", role(keys(997)))).toEqual({
      refused: "invalid_event", detail: "the payload is not valid: data has more than 1000 values",
      errors: [{ path: "data", message: "more than 1000 values" }],
    });
  });

  test("values at any depth count, and 15,000 fields are no more work than 1,001", () => {
    const nested = { org: "o", more: { a: [keys(500), { b: keys(500) }] } };
    expect(refused("role.deleted", nested).errors).toEqual([{ path: "data", message: "more than 1000 values" }]);
    const wide = Object.fromEntries(keys(15_000).map((key) => [key, true]));
    expect(refused("coaching.overrides_set", { coaching: "c", overrides: wide }).refused).toBe("invalid_event");
  });

  test("every key there is fits into one role", () => {
    const world = new World();
    world.system("org.created", { org: "o", kind: "program", owner: "olga" });
    world.refused("unknown_key", undefined, "role.created", role(["nothing.read"]));
    world.system("role.created", role(["sessions.read", "roster.edit", "org.manage"]));
  });
});

describe("a refusal lists at most 20 faults", () => {
  test("20 are listed whole; of 21 the first 20, and the number of all is told", () => {
    const whole = refused("role.created", role(keys(20)));
    expect(whole.errors).toHaveLength(20);
    expect(whole.detail).toBe("not a permission key");
    const cut = refused("role.created", role(keys(21)));
    expect(cut.errors).toEqual(whole.errors);
    expect(cut.detail).toBe("not a permission key (the first 20 of 21 faults are listed)");
  });

  test("an unknown key is told even where it is not among the first 20", () => {
    const data = { ...role([...keys(1)]), keys: [...Array.from({ length: 30 }, () => 1), "nothing.read"] };
    expect(refused("role.created", data)).toMatchObject({ refused: "unknown_key" });
  });
});

describe("a fault repeats at most 200 characters of a payload", () => {
  test("of a text, and of the name of a field", () => {
    const name = "x".repeat(60_000);
    for (const [type, data] of [["team.deleted", { team: "t", [name]: 1 }],
      ["coaching.overrides_set", { coaching: "c", overrides: { [name]: true } }]] as const) {
      const { detail, errors } = refused(type, data);
      expect(detail.length).toBeLessThan(600);
      for (const { path, message } of errors ?? []) expect(Math.max(path.length, message.length)).toBeLessThan(202);
    }
  });

  const words: readonly (readonly [name: string, told: string])[] = [
    ["bob@example.org", "(an address)"], ["a bob@example.org b", "a (an address) b"],
    ["@bob", "@bob"],
    ["bob@", "bob@"], ["@b@c", "(an address)"], ["b@c@", "(an address)"], ["@@", "@@"], ["@@@", "(an address)"],
    ["'bob@x'", "'(an address)'"],
    [`${"y".repeat(190)} bob@example.org`, `${"y".repeat(190)} (an ad`],
  ];
  test.each(words)("an address in %s is not repeated", (name, told) => {
    const { errors } = refused("team.deleted", { team: "t", [name]: 1 });
    const [start, end] = ['Unrecognized key: "', '"'];
    const message = `${start}${told}${end}`;
    expect(errors?.[0]?.message.slice(0, 200)).toBe(message.slice(0, 200));
    expect(JSON.stringify(errors)).not.toContain("bob@example");
  });

  test("texts as long as an event may be take no more than their length", () => {
    // The pattern this replaces looked for an `@` from each character on: five seconds for the first of these.
    for (const name of ["x".repeat(60_000), "x@".repeat(30_000), `${"x ".repeat(30_000)}@`, "@".repeat(60_000)]) {
      expect(refused("team.deleted", { [name]: 1 }).refused).toBe("invalid_event");
    }
  });
});
