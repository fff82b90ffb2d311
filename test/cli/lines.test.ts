// Lines of files as commands read them: numbers, offsets and faults, however the bytes arrive; and rows of CSV.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCsvRow } from "../../src/cli/csv-row.ts";
import { MAX_LINE_BYTES } from "../../src/cli/command-limits.ts";
import { LineSplitter, textOfLine, type Line } from "../../src/cli/line-splitter.ts";
import { ProgressLine } from "../../src/cli/progress-line.ts";

function split(bytes: Uint8Array, cuts: readonly number[]): Line[] {
  const splitter = new LineSplitter();
  const at = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  return [...at.slice(1).flatMap((end, i) => splitter.push(bytes.subarray(at[i], end))), ...splitter.finish()];
}

test("the lines do not depend on where the chunks are cut, and hold every byte", () => {
  const pieces = fc.array(fc.constantFrom("\n", "a", "é", "{}", "\r\n", ""), { maxLength: 30 });
  fc.assert(fc.property(pieces, fc.array(fc.nat(40), { maxLength: 6 }), (parts, cuts) => {
    const text = parts.join("");
    const bytes = Buffer.from(text);
    const lines = split(bytes, cuts.map((cut) => Math.min(cut, bytes.length)));
    const expected = text.endsWith("\n") || text === "" ? text.split("\n").slice(0, -1) : text.split("\n");
    expect(lines.map(textOfLine)).toEqual(expected);
    expect(lines.map(({ number }) => number)).toEqual(expected.map((_, i) => i + 1));
    expect(lines.at(-1)?.end ?? 0).toBe(bytes.length);
  }));
});

test("a line that is too long keeps its number and its end, and none of its content", () => {
  const bytes = Buffer.concat([Buffer.alloc(MAX_LINE_BYTES + 1, "x"), Buffer.from("\nb\n")]);
  const lines = split(bytes, [1_000, 500_000]);
  expect(lines.map(({ number, end }) => [number, end])).toEqual([[1, MAX_LINE_BYTES + 2], [2, MAX_LINE_BYTES + 4]]);
  expect([lines[0]!.bytes, textOfLine(lines[1]!)]).toEqual([undefined, "b"]);
});

test.each<[string, string[] | undefined]>([
  ["a,b", ["a", "b"]], ["", [""]], ["a,", ["a", ""]], ['"a,b",c', ["a,b", "c"]], ['"a ""b""",c', ['a "b"', "c"]],
  [" a , b ", ["a", "b"]], ['"a', undefined], ['a"b', undefined], ['"a"b', undefined],
])("the row %j has the cells %j", (row, cells) => {
  expect(readCsvRow(row)).toEqual(cells);
});

describe("the progress", () => {
  const shown = (isTTY: boolean): { line: ProgressLine; text: () => string; at: (time: number) => void } => {
    let [text, now] = ["", 0];
    const to = { isTTY, columns: 20, write: (part: string) => void (text += part) };
    return { line: new ProgressLine(to, () => now), text: () => text, at: (time) => void (now = time) };
  };

  test("is a line every five seconds where standard error is no terminal", () => {
    const { line, text, at } = shown(false);
    for (const time of [0, 4_999, 5_000, 9_000, 10_000]) {
      at(time);
      line.show(() => `${time}`);
    }
    line.clear();
    expect(text()).toBe("5000\n10000\n");
  });

  test("is one line on a terminal, cut to its width, which makes room for other lines", () => {
    const { line, text } = shown(true);
    line.show(() => "x".repeat(50));
    line.show(() => "not yet");
    line.note("line 7: refused");
    line.clear();
    expect(text()).toBe(`\r\x1b[K${"x".repeat(19)}\r\x1b[Kline 7: refused\n`);
  });
});
