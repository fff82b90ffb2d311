// The log holds no invite's id, whichever log field it comes from (S20).
import { expect, test } from "vitest";
import { createLog } from "../src/log.ts";
import { value } from "../src/domain/object-names.ts";
import { printTuple } from "../src/tuples/tuple.ts";

/** The log line that `say` writes. */
function logged(say: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  say(createLog("info", { write: (line) => void lines.push(line) }));
  return lines.join("");
}

const ID = "s3cret_id.of|an@open+invite~1";
const OPEN = { object: `invite:${ID}`, relation: "open", user: "user:*" };
const PAYLOAD = { object: "event:x", relation: "payload", user: value(`0:{"envelope":{"data":{"invite":"${ID}"}}}`) };

test.each<[string, object, string?]>([
  ["a tuple", { tuple: OPEN }],
  ["a printed tuple", { written: [printTuple(OPEN)] }],
  ["what the invite fixes", { missing: [{ object: `invitation:${ID}`, relation: "org", user: "org:fc" }] }],
  ["the claim of its id", { extra: [{ object: `claim:invite/${ID}`, relation: "taken", user: `claim:invite/${ID}` }] }],
  ["a path", { path: `/invites/${ID}` }],
  ["a question", { question: { user: "user:eve", relation: "can_redeem", object: `invite:${ID}` } }],
  ["an error", { err: new Error(`tuple to write is there already: ${printTuple(OPEN)}`) }],
  ["a message", {}, `memory and disk differ at invite:${ID}`],
  ["the payload of an event that is not finished", { extra: [PAYLOAD], written: [printTuple(PAYLOAD)] }],
])("of %s leaves the id out", (_, fields, message = "something happened") => {
  const text = logged((log) => log.error(fields, message));
  expect(text).not.toContain("s3cret");
  expect(text).toContain("(hidden)");
  expect(() => JSON.parse(text) as unknown).not.toThrow();
});

test("everything else is unchanged", () => {
  const fields = { tuple: { object: "team:red", relation: "org", user: "org:fc" }, path: "/orgs/fc/members", n: 1 };
  expect(JSON.parse(logged((log) => log.info(fields, "an invite was looked at")))).toMatchObject(
    { ...fields, msg: "an invite was looked at", level: 30 },
  );
});

test("a line has no line end of Unicode in it, and an invite behind one is hidden", () => {
  const text = logged((log) => log.info({ why: `a\u2028b\u2029c\u0085invite:${ID}` }, "x\u2028y"));
  expect(text).toMatch(/^[^\n\u0085\u2028\u2029]+\n$/);
  expect(JSON.parse(text)).toMatchObject({ why: "a\u2028b\u2029c\u0085invite:(hidden)", msg: "x\u2028y" });
});
