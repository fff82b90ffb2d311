// The tables of open addressing against plain lists: what was added and not removed is found, oldest first.
import fc from "fast-check";
import { expect, test } from "vitest";
import { holds } from "../laws/law.ts";
import { HashIndex } from "../../src/memory/hash-index.ts";
import { TripleTable } from "../../src/memory/triple-table.ts";

const id = fc.integer({ min: 1, max: 4 });

test("a triple table finds the oldest of equal triples, whatever was added and removed around it", () => {
  const step = fc.record({ a: id, b: id, c: fc.integer({ min: 1, max: 40 }), remove: fc.boolean() });
  holds(fc.array(step, { maxLength: 800, size: "max" }), 30, (steps) => {
    const table = new TripleTable();
    const held = new Map<string, number[]>();
    steps.forEach(({ a, b, c, remove }, value) => {
      const values = held.get(`${a} ${b} ${c}`) ?? [];
      held.set(`${a} ${b} ${c}`, values);
      expect(table.find(a, b, c)).toBe(values[0] ?? -1);
      if (remove && values.length > 0) {
        table.remove(a, b, c);
        values.shift();
      } else {
        table.add(a, b, c, value);
        values.push(value);
      }
      expect(table.find(a, b, c)).toBe(values[0] ?? -1);
    });
    expect(table.size).toBe([...held.values()].flat().length);
    for (const [key, values] of held) {
      const [a, b, c] = key.split(" ").map(Number) as [number, number, number];
      for (const value of values) {
        expect(table.find(a, b, c)).toBe(value);
        table.remove(a, b, c);
      }
    }
    expect(table.size).toBe(0);
  }, 1000);
});

test("a hash index finds every reference of a hash in the order of adding, also across the end of its places", () => {
  const hash = fc.constantFrom(0, -1, -2, 2 ** 31 - 1, -(2 ** 31), 7);
  const step = fc.record({ hash, remove: fc.boolean() });
  holds(fc.array(step, { maxLength: 400, size: "max" }), 30, (steps) => {
    const index = new HashIndex();
    const held = new Map<number, number[]>();
    const found = (of: number): number[] => {
      const all: number[] = [];
      for (let at = index.seek(of, index.home(of)); at >= 0; at = index.seek(of, at + 1)) all.push(index.at(at));
      return all;
    };
    steps.forEach(({ hash: of, remove }, i) => {
      const references = held.get(of) ?? [];
      held.set(of, references);
      if (remove && references.length > 0) {
        index.remove(index.seek(of, index.home(of)));
        references.shift();
      } else {
        index.add(of, i + 1);
        references.push(i + 1);
      }
    });
    for (const [of, references] of held) expect(found(of)).toEqual(references);
    expect(index.some(0, 1).sort((a, b) => a - b)).toEqual([...held.values()].flat().sort((a, b) => a - b));
  }, 1000);
});
