// The key file: what is read, and what is refused with its place named.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { KeysError, MAX_KEY_LENGTH, MAX_KEYS, MIN_KEY_LENGTH, parseKeys } from "../../src/http/keys.ts";

const KEY = "k".repeat(MIN_KEY_LENGTH);
const entry = (more: object = {}): object => ({ name: "app", key: KEY, scopes: ["check"], ...more });
const read = (...keys: object[]) => parseKeys(JSON.stringify({ keys }));
const scopes = (keys: ReturnType<typeof parseKeys>, key: string) => [...keys.scopesOf(key) ?? ["unknown"]].sort();

describe("a key has its scopes", () => {
  test("by key, by digest, and none else", () => {
    const sha256 = createHash("sha256").update("another-key-of-some-length").digest("hex");
    const keys = read(entry(), { name: "reader", sha256: sha256.toUpperCase(), scopes: ["read", "admin"] });
    expect(scopes(keys, KEY)).toEqual(["check"]);
    expect(scopes(keys, "another-key-of-some-length")).toEqual(["admin", "read"]);
    for (const key of [sha256, "", `${KEY}k`, KEY.toUpperCase()]) expect(scopes(keys, key)).toEqual(["unknown"]);
  });

  test("the two narrow scopes include the wide one; admin includes nothing", () => {
    expect(scopes(read(entry({ scopes: ["check:contextual"] })), KEY)).toEqual(["check", "check:contextual"]);
    expect(scopes(read(entry({ scopes: ["events:system"] })), KEY)).toEqual(["events", "events:system"]);
    expect(scopes(read(entry({ scopes: ["events"] })), KEY)).toEqual(["events"]);
    expect(scopes(read(entry({ scopes: ["admin"] })), KEY)).toEqual(["admin"]);
  });
});

describe("limits, each at n and n+1", () => {
  test("a key of 24 to 512 characters", () => {
    for (const length of [MIN_KEY_LENGTH, MAX_KEY_LENGTH]) read(entry({ key: "k".repeat(length) }));
    for (const length of [MIN_KEY_LENGTH - 1, MAX_KEY_LENGTH + 1]) {
      expect(() => read(entry({ key: "k".repeat(length) }))).toThrow(/keys\.0\.key: at (?:least|most)/);
    }
  });
  test("100 keys", () => {
    const numbered = (_: unknown, i: number): object => entry({ name: `n${i}`, key: `${KEY}${i}` });
    const many = (n: number) => read(...Array.from({ length: n }, numbered));
    expect(scopes(many(MAX_KEYS), `${KEY}99`)).toEqual(["check"]);
    expect(() => many(MAX_KEYS + 1)).toThrow("keys: at most 100 keys");
  });
});

describe("faults are named, keys are not", () => {
  test.each<[string, string]>([
    ["", "malformed JSON"], ["{", "malformed JSON"], [`{"keys":[],"keys":[]}`, "duplicate field"],
    ["[]", "the file:"], ["{}", "keys:"], [`{"keys":[]}`, "keys: at least one key"],
    [`{"keys":[${JSON.stringify(entry())}],"key":1}`, "the file:"],
    ...([
      [{ scope: ["check"] }, "keys.0:"], [{ name: "" }, "keys.0.name:"], [{ name: undefined }, "keys.0.name:"],
      [{ key: `${KEY} ` }, "keys.0.key: printable"], [{ key: `${KEY}ü` }, "keys.0.key: printable"],
      [{ key: undefined }, "keys.0: exactly one of key and sha256"],
      [{ sha256: "0".repeat(64) }, "keys.0: exactly one of key and sha256"],
      [{ key: undefined, sha256: "0".repeat(63) }, "keys.0.sha256:"], [{ scopes: [] }, "keys.0.scopes: at least one"],
      [{ scopes: ["chekc"] }, "keys.0.scopes.0:"], [{ scopes: "check" }, "keys.0.scopes:"],
      [{ scopes: ["check", "check"] }, "keys.0.scopes: the same scope twice"],
    ] as const).map(([more, fault]): [string, string] => [JSON.stringify({ keys: [entry(more)] }), fault]),
    [JSON.stringify({ keys: [entry(), entry({ key: `${KEY}2` })] }), "keys.1.name: app stands twice"],
    [JSON.stringify({ keys: [entry(), entry({ name: "b" })] }), "keys.1: the same key twice"],
  ])("%s", (text, fault) => {
    expect(() => parseKeys(text)).toThrow(KeysError);
    expect(() => parseKeys(text)).toThrow(fault);
    expect(() => parseKeys(text)).not.toThrow(KEY);
  });
});
