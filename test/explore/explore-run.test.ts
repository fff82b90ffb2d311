// `npm run explore` continues where it was killed, finds what one process finds in one go, and refuses wrong arguments.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { PATIENCE_MS } from "../live/patience.ts";
import { ROOT } from "../live/pins.ts";
import { Exploration } from "./exploration.ts";
import { FoundStates, hashOf } from "./found-states.ts";
import { SLICES } from "./slices.ts";

const all = mkdtempSync(join(tmpdir(), "explored-"));
/** `builds` has the build of the run that is killed. */
const folders = { run: join(all, "run"), once: join(all, "once"), builds: join(all, "builds") };
for (const folder of Object.values(folders)) mkdirSync(folder);
afterAll(() => rmSync(all, { recursive: true }));

const SCRIPT = join(ROOT, "scripts/explore.mjs");

/** The slice `expired` has 102 states. The other one explores what it lacks, in a second round. */
const STATES = 900;
const WHOLE = 102;

/** Starts a run in a process group of its own. `ended` has its exit status and its output. */
function start() {
  const env = {
    ...process.env, SIDELINE_EXPLORE_STATES: String(STATES), SIDELINE_EXPLORE_FOLDER: folders.run,
    SIDELINE_TEST_SEED: "1", TMPDIR: folders.builds,
  };
  const args = [SCRIPT, "states", "expired", "program"];
  const child = spawn(process.execPath, args, { env, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (text) => void (output += String(text)));
  const ended = new Promise<{ status: number | null; output: string }>((done) => {
    child.on("close", (status) => done({ status, output }));
  });
  return { kill: () => process.kill(-child.pid!, "SIGKILL"), ended };
}

/** The file with the states of `program`; undefined until its progress is written. */
function file(folder: string): string | undefined {
  const name = readdirSync(folder).find((one) => /^program-[0-9a-f]+$/.test(one));
  return name === undefined || !existsSync(join(folder, `${name}.json`)) ? undefined : join(folder, name);
}

/** The progress of `program`: its counts, and its number of expanded states. */
const progress = (folder: string): unknown => JSON.parse(readFileSync(`${file(folder)!}.json`, "utf8"));

test("a run continues one that was killed", async () => {
  const killed = start();
  await expect.poll(() => file(folders.run), { timeout: 2 * PATIENCE_MS }).toBeDefined();
  killed.kill();
  expect((await killed.ended).status).toBeNull();
  const before = readFileSync(file(folders.run)!);
  const [build, ...others] = readdirSync(folders.builds);
  expect(others).toEqual([]);
  const version = hashOf(join(folders.builds, build!));

  const { status, output } = await start().ended;
  const lines = output.trimEnd().split("\n");
  expect(lines.at(-1)).toMatch(/^9\d\d states and [\d,]+ transitions, laws on .* without a violation \(seed 1\)$/);
  expect(lines).toContain(`expired: ${WHOLE} states, every order`);
  expect(status).toBe(0);

  const slice = SLICES.find(({ name }) => name === "program")!;
  const bounds = { states: STATES - WHOLE, sampled: 1, of: 1 };
  new Exploration(slice, bounds, 1, new FoundStates(folders.once, slice, version)).all();
  expect(basename(file(folders.run)!)).toBe(basename(file(folders.once)!));
  const after = readFileSync(file(folders.run)!);
  expect(after.equals(readFileSync(file(folders.once)!))).toBe(true);
  expect(before.length).toBeLessThan(after.length);
  expect(after.subarray(0, before.length).equals(before)).toBe(true);
  expect(progress(folders.run)).toEqual(progress(folders.once));
}, 8 * PATIENCE_MS);

test.each([
  ["a misspelt slice", ["states", "expired", "invite"], {}, /^there is no slice invite: the slices are .*invites/],
  ["an unknown part", ["invites"], {}, /^there is no part invites/],
  ["no number of processes", ["states", "expired"], { SIDELINE_EXPLORE_PROCESSES: "x" }, /^SIDELINE_EXPLORE_PROCESSES/],
  ["no number of states", ["states", "expired"], { SIDELINE_EXPLORE_STATES: "1e6x" }, /^SIDELINE_EXPLORE_STATES/],
])("a run with %s is refused", (_, args, variables, message) => {
  const env = { ...process.env, SIDELINE_EXPLORE_FOLDER: folders.run, TMPDIR: folders.builds, ...variables };
  const found = spawnSync(process.execPath, [SCRIPT, ...args], { env, encoding: "utf8" });
  expect(found.stderr).toMatch(message);
  expect([found.status, found.stdout]).toEqual([2, ""]);
}, PATIENCE_MS);
