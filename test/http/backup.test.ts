// POST /backup: headers and content of the answer, its leftovers, and stores without a backup.
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openEmbeddedSidecar, type EmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import { createApp } from "../../src/http/app.ts";
import { MODEL } from "../world/world.ts";

const log = pino({ level: "silent" });
/** Reasons for which the process would have ended: a sidecar looks at its folder every second. */
const ended: string[] = [];
let folder: string;
let sidecar: EmbeddedSidecar;
beforeEach(async () => {
  ended.length = 0;
  folder = mkdtempSync(join(tmpdir(), "backup-"));
  sidecar = await open(folder);
  const event = { id: "1", source: "/t", type: "org.created", data: { org: "o", kind: "club", owner: "olga" } };
  expect(await sidecar.intake.submit(event, { system: true, dryRun: false })).toMatchObject({ status: "applied" });
});
afterEach(async () => {
  await sidecar.close();
  rmSync(folder, { recursive: true, force: true });
});

const open = (at: string): Promise<EmbeddedSidecar> => openEmbeddedSidecar({
  folder: at, storeName: "sideline", model: MODEL, emailKey: undefined, log, now: Date.now,
  fatal: (why) => void ended.push(why),
});
const post = (of = sidecar): Promise<Response> =>
  Promise.resolve(createApp(of, { keys: undefined, log }).request("/backup", { method: "POST" }));
const copies = (): string[] => readdirSync(folder).filter((name) => name.endsWith(".copy"));

test("it has its length and its digest, and no cache keeps it", async () => {
  const response = await post();
  const content = Buffer.from(await response.arrayBuffer());
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "application/vnd.sqlite3", "cache-control": "no-store", "content-length": String(content.length),
    "repr-digest": `sha-256=:${createHash("sha256").update(content).digest("base64")}:`,
  });
  expect(copies()).toEqual([]);
});

test("a caller that disconnects leaves nothing behind, and the next one gets its own copy", async () => {
  await (await post()).body?.cancel();
  expect(copies()).toEqual([]);
  expect((await post()).status).toBe(200);
});

test("a second one at the same time is 409", async () => {
  const [first, second] = await Promise.all([post(), post()]);
  expect([first.status, second.status]).toEqual([200, 409]);
  expect(await second.json()).toMatchObject({ code: "backup_running" });
});

test("a folder that cannot take a copy is 503, even when the process is about to end for it", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  renameSync(folder, `${folder}.away`);
  try {
    for (const look of [false, true]) {
      if (look) await expect.poll(() => ended).not.toEqual([]);
      const response = await post();
      expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(await response.json()).toMatchObject({ code: "store_unavailable" });
    }
  } finally {
    renameSync(`${folder}.away`, folder);
  }
});

test("without a folder, in memory or on OpenFGA, it is 501 and names the alternative", async () => {
  const memory = await open(":memory:");
  const response = await post(memory);
  expect([response.status, await response.json()]).toEqual([501, expect.objectContaining({
    code: "not_supported", detail: expect.stringContaining("on OpenFGA, dump its database"),
  })]);
  await memory.close();
});
