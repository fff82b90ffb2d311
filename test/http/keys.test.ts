// The key file: valid files, and refusals that name the place of the fault.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { KeysError, parseKeys, type Keys } from "../../src/http/api-keys.ts";
import { SCOPES } from "../../src/http/scope.ts";
import { MAX_KEYS, MAX_KEY_LENGTH, MAX_SOURCES, MIN_KEY_LENGTH } from "../../src/http/http-limits.ts";

const KEY = "k".repeat(MIN_KEY_LENGTH);
const entry = (more: object = {}): object => ({ name: "app", key: KEY, scopes: ["check"], ...more });
const read = (...keys: object[]) => parseKeys(JSON.stringify({ keys }));
const scopes = (keys: Keys, key: string): string[] => {
  const caller = keys.callerOf(key);
  return caller === undefined ? ["unknown"] : SCOPES.filter((scope) => caller.has(scope)).sort();
};

describe("a key has its scopes", () => {
  test("by key, by digest, and no others", () => {
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

describe("sources: which sources a key may send as", () => {
  const keys = read(
    entry({ sources: ["/app", "/crm/*"] }),
    entry({ name: "relay", key: `${KEY}2`, sources: ["/app", "https://x.y/*"] }),
    entry({ name: "free", key: `${KEY}3` }), entry({ name: "any", key: `${KEY}4`, sources: ["*"] }),
  );
  const alone = read(entry({ sources: ["/app", "/crm/*"] }), entry({ name: "free", key: `${KEY}3` }));
  const may = (of: Keys, key: string, source: string) => of.callerOf(key)?.maySendAs(source);

  test("a key with sources sends as those; a trailing * matches any rest", () => {
    for (const source of ["/app", "/crm/", "/crm/a/b"]) expect(may(keys, KEY, source)).toBe(true);
    for (const source of ["/ap", "/app/", "/App", "/crm", "/other", ""]) expect(may(keys, KEY, source)).toBe(false);
    for (const source of ["/app", "https://x.y/z"]) expect(may(keys, `${KEY}2`, source)).toBe(true);
    for (const source of ["/anything", "/app"]) expect(may(keys, `${KEY}4`, source)).toBe(true);
  });

  test("a key without sources sends as any source that no key lists", () => {
    for (const source of ["/app", "/crm/x"]) expect(may(alone, `${KEY}3`, source)).toBe(false);
    for (const source of ["/ap", "/app/", "/crm", "/mine"]) expect(may(alone, `${KEY}3`, source)).toBe(true);
    // A key with * lists every source.
    expect(may(keys, `${KEY}3`, "/mine")).toBe(false);
    expect(may(read(entry()), KEY, "/app")).toBe(true);
  });

  test("100 sources of a key, each a URI reference", () => {
    const many = (n: number) => read(entry({ sources: Array.from({ length: n }, (_, i) => `/s${i}`) }));
    expect(may(many(MAX_SOURCES), KEY, "/s99")).toBe(true);
    expect(MAX_SOURCES).toBe(100);
    expect(() => many(101)).toThrow("keys.0.sources: must have at most 100 sources");
    for (const source of ["", "a b", "<x>"]) {
      expect(() => read(entry({ sources: [source] }))).toThrow("keys.0.sources.0: must be a URI reference");
    }
    expect(() => read(entry({ sources: [] }))).toThrow("keys.0.sources: must have at least one source");
  });
});

test("a key is valid until the instant it expires, even after it was used", () => {
  let now = Date.parse("2027-01-31T00:00:00Z") - 1;
  const keys = parseKeys(JSON.stringify({ keys: [entry({ expires: "2027-01-31T01:00:00+01:00" })] }), () => now);
  expect(scopes(keys, KEY)).toEqual(["check"]);
  now += 1;
  expect(scopes(keys, KEY)).toEqual(["unknown"]);
  for (const expires of ["2027-01-31", "soon", 1, "2027-02-30T00:00:00Z"]) {
    expect(() => read(entry({ expires }))).toThrow("keys.0.expires: must be an RFC 3339 time");
  }
});

describe("limits, each at n and n+1", () => {
  test("a key of 24 to 512 characters", () => {
    for (const length of [MIN_KEY_LENGTH, MAX_KEY_LENGTH]) read(entry({ key: "k".repeat(length) }));
    for (const length of [MIN_KEY_LENGTH - 1, MAX_KEY_LENGTH + 1]) {
      expect(() => read(entry({ key: "k".repeat(length) }))).toThrow(/keys\.0\.key: must have at (?:least|most)/);
    }
  });
  test("100 keys", () => {
    const numbered = (_: unknown, i: number): object => entry({ name: `n${i}`, key: `${KEY}${i}` });
    const many = (n: number) => read(...Array.from({ length: n }, numbered));
    expect(scopes(many(MAX_KEYS), `${KEY}99`)).toEqual(["check"]);
    expect(() => many(MAX_KEYS + 1)).toThrow("keys: must have at most 100 keys");
  });
});

describe("errors name faults, not keys", () => {
  test.each<[string, string]>([
    ["", "malformed JSON"], ["{", "malformed JSON"], [`{"keys":[],"keys":[]}`, "duplicate field"],
    ["[]", "the file:"], ["{}", "keys:"], [`{"keys":[]}`, "keys: must have at least one key"],
    [`{"keys":[${JSON.stringify(entry())}],"key":1}`, "the file:"],
    ...([
      [{ scope: ["check"] }, "keys.0:"], [{ name: "" }, "keys.0.name:"], [{ name: undefined }, "keys.0.name:"],
      [{ key: `${KEY} ` }, "keys.0.key: must be printable"], [{ key: `${KEY}ü` }, "keys.0.key: must be printable"],
      [{ key: undefined }, "keys.0: must have one of key, sha256 and signing_secrets"],
      [{ sha256: "0".repeat(64) }, "keys.0: must have one of key, sha256 and signing_secrets"],
      [{ key: undefined, sha256: "0".repeat(63) }, "keys.0.sha256:"],
      [{ scopes: [] }, "keys.0.scopes: must have at least one"],
      [{ scopes: ["chekc"] }, "keys.0.scopes.0:"], [{ scopes: "check" }, "keys.0.scopes:"],
      [{ scopes: ["check", "check"] }, "keys.0.scopes: names a scope twice"],
    ] as const).map(([more, fault]): [string, string] => [JSON.stringify({ keys: [entry(more)] }), fault]),
    [JSON.stringify({ keys: [entry(), entry({ key: `${KEY}2` })] }), "keys.1.name: another key has this name"],
    [JSON.stringify({ keys: [entry(), entry({ name: "b" })] }), "keys.1: another entry has the same key"],
  ])("%s", (text, fault) => {
    expect(() => parseKeys(text)).toThrow(KeysError);
    expect(() => parseKeys(text)).toThrow(fault);
    expect(() => parseKeys(text)).not.toThrow(KEY);
  });

  test("a key in any wrong place is not repeated", () => {
    const other = "another-key-of-30-characters--";
    const misplaced: object[] = [
      { [KEY]: 1 }, { keys: KEY }, { keys: [KEY] }, { keys: [entry({ [KEY]: 1 })] }, { keys: [{ [KEY]: ["check"] }] },
      { keys: [entry({ name: `${KEY} `, key: other })] }, { keys: [entry({ key: other, scopes: [KEY] })] },
      { keys: [entry({ key: other, sources: [`${KEY} `] })] }, { keys: [entry({ key: other, expires: KEY })] },
      { keys: [entry({ key: undefined, sha256: KEY })] },
      { keys: [entry({ name: KEY, key: other }), entry({ name: KEY, key: `${other}2` })] },
    ];
    const texts = [...misplaced.map((one) => JSON.stringify(one)), `{"${KEY}":1,"${KEY}":2}`, `{"keys":${KEY}}`, KEY];
    for (const text of texts) {
      expect(() => parseKeys(text)).toThrow(KeysError);
      expect(() => parseKeys(text)).not.toThrow(KEY);
    }
  });
});
