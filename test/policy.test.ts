// The policy at a start: the build's precompiled model.fga if its text is unchanged, otherwise the text itself.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepPolicy } from "../src/policy/precompile.ts";
import { compileModel } from "../src/model/compile.ts";
import { versionOf } from "../src/policy/version.ts";
import { readPolicy } from "../src/policy/load.ts";
import { digest } from "../src/tuples/digest.ts";
import { ROOT } from "./live/pins.ts";

const source = readFileSync(join(ROOT, "model.fga"), "utf8");
let folder: string;
let kept: URL;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sideline-policy-"));
  kept = pathToFileURL(join(folder, "model.json"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/**
 * The digest of model.fga without comments and blank lines, for each version of the policy. If the test below fails,
 * the policy was changed: give its type `policy` the next version and add a line, once for each release. An
 * installation that runs an older version moves to the new one; the reverse is refused.
 */
const VERSIONS: readonly string[] = [
  "GS3XbJIwXbdKtUAFi4dK3oHucl7n0HiAOZKN85-3N0o",
  "sQoG1uzy8Bf3cOwkpn9i5qXwvkfST3XRZ4q8GbAJyJc",
  "oHUiDDSPhGWDqXYQoeVLlAdCUZlW0HLEDoSg2uapf8I",
];

/** The significant lines of a model, joined by line breaks. */
function meaningOf(text: string): string {
  return text.split("\n").map((line) => line.replace(/(^|\s)#.*$/, "").trimEnd())
    .filter((line) => line !== "").join("\n");
}

test("a change of model.fga other than comments requires a new version of the policy", () => {
  expect(VERSIONS[versionOf(compileModel(source).json) - 1]).toBe(digest(meaningOf(source)));
  expect(VERSIONS).toHaveLength(versionOf(compileModel(source).json));
  expect(new Set(VERSIONS).size).toBe(VERSIONS.length);
});

test("comments and blank lines are no change, and every other change is one", () => {
  const { json } = compileModel(source);
  expect(compileModel(meaningOf(source)).json).toEqual(json);
  expect(meaningOf(`# new\n\n${source.replaceAll("# ", "# more ")}`)).toBe(meaningOf(source));
  const lines = source.split("\n").filter((line) => /^\s+define /.test(line));
  expect(lines.length).toBeGreaterThan(500);
  for (const line of lines) expect(meaningOf(source.replace(line, `${line} or x`))).not.toBe(meaningOf(source));
});

test("the precompiled policy is the model of the text", async () => {
  writeFileSync(kept, keepPolicy(source));
  expect((await readPolicy(source, kept)).json).toEqual(compileModel(source).json);
});

test("it is used if it was made from this text, and ignored if one character differs", async () => {
  const other = JSON.parse(keepPolicy("model\n  schema 1.1\ntype somebody\n"));
  writeFileSync(kept, JSON.stringify({ ...other, digest: JSON.parse(keepPolicy(source)).digest }));
  expect((await readPolicy(source, kept)).json.type_definitions).toMatchObject([{ type: "somebody" }]);
  const changed = source.replace("define admin: admin_hat and member", "define admin: admin_hat  and member");
  expect(changed.length).toBe(source.length + 1);
  expect((await readPolicy(changed, kept)).json).toEqual(compileModel(source).json);
});

test("without one the text is read, and a fault in it is reported", async () => {
  expect((await readPolicy(source, kept)).json).toEqual(compileModel(source).json);
  await expect(readPolicy("type", kept)).rejects.toThrow(/line/);
});
