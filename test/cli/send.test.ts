// `sideline send` against a real server: order, refusals by line, and runs that are killed and run again.
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { PATIENTLY } from "../live/patience.ts";
import { event, FOUNDED, kill, oneBuild } from "../process/one-build.ts";
import type { End, Server } from "../process/server.ts";

const sideline = oneBuild();
let file: string;
beforeEach(() => {
  file = join(sideline.root, "events.ndjson");
});

/** The lines on standard error but for the progress, which a slow machine shows. */
const notes = ({ errors }: End): string[] => errors.filter((line) => !/ lines sent /.test(line));
const lineOf = (one: object): string => `${JSON.stringify(one)}\n`;
const send = (server: Pick<Server, "url">, ...args: string[]) =>
  sideline.build.command(["send", file, "--json", ...args], { SIDELINE_URL: server.url });

/** Number of members that come and then leave: each one's second event needs the first. */
const MEMBERS = 10_000;

/** Events that are all applied in this order, and in no other: lines 1 to 20,001. */
function ordered(): string {
  const users = Array.from({ length: MEMBERS }, (_, i) => `u${i}`);
  return [
    FOUNDED, ...users.map((user) => event(`in-${user}`, "member.added", { org: "o", user }, "olga")),
    ...users.map((user) => event(`out-${user}`, "member.deactivated", { org: "o", user })),
  ].map(lineOf).join("");
}

const LINES = 2 * MEMBERS + 1;

/** Starts `send`, and kills it once it has noted some progress. Resolves to the number of lines noted. */
async function killedOnTheWay(server: Server): Promise<number> {
  writeFileSync(file, ordered());
  const running = sideline.build.startCommand(["send", file, "--url", server.url]);
  await vi.waitFor(() => expect(notedLines()).toBeGreaterThan(2_000), PATIENTLY);
  running.kill();
  expect((await running.ended()).signal).toBe("SIGKILL");
  return notedLines();
}

function notedLines(): number {
  if (!existsSync(`${file}.progress`)) return 0;
  const last = readFileSync(`${file}.progress`, "utf8").split("\n").slice(0, -1).at(-1);
  return JSON.parse(last ?? "{}").lines ?? 0;
}

async function membersOf(server: Server): Promise<Readonly<Record<string, number>>> {
  const { body } = (await server.send("GET", "/orgs/o/members"))!;
  const counts: Record<string, number> = {};
  for (const { status } of body.members) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

test("an id cannot command a terminal or forge a line; the progress goes through no link", async () => {
  const server = await sideline.start();
  const victim = join(sideline.root, "victim");
  writeFileSync(victim, "untouched");
  symlinkSync(victim, `${file}.progress`);
  const forged = event("x\u001b[31m\nline 99: ok", "member.added", { org: "none", user: "u" });
  writeFileSync(file, lineOf(FOUNDED) + lineOf(forged));
  const { code, errors } = await sideline.build.command(["send", file], { SIDELINE_URL: server.url });
  expect(code).toBe(1);
  expect(errors.join("\n")).not.toContain("\u001b");
  expect(errors.filter((line) => line.startsWith("line "))).toHaveLength(1);
  expect(readFileSync(victim, "utf8")).toBe("untouched");
  writeFileSync(file, lineOf(FOUNDED));
  const again = await sideline.build.command(["send", file], { SIDELINE_URL: server.url });
  expect(again.said).toContain("1 line: 0 applied, 0 unchanged, 1 duplicate, 0 refused\n");
});

test("a run that was killed continues: every line is applied once, and few are sent twice", async () => {
  const server = await sideline.start();
  const before = await killedOnTheWay(server);
  expect(before).toBeLessThan(LINES);
  const end = await send(server);
  expect([end.code, notes(end)]).toEqual([0, [expect.stringMatching(/^[\d,]+ lines were sent by an earlier run/)]]);
  const result = resultIn(end);
  expect(result).toMatchObject({ complete: true, lines: LINES, unchanged: 0, refused: [] });
  expect(result.applied + result.duplicate).toBe(LINES);
  expect(result.duplicate).toBeLessThanOrEqual(1_000);
  expect(await membersOf(server)).toEqual({ active: 1, inactive: MEMBERS });
  expect(existsSync(`${file}.progress`)).toBe(false);
});

test("also without the progress file, with one of another server, and after a change of the file", async () => {
  const server = await sideline.start();
  await killedOnTheWay(server);
  const progress = readFileSync(`${file}.progress`, "utf8");
  rmSync(`${file}.progress`);
  expect(await resultOf(server)).toMatchObject({ complete: true, lines: LINES, refused: [] });

  writeFileSync(`${file}.progress`, progress.replace(server.url, "http://127.0.0.1:9"));
  expect(await resultOf(server)).toMatchObject({ complete: true, lines: LINES, duplicate: LINES });

  writeFileSync(`${file}.progress`, progress);
  // As long as before: no offset changes.
  writeFileSync(file, ordered().replace("member.added", "member.addee"));
  const end = await send(server);
  expect([end.code, notes(end).slice(0, 2)]).toEqual([1, [
    expect.stringContaining("has changed since an earlier run"), expect.stringMatching(/^line 2: unknown_event_type/),
  ]]);
});

test("a server that lost the events gets all of them again", async () => {
  let server = await sideline.start();
  await killedOnTheWay(server);
  await kill(server);
  rmSync(sideline.folder, { recursive: true });
  server = await sideline.start({ SIDELINE_PORT: new URL(server.url).port });
  const end = await send(server);
  expect([end.code, notes(end)])
    .toEqual([0, [expect.stringContaining("the server lacks events that an earlier run sent")]]);
  expect(resultIn(end)).toMatchObject({ lines: LINES, applied: LINES, duplicate: 0 });
  expect(await membersOf(server)).toEqual({ active: 1, inactive: MEMBERS });
});

const resultIn = ({ said }: End): any => JSON.parse(/^\{"complete".*$/m.exec(said)![0]);
/** The lines that a result names as refused, with their codes. */
const codesIn = ({ refused }: any): [number, string][] => refused.map((each: any) => [each.line, each.code]);
const resultOf = async (server: Server): Promise<any> => resultIn(await send(server));

test("a server that is killed and comes back: the run waits for it", async () => {
  const server = await sideline.start();
  writeFileSync(file, ordered());
  const running = sideline.build.startCommand(["send", file, "--url", server.url, "--json"]);
  await vi.waitFor(() => expect(notedLines()).toBeGreaterThan(1_000), PATIENTLY);
  await kill(server);
  const again = await sideline.start({ SIDELINE_PORT: new URL(server.url).port });
  const end = await running.ended();
  expect([end.code, notes(end)]).toEqual([0, [expect.stringContaining("trying again")]]);
  expect(resultIn(end)).toMatchObject({ complete: true, lines: LINES, refused: [] });
  expect(await membersOf(again)).toEqual({ active: 1, inactive: MEMBERS });
});

/** A file with every kind of faulty line; the lines 1, 7 and 11 are applied. */
const MIXED = Buffer.concat([
  `\uFEFF${lineOf(FOUNDED)}`, "not JSON\n", "\n", lineOf(event("3", "member.added", { org: "o", user: "eve" }, "eve")),
  '{"specversion":"1.0","id":"4","id":"5","source":"/t","type":"member.added","data":{}}\n',
  Buffer.from([0x7b, 0xff, 0x7d, 0x0a]), lineOf(event("6", "member.added", { org: "o", user: "ann" })), "[1]\r\n",
  lineOf(event("7", "member.addd", { org: "o", user: "ben" })), `{"x":"${"y".repeat(1_100_000)}"}\n`,
  JSON.stringify(event("8", "member.added", { org: "o", user: "ben" })),
].map((part) => Buffer.from(part)));

const REFUSED = [
  [2, "malformed_line"], [4, "actor_not_allowed"], [5, "invalid_event"], [6, "malformed_line"], [8, "malformed_line"],
  [9, "unknown_event_type"], [10, "malformed_line"],
];

test("refused and malformed lines are reported by number, and the others are applied", async () => {
  const server = await sideline.start();
  writeFileSync(file, MIXED);
  const report = join(sideline.root, "report.json");
  const end = await send(server, "--report", report);
  const result = resultIn(end);
  expect(end.code).toBe(1);
  expect(result).toMatchObject({ complete: true, lines: 11, applied: 3, unchanged: 0, duplicate: 0 });
  expect(codesIn(result)).toEqual(REFUSED);
  expect(result.refused[1]).toMatchObject({ id: "3", source: "/t", type: "member.added" });
  expect(notes(end).map((line) => Number(/^line (\d+): /.exec(line)?.[1]))).toEqual(REFUSED.map(([line]) => line));
  expect(JSON.parse(readFileSync(report, "utf8"))).toEqual(result);
  expect(await membersOf(server)).toEqual({ active: 3 });
});

test("standard input is sent like a file, with a summary", async () => {
  const server = await sideline.start();
  const { code, said, errors } =
    await sideline.build.command(["send", "-"], { SIDELINE_URL: server.url }, MIXED.toString("latin1").slice(3));
  expect([code, errors.length]).toEqual([1, REFUSED.length]);
  expect(said).toContain("11 lines: 3 applied, 0 unchanged, 0 duplicate, 7 refused\n");
});

test("lines that were refused before a kill count in the next run", async () => {
  const server = await sideline.start();
  const faulty = ordered().replace("member.added", "member.addd").replaceAll("out-u5\"", "out-u6\"");
  writeFileSync(file, faulty);
  const running = sideline.build.startCommand(["send", file, "--url", server.url]);
  await vi.waitFor(() => expect(notedLines()).toBeGreaterThan(2_000), PATIENTLY);
  running.kill();
  await running.ended();
  const end = await send(server);
  const result = resultIn(end);
  // u0 was never added, so line 2 and the event that deactivates them are refused; so is an id with other content.
  expect([end.code, codesIn(result)]).toEqual([1, [
    [2, "unknown_event_type"], [MEMBERS + 2, "unknown_entity"], [MEMBERS + 8, "event_conflict"],
  ]]);
  expect(result).toMatchObject({ complete: true, lines: LINES });
});

test("a key that may not send ends the run with 3, and the report says that it is not complete", async () => {
  const [key, keys] = ["a-key-that-nobody-guesses-01", join(sideline.root, "keys.json")];
  writeFileSync(keys, JSON.stringify({ keys: [{ name: "app", key, scopes: ["check"] }] }));
  writeFileSync(file, lineOf(FOUNDED));
  const server = await sideline.start({ SIDELINE_KEYS: keys });
  const end = await sideline.build.command(["send", file, "--json"],
    { SIDELINE_URL: server.url, SIDELINE_KEY: key });
  expect([end.code, end.errors]).toEqual([3, [expect.stringContaining("scope_missing")]]);
  expect(resultIn(end)).toEqual({ complete: false, lines: 0, applied: 0, unchanged: 0, duplicate: 0, refused: [] });
});
