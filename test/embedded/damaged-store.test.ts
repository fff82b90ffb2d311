// Random damage to a closed store's file: the start refuses, /readyz reports it, or every answer is unchanged.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { openEmbeddedSidecar, type EmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import { createApp } from "../../src/http/app.ts";
import { StoreError } from "../../src/embedded/store-error.ts";
import { MODEL } from "../world/world.ts";
import { SEED } from "../laws/law.ts";
import { PATIENTLY } from "../live/patience.ts";
import { damage, numbersOf } from "./damage.ts";

/** Number of random damages; each takes its own start. */
const DAMAGES = 40;

const log = pino({ level: "silent" });
let root: string;
let whole: string;
let answers: Answers;
const opened: EmbeddedSidecar[] = [];
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "damaged-"));
  whole = join(root, "whole");
  const sidecar = await open(whole);
  const send = async (type: string, data: object): Promise<void> => {
    const sent = { id: `${type}${JSON.stringify(data)}`, source: "/t", type, data };
    expect(await sidecar.intake.submit(sent, { system: true, dryRun: false })).toMatchObject({ status: "applied" });
  };
  await send("org.created", { org: "o", kind: "club", owner: "olga" });
  for (let i = 0; i < 300; i++) await send("member.added", { org: "o", user: `carl${i}` });
  for (let i = 0; i < 300; i++) await send("athlete.created", { athlete: `ada${i}`, org: "o", coach: `carl${i}` });
  answers = await answersOf(sidecar);
  await closeAll();
});
afterEach(() => closeAll());
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Everything a caller can read: pages of tuples and of changes with their times, or their failure. */
type Answers = { readonly tuples: string; readonly changes: string };

async function open(folder: string): Promise<EmbeddedSidecar> {
  const sidecar = await openEmbeddedSidecar({
    folder, storeName: "sideline", model: MODEL, emailKey: undefined, log, now: Date.now,
    fatal: (why) => { throw new Error(why); },
  });
  opened.push(sidecar);
  return sidecar;
}

async function closeAll(): Promise<void> {
  for (const sidecar of opened.splice(0)) await sidecar.close().catch(() => undefined);
}

async function pages(
  sidecar: EmbeddedSidecar, method: string, path: string, name: string, next: (token: string) => [string, object?],
): Promise<string> {
  const app = createApp(sidecar, { keys: undefined, log });
  const all: unknown[] = [];
  for (let token = ""; ;) {
    const [query, body] = next(token);
    const response = await app.request(`/stores/sideline/${path}${query}`, {
      method, headers: { "content-type": "application/json" }, ...(body && { body: JSON.stringify(body) }),
    });
    if (response.status !== 200) return `fails: ${response.status}`;
    const page = await response.json() as Record<string, any>;
    all.push(...page[name]);
    token = page["continuation_token"];
    if (token === "" || page[name].length === 0) return JSON.stringify(all);
  }
}

const answersOf = async (sidecar: EmbeddedSidecar): Promise<Answers> => ({
  tuples: await pages(sidecar, "POST", "read", "tuples", (token) =>
    ["", { page_size: 100, ...(token === "" ? {} : { continuation_token: token }) }]),
  changes: await pages(sidecar, "GET", "changes", "changes", (token) =>
    [`?page_size=100${token === "" ? "" : `&continuation_token=${encodeURIComponent(token)}`}`]),
});

/** Waits until the log is checked. Returns true if it is intact. */
async function isLogWhole(sidecar: EmbeddedSidecar): Promise<boolean> {
  const part = () => sidecar.readiness().parts.find(({ name }) => name === "log")!;
  const checked = () => part().figures?.find(({ name }) => name === "checked_changes")?.value ?? 0;
  await vi.waitFor(() => expect(!part().ready || checked() >= 601).toBe(true), PATIENTLY);
  return part().ready;
}

test("an undamaged store is found intact", async () => {
  expect(await isLogWhole(await open(whole))).toBe(true);
  expect(answers.changes.match(/"timestamp"/g)?.length).toBeGreaterThan(3000);
});

test(`each of ${DAMAGES} random damages is refused, reported, or harmless`, async () => {
  const seed = SEED;
  console.log(`damage of a closed store: seed ${seed} (SIDELINE_TEST_SEED)`);
  const outcomes = { refused: 0, reported: 0, harmless: 0 };
  for (let i = 0; i < DAMAGES; i++) {
    const folder = join(root, `damaged${i}`);
    cpSync(whole, folder, { recursive: true });
    const told = `SIDELINE_TEST_SEED=${seed + i} ${damage(folder, "store.db", numbersOf(seed + i))}`;
    try {
      const sidecar = await open(folder);
      const isWhole = await isLogWhole(sidecar);
      const found = await answersOf(sidecar);
      expect(found.tuples, told).toBe(answers.tuples);
      if (isWhole) expect(found.changes, told).toBe(answers.changes);
      else expect(found.changes, told).toMatch(/^fails: 503/);
      outcomes[isWhole ? "harmless" : "reported"]++;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      outcomes.refused++;
    }
    await closeAll();
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(outcomes);
});

const contentOf = (db: Database.Database): string =>
  JSON.stringify(["log", "tuples", "meta"].map((table) => db.prepare(`select rowid, * from ${table}`).all()));

/** A copy of the whole store whose content some SQL changed. Fails if the SQL changed nothing. Returns its folder. */
function changedBy(sql: string): string {
  const folder = mkdtempSync(join(root, "changed-"));
  cpSync(whole, folder, { recursive: true });
  const db = new Database(join(folder, "store.db"));
  const before = contentOf(db);
  db.exec(sql);
  expect(contentOf(db), sql).not.toBe(before);
  db.close();
  return folder;
}

const LOG_DAMAGE: Readonly<Record<string, string>> = {
  "a letter of a change": "update log set body = replace(body, 'carl200', 'carl201') where seq = 202",
  "the time of a change": "update log set at = at + 1 where seq = 202",
  "a change that is gone": "delete from log where seq = 202",
  "two changes in each other's place": `update log set seq = -1 where seq = 202;
    update log set seq = 202 where seq = 203; update log set seq = 203 where seq = -1`,
};

test.for(Object.entries(LOG_DAMAGE))("%s is reported by /readyz and /metrics, and not passed on", async ([, sql]) => {
  const folder = changedBy(sql);
  const sidecar = await open(folder);
  expect(await isLogWhole(sidecar)).toBe(false);
  const app = createApp(sidecar, { keys: undefined, log });
  const ready = await app.request("/readyz?verbose");
  expect([ready.status, await ready.text()]).toEqual([200, expect.stringContaining("the change log is damaged")]);
  expect(await (await app.request("/metrics")).text()).toContain("sideline_log_damaged 1");
  expect((await answersOf(sidecar)).changes).toBe("fails: 503");
});

const TUPLE_DAMAGE: Readonly<Record<string, string>> = {
  "the time of a tuple": "update tuples set at = at + 1 where id = 50",
  "the key of the email hashes":
    "update meta set value = iif(value like '0%', '1', '0') || substr(value, 2) where name = 'email key'",
};

test.for(Object.entries(TUPLE_DAMAGE))("%s that was changed is refused", async ([, sql]) => {
  const folder = changedBy(sql);
  await expect(open(folder)).rejects.toThrow("is damaged");
});
