// Misplaced email addresses: always masked, in steps that grow only with the text.
import { counted } from "./steps.ts";
import { describe, expect, test } from "vitest";
import { maskAddresses } from "../../src/events/refusal.ts";
import { World } from "../world/world.ts";

/** The refusal's text about a field of that name. */
function said(name: string): string {
  const outcome = new World().send("team.deleted", { team: "t", [name]: 1 });
  if (!("refused" in outcome)) throw new Error("it was applied");
  return JSON.stringify(outcome);
}

describe("a misplaced address is not repeated", () => {
  const words: readonly (readonly [name: string, told: string])[] = [
    ["bob@example.org", '"(an address)"'], ["a bob@example.org b", '"a (an address) b"'], ["@bob", '"@bob"'],
    ["bob@", '"bob@"'], ["@b@c", '"(an address)"'], ["b@c@", '"(an address)"'], ["@@", '"@@"'],
    ["@@@", '"(an address)"'],
    ["'bob@example.org'", "\"'(an address)'\""],
  ];
  test.each(words)("in %s", (name, told) => {
    const text = said(name).replaceAll('\\"', '"');
    expect(text).toContain(told);
    expect(text).not.toContain("bob@example");
  });

  // patterns.test.ts proves for all patterns that none backtracks in a long name.
  const long: readonly (readonly [unit: string, told: string])[] = [
    ["x", "x"], ["x@", "(an address)"], ["x ", "x "], ["@", "(an address)"], ["x@y ", "(an address) "],
  ];
  test.each(long)("in %j repeated, and a name four times as long takes four times the steps", (unit, told) => {
    const steps = [1_000, 4_000].map((times) => {
      const { steps: taken, result } = counted(() => maskAddresses(unit.repeat(times)));
      expect(result).toBe(told.startsWith("(an address)") && !told.endsWith(" ") ? told : told.repeat(times));
      return taken;
    });
    expect(steps[1]).toBeLessThan(steps[0]! * 4 + 100);
  });
});
