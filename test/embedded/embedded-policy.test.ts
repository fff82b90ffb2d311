// The policy an embedded store was last used with: an older build is refused, and a newer one takes the store over.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openEmbeddedSidecar, type EmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import { policyOf } from "../../src/policy/version.ts";
import { createApp } from "../../src/http/app.ts";
import { buildModel } from "../../src/model/build.ts";
import type { AuthorizationModelJson } from "../../src/model/schema.ts";
import { openEmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { build, MODEL } from "../world/policy.ts";

let folder: string;
const logged: { msg: string; level: number }[] = [];
const log = pino({ level: "info" }, { write: (line: string) => void logged.push(JSON.parse(line)) });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "policy-"));
  logged.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (model: AuthorizationModelJson, replaceModel = false): Promise<EmbeddedSidecar> => openEmbeddedSidecar({
  folder, storeName: "sideline", model: buildModel(model), emailKey: undefined, log, now: Date.now, replaceModel,
  fatal: (why) => { throw new Error(why); },
});
const openAndClose = async (model: AuthorizationModelJson, replaceModel?: boolean): Promise<void> =>
  (await open(model, replaceModel)).close();

test("an older build is refused after a newer one, and the error names the way out", async () => {
  await openAndClose(build(7));
  await openAndClose(build(8));
  await expect(open(build(7))).rejects.toThrow(`MODEL_TOO_NEW: the store in ${folder} has policy version 8, newer than `
    + "this build's 7: run the newer build, or set SIDELINE_REPLACE_MODEL=true to use this build's");
  await openAndClose(build(8));
});

test("with the setting the older build takes the store over and logs it; later starts need no setting", async () => {
  await openAndClose(build(8));
  await openAndClose(build(7), true);
  expect(logged).toContainEqual(expect.objectContaining({ level: 40, msg: expect.stringContaining("REPLACE_MODEL") }));
  await openAndClose(build(7));
  await openAndClose(build(8));
});

test("a policy that changed without a new version is used and reported", async () => {
  await openAndClose(build(7));
  await openAndClose(build(7));
  expect(logged.filter(({ level }) => level >= 40)).toEqual([]);
  await openAndClose(build(7, "extra"));
  const msg = expect.stringContaining("its version did not");
  expect(logged).toContainEqual(expect.objectContaining({ level: 40, msg }));
});

test("a store from before policies were recorded is judged by the model that it kept", async () => {
  const store = openEmbeddedStore(folder);
  store.setMeta("model", JSON.stringify(build(8)));
  await store.close();
  await expect(open(build(7))).rejects.toThrow("has policy version 8");
});

test("version and digest are in the start's log, in /readyz?verbose and in /metrics", async () => {
  const sidecar = await open(MODEL.json);
  const { version, digest } = policyOf(MODEL.json);
  const app = createApp(sidecar, { keys: undefined, log });
  expect(logged).toContainEqual(expect.objectContaining({ msg: "store loaded", policy: { version, digest } }));
  const { parts } = await (await app.request("/readyz?verbose")).json() as { parts: object[] };
  expect(parts).toContainEqual(expect.objectContaining({
    name: "policy", ready: true, detail: `version ${version}, digest ${digest}`,
  }));
  expect(await (await app.request("/metrics")).text())
    .toContain(`sideline_policy_info{version="${version}",digest="${digest}"} 1`);
  await sidecar.close();
});
