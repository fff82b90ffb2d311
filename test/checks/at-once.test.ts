// The searches that run in one go are generated from the searches that run in parts, without any of their pauses.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pathAtOnce, SEARCHES } from "../../scripts/at-once.mjs";

test.each(SEARCHES)("the generated form of %s never pauses, and imports no file that does", (name) => {
  const text = readFileSync(pathAtOnce(name), "utf8");
  const code = text.replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
  expect(code).not.toMatch(/\byield\b|function\*/);
  const imported = [...text.matchAll(/"\.\/([a-z-]+)\.ts"/g)].map((match) => match[1]);
  expect(imported.filter((file) => [...SEARCHES, "parts"].includes(file as string))).toEqual([]);
});
