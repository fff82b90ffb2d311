// Measures OpenFGA itself with the questions that Sideline gets: check, batch-check and lists over HTTP.
import { batchBodies, checkBodies, measureLists } from "./http.mjs";
import { put } from "./load.mjs";
import { findOpenfga, findPostgres, isAccess, startOpenfga, startPostgres, versionOf, writeAll } from "./openfga.mjs";
import { built, median, theModel } from "./stage.mjs";

/** Number of checks in one batch. */
const BATCH = 50;

/** Every access tuple of a world's folder. */
async function tuplesOf(folder) {
  const { openEmbeddedStore } = await built("embedded/embedded-store");
  const store = openEmbeddedStore(folder);
  const tuples = [];
  store.load({ add: (tuple) => isAccess(tuple) && tuples.push(tuple) > 0 || true });
  await store.close();
  return tuples;
}

/**
 * Measures OpenFGA on a world and counts the requests that fail. Returns undefined if OpenFGA, or the requested
 * Postgres, is not installed.
 * @param {"memory" | "Postgres"} datastore @param {string} folder @param {import("./world.mjs").Size} size
 */
export async function measureOpenfga(datastore, folder, size, { runs, seconds }) {
  const binary = findOpenfga();
  const bin = findPostgres();
  if (binary === undefined || (datastore === "Postgres" && bin === undefined)) return undefined;
  const postgres = datastore === "Postgres" ? await startPostgres(bin) : undefined;
  let server;
  try {
    server = await startOpenfga(binary, (await theModel()).json, postgres);
    const tuples = await tuplesOf(folder);
    if (postgres === undefined) await writeAll(server, tuples);
    else await postgres.load(server.store, tuples);
    // A batch takes OpenFGA seconds, and a batch that is not answered within the run does not count.
    const failed = { "/check": 0, "/batch-check": 0 };
    const load = async (path, bodies) => {
      const measured = await put({
        port: server.port, path: `${server.path}${path}`, bodies, seconds: path === "/check" ? seconds : seconds * 3,
        mayFail: true,
      });
      failed[path] += measured.errors;
      return measured;
    };
    const [checks, batches] = [checkBodies(size), batchBodies(size)];
    await load("/check", checks);
    const single = [];
    const batched = [];
    for (let i = 0; i < runs; i++) {
      single.push(await load("/check", checks));
      batched.push((await load("/batch-check", batches)).rps * BATCH);
    }
    return {
      datastore, world: size.name, tuples: tuples.length, version: versionOf(binary),
      check: median(single.map(({ rps }) => rps)), p99: median(single.map(({ p99 }) => p99)), batched: median(batched),
      failed: { check: failed["/check"], batched: failed["/batch-check"] },
      lists: await measureLists(size, server, { runs, seconds, mayFail: true }),
    };
  } finally {
    await server?.stop();
    await postgres?.stop();
  }
}
