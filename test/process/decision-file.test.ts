// The file of the decision log: rotated under a real process, on a full disk, in a folder that is missing, and bounded.
// Anything but a regular file is refused.
import { execFileSync } from "node:child_process";
import {
  chmodSync, closeSync, constants, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, renameSync, rmSync,
  statSync, symlinkSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { DecisionFile } from "../../src/decision-file.ts";
import { MAX_DECISIONS_WAITING } from "../../src/http/http-limits.ts";
import { PATIENTLY } from "../live/patience.ts";
import { FOUNDED, oneBuild } from "./one-build.ts";

const sideline = oneBuild();
const folder = mkdtempSync(join(tmpdir(), "sideline-decisions-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file, and the warnings and errors about it. */
function fileAt(path: string) {
  const [warned, failed]: [object[], unknown[]] = [[], []];
  const log = {
    warn: (fields: object) => void warned.push(fields),
    error: (fields: object, message: string) => void failed.push({ ...fields, message }),
  };
  return { file: new DecisionFile(path, log), warned, failed };
}

const linesOf = (path: string): string[] => readFileSync(path, "utf8").split("\n").filter((line) => line !== "");

/** Number of questions, and of renames of the file meanwhile. */
const QUESTIONS = 1500;
const RENAMES = 12;

test("renamed and opened again by SIGHUP while questions are answered: no line is lost or doubled", async () => {
  const path = join(folder, "rotated.log");
  const server = await sideline.start({ SIDELINE_DECISION_LOG: path });
  await server.send("POST", "/events", FOUNDED);
  let renames = 0;
  for (let sent = 0; sent < QUESTIONS; sent += 25) {
    const wave = Array.from({ length: 25 }, (_, i) => server.send("POST", "/check", {
      tuple_key: { user: `user:q${sent + i}`, relation: "member", object: "org:o" },
    }));
    if (sent % Math.floor(QUESTIONS / RENAMES) === 0 && sent > 0) {
      renameSync(path, `${path}.${++renames}`);
      server.signal("SIGHUP");
    }
    await Promise.all(wave);
  }
  server.signal("SIGTERM");
  expect((await server.ended()).code).toBe(0);
  const files = readdirSync(folder).filter((name) => name.startsWith("rotated.log"));
  expect(files.length).toBeGreaterThan(RENAMES / 2);
  const users = files.flatMap((name) => linesOf(join(folder, name))).map((line) => JSON.parse(line).user);
  expect(users.toSorted()).toEqual(Array.from({ length: QUESTIONS }, (_, i) => `user:q${i}`).toSorted());
});

test("a full disk fails no question: lines are dropped, counted and reported", () => {
  const module = join(dirname(sideline.build.script), "../decision-file.js");
  const program = `import { DecisionFile } from ${JSON.stringify(module)};
    const warned = [];
    const file = new DecisionFile(process.argv[1], { warn: (fields) => warned.push(fields) });
    file.write("{}");
    file.write("{}");
    setTimeout(async () => {
      await file.close();
      process.stderr.write(JSON.stringify({ ...file.counts, warned }));
    }, 500);`;
  const path = join(folder, "full");
  writeFileSync(path, "x".repeat(1024));
  // No file of the process may grow beyond 1,024 bytes.
  const told = execFileSync("bash", ["-c", 'ulimit -f 1; exec "$0" --input-type=module -e "$1" "$2" 2>&1',
    process.execPath, program, path], { encoding: "utf8" });
  expect(JSON.parse(told)).toEqual(
    { written: 0, dropped: 2, warned: [{ dropped: 2, why: expect.stringContaining("EFBIG") }] });
  expect(statSync(path).size).toBe(1024);
});

test.each([
  ["half a line", '{"half', '{"half\nfirst\nsecond\n'], ["whole lines", "{}\n", "{}\nfirst\nsecond\n"],
  ["nothing", "", "first\nsecond\n"],
])("a file with %s gets whole lines, and no empty one", async (name, before, after) => {
  const path = join(folder, `ends with ${name}`);
  writeFileSync(path, before);
  const { file, failed } = fileAt(path);
  file.write("first");
  file.reopen();
  file.write("second");
  await file.close();
  expect([readFileSync(path, "utf8"), failed, file.counts]).toEqual([after, [], { written: 2, dropped: 0 }]);
  const rotated = fileAt(`${path}.new`).file;
  writeFileSync(`${path}.renamed`, before);
  renameSync(`${path}.renamed`, `${path}.new`);
  rotated.reopen();
  rotated.write("first\nsecond");
  await rotated.close();
  expect(readFileSync(`${path}.new`, "utf8")).toBe(after);
});

test.skipIf(process.getuid?.() !== 0)("a file that the server may not read gets whole lines", () => {
  const module = join(dirname(sideline.build.script), "../decision-file.js");
  const program = `import { DecisionFile } from ${JSON.stringify(module)};
    process.seteuid(65534);
    const file = new DecisionFile(process.argv[1], {});
    file.write("{}");
    await file.close();`;
  const place = mkdtempSync(join(tmpdir(), "sideline-unreadable-"));
  const path = join(place, "log");
  chmodSync(place, 0o711);
  writeFileSync(path, '{"half');
  chmodSync(path, 0o222);
  execFileSync(process.execPath, ["--input-type=module", "-e", program, path]);
  expect(readFileSync(path, "utf8")).toBe('{"half\n{}\n');
  rmSync(place, { recursive: true });
});

/** Things at a path that are no regular files, and what to make there. */
const NO_FILES: readonly (readonly [name: string, make: (path: string) => void])[] = [
  ["a link to a file", (path) => {
    writeFileSync(`${path}.target`, "");
    symlinkSync(`${path}.target`, path);
  }],
  ["a link to nothing", (path) => symlinkSync(`${path}.nowhere`, path)],
  ["a folder", (path) => mkdirSync(path)],
  ["a pipe that nobody reads", (path) => void execFileSync("mkfifo", [path])],
];

test.each(NO_FILES)("%s is refused at the start and when the file is opened again", async (name, make) => {
  const path = join(folder, name.replaceAll(" ", "-"));
  const { file, warned, failed } = fileAt(path);
  file.write("first");
  renameSync(path, `${path}.1`);
  make(path);
  expect(() => fileAt(path)).toThrow(`${path} is no regular file`);
  file.reopen();
  file.write("second");
  expect(failed).toEqual([{ why: `${path} is no regular file`, message: expect.stringContaining("that was open") }]);
  rmSync(path, { recursive: true });
  file.reopen();
  file.write("third");
  await file.close();
  expect([linesOf(`${path}.1`), linesOf(path), warned]).toEqual([["first", "second"], ["third"], []]);
  const others = readdirSync(folder).map((other) => join(folder, other))
    .filter((other) => other.startsWith(`${path}.`) && other !== `${path}.1`);
  expect(others.map(linesOf)).toEqual(name === "a link to a file" ? [[]] : []);
});

test("a pipe that somebody reads and a device are refused, and a server says which setting names them", async () => {
  const pipe = join(folder, "read-pipe");
  execFileSync("mkfifo", [pipe]);
  const reader = openSync(pipe, constants.O_RDWR);
  for (const path of [pipe, "/dev/null"]) expect(() => fileAt(path)).toThrow(`${path} is no regular file`);
  closeSync(reader);
  const { code, errors } = await sideline.build.run({ SIDELINE_DATA: sideline.folder, SIDELINE_DECISION_LOG: pipe });
  expect([code, errors]).toEqual([1, [`sideline: SIDELINE_DECISION_LOG: ${pipe} is no regular file`]]);
});

test("a link that takes the file's place while it cannot be opened gets no line", async () => {
  const place = join(folder, "later");
  const { file } = fileAt(join(place, "log"));
  mkdirSync(place);
  writeFileSync(join(place, "target"), "");
  symlinkSync(join(place, "target"), join(place, "log"));
  file.write("lost");
  await vi.waitFor(() => expect(file.counts.dropped).toBe(1), PATIENTLY);
  await file.close();
  expect(linesOf(join(place, "target"))).toEqual([]);
});

test("only its owner may read the file", async () => {
  const path = join(folder, "own.log");
  const { file } = fileAt(path);
  const modes = [statSync(path).mode & 0o777];
  renameSync(path, `${path}.1`);
  file.reopen();
  modes.push(statSync(path).mode & 0o777);
  await file.close();
  expect(modes).toEqual([0o600, 0o600]);
});

test("standard output that is a file on a full disk, or a pipe that nobody reads any more, ends no process", () => {
  const module = join(dirname(sideline.build.script), "../decision-file.js");
  const program = `import { DecisionFile } from ${JSON.stringify(module)};
    const file = new DecisionFile("stdout", { warn: () => undefined });
    file.write("{}");
    setTimeout(async () => {
      await file.close();
      process.stderr.write(JSON.stringify(file.counts));
      process.exit(0);
    }, 500);`;
  const run = (to: string): string => execFileSync("bash", ["-c", `"$0" --input-type=module -e "$1" ${to}`,
    process.execPath, program], { encoding: "utf8" });
  expect(run("2>&1 >/dev/full")).toBe('{"written":0,"dropped":1}');
  expect(run(`2>&1 >${join(folder, "stdout")}`)).toBe('{"written":1,"dropped":0}');
  expect(linesOf(join(folder, "stdout"))).toEqual(["{}"]);
  expect(run("2>&1 > >(exec 0<&-; sleep 1)")).toBe('{"written":0,"dropped":1}');
});

test("lines of both logs on one pipe stay whole, wait for a slow reader, and are there at the end", () => {
  const built = join(dirname(sideline.build.script), "..");
  const program = `import { DecisionFile } from ${JSON.stringify(join(built, "decision-file.js"))};
    import { createLog } from ${JSON.stringify(join(built, "log.js"))};
    const [file, log] = [new DecisionFile("stdout", { warn: () => undefined }), createLog("info")];
    for (let i = 0; i < 3000; i++) {
      file.write(JSON.stringify({ decision: i, more: "d".repeat(100) }));
      if (i % 3 === 0) log.info({ other: i, more: "l".repeat(100) }, "line");
    }
    setImmediate(async () => {
      await file.close();
      process.stderr.write(JSON.stringify(file.counts));
      process.exit(0);
    });`;
  const to = join(folder, "slow");
  const counts = execFileSync("bash", ["-c", `"$0" --input-type=module -e "$1" 2>&1 > >(sleep 0.3; cat > ${to})`,
    process.execPath, program], { encoding: "utf8" });
  expect(JSON.parse(counts)).toEqual({ written: 3000, dropped: 0 });
  const lines = linesOf(to).map((line) => JSON.parse(line));
  expect(lines.filter(({ decision }) => decision !== undefined).map(({ decision }) => decision))
    .toEqual(Array.from({ length: 3000 }, (_, i) => i));
  expect(lines.filter(({ msg }) => msg === "line")).toHaveLength(1000);
});

test("the last lines of a log reach a slow reader although the process exits at once", () => {
  const module = join(dirname(sideline.build.script), "../log.js");
  const program = `import { createLog } from ${JSON.stringify(module)};
    const log = createLog("info");
    for (let i = 0; i < 1200; i++) log.info({ other: i, more: "l".repeat(100) }, "line");
    log.fatal("the end");
    process.exit(3);`;
  const to = join(folder, "exit");
  const read = `> >(sleep 0.4; cat > ${to}; touch ${to}.done)`;
  const wait = `while [ ! -e ${to}.done ]; do sleep 0.05; done`;
  execFileSync("bash", ["-c", `"$0" --input-type=module -e "$1" ${read}; ${wait}`, process.execPath, program]);
  expect(linesOf(to).map((line) => JSON.parse(line).msg)).toEqual([...Array(1200).fill("line"), "the end"]);
});

test("lines that waited for a reader who leaves count as dropped", () => {
  const module = join(dirname(sideline.build.script), "../decision-file.js");
  const program = `import { DecisionFile } from ${JSON.stringify(module)};
    const file = new DecisionFile("stdout", { warn: () => undefined });
    for (let i = 0; i < 3000; i++) file.write(JSON.stringify({ decision: i, more: "d".repeat(100) }));
    setTimeout(async () => {
      await file.close();
      process.stderr.write(JSON.stringify(file.counts));
      process.exit(0);
    }, 1500);`;
  const counts = execFileSync("bash", ["-c", `"$0" --input-type=module -e "$1" 2>&1 > >(sleep 0.5)`,
    process.execPath, program], { encoding: "utf8" });
  expect(JSON.parse(counts)).toEqual({ written: 0, dropped: 3000 });
});

test("a missing folder drops lines until it is there", async () => {
  const gone = join(folder, "gone");
  const { file, warned } = fileAt(join(gone, "log"));
  file.write("first");
  await vi.waitFor(() => expect(file.counts.dropped).toBe(1), PATIENTLY);
  expect(warned).toEqual([{ dropped: 1, why: expect.stringContaining("ENOENT") }]);
  mkdirSync(gone);
  await vi.waitFor(() => {
    file.write("later");
    expect(file.counts.written).toBeGreaterThan(0);
  }, PATIENTLY);
  await file.close();
  const { written } = file.counts;
  expect(linesOf(join(gone, "log"))).toEqual(Array(written).fill("later"));
});

test(`${MAX_DECISIONS_WAITING} lines may wait, and one more is dropped`, async () => {
  const path = join(folder, "many.log");
  const { file, warned } = fileAt(path);
  for (let i = 0; i < MAX_DECISIONS_WAITING; i++) file.write(String(i));
  expect([file.counts.dropped, warned]).toEqual([0, []]);
  file.write("one more");
  expect([file.counts.dropped, warned.length]).toEqual([1, 1]);
  await file.close();
  expect(file.counts).toEqual({ written: MAX_DECISIONS_WAITING, dropped: 1 });
  expect(linesOf(path)).toEqual(Array.from({ length: MAX_DECISIONS_WAITING }, (_, i) => String(i)));
});
