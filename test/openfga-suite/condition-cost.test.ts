// The cost limit of conditions against a live OpenFGA: each expression is padded to cost 100 and 101, on both sides.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildModel, check, createTupleSet, type AuthorizationModelJson, type Tuple } from "../../src/engine.ts";
import { OpenfgaClient, type OpenfgaError } from "../live/client.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";

type ParameterType = { type_name: string; generic_types?: ParameterType[] };
const of = (name: string, ...generic: ParameterType[]): ParameterType => ({
  type_name: `TYPE_NAME_${name}`, ...(generic.length === 0 ? {} : { generic_types: generic }),
});
const PARAMETERS: Record<string, ParameterType> = {
  pad: of("LIST", of("INT")), i: of("INT"), j: of("INT"), d: of("DOUBLE"), b: of("BOOL"), s: of("STRING"),
  t: of("STRING"), e: of("STRING"), u: of("STRING"), l: of("LIST", of("INT")), sl: of("LIST", of("STRING")),
  m: of("MAP", of("INT")), at: of("TIMESTAMP"), span: of("DURATION"), ip: of("IPADDRESS"), x: of("ANY"),
  none: of("LIST", of("INT")),
};
const CONTEXT = {
  i: 3, j: 4, d: 1.5, b: true, s: "x".repeat(25), t: "x".repeat(42), e: "", u: "\u{1f600}\u00fc".repeat(11),
  l: [1, 2, 3, 4, 5], sl: ["a", "bb", "ccc"], m: { a: 1, b: 2 }, at: "2026-01-01T00:00:00Z", span: "90s",
  ip: "10.1.2.3", x: "y".repeat(33), none: [],
};

/** Expressions that are true in that context. */
const EXPRESSIONS = [
  "b", "!!b", "i < j", "i + 1 == j", "i * 2 - 1 > 3 && j != 7", "-i < 0", "-3 < i", "d >= 1.0", "b || i / 0 == 1",
  "i == 99 || b", "i == 99 || i == 98 || b", "!(i == 99 && b)", "b ? i < j : false", "(i < j ? s : t) == s",
  "s == s", "s != t", "e == e", "s < t", "u == u", "u < t || true", "s + t == s + t", "s.startsWith(s)",
  "t.startsWith('xxx')", "t.endsWith(s)", "t.contains(s)", "t.contains('x')", "s.matches('^x+$')", "e.matches('')",
  "t.matches(s)", "size(s) == 25", "s.size() == 25", "size(l) == 5", "3 in l", "i in l", "i in [1, 2, 3]",
  "i in [1, 2, i]", "!(i in [])", "!(i in none)", "'a' in sl", "'a' in m", "l == l", "l == [1, 2, 3, 4, 5]",
  "m == m", "l[0] == 1", "l[i] == 4", "m.a == 1", "m['a'] == 1", "m[sl[0]] == 1", "has(m.a)", "!has(m.zz)",
  "[1, 2][0] == 1", "[i, 2][1] == 2", "{'a': i}['a'] == 3", "{'a': 1}.a == 1", "l.exists(n, n == 5)",
  "l.exists(n, n == 2)", "l.exists(n, n == 1)", "l.all(n, n > 0)", "!l.all(n, n < 3)", "!l.all(n, n > 1)",
  "!none.exists(n, n == 1)", "none.all(n, n == 1)", "l.exists_one(n, n == 2)",
  "sl.all(a, a.startsWith('a') || a != 'a')", "size(l.filter(n, n > 1 && n < 4)) == 2",
  "size(none.map(n, n)) == 0", "l.map(n, n + 1)[0] == 2", "l.map(n, n > 4, n)[0] == 5", "l.exists(n, n in l)",
  "at < at + span", "at > timestamp('2025-01-01T00:00:00Z')", "at.getFullYear() == 2026", "span > duration('1s')",
  "ip.in_cidr('10.0.0.0/8')", "ip == ipaddress('10.1.2.3')", "int(d) == 1", "string(i) == '3'", "double(i) > 1.0",
  "timestamp('2026-01-01T00:00:00Z') == at", "x == x", "type(i) == int", "dyn(i) == 3", "l + l != l",
  "size(l + l) == 10", "sl.exists(a, sl.exists(c, a + c == 'bba'))", "(b ? m.a : m.b) == 1", "(b ? m.a : i) == 1",
  "l[i - 3] == 1", "l[m.a] == 2", "(b ? l[i] : j) == 4", "!(!b)", "! !b", "!!!b || b",
  "(b ? (b ? s : t) : t) == s", "[[1]][0][0] == 1", "m.all(k, k != 'z')", "x + x == x + x", "x < 'z'",
  "size(x) == 33", "x.startsWith('y')", "at - at == duration('0s')", "bytes(s) == bytes(s)",
  "bytes('abc') == b'abc'", "!(s in m)", "s in [s, t]", "(b ? 1 : 2) == 1", "b ? true : false",
  "l.exists(n, n == i || n in [7, 8])", "sl.map(a, a + 'z') == ['az', 'bbz', 'cccz']", "3 in l && 4 in l",
  "x in sl || b", "b || x in sl", "b || (x == 'y')", "at.getFullYear('UTC') == 2026", "duration('60s') < span",
  "uint(i) == 3u", "s.matches(e)", "e + e == e", "!(e in sl)", "(i + j) * 2 == 14", "sl.all(n, n in sl)",
  "d * 2.0 == 3.0", "!(i == j) && !(s == t)", "m == {'a': 1, 'b': 2}", "[i, j] == [3, 4]", "{'k': i} == {'k': 3}",
  "[s, t].exists(n, n == t)",
  // Iterations that end in an error, or that evaluate other parts than the iteration before.
  "l.exists(n, 6 / (n - 3) + n == 9 || n == 5)", "l.exists(n, n + 6 / (n - 3) == 9 || n == 5)",
  "l.exists(n, l[(n > 2 ? m.a : m.b)] == n || n == 5)", "l.exists(n, (n > 2 ? m : m).a == n && n == 2 || n == 4)",
  "l.exists(n, (n % 2 == 0 ? n / 0 : n) == 5)", "l.exists(n, (n % 2 == 0 ? n : n / 0) == 4)",
  "sl.exists(a, [1, 2][(a == 'bb' ? 5 : 0)] == 2 || a == 'ccc')", "sl.exists(a, m[a] == 2 || a == 'ccc')",
  "sl.exists(a, [m[a], size(a)].size() == 3 || a == 'ccc')", "l.all(n, n != 3 || n / (n - 3) == 1) || b",
  "size(l.filter(n, n == 2 || 6 / n > 3)) == 2 || b", "l.exists_one(n, 6 / (n - 3) == 3) || b",
  "[1, 2].exists_one(n, ['c', 'a'].exists(a, m[a] == n) || n == 9) || b", "sl.map(a, a == 'a', m[a]) == [1]",
  "l.exists_one(n, false) || b", "l.exists_one(n, n > 4 ? true : n < 0)", "sl.map(a, false, a) == []",
];

/** Maximum number of conditions in a model. */
const MOST = 25;

/** The largest padding for which `allows` is still true, -1 if it never is; each unit costs one. */
async function largest(allows: (padding: number) => Promise<boolean> | boolean): Promise<number> {
  let [yes, no] = [-1, 100];
  while (no - yes > 1) {
    const middle = (yes + no) >> 1;
    if (await allows(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}

function modelOf(expressions: readonly string[]): AuthorizationModelJson {
  const names = expressions.map((_, i) => `c${i}`);
  const conditions = Object.fromEntries(expressions.map((expression, i) => {
    const whole = `(${expression}) && !(0 in pad)`;
    const isUsed = ([name]: [string, unknown]): boolean => new RegExp(`\\b${name}\\b`).test(whole);
    const parameters = Object.fromEntries(Object.entries(PARAMETERS).filter(isUsed));
    return [names[i]!, { name: names[i]!, expression: whole, parameters }];
  }));
  const relations = Object.fromEntries(names.map((name) => [name, { this: {} }]));
  const restricted = Object.fromEntries(names.map((name) =>
    [name, { directly_related_user_types: [{ type: "user", condition: name }] }]));
  return {
    schema_version: "1.1", conditions,
    type_definitions: [{ type: "user" }, { type: "doc", relations, metadata: { relations: restricted } }],
  };
}

describe.skipIf(!openfgaAvailable("any"))("the cost of a condition is OpenFGA's", () => {
  let server: RunningOpenfga;
  beforeAll(async () => {
    server = await startOpenfga();
  });
  afterAll(async () => server.stop());

  const groups = Array.from({ length: Math.ceil(EXPRESSIONS.length / MOST) }, (_, i) =>
    EXPRESSIONS.slice(i * MOST, (i + 1) * MOST));
  test.each(groups.map((group) => [group[0]!, group]))("from %s", async (_, group) => {
    const json = modelOf(group);
    const client = await OpenfgaClient.createStore(server.url, "cost");
    await client.writeModel(json);
    const tuples: Tuple[] = group.map((_, i) =>
      ({ object: "doc:1", relation: `c${i}`, user: "user:1", condition: { name: `c${i}`, context: {} } }));
    await client.writeAll(tuples);
    const model = buildModel(json);
    const set = createTupleSet();
    for (const tuple of tuples) set.add(tuple);
    const found = await Promise.all(group.map(async (expression, i) => {
      const question = { object: "doc:1", relation: `c${i}`, user: "user:1" };
      const contextOf = (padding: number) => ({ ...CONTEXT, pad: Array<number>(padding).fill(1) });
      const ask = async (padding: number): Promise<string> => {
        const extras = { context: contextOf(padding) };
        return await client.check(question, extras).then(String, (error: OpenfgaError) => error.code);
      };
      const answer = (padding: number): string => {
        const found = check(model, set, { ...question, context: contextOf(padding) });
        return "error" in found ? found.error.code : String(found.allowed);
      };
      const theirs = await largest(async (padding) => await ask(padding) === "true");
      const ours = await largest((padding) => answer(padding) === "true");
      const beyond = [await ask(theirs + 1), answer(ours + 1)];
      expect(beyond, expression).toEqual(["validation_error", "validation_error"]);
      return { expression, theirs: 98 - theirs, ours: 98 - ours };
    }));
    expect(found.filter(({ theirs, ours }) => theirs !== ours)).toEqual([]);
    for (const { expression, ours } of found) expect(ours, expression).toBeGreaterThanOrEqual(0);
    // Every expression is true in some case; otherwise nothing would be compared.
    expect(found.filter(({ theirs }) => theirs > 98)).toEqual([]);
  });
});
