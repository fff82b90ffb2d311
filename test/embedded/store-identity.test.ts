// The ids that SDKs are configured with: the same on every new store, and kept by a store that exists.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openEmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import { openEmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { ULID } from "../../src/http/fields.ts";
import { buildModel } from "../../src/model/build.ts";
import { modelIdOf } from "../../src/policy/version.ts";
import { build, MODEL } from "../world/policy.ts";

/** Id of a new store, which the README names. */
const DEFAULT_STORE_ID = "01S1DE11NE0000000000000000";
const NAMED = "01HVMMBCMGZNT3SED4Z17ECXCA";
let folder: string;
const logged: { msg: string; level: number }[] = [];
const log = pino({ level: "info" }, { write: (line: string) => void logged.push(JSON.parse(line)) });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "identity-"));
  logged.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const infoOf = async (at: string, storeId?: string, model = MODEL) => {
  const sidecar = await openEmbeddedSidecar({
    folder: at, storeName: "sideline", storeId, model, emailKey: undefined, log, now: Date.now,
    fatal: (why) => { throw new Error(why); },
  });
  await sidecar.close();
  return sidecar.info;
};

test("every new store has the same id, and equal models have equal ids", async () => {
  const ids = [await infoOf(folder), await infoOf(":memory:")].map(({ id, modelId }) => [id, modelId]);
  expect(ids).toEqual([[DEFAULT_STORE_ID, modelIdOf(MODEL.json)], [DEFAULT_STORE_ID, modelIdOf(MODEL.json)]]);
  for (const id of ids.flat()) expect(id).toMatch(ULID.pattern);
});

test("another model has another id", async () => {
  const { modelId } = await infoOf(folder);
  expect((await infoOf(folder, undefined, buildModel(build(9)))).modelId).not.toBe(modelId);
});

test("a new store takes the id that it is given", async () => {
  expect((await infoOf(folder, NAMED)).id).toBe(NAMED);
  expect((await infoOf(folder)).id).toBe(NAMED);
  expect(logged.filter(({ level }) => level >= 40)).toEqual([]);
});

test("a store keeps the id it was created with, and the log says so", async () => {
  const store = openEmbeddedStore(folder);
  store.setMeta("store id", "01JDZZZZZZZZZZZZZZZZZZZZZZ");
  await store.close();
  expect((await infoOf(folder)).id).toBe("01JDZZZZZZZZZZZZZZZZZZZZZZ");
  expect(logged.filter(({ level }) => level >= 40)).toEqual([]);
  expect((await infoOf(folder, NAMED)).id).toBe("01JDZZZZZZZZZZZZZZZZZZZZZZ");
  const msg = expect.stringContaining("SIDELINE_STORE_ID");
  expect(logged).toContainEqual(expect.objectContaining({ level: 40, msg }));
});
