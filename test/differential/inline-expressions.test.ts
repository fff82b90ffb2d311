// Inline expressions against a live OpenFGA: refusals and their form, and effects of a fault on other answers.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { check, compileModel, createTupleSet, type Model, type Tuple } from "../../src/engine.ts";
import { tupleRefusal } from "../../src/model/admits.ts";
import { MODEL as POLICY } from "../world/world.ts";
import { OpenfgaClient, OpenfgaError } from "../live/client.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { disagreements, type Disagreement, type Question } from "./compare.ts";
import { isCertain, setOf } from "./models.ts";

type Context = Record<string, unknown>;

const KEY = { object: "doc:1", relation: "direct", user: "user:1" };
const MODEL = compileModel(`model
  schema 1.1
type user
type group
  relations
    define member: [user]
type team
  relations
    define member: [user, team#member with $expression, team#member]
type club
  relations
    define member: [user]
type crew
  relations
    define member: [user, crew#member]
type folder
  relations
    define owner: [user]
type doc
  relations
    define parent: [folder, folder with $expression]
    define direct: [user, user with $expression, user:*, user:* with $expression]
    define grouped: [group#member, group#member with $expression]
    define teamed: [team#member, team#member with $expression]
    define via: owner from parent
    define any: direct or grouped
    define both: direct and grouped
    define unless: direct but not grouped
    define base: grouped but not direct
    define mixed: [group#member with named, club#member]
    define blended: [group#member with $expression, club#member, crew#member]
    define far: [team#member with named, crew#member]
    define further: [team#member with $expression, crew#member]
    define apart: direct but not mixed
condition named(x: string) {
  x == "a"
}
`);

function inline(text: string, context: Context): Tuple {
  return { ...plain(text), condition: { name: "$expression", context } };
}

function named(text: string): Tuple {
  return { ...plain(text), condition: { name: "named", context: {} } };
}

function plain(text: string): Tuple {
  const [object, relation, user] = text.split(/#(?=.*@)|@/, 3) as [string, string, string];
  return { object, relation, user };
}

const e = (expression: unknown, parameters?: unknown): Context =>
  (parameters === undefined ? { expression } : { expression, parameters });

/** Contexts of a tuple; each is asked with the request's context below. */
const CONTEXTS: readonly Context[] = [
  e("true"), e("false"), { ...e("true"), other: 1 }, {}, e(""), e(5), e(null), e(["true"]), e("\ttrue"), e("x ==="),
  e("1"), e("s"), e("b", { b: "bool" }), e("b", { b: "any" }), e("s == 'a'"), e("s == 'b'"), e("s == 'a'", {}),
  e("s == 'a'", null), e("s == 'a'", []), e("s == 'a'", "string"), e("i > 1", { i: "int" }), e("i > 1"),
  e("i > 1", { i: "INT" }), e("i > 1", { i: 5 }), e("i > 1", { i: "TYPE_NAME_INT" }), e("i > 1u", { i: "uint" }),
  e("i > 1.5", { i: "double" }), e("true", { s: "int" }), e("missing == 'a'"), e("true || missing == 'a'"),
  e("true", { missing: "string" }), e("true || s == 'a'", { s: "int" }), e("m.a > 1", { m: "map<int>" }),
  e("l[0][0] == 'a'", { l: "list<list<string>>" }), e("has(m.a)", { m: "map<any>" }), e("has(m.a)"), e("m.a > 1"),
  ...["map", "list", "map<", "map<>", "map<int", "map<int>>", "map< int>", "string<int>", "any<any>", "list<map>", "",
    "list<list<list<any>>>", "unspecified", "<int>", "duration", "timestamp", "ipaddress"]
    .map((type) => e("true", { missing: type })),
  e("type(s) == string"), e("type(i) == int", { i: "any" }), e("ls.exists(x, x == s)", { ls: "list<string>" }),
  e("ls.exists(s, s == 'b')", { ls: "list<string>" }), e("ls.all(s, s != 'z') && s == 'a'", { ls: "list<string>" }),
  e("ls.exists(x, ls.exists(y, x != y && s == 'a'))", { ls: "list<string>" }), e("ls.map(x, x + s)[0] == 'aa'"),
  e("ls.filter(x, x == s).size() == 1", { ls: "list<string>" }), e("size(s) == 1"), e("dyn(s) == 'a'"),
  e("while == 'a'"),
  e("int == 'a'"), e("a.b == 'x'", { "a.b": "string", a: "map<any>" }), e("$expression == 'a'"),
  e("cel.bind(v, 'x', v == 'x')"), e("`s` == 'a'"), e(".s == 'a'"),
  e("Foo{a: s} == null"), e("{'a': s} == {'a': 'a'}"), e("[s, t] == ['a', 'b']"), e("{s: 1}.a == 1"),
  e("unknown(s)"), e("s.unknown()"), e("i / 0 == 1", { i: "int" }), e("at < timestamp('2030-01-01T00:00:00Z')"),
  e("at < timestamp('2030-01-01T00:00:00Z')", { at: "timestamp" }), e("ip.in_cidr('10.0.0.0/8')", { ip: "ipaddress" }),
  e("true", { "a b": "string" }), e("true", { "": "string" }), e("true", { in: "string" }), e("true", { int: "int" }),
  e("true // s"), e("s == 'a' // s"), e("a.b == 'a'", { a: "map<string>" }),
];
const REQUEST = {
  s: "a", t: "b", b: true, i: 3, m: { a: 2 }, l: [["a"]], ls: ["a", "b"], at: "2026-01-01T00:00:00Z", ip: "10.1.2.3",
  "a b": "x", "": "x", in: "x", int: 1,
};

/** Expressions that OpenFGA accepts and the evaluator refuses: messages, hexadecimal doubles, and oversized ones. */
const REFUSED_HERE: readonly Context[] = [
  e("google.protobuf.Duration{seconds: 1} == duration('1s')"), e("double('0x1p-2') == 0.25"),
  e("s.matches('a{1000}')"), e(`[${"1, ".repeat(2_500)}1] != []`),
];

/**
 * Worlds with a tuple that fails without `x`; those that can fail come before the others of their kind. At most 12
 * tuples: OpenFGA does not keep the order of more contextual ones.
 */
const X = e("x == 'a'");
const FAULTS: readonly (readonly Tuple[])[] = [
  [inline("doc:1#direct@user:1", X), plain("doc:1#direct@user:2"), inline("doc:1#direct@user:*", X)],
  [inline("doc:1#grouped@group:1#member", X), plain("doc:1#grouped@group:2#member"), plain("group:1#member@user:1"),
    plain("group:2#member@user:2"), plain("doc:1#direct@user:1"), plain("doc:1#direct@user:2")],
  [inline("doc:1#teamed@team:1#member", X), inline("team:2#member@team:3#member", X), plain("team:1#member@user:1"),
    plain("doc:1#teamed@team:2#member"), plain("team:2#member@user:2"), plain("team:3#member@user:3")],
  [inline("doc:1#parent@folder:1", X), plain("doc:1#parent@folder:2"), plain("folder:1#owner@user:1"),
    plain("folder:2#owner@user:2")],
  [inline("doc:1#grouped@group:1#member", X), plain("doc:1#direct@user:*"), plain("group:1#member@user:1")],
  [named("doc:1#mixed@group:1#member"), named("doc:1#far@team:1#member"), plain("doc:1#mixed@club:1#member"),
    plain("doc:1#far@crew:1#member"), plain("group:1#member@user:1"), plain("team:1#member@user:1"),
    plain("club:1#member@user:2"), plain("crew:1#member@user:4"), plain("doc:1#direct@user:*")],
  [inline("doc:1#blended@group:1#member", X), inline("doc:1#further@team:1#member", X),
    plain("doc:1#blended@club:1#member"), plain("doc:1#blended@crew:1#member"), plain("doc:1#further@crew:1#member"),
    plain("group:1#member@user:1"), plain("team:1#member@user:1"), plain("club:1#member@user:2"),
    plain("crew:1#member@user:4")],
];

/** Questions about the relations of a world's tuples, and about the relations that name one of these. */
function questionsAbout(world: readonly Tuple[]): Question[] {
  const held = new Set(world.map(({ relation }) => relation));
  const relations = Object.entries(MODEL.json.type_definitions.at(-1)!.relations!).filter(([name, definition]) =>
    name !== "parent" && (held.has(name) || [...held].some((one) => JSON.stringify(definition).includes(`"${one}"`))));
  return [{}, { x: "a" }, { x: 1 }].flatMap((context) => relations.flatMap(([relation]): Question[] => [
    ...["user:1", "user:2", "user:3", "user:4", "group:1#member", "club:1#member", "user:*"]
      .flatMap((user): Question[] => [
        { ask: "check", user, relation, object: "doc:1", context },
        { ask: "list-objects", user, relation, type: "doc", context },
      ]),
    { ask: "list-users", object: "doc:1", relation, filter: "user", context },
    { ask: "list-users", object: "doc:1", relation, filter: "group#member", context },
  ]));
}

/** For a userset or a wildcard, OpenFGA's list searches only the first operand, and the evaluator every operand. */
function isOfFirstOperand({ question, engine, server }: Disagreement): boolean {
  return question.ask === "list-objects" && !/^user:\d$/.test(question.user) && server === "[]"
    && ["both", "unless", "base", "apart"].includes(question.relation) && engine === "error validation_error";
}

/** OpenFGA may finish with a user who owns nothing before it reads the failing tuple: it says no, or the error. */
function isRace(tuples: readonly Tuple[], { question, engine, server }: Disagreement): boolean {
  return question.ask === "check" && engine === "error validation_error" && server === "no"
    && isCertain({ model: MODEL, tuples }, question, server);
}

/** Differences that persist over several rounds: OpenFGA takes one strategy or another. */
async function differences(
  client: OpenfgaClient, stored: readonly Tuple[], asked: readonly Question[],
): Promise<Disagreement[]> {
  let found = await disagreements(MODEL, setOf(stored), client, asked);
  for (let round = 0; round < 4 && found.length > 0; round++) {
    found = await disagreements(MODEL, setOf(stored), client, found.map(({ question }) => question));
  }
  return found.filter((each) => !isOfFirstOperand(each));
}

describe.skipIf(!openfgaAvailable("fresh"))("with a live OpenFGA", () => {
  let server: RunningOpenfga;
  const storeOf = async (model: Model, tuples: readonly Tuple[] = []): Promise<OpenfgaClient> => {
    const client = await OpenfgaClient.createStore(server.url, "inline");
    await client.writeModel(model.json);
    // Written one after the other, because OpenFGA reads them in that order.
    for (const tuple of tuples) await client.write([tuple], []);
    return client;
  };
  beforeAll(async () => {
    // Without a limit on results, its list-objects for usersets and wildcards would omit its errors.
    const extraArgs = ["--listObjects-max-results", "1000"];
    server = await startOpenfga({ experimentals: ["inline_expressions"], extraArgs });
  });
  afterAll(async () => server.stop());

  /** `yes`, `no`, or the code of the error. */
  const ask = (client: OpenfgaClient, context: Context): Promise<string> => {
    const contextualTuples = [{ ...KEY, condition: { name: "$expression", context } }];
    return client.check(KEY, { contextualTuples, context: REQUEST })
      .then((allowed) => (allowed ? "yes" : "no"), (error: OpenfgaError) => error.code);
  };
  const answer = (model: Model, context: Context): string => {
    const contextualTuples = [{ ...KEY, condition: { name: "$expression", context } }];
    const found = check(model, createTupleSet(), { ...KEY, contextualTuples, context: REQUEST });
    return "error" in found ? found.error.code : found.allowed ? "yes" : "no";
  };
  const isWritten = (client: OpenfgaClient, user: string, context: Context): Promise<string> =>
    client.write([{ ...KEY, user, condition: { name: "$expression", context } }], [])
      .then(() => "written", (error: OpenfgaError) => error.code);

  test("each context is refused or evaluated as on OpenFGA, contextual or stored", async () => {
    const client = await storeOf(MODEL);
    const found = await Promise.all(CONTEXTS.map(async (context, i) => {
      const refusal = tupleRefusal(MODEL, { ...KEY, condition: { name: "$expression", context } });
      const ours = [answer(MODEL, context), refusal === undefined ? "written" : "validation_error"];
      const theirs = [await ask(client, context), await isWritten(client, `user:w${i}`, context)];
      return { context, ours, theirs };
    }));
    expect(found.filter(({ ours, theirs }) => String(ours) !== String(theirs))).toEqual([]);
    expect(new Set(found.map(({ theirs }) => String(theirs)))).toEqual(new Set(
      ["yes,written", "no,written", "validation_error,written", "invalid_tuple,validation_error"]));
  });

  test("a few exotic expressions that OpenFGA accepts are refused", async () => {
    const client = await storeOf(MODEL);
    for (const [i, context] of REFUSED_HERE.entries()) {
      expect([await isWritten(client, `user:w${i}`, context), answer(MODEL, context)]).toEqual(
        ["written", "invalid_tuple"]);
    }
  });

  test("a model without the restriction refuses it in the same way", async () => {
    const key = { object: "org:1", relation: "athlete_hat", user: "user:1" };
    const contextualTuples = [{ ...key, condition: { name: "$expression", context: e("true") } }];
    const found = check(POLICY, createTupleSet(), { ...key, contextualTuples });
    const client = await storeOf(POLICY);
    const theirs = await client.check(key, { contextualTuples }).catch((error: OpenfgaError) => error.code);
    expect(["error" in found && found.error.code, theirs]).toEqual(["invalid_tuple", "invalid_tuple"]);
  });

  test("an expression may cost 100", async () => {
    const client = await storeOf(MODEL);
    for (const [cost, wanted] of [[100, "true"], [101, "validation_error"]] as const) {
      // The name costs one, `in` one for each entry, and the negation one.
      const context = { pad: Array<number>(cost - 2).fill(1) };
      const contextualTuples = [inline("doc:1#direct@user:1", e("!(0 in pad)", { pad: "list<int>" }))];
      const found = check(MODEL, createTupleSet(), { ...KEY, contextualTuples, context });
      const theirs = await client.check(KEY, { contextualTuples, context }).catch((error: OpenfgaError) => error.code);
      expect(["error" in found ? found.error.code : String(found.allowed), String(theirs)]).toEqual([wanted, wanted]);
    }
  });

  describe.each(FAULTS.map((world, i) => [i, world] as const))("where a condition fails, world %i", (_, world) => {
    test("stored", async () => {
      expect(await differences(await storeOf(MODEL, world), world, questionsAbout(world))).toEqual([]);
    });

    test("contextual", async () => {
      const asked = questionsAbout(world).map((question) => ({ ...question, contextualTuples: world }));
      expect(await differences(await storeOf(MODEL), [], asked)).toEqual([]);
    });

    test("contextual, before and after stored tuples that grant", async () => {
      const client = await storeOf(MODEL, world.filter((tuple) => tuple.condition === undefined));
      const stored = world.filter((tuple) => tuple.condition === undefined);
      const contextualTuples = world.filter((tuple) => tuple.condition !== undefined);
      const asked = questionsAbout(world).map((question) => ({ ...question, contextualTuples }));
      expect(await differences(client, stored, asked)).toEqual([]);
      const other = await storeOf(MODEL, contextualTuples);
      const turned = questionsAbout(world).map((question) => ({ ...question, contextualTuples: stored }));
      const found = await differences(other, contextualTuples, turned);
      expect(found.filter((each) => !isRace(contextualTuples, each))).toEqual([]);
    });

    test("stored after a granting tuple: if OpenFGA's answer depends on the order, it is an error here", async () => {
      const turned = world.toReversed();
      const found = await differences(await storeOf(MODEL, turned), turned, questionsAbout(world));
      for (const { question, engine } of found) {
        expect([question.ask, engine]).toEqual(["check", "error validation_error"]);
      }
    });
  });
});
