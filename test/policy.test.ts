// The policy of a start: what the build kept of model.fga, where that is still its text; else the text itself.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepPolicy } from "../src/keep-policy.ts";
import { compileModel } from "../src/model/compile.ts";
import { readPolicy } from "../src/policy.ts";
import { ROOT } from "./live/pins.ts";

const source = readFileSync(join(ROOT, "model.fga"), "utf8");
let folder: string;
let kept: URL;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sideline-policy-"));
  kept = pathToFileURL(join(folder, "model.json"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what was kept is the model of the text", async () => {
  writeFileSync(kept, keepPolicy(source));
  expect((await readPolicy(source, kept)).json).toEqual(compileModel(source).json);
});

test("it is used where it was made from this text, and left where one character differs", async () => {
  const other = JSON.parse(keepPolicy("model\n  schema 1.1\ntype somebody\n"));
  writeFileSync(kept, JSON.stringify({ ...other, digest: JSON.parse(keepPolicy(source)).digest }));
  expect((await readPolicy(source, kept)).json.type_definitions).toMatchObject([{ type: "somebody" }]);
  const changed = source.replace("define admin: admin_hat and member", "define admin: admin_hat  and member");
  expect(changed.length).toBe(source.length + 1);
  expect((await readPolicy(changed, kept)).json).toEqual(compileModel(source).json);
});

test("without one the text is read, and a fault of it is told", async () => {
  expect((await readPolicy(source, kept)).json).toEqual(compileModel(source).json);
  await expect(readPolicy("type", kept)).rejects.toThrow(/line/);
});
