// Explores a million states of the event code in two processes, then removes every guard once. A run continues where
// an earlier one was stopped. SIDELINE_EXPLORE_STATES, SIDELINE_EXPLORE_PROCESSES and SIDELINE_EXPLORE_FOLDER (by
// default .cache/explore) change it. `npm run explore -- states [slice ...]` leaves the guards out, and other slices.
import { fork, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { writeSearchesAtOnce } from "./at-once.mjs";

for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143]]) process.on(signal, () => process.exit(status));

const [part, ...wanted] = process.argv.slice(2);
const root = resolve(import.meta.dirname, "..");
const {
  SIDELINE_EXPLORE_STATES: states = "1000000", SIDELINE_TEST_SEED: seed = String(randomInt(2 ** 31)),
  SIDELINE_EXPLORE_FOLDER: folder = join(root, ".cache/explore"),
  SIDELINE_EXPLORE_PROCESSES: processes = String(Math.min(2, availableParallelism())),
} = process.env;

/** @typedef {import("../test/explore/exploration.ts").Result} Result */

/** Compiles the exploration into a new folder: plain JavaScript runs faster than what the test runner makes of it. */
function compiled() {
  const build = mkdtempSync(join(tmpdir(), "sideline-explore-"));
  process.on("exit", () => rmSync(build, { recursive: true, force: true }));
  for (const name of ["node_modules", "package.json", "model.fga", "model.claims.yaml"]) {
    symlinkSync(join(root, name), join(build, name));
  }
  writeSearchesAtOnce();
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const args = [tsc, "-p", join(root, "test/explore/tsconfig.json"), "--outDir", build];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
  return join(build, "test/explore");
}

/** Explores one slice up to a number of states. @param {string} code @param {string} slice @param {number} bound */
function explored(code, slice, bound) {
  return new Promise((done, fail) => {
    const env = { ...process.env, SIDELINE_TEST_SEED: seed };
    const child = fork(join(code, "explore-slice.js"), [slice, String(bound), states, folder], { env });
    /** @type {Result | undefined} */
    let last;
    child.on("message", (/** @type {Result} */ result) => {
      const { faults, ...counts } = result;
      console.log(JSON.stringify(counts));
      for (const fault of faults.slice(last?.faults.length ?? 0)) console.log(fault);
      last = result;
    });
    child.on("exit", (status) => (status === 0 && last !== undefined ? done(last)
      : fail(new Error(`the exploration of ${slice} ended with ${status}`))));
  });
}

/** Calls a function on each of some names, on a few at once. @template T */
async function each(/** @type {string[]} */ names, /** @type {(name: string) => Promise<T>} */ use) {
  const left = [...names];
  const one = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) await use(name);
  };
  await Promise.all(Array.from({ length: Number(processes) }, one));
}

const sum = (/** @type {Result[]} */ results, /** @type {"states" | "applied" | "lawful" | "timed"} */ count) =>
  results.reduce((total, result) => total + result[count], 0);

const code = compiled();
const { SLICES } = await import(pathToFileURL(join(code, "slices.js")).href);
/** @type {Map<string, Result>} */
const results = new Map();
/** @type {string[]} */
let open = SLICES.map(({ name }) => name).filter((name) => wanted.length === 0 || wanted.includes(name));
// Another round of the larger slices finds as many states as the small ones lack.
for (let missing = Number(states); missing > 0 && open.length > 0;) {
  const share = Math.ceil(missing / open.length);
  await each(open, async (name) => {
    results.set(name, await explored(code, name, (results.get(name)?.states ?? 0) + share));
  });
  missing = Number(states) - sum([...results.values()], "states");
  open = open.filter((name) => results.get(name)?.isWhole === false);
  if ([...results.values()].some(({ faults }) => faults.length > 0)) break;
}

const found = [...results.values()];
for (const { slice, states: reached, depth } of found) console.log(`${slice}: ${reached} states, ${depth}`);
const count = (/** @type {"states" | "applied" | "lawful" | "timed"} */ of) => sum(found, of).toLocaleString("en");
const faults = found.reduce((total, { faults: some }) => total + some.length, 0);
const figures = `${count("states")} states and ${count("applied")} transitions, laws on ${count("lawful")} of them, `
  + `time on ${count("timed")} decisions, ${faults === 0 ? "without a violation" : `${faults} violations`} `
  + `(seed ${seed})`;

let status = faults === 0 ? 0 : 1;
if (status === 0 && part !== "states") {
  const args = [join(root, "node_modules/vitest/vitest.mjs"), "run", "test/explore/guards.test.ts"];
  const env = { ...process.env, SIDELINE_TEST_FULL: "1" };
  status = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit", env }).status ?? 1;
}
console.log(figures);
process.exit(status);
