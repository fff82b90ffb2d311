// The real OpenFGA as a peer: the binary that the tests build, in memory or on its own Postgres, on loopback only.
import { spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ROOT, sleep } from "./stage.mjs";

/** Types of bookkeeping objects. No question is about them, so they are left out of OpenFGA's copy of a world. */
const BOOKKEEPING = /^(?:ledger|event|stream|claim|home|membership|role_entry|invitation|policy):/;

const compose = readFileSync(join(ROOT, "docker-compose.yml"), "utf8");
/** The settings of docker-compose.yml that affect the figures: Postgres' settings and index, Go's garbage collector. */
const TUNED = {
  index: /"(create index [^"]+)"/.exec(compose)?.[1] ?? "",
  query: /sslmode=disable(&\S+)/.exec(compose)?.[1] ?? "",
  gogc: /GOGC: "(\d+)"/.exec(compose)?.[1] ?? "100",
};

/** Whether OpenFGA needs a tuple to answer the benchmark's questions. */
export const isAccess = (tuple) => !BOOKKEEPING.test(tuple.object);

/** Path of OpenFGA on PATH or as built by the tests; undefined if there is none. */
export function findOpenfga() {
  const onPath = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "openfga"));
  const cache = join(ROOT, ".cache/openfga");
  const builds = existsSync(cache) ? readdirSync(cache).map((name) => join(cache, name, "openfga")) : [];
  return [...onPath, ...builds].find(existsSync);
}

/** The version that a binary reports. @param {string} path */
export function versionOf(path) {
  const run = spawnSync(path, ["version"], { encoding: "utf8" });
  return /(\d+\.\d+\.\d+)/.exec(`${run.stdout}${run.stderr}`)?.[1] ?? "unknown";
}

/** A free port on loopback. @returns {Promise<number>} */
const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

/** Starts a process that ends with this one, and returns its end. */
function run(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "ignore"], ...options });
  const exited = new Promise((done) => child.once("close", done));
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async (signal = "SIGKILL") => {
    process.off("exit", kill);
    child.kill(signal);
    await exited;
  };
  return { child, exited, stop };
}

/**
 * Starts OpenFGA and makes a store with the model. `datastore` is a Postgres of `startPostgres`, else memory.
 * @param {string} path @param {object} model @param {{ uri: string }} [datastore]
 */
export async function startOpenfga(path, model, datastore) {
  const folder = mkdtempSync(join(tmpdir(), "bench-openfga-"));
  const port = await freePort();
  const store = datastore === undefined ? []
    : ["--datastore-engine", "postgres", "--datastore-uri", `${datastore.uri}${TUNED.query}`,
      "--datastore-max-open-conns", "30"];
  if (datastore !== undefined) {
    const migrated = spawnSync(path, ["migrate", ...store.slice(0, 4)], { cwd: folder, encoding: "utf8" });
    if (migrated.status !== 0) throw new Error(`openfga migrate: ${migrated.stderr}`);
    datastore.sql(TUNED.index);
  }
  const { child, stop } = run(path, [
    "run", "--http-addr", `127.0.0.1:${port}`, "--grpc-addr", "127.0.0.1:0", "--playground-enabled=false",
    "--metrics-enabled=false", "--log-level", "error", "--listObjects-max-results", "0", ...store,
  ], { cwd: folder, env: { ...process.env, GOGC: TUNED.gogc, TMPDIR: folder } });
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; ; i++) {
    const answer = await fetch(`${url}/healthz`).then((response) => response.text(), () => "");
    if (answer.includes('"SERVING"')) break;
    if (i === 200 || child.exitCode !== null) throw new Error("OpenFGA does not start");
    await sleep(50);
  }
  const post = async (to, body) => {
    const response = await fetch(to, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${to}: ${await response.text()}`);
    return response.json();
  };
  const { id } = await post(`${url}/stores`, { name: "bench" });
  const { authorization_model_id } = await post(`${url}/stores/${id}/authorization-models`, model);
  return {
    port, store: id, path: `/stores/${id}`, url: `${url}/stores/${id}`,
    write: (tuples) => post(`${url}/stores/${id}/write`, { authorization_model_id, writes: { tuple_keys: tuples } }),
    stop: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Writes tuples over the API, 100 a request. @param {Iterable<object>} tuples */
export async function writeAll(server, tuples) {
  let chunk = [];
  let count = 0;
  for (const tuple of tuples) {
    count++;
    if (chunk.push(tuple) === 100) {
      await server.write(chunk);
      chunk = [];
    }
  }
  if (chunk.length > 0) await server.write(chunk);
  return count;
}

/** Folder of Postgres' programs, or undefined. */
export function findPostgres() {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, "bin")) : [];
  return versions.filter((bin) => existsSync(join(bin, "initdb"))).at(-1);
}

/**
 * Starts a Postgres in a new folder, with default settings. If this process is root, Postgres runs as the user
 * `postgres`.
 */
export async function startPostgres(bin) {
  const folder = mkdtempSync(join(tmpdir(), "bench-postgres-"));
  const isRoot = process.getuid?.() === 0;
  const number = (flag) => Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout);
  const as = isRoot ? { uid: number("-u"), gid: number("-g") } : {};
  if (isRoot) chownSync(folder, as.uid, as.gid);
  const data = join(folder, "data");
  const init = spawnSync(join(bin, "initdb"), ["-D", data, "-U", "bench", "--auth=trust"], { ...as, cwd: folder });
  if (init.status !== 0) throw new Error(`initdb: ${init.stderr}`);
  const port = await freePort();
  const { stop } = run(join(bin, "postgres"), ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder],
    { ...as, cwd: folder });
  const uri = `postgres://bench@127.0.0.1:${port}/postgres?sslmode=disable`;
  const psql = (args, options = {}) => spawnSync(join(bin, "psql"), ["-q", "-v", "ON_ERROR_STOP=1", uri, ...args],
    { encoding: "utf8", ...options });
  for (let i = 0; psql(["-c", "select 1"]).status !== 0; i++) {
    if (i === 100) throw new Error("Postgres does not start");
    await sleep(100);
  }
  return {
    uri,
    /** Copies tuples into OpenFGA's table, as rows of one of its stores. Returns their number. */
    load: (store, tuples) => copyTuples(join(bin, "psql"), uri, store, tuples),
    /** Analyses its tables, as Postgres does by itself within a minute. */
    analyze: () => void psql(["-c", "analyze"]),
    /** Runs one statement. */
    sql: (statement) => {
      const run = psql(["-c", statement]);
      if (run.status !== 0) throw new Error(run.stderr);
    },
    stop: async () => {
      await stop("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function copyTuples(psql, uri, store, tuples) {
  const columns = "store, object_type, object_id, relation, _user, user_type, ulid, inserted_at";
  const child = spawn(psql, ["-q", "-v", "ON_ERROR_STOP=1", uri, "-c", `copy tuple (${columns}) from stdin`, "-c",
    "analyze tuple"], { stdio: ["pipe", "ignore", "inherit"] });
  const exited = new Promise((done) => child.once("close", done));
  let count = 0;
  let lines = [];
  const flush = async () => {
    if (!child.stdin.write(lines.join(""))) await new Promise((done) => child.stdin.once("drain", done));
    lines = [];
  };
  for (const { object, relation, user } of tuples) {
    const colon = object.indexOf(":");
    const kind = user.includes("#") || user.endsWith(":*") ? "userset" : "user";
    const ulid = `01KB${(++count).toString().padStart(22, "0")}`;
    lines.push([store, object.slice(0, colon), object.slice(colon + 1), relation, user, kind, ulid, "2026-01-15"]
      .join("\t") + "\n");
    if (lines.length === 5000) await flush();
  }
  await flush();
  child.stdin.end();
  if (await exited !== 0) throw new Error("psql could not copy the tuples");
  return count;
}
