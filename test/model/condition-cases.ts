// Values of CEL expressions under cel-go's rules, where JavaScript's differ. Also compared with a live OpenFGA.

type Outcome = boolean | "error" | "refused";

/** An expression and its outcome. */
export interface ValueCase {
  readonly subject: string;
  readonly expression: string;
  readonly outcome: Outcome;
}

/** Parameters for the expressions, with values that OpenFGA's conversions accept. */
export const CASE_PARAMETERS = {
  i: "INT", u: "UINT", d: "DOUBLE", s: "STRING", at: "TIMESTAMP", ip: "IPADDRESS", x: "ANY",
};
export const CASE_CONTEXT = { i: -1, u: 1, d: 1.5, s: "", at: "2024-01-01T00:00:00.000000001+05:30", ip: "10.0.0.1",
x: 1 };

/** Expressions by subject; a text after `//` is the outcome, otherwise the expression is true. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  "ints overflow into an error": [
    "-9223372036854775808 / i == 0 // error", "-9223372036854775808 % i == 0 // error",
    "9223372036854775807 - i > 0 // error", "-9223372036854775808 * i > 0 // error",
    "-(i - 9223372036854775807) > 0 // error",
    "1 / (i + 1) == 0 // error", "1 % (i + 1) == 0 // error", "7 / -2 == -3", "-7 % 3 == -1",
  ],
  "uints do not go below zero or beyond 64 bits": [
    "u - 2u == 0u // error", "u + 18446744073709551615u == 0u // error",
    "18446744073709551615u * (u + 1u) > 0u // error",
    "u / (u - 1u) == 0u // error", "18446744073709551616u > u // refused",
  ],
  "doubles overflow into infinity": [
    "d / 0.0 > 1e308", "(d - d) / 0.0 != (d - d) / 0.0", "!(d < (d - d) / 0.0)", "!(d >= (d - d) / 0.0)", "-0.0 == 0.0",
    "string(-0.0) == '-0'",
  ],
  "numbers become ints and uints only where they fit": [
    "int(d * 1e300) == 0 // error", "int(1e300) == 0 // refused", "int(-d) == -1", "int(u) == 1",
    "uint(i) == 1u // error",
    "int(s) == 0 // error", "int('') == 0 // refused", "int('+7') == 7", "int(' 7') == 7 // refused",
    "uint('+7') == 7u // refused",
    "uint(-0.5) == 0u // refused", "int(9223372036854775807.0) == 1 // refused",
    "int(-9223372036854775808.0) == 1 // refused",
    "int(-9223372036854774784.0) < 0", "uint(18446744073709549568.0) > 0u",
    "double(9007199254740993) == 9007199254740992.0",
  ],
  "texts are read as Go reads them": [
    "double('inf') > 1e308", "double('1_000') == 1000.0", "double('1e400') > 1.0 // refused", "double('.5') == 0.5",
    "double('nan') != double('nan')", "bool('T') && !bool('False')", "bool('yes') // refused",
  ],
  "numbers are printed as Go prints them": [
    "string(d) == '1.5'", "string(123456.0) == '123456'", "string(1234567.0) == '1.234567e+06'",
    "string(0.00001) == '1e-05'",
    "string(double('inf')) == '+Inf'", "string(1.0) == '1'", "string(18446744073709551615u) == '18446744073709551615'",
  ],
  "texts are ordered and counted by code points": [
    "'\\uff5e' < '\\U0001f600'", "size('\\U0001f600') == 1", "'a' < 'ab'", "b'\\xff' > b'\\x00'",
    "size(b'\u00e9') == 2",
    "string(b'\\xff') == '' // refused", "string(b'\\xef\\xbb\\xbfa').size() == 2",
  ],
  "instants count nanoseconds and keep their zone": [
    "at > timestamp('2023-12-31T18:30:00Z')", "at == timestamp('2023-12-31T18:30:00.000000001Z')",
    "string(at) == '2024-01-01T00:00:00.000000001+05:30'", "at.getFullYear() == 2023",
    "at.getFullYear('+05:30') == 2024",
    "at.getHours('-00:30') == 18", "at.getHours('America/New_York') == 13", "at.getHours('US/Eastern') == 13",
    "at.getHours('us/eastern') == 13 // error", "at.getHours('+24:00') == 0 // error", "at.getDayOfYear() == 364",
    "at.getDayOfMonth() == 30 && at.getDate() == 31 && at.getMonth() == 11 && at.getDayOfWeek() == 0",
    "timestamp('1811-07-23T12:00:00Z').getSeconds('America/New_York') == 58",
    "timestamp('1969-12-31T23:59:59.5Z').getMilliseconds() == 500", "int(timestamp('1969-12-31T23:59:59.5Z')) == -1",
  ],
  "instants outside the years 1 to 9999 are an error": [
    "timestamp('2023-02-30T00:00:00Z') == at // refused", "timestamp(s) == at // error",
    "timestamp('0000-12-31T23:59:59Z') == at // refused", "timestamp('9999-12-31T23:59:59-01:00') == at // refused",
    "timestamp('9999-12-31T23:59:59Z') + duration('1s') > at // error", "timestamp(253402300800) > at // refused",
    "at + duration('9223372036854775807ns') > at", "timestamp('0001-01-01T00:00:00Z') - duration('1ns') < at // error",
    "timestamp('9999-01-01T00:00:00Z') - at > duration('0s') // error",
    "timestamp('2024-01-01t00:00:00z') == at // refused",
  ],
  "durations are 64 bits of nanoseconds": [
    "duration('9223372036854775807ns') + duration('1ns') > duration('0s') // error",
    "-duration('-9223372036854775808ns') > duration('0s') // refused",
    "duration('2562048h') > duration('0s') // refused",
    "string(duration('1h30m')) == '5400s'", "string(duration('1ns')) == '0.000000001s'",
    "duration('1.5s').getMilliseconds() == 1500",
    "duration('-90s').getMinutes() == -1", "int(duration('1us')) == 1000", "duration('1d') > duration('0s') // refused",
  ],
  "numbers of two types are compared by worth": [
    "dyn(1) == 1.0", "dyn(1) == 1u", "dyn(9007199254740993) == 9007199254740992.0", "dyn(-1) < 1u", "x == 1", "x < 2",
    "1 < 1.5 // refused", "[1].all(e, e < 1.5)", "[1].all(e, e > 0) && 1 < 1.5",
    "1 < 1.5 && [1].all(e, e > 0) // refused",
    "dyn(1) in [1.0]", "dyn(9223372036854775807) in [9223372036854775808.0] // false", "dyn(1u) in {1: true}",
    "dyn('1') != 1",
  ],
  "lists and maps may mix types": [
    "[1, 'a', null].size() == 3", "[1, 'a'] == [1, 'a']", "[1, 1.0] == [1.0, 1]", "{1: 'a', '1': 'b'}[dyn('1')] == 'b'",
    "{1: 'a'}[dyn(1.0)] == 'a'", "[1, 2][dyn(1.0)] == 2", "[1, 2][dyn(1.5)] == 2 // error", "[1][i] == 1 // error",
    "{'a': 1}['b'] == 1 // error", "{'a': 1, 'a': 2}.a == 2", "{null: 1}.size() == 1",
    "{bytes(s): 1}.size() == 1 // error",
    "(true ? 1 : 'a') == 1 // refused",
  ],
  "an error decides only where nothing else does": [
    "1 / (i + 1) == 0 || true", "true || 1 / (i + 1) == 0", "1 / (i + 1) == 0 && true // error",
    "!(1 / (i + 1) == 0 && false)",
    "[0, 1].exists(e, 1 / e == 1)", "[0, 1].all(e, 1 / e == 2) // false", "[0, 1].exists_one(e, 1 / e == 1) // error",
    "true ? true : 1 / 0 == 0", "[1].existsOne(e, true) // refused",
  ],
  "fields are asked for where there may be some": [
    "has({'a': 1}.a)", "!has(x.a)", "has({'a': {}}.a.b) // false", "has({}.a.b) // error", "has(dyn([1]).a) // error",
    "has(s.a) // refused", "x.exists(e, true) // refused",
  ],
  "addresses are compared with addresses": [
    "ip == ipaddress('::ffff:10.0.0.1')", "dyn(ip) == 5 // error", "dyn(ip) != 5", "!(dyn(ip) in [5, 6])",
    "dyn(ip) < 5 || true // error", "[dyn(ip)] in [[dyn(5)], [dyn(ip)]]", "!([dyn(5)] in [[dyn(ip)]])",
  ],
  "lists with addresses (OpenFGA differs: it takes them for equal)": [
    "[dyn(ip)] == [dyn(5)] // error", "[dyn(ip)] != [dyn(5)] // error", "{'a': dyn(ip)} == {'a': dyn(5)} // error",
    "[dyn(ip)] in [[dyn(5)]] // error", "!([[dyn(ip)]] in [[1], [[dyn(5)]]]) // error",
    "{'a': dyn(ip)} in [{'a': dyn(5)}] // error",
  ],
  "matches is RE2": [
    "'aa'.matches('(a)\\\\1') // refused", "'ab'.matches('a(?=b)') // refused", "'\\u00a0'.matches('\\\\s') // false",
    "'\u00e9'.matches('^\\\\p{L}$')", "'a'.matches('^[[:alpha:]]$')", "'a'.matches('\\\\Aa\\\\z')",
    "'A'.matches('(?i)a')",
    "'abc'.matches('b')", "s.matches(s + '(') // error", "'\\U0001f600'.matches('^.$')",
    "'a\\nb'.matches('a.b') // false",
  ],
  "the grammar is CEL's": [
    "0x1F == 31 && 0xFFu == 255u", "1.5e3 == 1500.0 && .5 == 0.5", "'\\x41\\101\\u0041\\U00000041' == 'AAAA'",
    "r'\\d' == '\\\\d'",
    "b'\\u00e9' == b'' // refused", "'\\ud800' == '' // refused", "'\\q' == '' // refused", "--5 == 5",
    "--9223372036854775808 < 0 // refused",
    "-9223372036854775808 < 0", "!!true", "[1,] == [1]", "size([1],) == 1 // refused", "a.in == 1 // refused",
    "while // refused",
    "has(has({'a': 1}.a))", "type(1) == int && type(int) == type", "type(at) == google.protobuf.Timestamp",
    "true // with a comment",
  ].map((text) => (text.endsWith("comment") ? `${text}\n` : text)),
};

/** Each expression with its outcome. */
export const VALUE_CASES: readonly ValueCase[] = Object.entries(WRITTEN).flatMap(([subject, texts]) =>
  texts.map((text) => {
    const [expression = "", outcome] = text.split(/ \/\/ (?=(?:false|error|refused)$)/);
    return {
      subject, expression,
      outcome: outcome === undefined || outcome === "false" ? outcome === undefined : outcome as Outcome,
    };
  }));
