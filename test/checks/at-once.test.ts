// The searches that run at once are made of those that run in parts.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { atOnce, pathAtOnce, SEARCHES } from "../../scripts/at-once.mjs";

test.each(SEARCHES)("%s at once is what `node scripts/at-once.mjs` makes of it, and never rests", (name) => {
  const text = readFileSync(pathAtOnce(name), "utf8");
  expect(text).toBe(atOnce(name));
  expect(text).not.toMatch(/\byield\b|function\*|\bParts</);
});
