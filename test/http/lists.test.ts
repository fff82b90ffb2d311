// A streamed list: one line of JSON for each object, whatever its name, in chunks.
import { expect, test } from "vitest";
import type { Checker } from "../../src/checks/checker.ts";
import { streamedListObjectsKind } from "../../src/http/lists.ts";

const ANY = { higher: false, token: undefined };
const question = { type: "note", relation: "can_read", user: "user:anne" };

/** The chunks that a list of these objects is sent in. */
async function chunksOf(objects: readonly string[]): Promise<string[]> {
  const checker = { listObjects: async () => ({ objects }) } as unknown as Checker;
  const stream = await streamedListObjectsKind(checker).answer(question, ANY);
  const chunks: string[] = [];
  const decoder = new TextDecoder();
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) chunks.push(decoder.decode(chunk));
  return chunks;
}

const named = (count: number): string[] => Array.from({ length: count }, (_, i) => `note:${i}`);

test("each line is the object it stands for", async () => {
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
