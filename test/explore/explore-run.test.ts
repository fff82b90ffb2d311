// `npm run explore` continues where it was killed, and finds the states that one process finds in one go.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { PATIENCE_MS } from "../live/patience.ts";
import { ROOT } from "../live/pins.ts";
import { Exploration } from "./exploration.ts";
import { FoundStates } from "./found-states.ts";
import { SLICES } from "./slices.ts";

const folders = { run: mkdtempSync(join(tmpdir(), "explored-")), once: mkdtempSync(join(tmpdir(), "explored-")) };
afterAll(() => {
  for (const folder of Object.values(folders)) rmSync(folder, { recursive: true });
});

/** The slice `expired` has 102 states. The other one explores what it lacks, in a second round. */
const STATES = 900;
const WHOLE = 102;

/** Starts a run in a process group of its own. `ended` has its exit status and its output. */
function start() {
  const env = {
    ...process.env, SIDELINE_EXPLORE_STATES: String(STATES), SIDELINE_EXPLORE_FOLDER: folders.run,
    SIDELINE_TEST_SEED: "1",
  };
  const args = [join(ROOT, "scripts/explore.mjs"), "states", "expired", "program"];
  const child = spawn(process.execPath, args, { env, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (text) => void (output += String(text)));
  const ended = new Promise<{ status: number | null; output: string }>((done) => {
    child.on("close", (status) => done({ status, output }));
  });
  return { kill: () => process.kill(-child.pid!, "SIGKILL"), ended };
}

/** The file with the states of `program`; undefined if there is none, or an empty one. */
function file(folder: string): string | undefined {
  const name = readdirSync(folder).find((one) => /^program-[0-9a-f]+$/.test(one));
  return name === undefined || statSync(join(folder, name)).size === 0 ? undefined : join(folder, name);
}

test("a run continues one that was killed", async () => {
  const killed = start();
  await expect.poll(() => file(folders.run), { timeout: 2 * PATIENCE_MS }).toBeDefined();
  killed.kill();
  expect((await killed.ended).status).toBeNull();
  const before = readFileSync(file(folders.run)!);

  const { status, output } = await start().ended;
  const lines = output.trimEnd().split("\n");
  expect(lines.at(-1)).toMatch(/^9\d\d states and [\d,]+ transitions, laws on .* without a violation \(seed 1\)$/);
  expect(lines).toContain(`expired: ${WHOLE} states, every order`);
  expect(status).toBe(0);

  const slice = SLICES.find(({ name }) => name === "program")!;
  const bounds = { states: STATES - WHOLE, sampled: 0, of: 1 };
  new Exploration(slice, bounds, 1, new FoundStates(folders.once, slice, "")).all();
  const after = readFileSync(file(folders.run)!);
  expect(after.equals(readFileSync(file(folders.once)!))).toBe(true);
  expect(before.length).toBeLessThan(after.length);
  expect(after.subarray(0, before.length).equals(before)).toBe(true);
}, 8 * PATIENCE_MS);
