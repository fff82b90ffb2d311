// Measures the intake of events next to the bare driver, which writes the same rows; prints one line of JSON.
import Database from "libsql";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { built, copyOf, median, openSidecar, submitTo } from "./stage.mjs";
import { moreNotes, SIZES } from "./world.mjs";

const { values } = parseArgs({
  options: { folder: { type: "string" }, size: { type: "string" }, runs: { type: "string" }, ms: { type: "string" } },
});
const size = SIZES[values.size];
const runs = Number(values.runs);
const ms = Number(values.ms);
const SENDERS = 64;

const source = moreNotes(size, 99, "bench");
const ours = copyOf(values.folder);
const bare = copyOf(values.folder);
const marked = copyOf(values.folder);
const { Mark } = await built("embedded/high-water-mark");
const sidecar = await openSidecar(ours.folder);
const send = submitTo(sidecar);

/**
 * Sends events from `count` concurrent senders, each waiting for its answer. Returns events per second and their
 * number.
 */
async function senders(count) {
  const end = performance.now() + ms;
  const started = performance.now();
  let sent = 0;
  await Promise.all(Array.from({ length: count }, async () => {
    do {
      const outcome = await send(source.next().value);
      if (outcome.status !== "applied") throw new Error(JSON.stringify(outcome));
      sent++;
    } while (performance.now() < end);
  }));
  return { rate: sent / ((performance.now() - started) / 1000), sent };
}

/**
 * Opens the driver alone on a copy of the same file, in the same mode: one transaction for the rows of each event.
 * `counted` receives the number of each event that is on disk.
 */
function openDriver(folder, counted) {
  const db = new Database(join(folder, "store.db"));
  db.exec("pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full");
  const [begin, commit] = [db.prepare("begin immediate"), db.prepare("commit")];
  const log = db.prepare("insert into log values (?, ?, ?, 0)");
  const insert = db.prepare("insert into tuples values (?, ?, ?)");
  const remove = db.prepare("delete from tuples where id = ?");
  const state = db.prepare("update state set seq = ?, next = ?, count = ?, sum = ?");
  const ids = new Map();
  for (const [id, body] of db.prepare("select id, body from tuples where body like '[\"ledger:%'").raw().all()) {
    ids.set(body, id);
  }
  let [seq, next] = db.prepare("select seq, next from state").raw().get();
  /** Prepares an event for the driver: its row ids are looked up before the clock starts. */
  const prepared = ({ deletes, writes }) => {
    const text = (t) => JSON.stringify([t.object, t.relation, t.user]);
    const removed = deletes.map((t) => ids.get(text(t)));
    if (removed.includes(undefined)) throw new Error("a row to delete is not known");
    const added = writes.map((t) => [next++, text(t)]);
    for (const [id, body] of added) ids.set(body, id);
    const body = `[[${deletes.map(text).join(",")}],[${added.map(([, row]) => row).join(",")}]]`;
    return { removed, added, body, seq: ++seq, next };
  };
  const run = (rows) => {
    begin.run();
    log.run(rows.seq, 0, rows.body);
    for (const id of rows.removed) remove.run(id);
    for (const [id, body] of rows.added) insert.run(id, 0, body);
    state.run(rows.seq, rows.next, 0, 0);
    commit.run();
    counted(rows.seq);
  };
  /** Writes the rows of an event. Returns milliseconds. */
  const timed = (rows) => {
    const started = performance.now();
    run(rows);
    return performance.now() - started;
  };
  return { prepared, timed, close: () => db.close() };
}

/** Two times of one event. The two take turns in going first, so that other disk activity affects both alike. */
function inTurn(n, one, other) {
  if (n % 2 === 0) return [one(), other()];
  const second = other();
  return [one(), second];
}

/** The mark of the store in a folder, as an open store holds it. */
function openMark(folder) {
  const db = new Database(join(folder, "store.db"));
  const [id] = db.prepare("select value from meta where name = 'file id'").raw().get();
  const [seq] = db.prepare("select seq from state").raw().get();
  db.close();
  return new Mark(folder, { id, seq, events: seq });
}

/**
 * The deltas of the feed since a cursor. A delete after a write begins the next delta: each deletes its org's revision
 * first.
 */
async function deltasSince(cursor) {
  const deltas = [];
  let delta = { deletes: [], writes: [] };
  for (let at = cursor; ;) {
    const page = await sidecar.changes(at, 1000);
    for (const { operation, tuple } of page.changes) {
      if (operation === "delete" && delta.writes.length > 0) {
        deltas.push(delta);
        delta = { deletes: [], writes: [] };
      }
      delta[operation === "delete" ? "deletes" : "writes"].push(tuple);
    }
    at = page.cursor;
    if (page.changes.length === 0) return { deltas: [...deltas, delta], cursor: at };
  }
}

async function lastCursor() {
  const { seq } = new Database(join(bare.folder, "store.db")).prepare("select seq from state").get();
  return `${seq + 1}.0`;
}

try {
  let cursor = await lastCursor();
  const mark = openMark(marked.folder);
  const driver = openDriver(bare.folder, () => {});
  const marking = openDriver(marked.folder, (seq) => mark.write(seq, seq));
  const pairs = [];
  const marks = [];
  const grouped = [];
  await senders(1);
  for (let i = 0; i < runs; i++) {
    const one = await senders(1);
    const since = await deltasSince(cursor);
    cursor = since.cursor;
    const [rows, same] = [driver, marking].map((each) => since.deltas.map(each.prepared).slice(-one.sent));
    const times = rows.map((row, n) => inTurn(n, () => driver.timed(row), () => marking.timed(same[n])));
    pairs.push({ ours: one.rate, bare: rows.length / (times.reduce((sum, [plain]) => sum + plain, 0) / 1000) });
    marks.push(median(times.map(([plain, counted]) => counted - plain)) / median(times.map(([plain]) => plain)));
  }
  await senders(SENDERS);
  for (let i = 0; i < runs; i++) grouped.push((await senders(SENDERS)).rate);
  driver.close();
  marking.close();
  await mark.close();
  process.stdout.write(`${JSON.stringify({
    one: median(pairs.map((pair) => pair.ours)), bare: median(pairs.map((pair) => pair.bare)),
    ratio: median(pairs.map((pair) => pair.ours / pair.bare)), grouped: median(grouped), senders: SENDERS,
    mark: median(marks),
  })}\n`);
} finally {
  await sidecar.close();
  ours.drop();
  bare.drop();
  marked.drop();
}
