// Shared parts of the benchmark: the build, the worlds' files, medians, waiting for a quiet machine.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { loadavg } from "node:os";
import { join, resolve } from "node:path";
import { eventsOf } from "./world.mjs";

export const ROOT = resolve(import.meta.dirname, "..");
const CACHE = join(ROOT, ".cache/bench");

/** Builds dist/ from src/. Throws if it does not compile. */
export function build() {
  const run = spawnSync(process.execPath, [join(ROOT, "scripts/prepare.mjs")], { stdio: "inherit" });
  if (run.status !== 0) throw new Error("the build failed");
}

/** A module of the build, by its path under src without extension. @param {string} path */
export const built = (path) => import(new URL(`../dist/${path}.js`, import.meta.url).href);

/** The model, compiled. */
export async function theModel() {
  const { compileModel } = await built("engine");
  return compileModel(readFileSync(join(ROOT, "model.fga"), "utf8"));
}

const SILENT = { error() {}, warn() {}, info() {}, fatal() {} };

/** Opens a complete Sideline in this process, on a folder. @param {string} folder */
export async function openSidecar(folder) {
  const { openEmbeddedSidecar } = await built("embedded/embedded-sidecar");
  const fatal = (why) => {
    throw new Error(why);
  };
  return openEmbeddedSidecar({
    folder, storeName: "bench", model: await theModel(), emailKey: undefined, log: SILENT, now: Date.now, fatal,
  });
}

/** Number of events sent at a time while a world is built. */
const WAVE = 256;

/** Sends events in waves. Throws if one is not applied. */
export async function submitAll(sidecar, events) {
  let wave = [];
  const flush = async () => {
    for (const [i, outcome] of (await Promise.all(wave.map(submitTo(sidecar)))).entries()) {
      if (outcome.status !== "applied") throw new Error(`${JSON.stringify(wave[i])}: ${JSON.stringify(outcome)}`);
    }
    wave = [];
  };
  for (const event of events) if (wave.push(event) === WAVE) await flush();
  await flush();
}

/** Sends one event as the system. */
export const submitTo = (sidecar) => (event) => sidecar.intake.submit(event, { system: true, dryRun: false });

/**
 * The folder of a world's store, with the index of its history. It is built once from all events of the world, and
 * again when the code that decides its files changes.
 * @param {import("./world.mjs").Size} size
 */
export async function worldFolder(size) {
  const folder = join(CACHE, `world-${size.name}-${makersDigest(size)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const started = Date.now();
  const making = `${folder}.${process.pid}`;
  const sidecar = await openSidecar(making);
  await submitAll(sidecar, eventsOf(size));
  const { size: tuples } = sidecar.tuples;
  await indexHistory(sidecar);
  await sidecar.close();
  // Another run may have built it in the meantime.
  if (existsSync(folder)) rmSync(making, { recursive: true });
  else renameSync(making, folder);
  console.log(`[bench] world ${size.name}: ${tuples} tuples, made in ${Math.round((Date.now() - started) / 1000)} s`);
  return folder;
}

/** Waits until the index of the history has every event: a question about the past is refused until then. */
export async function indexHistory({ past }) {
  const moment = await past.momentOf(new Date(Date.now() - 1000).toISOString());
  for (let isIndexed = false; !isIndexed;) {
    isIndexed = await past.answer(moment, function* () {
      return true;
    }).catch((error) => {
      if (error.code !== "store_error") throw error;
      return false;
    });
  }
}

/** A writable copy of a folder; `drop` removes it. @param {string} folder */
export function copyOf(folder) {
  const copy = `${folder}.copy-${process.pid}-${++copies}`;
  cpSync(folder, copy, { recursive: true });
  return { folder: copy, drop: () => rmSync(copy, { recursive: true, force: true }) };
}
let copies = 0;

/** Hash of the code that decides which files a world has. */
function makersDigest(size) {
  const hash = createHash("sha256").update(JSON.stringify(size));
  hash.update(readFileSync(join(import.meta.dirname, "world.mjs")));
  for (const part of ["events", "events/guards", "ledger", "domain", "policy", "model", "history"]) {
    const folder = join(ROOT, "dist", part);
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".js")).sort()) {
      hash.update(readFileSync(join(folder, file)));
    }
  }
  return hash.digest("hex").slice(0, 12);
}

/** The median. @param {readonly number[]} numbers */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Waits until the machine is mostly idle, for at most a given time in milliseconds. Returns the load at the end. */
export async function quiet(patience) {
  const deadline = Date.now() + patience;
  while (loadavg()[0] > 0.7 && Date.now() < deadline) await sleep(2000);
  return loadavg()[0];
}

/** Waits. @param {number} ms */
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
