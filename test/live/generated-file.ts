// Files of the project that are made from its code. With SIDELINE_WRITE=1, as in `npm run generate`, the tests write
// them; otherwise they compare them.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { ROOT } from "./pins.ts";

/** Checks that a file has the text that the code makes. `path`: from the root of the project. */
export function expectGenerated(path: string, text: string): void {
  const file = join(ROOT, path);
  if (process.env["SIDELINE_WRITE"] === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const found = existsSync(file) ? readFileSync(file, "utf8") : "";
  expect(found, `${path} is out of date: \`npm run generate\` writes it`).toBe(text);
}
