// Misplaced email addresses: masked as ever, in a time that grows with the text only.
import { describe, expect, test } from "vitest";
import { World } from "../events/world.ts";

/** What a refusal says about a field of that name. */
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

  // A pattern that looked for an `@` from each character on took five seconds for the first of these.
  test.each(["x".repeat(60_000), "x@".repeat(30_000), `${"x ".repeat(30_000)}@`, "@".repeat(60_000)])(
    "in a name as long as an event may be", (name) => {
      expect(said(name)).toContain("invalid_event");
    });
});
