// `sideline compare` against a real server: answers that differ, lines without an answer, JSON and CSV.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { event, FOUNDED, kill, oneBuild } from "../process/one-build.ts";
import type { Server } from "../process/server.ts";

const sideline = oneBuild();
let file: string;
let server: Server;
beforeEach(async () => {
  file = join(sideline.root, "answers");
  server = await sideline.start();
  await server.send("POST", "/events", [FOUNDED, event("m", "member.added", { org: "o", user: "carl" }, "olga")]);
});

const compare = (content: string, ...args: string[]) => {
  writeFileSync(file, content);
  return sideline.build.command(["compare", file, ...args], { SIDELINE_URL: server.url });
};
const lineOf = (user: string, relation: string, allowed: unknown): string =>
  JSON.stringify({ user, relation, object: "org:o", allowed });

test("equal answers exit with 0; several batches keep their line numbers", async () => {
  const lines = Array.from({ length: 1_234 }, (_, i) => lineOf(`user:u${i}`, "member", false));
  lines[700] = lineOf("user:carl", "member", true);
  expect(await compare(lines.join("\n"))).toMatchObject({
    code: 0, said: "1,234 compared: 1,234 as expected, 0 differ, 0 without an answer\n",
  });
  lines[1_000] = lineOf("user:olga", "org_manage", false);
  lines[3] = lineOf("user:carl", "org_manage", true);
  const { code, said } = await compare(lines.join("\n"));
  expect([code, said.split("\n")]).toEqual([1, [
    "line 4: user:carl org_manage org:o: expected yes, answered no",
    "line 1001: user:olga org_manage org:o: expected no, answered yes",
    "1,234 compared: 1,232 as expected, 2 differ, 0 without an answer", "",
  ]]);
});

test("a line without an answer is reported and counts; the others are compared", async () => {
  const content = [
    lineOf("user:carl", "member", true), lineOf("user:carl", "membr", false), "{", "", lineOf("carl", "member", true),
    lineOf("user:carl", "member", "yes"), lineOf("user: carl", "member", false), lineOf("user:eve", "member", true),
  ].join("\n");
  const { code, said } = await compare(content, "--json");
  const result = JSON.parse(said);
  expect(code).toBe(1);
  expect(result).toMatchObject({ compared: 7, same: 1 });
  expect(result.differences).toEqual([
    { line: 8, user: "user:eve", relation: "member", object: "org:o", expected: true, answered: false },
  ]);
  expect(result.unanswered.map(({ line, code: why }: { line: number; code: string }) => [line, why])).toEqual([
    [2, "validation_error"], [3, "malformed_line"], [5, "validation_error"], [6, "malformed_line"],
    [7, "validation_error"],
  ]);
});

test("CSV: a header in any order, quotes, the words of other systems, and rows that do not fit", async () => {
  const content = [
    "allowed,object,note,user,relation", 'true,org:o,"a, ""b""",user:carl,member', "f,org:o,,user:carl,org_manage",
    "t,org:o,,user:eve,member", "maybe,org:o,,user:eve,member", "t,org:o,user:eve,member", 't,org:o,",user:eve,member',
  ].join("\r\n");
  const { code, said } = await compare(content, "--json");
  const result = JSON.parse(said);
  expect([code, result.compared, result.same]).toEqual([1, 6, 2]);
  expect(result.differences).toMatchObject([{ line: 4 }]);
  expect(result.unanswered.map(({ line }: { line: number }) => line)).toEqual([5, 6, 7]);
  const bare = await compare("user:carl,member,org:o,true\nuser:olga,member,org:o,1\n");
  expect(bare).toMatchObject({ code: 0, said: expect.stringContaining("2 compared: 2 as expected") });
});

test("nothing to compare, and a server that does not answer, are failures", async () => {
  expect(await compare("\n\n")).toMatchObject({ code: 3, errors: [expect.stringContaining("nothing was compared")] });
  await kill(server);
  expect(await compare(lineOf("user:carl", "member", true)))
    .toMatchObject({ code: 3, errors: [expect.stringContaining("does not answer")] });
});
