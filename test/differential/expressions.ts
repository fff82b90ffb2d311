// Random CEL expressions over all types, operators and functions, edge values first.
import type { Draw } from "../laws/draw.ts";

/** Types of drawn expressions. `dyn` is any of them. */
export type Kind =
  | "int" | "uint" | "double" | "string" | "bytes" | "bool" | "duration" | "timestamp" | "ints" | "strings" | "mixed"
  | "map" | "ip" | "dyn";

/** Literals of each type, at the edges where evaluators fail. */
const LITERALS: Readonly<Record<Kind, readonly string[]>> = {
  int: ["0", "1", "-1", "2", "3", "9223372036854775807", "-9223372036854775808", "9007199254740993",
    "-9007199254740993",
    "0x7fffffffffffffff", "4294967296", "10", "1000000000", "-62135596800", "253402300799", "253402300800"],
  uint: ["0u", "1u", "2u", "18446744073709551615u", "9223372036854775807u", "9223372036854775808u",
    "9007199254740993u", "0xFFu", "10U"],
  double: ["0.0", "-0.0", "1.0", "-1.5", "0.1", "1.5", "1e300", "1.7976931348623157e308", "5e-324",
    "9007199254740992.0",
    "9223372036854775808.0", "-9223372036854775808.0", "18446744073709551616.0", "123456.0", "1234567.0", "0.0001",
    "0.00001", "1e21", ".5", "1e6", "(0.0 / 0.0)", "(1.0 / 0.0)", "(-1.0 / 0.0)", "9223372036854774784.0", "2.0"],
  string: ["''", "'a'", "'b'", "'ab'", "'A'", "'\u00e9'", "'e\u0301'", "'\u{1f600}'", "'\uff5e'", "'\u00df'",
    "'\\u00a0'", "'1'", "'-1'", "'+1'", "'01'", "'1.5'", "'1e3'", "'NaN'", "'inf'", "'-Infinity'", "'true'", "'T'",
    "'TRUE'", "'tRue'", "' 1'", "'1_000'", "'0x10'", "'9223372036854775808'", "'18446744073709551615'", "'1h'",
    "'-1.5s'", "'1d'", "'2024-02-29T12:34:56.123456789Z'", "'2023-02-30T00:00:00Z'", "'2023-02-29T00:00:00Z'",
    "'0000-12-31T23:59:59Z'", "'9999-12-31T23:59:59+00:00'", "'9999-12-31T23:59:59-01:00'",
    "'2024-01-01T00:00:00+05:30'",
    "'2024-01-01t00:00:00z'", "'2024-01-01T00:00:60Z'", "'2024-01-01T24:00:00Z'", "'10.0.0.1'", "'::1'", "'a.b'",
    "'1e400'",
    "'\\x41\\101\\U0001F600\\n'", "r'\\d'", "\"\"\"q\"'\"\"\"", "'.'", "'1.'", "'1u'", "'1e-400'", "'0'", "'-0'",
    "'null'"],
  bytes: ["b''", "b'a'", "b'\\xff'", "b'\u00e9'", "b'\\303\\251'", "b'\\xf0\\x9f\\x98\\x80'", "b'ab'", "b'\\000'",
    "br'\\d'"],
  bool: ["true", "false"],
  duration: ["duration('0s')", "duration('1ns')", "duration('-1ns')", "duration('1h30m')", "duration('1.5s')",
    "duration('9223372036854775807ns')", "duration('-9223372036854775808ns')", "duration('2562047h')",
    "duration('100ms')",
    "duration('-0.5s')", "duration('1us')", "duration('1\u00b5s')", "duration('0.000000001s')", "duration('2540400h')",
    "duration('3599.999999999s')", "duration('2562046h59m59.999999999s')"],
  timestamp: ["timestamp('2024-02-29T12:34:56.123456789Z')", "timestamp('1970-01-01T00:00:00Z')",
    "timestamp('0001-01-01T00:00:00Z')", "timestamp('9999-12-31T23:59:59.999999999Z')",
    "timestamp('2024-01-01T00:00:00+05:30')", "timestamp('1969-12-31T23:59:59.5Z')", "timestamp(0)", "timestamp(-1)",
    "timestamp('2023-12-31T23:30:00-08:00')", "timestamp('2024-12-31T00:00:00Z')", "timestamp('2024-03-10T07:30:00Z')"],
  ints: ["[]", "[1, 2, 3]", "[0]", "[-1, 9223372036854775807]", "[2]"],
  strings: ["[]", "['a', 'b']", "['']", "['\u{1f600}', '\uff5e']", "['a', 'ab', 'b']"],
  mixed: ["[1, 'a']", "[1, 1.0, 1u]", "[null, true]", "[[1], {'a': 1}]", "[1.5, 2]", "[b'a', 'a']", "[dyn(1), 2u]"],
  map: ["{}", "{'a': 1}", "{'a': 1, 'b': 2}", "{1: 'a', 2u: 'b'}", "{1: 1, 1u: 2, true: 3}", "{'a': {'b': [1]}}",
    "{1.0: 'x'}", "{null: 1}", "{'': 0}", "{-1: 0, 'a': null}"],
  ip: ["ipaddress('10.0.0.1')", "ipaddress('::1')", "ipaddress('::ffff:10.0.0.1')", "ipaddress('1.2.3')",
    "ipaddress('fe80::1%eth0')"],
  dyn: ["null", "type(1)", "type('')", "type(type(1))", "type([])", "type({})", "type(null)", "type(b'')", "type(1u)"],
};

/** Names of types. In an inline expression they are parameters. */
const TYPE_NAMES = ["int", "uint", "double", "string", "bool", "bytes", "list", "map", "null_type", "type",
  "google.protobuf.Timestamp", "google.protobuf.Duration"];

/** Parameters: the type that a model declares, the kind of expression, and JSON values, some of which do not fit. */
interface Parameter {
  readonly type: string;
  readonly kind: Kind;
  readonly values: readonly unknown[];
}

export const PARAMETERS: Readonly<Record<string, Parameter>> = {
  i: { type: "int", kind: "int", values: [0, 1, -1, 3, "9223372036854775807", "-9223372036854775808",
    "9223372036854775808",
    "1e3", 1.5, "0x10", 9007199254740993, "1.0", "Inf", "5p2"] },
  j: { type: "int", kind: "int", values: [2, "-5", 100] },
  u: { type: "uint", kind: "uint", values: [0, 1, 7, "9223372036854775807", "18446744073709551615", -1] },
  d: { type: "double", kind: "double", values: [0, 1, -1.5, 0.1, "0.1", "0.5", 1e300, "1e400", 5e-324, "Inf", "-inf",
    "NaN",
    123456789, "9007199254740993"] },
  s: { type: "string", kind: "string", values: ["", "a", "b", "ab", "\u00e9", "\u{1f600}", "\uff5e", "1", "1h",
    "\u00a0",
    "2024-02-29T12:34:56.123456789Z", "10.0.0.1", "Europe/Amsterdam", "+05:30", "aaa"] },
  b: { type: "bool", kind: "bool", values: [true, false] },
  du: { type: "duration", kind: "duration", values: ["0s", "1h", "-1.5s", "2562047h47m16.854775807s", "1us", "0.1h"] },
  at: { type: "timestamp", kind: "timestamp", values: ["2024-02-29T12:34:56.123456789Z", "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999-23:59", "2024-06-15T12:00:00.5+02:00", "1969-12-31T23:59:59.999Z",
    "2024-01-01T1:00:00Z", "2023-02-29T00:00:00Z"] },
  addr: { type: "ipaddress", kind: "ip", values: ["10.0.0.1", "::ffff:10.0.0.1", "2001:db8::1", "fe80::1%eth0"] },
  x: { type: "any", kind: "dyn", values: [null, 1, 1.5, "a", true, [1, "a"], { a: { b: 1 } }, [], {}, "\u{1f600}",
    "2024-01-01T00:00:00Z", -0.5, [{ a: 1 }]] },
  li: { type: "list<int>", kind: "ints", values: [[], [1, 2, 3], ["9223372036854775807", 0], [5]] },
  ls: { type: "list<string>", kind: "strings", values: [[], ["a", "b"], ["\u{1f600}"], ["", "aaa"]] },
  lx: { type: "list<any>", kind: "mixed", values: [[], [1, "a", null], [[1], { a: 1 }]] },
  m: { type: "map<int>", kind: "map", values: [{}, { a: 1 }, { a: 1, b: "2" }, { "": 3 }] },
  mx: { type: "map<any>", kind: "map", values: [{ a: { b: 1 } }, { a: null }, { a: [1] }, { b: 1.5 }] },
};

const KINDS = Object.keys(LITERALS) as Kind[];
const ZONES = ["'UTC'", "'+05:30'", "'-08:00'", "'America/New_York'", "'us/central'", "'US/Central'", "''", "'Local'",
  "'+23:59'", "'-24:00'", "'5:30'", "'-00:30'", "'Asia/Kolkata'", "'x'", "'+5:3'", "'EST'", "'Etc/GMT+5'", "s"];
const PATTERNS = ["'a'", "'^a+$'", "'(?i)A'", "'\\\\p{L}'", "'[[:alpha:]]'", "'\\\\A.'", "'\\\\s'", "'(a)\\\\1'",
  "'(?=a)'",
  "'^(a+)+$'", "'.'", "'^.$'", "'\\\\d+'", "''", "'('", "'\\\\bq'", "'a{2}'", "'[^a]'", "'(?s).'", "'\\\\z'", "'\\\\Z'",
  "'a{1001}'", "'x*'", "'\\\\Qa.b\\\\E'", "'(?P<n>a)'", "'(?<n>a)'", "'[\\\\p{Greek}\\u00e9]'", "'\\\\x{1F600}'",
  "'a|b'",
  "'^\\\\PL$'", "'\\\\w'", "'[a-z&&b]'", "'\\\\u0061'", "'(?m)^a$'", "'a**'", "'\\\\pN'", "'(?U)a+'", "'\\\\07'", "s"];
const GETTERS = ["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours",
  "getMinutes", "getSeconds", "getMilliseconds"];

/** Draws expressions of a kind, including names of types if `named`. */
export class ExpressionDraw {
  private readonly draw: Draw;
  private readonly named: boolean;
  /** Variables of the enclosing comprehensions and their kinds. */
  private readonly locals: (readonly [string, Kind])[] = [];

  constructor(draw: Draw, named = false) {
    this.draw = draw;
    this.named = named;
  }

  /** An expression of any kind. */
  any(depth: number): string {
    return this.of(this.draw.pick(KINDS), depth);
  }

  of(kind: Kind, depth: number): string {
    const { draw } = this;
    if (draw.chance(2)) return this.of(draw.pick(KINDS), depth);
    if (draw.chance(6) && kind !== "dyn") return `dyn(${this.of(kind, depth)})`;
    if (depth <= 0 || draw.chance(15)) return this.leaf(kind);
    if (draw.chance(8)) {
      return `(${this.of("bool", depth - 1)} ? ${this.of(kind, depth - 1)} : ${this.of(kind, depth - 1)})`;
    }
    if (draw.chance(5)) return `${this.list(kind, depth - 1)}[${this.of("int", 0)}]`;
    return this.made(kind, depth - 1);
  }

  private leaf(kind: Kind): string {
    const { draw } = this;
    if (kind === "dyn" && this.named && draw.chance(40)) return draw.pick(TYPE_NAMES);
    const named = Object.entries(PARAMETERS).filter(([, parameter]) => parameter.kind === kind).map(([name]) => name);
    const bound = this.locals.filter(([, each]) => each === kind).map(([name]) => name);
    if (bound.length > 0 && draw.chance(60)) return draw.pick(bound);
    return named.length > 0 && draw.chance(45) ? draw.pick(named) : draw.pick(LITERALS[kind]);
  }

  private list(kind: Kind, depth: number): string {
    return `[${Array.from({ length: this.draw.below(3) + 1 }, () => this.of(kind, depth)).join(", ")}]`;
  }

  private made(kind: Kind, depth: number): string {
    const { draw } = this;
    const [one, other] = [(): string => this.of(kind, depth), (): string => this.of(kind, depth)];
    switch (kind) {
      case "int": return this.integer(depth);
      case "uint": return draw.chance(60) ? `(${one()} ${draw.pick(["+", "-", "*", "/", "%"])} ${other()})`
        : `uint(${this.of(draw.pick(["int", "double", "string", "uint"]), depth)})`;
      case "double": return draw.chance(60) ? `(${one()} ${draw.pick(["+", "-", "*", "/"])} ${other()})`
        : draw.chance(25) ? `-(${one()})` : `double(${this.of(draw.pick(["int", "uint", "string", "double"]), depth)})`;
      case "string": return draw.chance(35) ? `(${one()} + ${other()})` : `string(${this.of(draw.pick(
        ["int", "uint", "double", "bool", "bytes", "duration", "timestamp", "string"]), depth)})`;
      case "bytes": return draw.chance(50) ? `(${one()} + ${other()})` : `bytes(${this.of("string", depth)})`;
      case "duration": return draw.pick([
        () => `(${one()} ${draw.pick(["+", "-"])} ${other()})`, () => `duration(${this.of("string", depth)})`,
        () => `(${this.of("timestamp", depth)} - ${this.of("timestamp", depth)})`, () => `-(${one()})`,
      ])();
      case "timestamp": return draw.pick([
        () => `(${one()} ${draw.pick(["+", "-"])} ${this.of("duration", depth)})`,
        () => `(${this.of("duration", depth)} + ${one()})`,
        () => `timestamp(${this.of(draw.pick(["string", "int"]), depth)})`,
      ])();
      case "ints": case "strings": case "mixed": return this.collected(kind, depth);
      case "map": return `{${this.of("string", 0)}: ${this.any(depth)}, ${this.any(0)}: ${this.any(0)}}`;
      case "ip": return `ipaddress(${this.of("string", depth)})`;
      case "dyn": return draw.pick([
        () => this.any(depth), () => `${this.of("map", depth)}.${draw.pick(["a", "b"])}`,
        () => `x.${draw.pick(["a", "b"])}`,
        () => `${this.of("map", depth)}[${this.any(0)}]`, () => `x[${this.any(0)}]`, () => `mx.a.b`,
        () => `type(${this.any(depth)})`, () => `lx[${this.of("int", 0)}]`, () => `(x ${draw.pick(["+", "-", "*"])} x)`,
        () => `-x`, () => `[${this.any(depth)}, ${this.any(depth)}]`,
      ])();
      case "bool": return this.boolean(depth);
    }
  }

  private integer(depth: number): string {
    const { draw } = this;
    const int = (): string => this.of("int", depth);
    return draw.pick([
      () => `(${int()} ${draw.pick(["+", "-", "*", "/", "%"])} ${int()})`,
      () => `(${int()} ${draw.pick(["+", "-", "*", "/", "%"])} ${int()})`,
      () => `-(${int()})`,
      () => `int(${this.of(draw.pick(["double", "string", "uint", "timestamp", "duration", "int"]), depth)})`,
      () => `size(${this.of(draw.pick(["string", "bytes", "ints", "map", "mixed", "strings"]), depth)})`,
      () => `${this.of(draw.pick(["string", "bytes", "ints", "map"]), depth)}.size()`,
      () => `${this.of("timestamp", depth)}.${draw.pick(GETTERS)}(${draw.chance(40) ? draw.pick(ZONES) : ""})`,
      () => `${this.of("duration", depth)}.${draw.pick(GETTERS.slice(-4))}()`,
      () => `${this.of("ints", depth)}[${int()}]`,
    ])();
  }

  private collected(kind: Kind, depth: number): string {
    const { draw } = this;
    const element: Kind = kind === "ints" ? "int" : kind === "strings" ? "string" : draw.pick(KINDS);
    return draw.pick([
      () => `(${this.of(kind, depth)} + ${this.of(kind, depth)})`,
      () => this.list(element, depth),
      () => this.over(depth, (from, name) => `${from}.map(${name}, ${this.of(element, depth)})`),
      () => this.over(depth, (from,
      name) => `${from}.map(${name}, ${this.of("bool", depth)}, ${this.of(element, depth)})`),
      () => this.over(depth, (from, name) => `${from}.filter(${name}, ${this.of("bool", depth)})`),
    ])();
  }

  /** A comprehension over a list of some kind; its body may name the element. */
  private over(depth: number, make: (from: string, name: string) => string): string {
    const [from, kind] = this.draw.pick([["ints", "int"], ["strings", "string"], ["mixed", "dyn"]] as const);
    const name = this.draw.pick(["e", "f", "i"]);
    const range = this.of(from, Math.min(depth, 1));
    this.locals.push([name, kind]);
    const made = make(range, name);
    this.locals.pop();
    return made;
  }

  private boolean(depth: number): string {
    const { draw } = this;
    const bool = (): string => this.of("bool", depth);
    const kind = draw.pick(KINDS);
    return draw.pick([
      () => `(${bool()} ${draw.pick(["&&", "||"])} ${bool()})`,
      () => `!(${bool()})`,
      () => `(${this.of(kind, depth)} ${draw.pick(["==", "!="])} ${this.of(kind, depth)})`,
      () => `(${this.of(kind, depth)} ${draw.pick(["<", "<=", ">", ">="])} ${this.of(kind, depth)})`,
      () => `(dyn(${this.any(depth)}) ${draw.pick(["==", "!=", "<", ">="])} ${this.any(depth)})`,
      () => `(${this.any(depth)} in ${this.of(draw.pick(["ints", "strings", "mixed", "map"]), depth)})`,
      () => `${this.of("string", depth)}.${draw.pick(["startsWith", "endsWith", "contains"])}(`
        + `${this.of("string", depth)})`,
      () => `${this.of("string", depth)}.matches(${draw.pick(PATTERNS)})`,
      () => `matches(${this.of("string", depth)}, ${draw.pick(PATTERNS)})`,
      () => `bool(${this.of(draw.pick(["string", "bool"]), depth)})`,
      () => `has(${draw.pick(["m", "mx", "x", "mx.a", "x.a", "{'a': 1}"])}.${draw.pick(["a", "b"])})`,
      () => `${this.of("ip", depth)}.in_cidr(${draw.pick(["'10.0.0.0/8'", "'::/0'", "'::ffff:0:0/96'", "'x'", "s"])})`,
      () => this.over(depth, (from, name) =>
        `${from}.${draw.pick(["all", "exists", "exists_one", "existsOne"])}(${name}, ${this.of("bool", depth)})`),
    ])();
  }
}
