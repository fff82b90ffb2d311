// Law: no regular expression over callers' input takes more steps than a multiple of the input's length.
import { describe, expect, test } from "vitest";
import { ROOT } from "../live/pins.ts";
import { readProject, type Node } from "../tidy/project.ts";
import { slowness } from "./pattern.ts";

/** Folders whose patterns read callers' input, or tuples made from it. */
const FOLDERS =
  /^src\/(?:http|events|domain|ledger|checks|model|memory|tuples|embedded|openfga|sidecar|history|reasons)\//;

/**
 * Files whose patterns read only what no caller sends (the model, the key file, the address of OpenFGA), or an error of
 * OpenFGA that names one tuple: at most 1 KiB.
 */
const OF_OPERATORS = [
  "src/model/dsl.ts", "src/http/api-keys.ts", "src/openfga/client.ts", "src/openfga/write/openfga-store.ts",
];

interface Found {
  readonly path: string;
  readonly pattern: string;
  readonly flags: string;
}

/** Every regular expression literal of a file. */
function patternsIn(path: string, node: unknown): Found[] {
  if (Array.isArray(node)) return node.flatMap((part) => patternsIn(path, part));
  if (typeof node !== "object" || node === null) return [];
  const { regex, ...parts } = node as Node & { regex?: { pattern: string; flags: string } };
  const own = regex === undefined ? [] : [{ path, ...regex }];
  return [...own, ...Object.values(parts).flatMap((part) => patternsIn(path, part))];
}

describe("slow patterns are found", () => {
  const slow: readonly (readonly [pattern: RegExp, why: string])[] = [
    [/[^\s"'`]+@[^\s"'`]+/g, "an address sought from each character on"], [/[^#: ]+$/u, "an end sought from each on"],
    [/^(a+)+$/, "a repeated repetition"], [/^(?:a|a+)*b$/, "one beside another"], [/^\d*\d*x/, "two in a row"],
    [/^\w+[a-z]*!/, "two that share"], [/^a*(?:b?)a*$/, "two with something optional between"],
  ];
  test.each(slow)("%s", ({ source, flags }) => {
    expect(slowness(source, flags)).toBeDefined();
  });

  const fast = [
    /[^\s"'`]+/g, /[^#: ]$/u, /^[^\p{C}\p{Z}]+(?: [^\p{C}\p{Z}]+)*$/u, /^"(?:[^"\\]|\\.)*"$/, /^Bearer +(\S+)$/i,
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, /(\d*)(?:\.(\d*))?(ns|s)/y, /^[ab]{1,512}$/,
  ];
  test.each(fast.map((pattern) => [pattern]))("%s is not", ({ source, flags }) => {
    expect(slowness(source, flags)).toBeUndefined();
  });
});

describe("the project holds", () => {
  const files = readProject(ROOT).sources.filter(({ path }) => FOLDERS.test(path) && !OF_OPERATORS.includes(path));
  const found = files.flatMap(({ path, program }) => patternsIn(path, program));

  test("the patterns are read at all", () => {
    expect(found.length).toBeGreaterThan(40);
    expect(found.map(({ path }) => path)).toContain("src/http/fields.ts");
  });

  test("no pattern is slow", () => {
    const slow = found.map(({ path, pattern, flags }) => ({ path, pattern, why: slowness(pattern, flags) }));
    expect(slow.filter(({ why }) => why !== undefined)).toEqual([]);
  });
});
