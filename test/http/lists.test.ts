// Lists over HTTP: a streamed one has one JSON line per object, sent in chunks; an object's id is checked at once.
import type { Context } from "hono";
import { describe, expect, test } from "vitest";
import type { Checker } from "../../src/checks/checker.ts";
import { streamedListObjectsKind } from "../../src/http/lists.ts";
import { appOf, send } from "./world.ts";

const ANY = { higher: false, positions: [] };
const question = { type: "note", relation: "can_read", user: "user:anne" };

/** The chunks in which a list of these objects is sent. */
async function chunksOf(objects: readonly string[]): Promise<string[]> {
  const checker = { listObjects: async () => ({ objects }) } as unknown as Checker;
  const stream = await streamedListObjectsKind(checker).answer(question, ANY, {} as Context);
  const chunks: string[] = [];
  const decoder = new TextDecoder();
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) chunks.push(decoder.decode(chunk));
  return chunks;
}

const named = (count: number): string[] => Array.from({ length: count }, (_, i) => `note:${i}`);

test("each line is its object", async () => {
  const objects = [
    "note:1", 'note:"', 'note:a","b', 'note:","', "note:\\", 'note:\\","\\', "note:}\\n", "note:\u00e9\u20ac\u{1f600}",
    'note:"}}\\n{"result":{"object":"', "note:,", "note:[1,2]",
  ];
  const [text = "", ...more] = await chunksOf(objects);
  expect(more).toEqual([]);
  expect(text.endsWith("}\n")).toBe(true);
  const lines = text.slice(0, -1).split("\n").map((line) => JSON.parse(line) as object);
  expect(lines).toEqual(objects.map((object) => ({ result: { object } })));
});

test.each([[0, []], [1, [1]], [2_000, [2_000]], [2_001, [2_000, 1]]])("%i objects", async (count, wanted) => {
  const chunks = await chunksOf(named(count));
  expect(chunks.map((chunk) => chunk.split("\n").length - 1)).toEqual(wanted);
  expect(chunks.join("").split("\n").slice(0, -1)).toEqual(
    named(count).map((object) => JSON.stringify({ result: { object } })));
});

describe("the id of an object whose users are listed", () => {
  const asked = (id: string) => ({ object: { type: "doc", id }, relation: "viewer", user_filters: [{ type: "user" }] });

  test("is split at its last character, as OpenFGA's pattern does", async () => {
    const { app } = appOf();
    // OpenFGA's pattern, which V8 tries at each character.
    const openfga = /[^#:\t\n\f\r ]+$/u;
    const ids = ["a", "a#b", "#b", "b#", "a:", ":", " ", "a b", "a ", "\u{1f600}", "#\u{1f600}", "\u{1f600}#", "\n"];
    for (const id of ids) {
      const { body } = await send(app, "POST", "/list-users", asked(id));
      expect(String(body.message).includes("invalid id"), JSON.stringify(id)).toBe(!openfga.test(id));
    }
  });

  test("is checked in one pass, however long it is and wherever the fault is", async () => {
    const { app } = appOf();
    expect(await send(app, "POST", "/list-users", asked(`${"x".repeat(600_000)}#`))).toMatchObject({ status: 400 });
  });
});
