// The file of the decision log: rotated under a real process, on a full disk, in a folder that is missing, and bounded.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
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

/** A file, and the warnings about it. */
function fileAt(path: string) {
  const warned: object[] = [];
  return { file: new DecisionFile(path, { warn: (fields) => void warned.push(fields) }), warned };
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

test("a full disk fails no question: lines are dropped, counted and reported", async () => {
  const { file, warned } = fileAt("/dev/full");
  file.write("{}");
  file.write("{}");
  await vi.waitFor(() => expect(file.counts).toEqual({ written: 0, dropped: 2 }), PATIENTLY);
  expect(warned).toEqual([{ dropped: 2, why: expect.stringContaining("ENOSPC") }]);
  await file.close();
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
    process.stdout._handle; // Makes the pipe one that does not block.
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
