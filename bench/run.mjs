// The benchmark: runs every part, prints one table and writes docs/benchmarks.md. `--world S` or M makes it smaller.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureAccessChange } from "./access-change.mjs";
import { measureAppQuestions } from "./app-questions.mjs";
import { checkBodies, measureChecks, measureLists } from "./http.mjs";
import { LOADER, put } from "./load.mjs";
import { measurePages } from "./object-pages.mjs";
import { findOpenfga, findPostgres } from "./openfga.mjs";
import { measureOpenfga } from "./peers.mjs";
import { summaryOf } from "./profile.mjs";
import { report } from "./report.mjs";
import { residentBytes, startSideline } from "./server.mjs";
import { build, copyOf, median, quiet, ROOT, sleep, worldFolder } from "./stage.mjs";
import { SIZES } from "./world.mjs";

const { values } = parseArgs({
  options: { short: { type: "boolean", default: false }, world: { type: "string", default: "L" } },
});
const { short } = values;
const runs = short ? 3 : 5;
const ms = short ? 100 : 400;
const seconds = 1;
/** Number of measured server starts; each reads the whole world. */
const STARTS = 3;
/** Time between the start of a server and the reading of its memory. */
const REST_MS = 2000;
const large = short ? "XS" : values.world;
const small = large === "L" ? "S" : "XS";

/** Runs a part in its own process and reads the line of JSON that it prints. */
function part(file, args) {
  const line = ["--runs", String(runs), "--ms", String(ms)];
  const run = spawnSync(process.execPath, [join(import.meta.dirname, file), ...line, ...args], {
    encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 26,
  });
  if (run.status !== 0) throw new Error(`${file} failed`);
  return JSON.parse(run.stdout.trim().split("\n").at(-1));
}

const onWorld = (file, name, folder) => part(file, ["--size", name, "--folder", folder]);

/** Measures start, memory, checks and lists of the server on a world. */
async function measureServer(name, folder) {
  const copy = copyOf(folder);
  try {
    const starts = [];
    for (let i = 1; i < STARTS; i++) {
      const server = await startSideline(copy.folder);
      starts.push(server.ready);
      await server.stop();
    }
    const server = await startSideline(copy.folder);
    starts.push(server.ready);
    // The memory that only loading takes is free again after the next collection of garbage.
    await sleep(REST_MS);
    const resident = residentBytes(server.pid);
    try {
      const checks = await measureChecks(SIZES[name], server, { runs, seconds });
      const lists = await measureLists(SIZES[name], server, { runs: short ? 1 : 3, seconds });
      const pages = await measurePages(server, { runs: short ? 1 : 3 });
      const questions = await measureAppQuestions(SIZES[name], server, { runs: short ? 1 : 3 });
      const access = await measureAccessChange(server, { runs: short ? 1 : 3 });
      return { start: median(starts), resident, checks, lists, pages, questions, access };
    } finally {
      await server.stop();
    }
  } finally {
    copy.drop();
  }
}

/** Profiles the server while it answers checks. */
async function profileServer(name, folder) {
  const copy = copyOf(folder);
  const profiles = mkdtempSync(join(tmpdir(), "bench-profile-"));
  try {
    const server = await startSideline(copy.folder, ["--cpu-prof", `--cpu-prof-dir=${profiles}`]);
    await put({ port: server.port, path: "/check", bodies: checkBodies(SIZES[name]), seconds: 3 });
    await server.stop();
    return summaryOf(join(profiles, readdirSync(profiles)[0]));
  } finally {
    copy.drop();
    rmSync(profiles, { recursive: true, force: true });
  }
}

/** Measures events on OpenFGA over Postgres; undefined if either is not installed. */
function measureOpenfgaEvents() {
  if (findOpenfga() === undefined || findPostgres() === undefined) return undefined;
  const measured = (...more) => part("openfga-events.mjs", ["--ms", "2000", ...more]);
  return { ...measured("--write-model"), oneModel: measured() };
}

/** Load average before the benchmark's own work. */
const load = loadavg()[0];
build();
const folders = { [small]: await worldFolder(SIZES[small]), [large]: await worldFolder(SIZES[large]) };
await quiet(short ? 0 : 5000);
const found = {
  machine: `${cpus().length} cores of ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`, loader: LOADER, runs,
  load, small: onWorld("in-process.mjs", small, folders[small]), smallName: small, largeName: large,
  large: onWorld("in-process.mjs", large, folders[large]),
  serverSmall: short ? undefined : await measureServer(small, folders[small]),
  server: await measureServer(large, folders[large]),
  events: onWorld("events.mjs", large, folders[large]), growth: [],
  turns: part("turns.mjs", short ? ["--small"] : []),
  history: part("history.mjs", short ? ["--events", "3000", "--pages", "20"] : []),
  asOf: part("as-of.mjs", short ? ["--size", "XS", "--events", "2000", "--back", "1000", "--checks", "200"] : []),
};

/** Writes the report of all parts so far, so that an interrupted run leaves its finished parts. */
function tell() {
  const text = report(found);
  if (!short) writeFileSync(join(ROOT, "docs/benchmarks.md"), text);
  return text;
}

if (!short) {
  tell();
  found.growth = part("growth.mjs", []);
  found.profile = await profileServer(small, folders[small]);
  tell();
  found.openfga = await measureOpenfga("Postgres", folders[large], SIZES[large], { runs: 3, seconds: 3 })
    .catch((error) => void console.log(`[bench] OpenFGA: ${error.message}`));
  tell();
  found.openfgaEvents = measureOpenfgaEvents();
}
console.log(tell());
if (short) console.log(JSON.stringify({ ratio: found.server.checks.ratio, checks: found.large.checks.mixed }));
