// Measures events on OpenFGA over Postgres next to bare Writes of the same tuples; prints one line of JSON.
import { parseArgs } from "node:util";
import { findOpenfga, findPostgres, startOpenfga, startPostgres, versionOf } from "./openfga.mjs";
import { built, median, submitAll, submitTo, theModel } from "./stage.mjs";
import { eventsOf, moreNotes, SIZES } from "./world.mjs";

const { values } = parseArgs({
  options: { runs: { type: "string" }, ms: { type: "string" }, "write-model": { type: "boolean", default: false } },
});
const runs = Number(values.runs);
const ms = Number(values.ms);
const SENDERS = 64;
/** All events belong to one org, because the order of one org's events is the bottleneck under test. */
const SIZE = { ...SIZES.XS, orgs: 1 };
/** Number of tuples in the Write of one of these events, and the maximum of one Write. */
const SMALL = 8;
const FULL = 100;

const SILENT = { error() {}, info() {}, warn() {} };

/** Runs `call` repeatedly from `senders` concurrent senders, each waiting for its answer. Returns calls per second. */
async function rateOf(senders, call) {
  const started = performance.now();
  let done = 0;
  await Promise.all(Array.from({ length: senders }, async () => {
    do {
      await call();
      done++;
    } while (performance.now() - started < ms);
  }));
  return done / ((performance.now() - started) / 1000);
}

/** Writes `count` new tuples at a time directly to OpenFGA, one Write after the other. */
function writesOf(server, count) {
  let written = 0;
  return () => server.write(Array.from({ length: count }, () => {
    const event = `event:bare-${count}-${++written}`;
    return { object: event, relation: "payload", user: `value:${written}` };
  }));
}

const binary = findOpenfga();
const bin = findPostgres();
if (binary === undefined || bin === undefined) throw new Error("OpenFGA or Postgres is not installed");
const model = await theModel();
const postgres = await startPostgres(bin);
const server = await startOpenfga(binary, model.json, postgres);
const { openOpenfgaSidecar } = await built("openfga/openfga-sidecar");
const sidecar = await openOpenfgaSidecar({
  url: `http://127.0.0.1:${server.port}`, storeName: "sideline", model, log: SILENT, now: Date.now,
  writeModel: values["write-model"],
});
try {
  await submitAll(sidecar, eventsOf(SIZE));
  postgres.analyze();
  const source = moreNotes(SIZE, 99, "bench");
  const send = submitTo(sidecar);
  const event = async () => {
    const outcome = await send(source.next().value);
    if (outcome.status !== "applied") throw new Error(JSON.stringify(outcome));
  };
  const small = writesOf(server, SMALL);
  const full = writesOf(server, FULL);
  const rows = [];
  for (let i = 0; i <= runs; i++) {
    const row = {
      bare: await rateOf(1, small), bareFull: await rateOf(1, full), one: await rateOf(1, event),
      grouped: await rateOf(SENDERS, event),
    };
    if (i > 0) rows.push(row);
  }
  const of = (name) => median(rows.map((row) => row[name]));
  process.stdout.write(`${JSON.stringify({
    version: versionOf(binary), one: of("one"), grouped: of("grouped"), senders: SENDERS, bare: of("bare"),
    bareFull: of("bareFull"),
  })}\n`);
} finally {
  await sidecar.close();
  await server.stop();
  await postgres.stop();
}
