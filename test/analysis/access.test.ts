// docs/access.md is what the command prints, and says what the ways say.
import { expect, test } from "vitest";
import { runPolicy } from "../../src/cli/policy-command.ts";
import { CHECKABLE } from "../../src/policy/checkable.ts";
import { expectGenerated } from "../live/generated-file.ts";

const { text } = await runPolicy({ command: "ways", json: false, markdown: true });

test("docs/access.md is up to date", () => {
  expectGenerated("docs/access.md", text);
});

test("it has each relation that an app may check, once", () => {
  for (const [type, relations] of Object.entries(CHECKABLE)) {
    const part = text.split(`\n## On a${/^[aeiou]/.test(type) ? "n" : ""} ${type}\n`)[1]!.split("\n## ")[0]!;
    const lines = part.split("\n").filter((line) => /^(?:### )?`/.test(line)).join(" ");
    const named = [...lines.matchAll(/`(?:\w+#)?(\w+)`/g)].map(([, relation]) => relation);
    expect([type, [...new Set(named)].sort()]).toEqual([type, [...relations].sort()]);
  }
});

test("no tuple of an entry is without words", () => {
  expect(text).not.toMatch(/ has `\w+` for /);
  expect(text).not.toContain("not: ");
});
