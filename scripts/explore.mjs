// Explores a million states of the event code in two processes, then removes every guard once. A run continues where
// an earlier one was stopped. SIDELINE_EXPLORE_STATES, SIDELINE_EXPLORE_PROCESSES and SIDELINE_EXPLORE_FOLDER (by
// default .cache/explore) change it. `npm run explore -- states [slice ...]` leaves the guards out, and other slices.
// Exits with 1 after a violation, which later runs of the same code report again, and with 2 if it cannot start.
import { fork, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { writeSearchesAtOnce } from "./at-once.mjs";
import { isExplored, unknownSlices, wanted } from "./explore-wanted.mjs";

for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143]]) process.on(signal, () => process.exit(status));

/** Ends if there is a reason not to start. @param {string | undefined} reason */
function refuse(reason) {
  if (reason === undefined) return;
  console.error(reason);
  process.exit(2);
}

const run = wanted(process.argv.slice(2), process.env);
if (typeof run === "string") refuse(run);
const { part, slices, states, processes } = /** @type {import("./explore-wanted.mjs").Wanted} */ (run);
const root = resolve(import.meta.dirname, "..");
const {
  SIDELINE_TEST_SEED: seed = String(randomInt(2 ** 31)), SIDELINE_EXPLORE_FOLDER: folder = join(root, ".cache/explore"),
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
  return build;
}

/** Explores one slice up to a number of states. @param {string} slice @param {number} bound */
function explored(slice, bound) {
  return new Promise((done, fail) => {
    const env = { ...process.env, SIDELINE_TEST_SEED: seed };
    const args = [slice, String(bound), String(states), folder, version];
    const child = fork(join(code, "explore-slice.js"), args, { env });
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
  await Promise.all(Array.from({ length: Math.min(processes, names.length) }, one));
}

const sum = (/** @type {Result[]} */ results, /** @type {"states" | "applied" | "lawful" | "timed"} */ count) =>
  results.reduce((total, result) => total + result[count], 0);

const build = compiled();
const code = join(build, "test/explore");
const { SLICES } = await import(pathToFileURL(join(code, "slices.js")).href);
const { hashOf } = await import(pathToFileURL(join(code, "found-states.js")).href);
const version = hashOf(build);
/** @type {string[]} */
const known = SLICES.map((/** @type {{ name: string }} */ { name }) => name);
refuse(unknownSlices(slices, known));
const names = known.filter((name) => slices.length === 0 || slices.includes(name));
/** @type {Map<string, Result>} */
const results = new Map();
let open = names;
// Another round of the larger slices finds as many states as the small ones lack.
for (let missing = states; missing > 0 && open.length > 0;) {
  const share = Math.ceil(missing / open.length);
  await each(open, async (name) => {
    results.set(name, await explored(name, (results.get(name)?.states ?? 0) + share));
  });
  missing = states - sum([...results.values()], "states");
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
if (status === 0 && !isExplored(names, results, states)) {
  console.error(`fewer than ${states.toLocaleString("en")} states were explored`);
  status = 1;
}
if (status === 0 && part !== "states") {
  const args = [join(root, "node_modules/vitest/vitest.mjs"), "run", "test/explore/guards.test.ts"];
  const env = { ...process.env, SIDELINE_TEST_FULL: "1" };
  status = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit", env }).status ?? 1;
}
console.log(figures);
process.exit(status);
