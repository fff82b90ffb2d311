// Conditions: parameter types, coercions and errors as in OpenFGA 1.22.1 (case 14 of the known differences).
import { expect, test } from "vitest";
import { compileCondition } from "../../src/model/condition.ts";
import type { ParameterTypeJson } from "../../src/model/schema.ts";

const type = (name: string, ...generic: ParameterTypeJson[]): ParameterTypeJson =>
  ({ type_name: `TYPE_NAME_${name}`, ...(generic.length > 0 ? { generic_types: generic } : {}) });

/** Result of the expression for x: true, false, or "fault" if it has none. */
function evaluate(parameter: ParameterTypeJson, expression: string, x: unknown): boolean | "fault" {
  const condition = compileCondition({ name: "c", expression, parameters: { x: parameter } });
  const outcome = condition.evaluate({ x }, { name: "c", context: {} });
  return typeof outcome === "boolean" ? outcome : "fault";
}

test.each([
  [5, "x == 5", true], ["5", "x == 5", true], ["5e0", "x == 5", true], [5.5, "x == 5", "fault"], ["5.0", "x == 5",
  true],
  ["five", "x == 5", "fault"], [true, "x == 5", "fault"], [null, "x == 5", "fault"],
  ["9223372036854775807", "x == 9223372036854775807", true], ["9223372036854775808", "x == 9223372036854775807", true],
  ["-9223372036854775809", "x < -9223372036854775807", true], ["1e999999999", "x == 9223372036854775807", true],
  [1e300, "x == 9223372036854775807", true], ["", "x == 0", "fault"],
  ["5p2", "x == 20", true], ["0.5p1", "x == 1", true], [`${"0".repeat(999)}5`, "x == 5", true],
  [`${"0".repeat(1000)}5`, "x == 5", "fault"], [`1${"0".repeat(900)}e-900`, "x == 1", true],
])("int %j: %s is %s", (value, expression, wanted) => {
  expect(evaluate(type("INT"), expression, value)).toBe(wanted);
});

test.each([
  [5, "x == 5u", true], ["5", "x == 5u", true], [-1, "x == 5u", "fault"],
  ["18446744073709551615", "x == 9223372036854775807u", true],
])("uint %j: %s is %s", (value, expression, wanted) => {
  expect(evaluate(type("UINT"), expression, value)).toBe(wanted);
});

test.each([
  [0.1, "x == 0.1", true], ["0.1", "x == 0.1", "fault"], ["0.5", "x == 0.5", true], ["1e308", "x > 1.0", "fault"],
  ["1e309", "x > 1.0", "fault"], ["1e-400", "x < 1.0", "fault"], ["0", "x == 0.0", true], ["1e22", "x == 1e22", true],
  ["9007199254740993", "x > 1.0", "fault"], [Infinity, "x > 1.0", "fault"], ["Inf", "x > 1e300", true],
  ["-inf", "x < -1e300", true], ["NaN", "x != x", "fault"], ["5p-1", "x == 2.5", true],
])("double %j: %s is %s", (value, expression, wanted) => {
  expect(evaluate(type("DOUBLE"), expression, value)).toBe(wanted);
});

test.each([
  ["1h30m", 'x == duration("90m")', true], ["-1.5s", 'x < duration("0s")', true], ["0", 'x == duration("0s")', true],
  ["1µs", 'x > duration("0s")', true], [".5s", 'x == duration("500ms")', true], ["1", 'x > duration("0s")', "fault"],
  ["1d", 'x > duration("0s")', "fault"], ["", 'x > duration("0s")', "fault"], [5, 'x > duration("0s")', "fault"],
  ["2562047h47m16.854775807s", 'x > duration("0s")', true], ["2562047h47m16.854775808s", 'x > duration("0s")', "fault"],
])("duration %j: %s is %s", (value, expression, wanted) => {
  expect(evaluate(type("DURATION"), expression, value)).toBe(wanted);
});

const NEW_YEAR = 'x == timestamp("2024-01-01T00:00:00Z")';
test.each([
  ["2024-01-01T00:00:00Z", NEW_YEAR, true], ["2024-01-01T01:00:00+01:00", NEW_YEAR, true],
  ["2023-12-31T23:00:00-01:00", NEW_YEAR, true], ["2024-01-01T00:00:00.001Z", NEW_YEAR, false],
  ["2024-01-01T00:00:00.000000001Z", NEW_YEAR, false], ["2024-01-01T00:00:00.0000000009Z", NEW_YEAR, true],
  ["2024-02-29T00:00:00Z", "x > timestamp(\"2024-01-01T00:00:00Z\")", true], ["2023-02-29T00:00:00Z", NEW_YEAR,
  "fault"],
  ["2024-01-01", NEW_YEAR, "fault"], ["2024-01-01t00:00:00z", NEW_YEAR, "fault"], ["2024-01-01 00:00:00Z", NEW_YEAR,
  "fault"],
  ["2024-01-01T24:00:00Z", NEW_YEAR, "fault"], ["2024-01-01T00:00:60Z", NEW_YEAR, "fault"], [0, NEW_YEAR, "fault"],
])("timestamp %j: %s is %s", (value, expression, wanted) => {
  expect(evaluate(type("TIMESTAMP"), expression, value)).toBe(wanted);
});

test.each([
  ["192.168.0.1", 'x.in_cidr("192.168.0.0/24")', true], ["192.168.1.1", 'x.in_cidr("192.168.0.0/24")', false],
  ["::ffff:192.168.0.1", 'x.in_cidr("192.168.0.0/24")', true], ["2001:db8::1", 'x.in_cidr("2001:db8::/32")', true],
  ["192.168.0.1", 'x.in_cidr("::ffff:192.168.0.0/120")', true], ["10.0.0.1", 'x.in_cidr("::/0")', false],
  ["192.168.0.01", 'x.in_cidr("192.168.0.0/24")', "fault"], ["192.168.0.1", 'x.in_cidr("192.168.0.0/33")', "fault"],
  ["192.168.0.1", 'x.in_cidr("everywhere")', "fault"], ["fe80::1%eth0", 'x.in_cidr("fe80::/10")', false],
  ["1::2::3", 'x.in_cidr("::/0")', "fault"], ["10.0.0.1", 'x == ipaddress("10.0.0.1")', true],
  ["1:2:3:4:5:6:7::", 'x == ipaddress("1:2:3:4:5:6:7:0")', true], ["1:2:3:4:5:6:7:8::", 'x.in_cidr("::/0")', "fault"],
])("ipaddress %j: %s is %s", (value, expression, wanted) => {
  expect(evaluate(type("IPADDRESS"), expression, value)).toBe(wanted);
});

test.each([
  [type("BOOL"), true, "x", true], [type("BOOL"), "true", "x", "fault"],
  [type("STRING"), "a", 'x == "a"', true], [type("STRING"), 1, 'x == "a"', "fault"],
  [type("LIST", type("STRING")), ["a", "b"], '"a" in x', true], [type("LIST", type("INT")), ["1", 2], "2 in x", true],
  [type("LIST", type("INT")), ["a"], "2 in x", "fault"], [type("LIST", type("INT")), { a: 1 }, "2 in x", "fault"],
  [type("MAP", type("INT")), { a: 1 }, "x.a == 1", true], [type("MAP", type("INT")), { a: 1 }, 'x["b"] == 1', "fault"],
  [type("MAP", type("INT")), [1], "x.a == 1", "fault"], [type("MAP", type("INT")), { a: "b" }, "x.a == 1", "fault"],
  [type("ANY"), "a", 'x == "a"', true], [type("ANY"), 1, "x == 1", true], [type("ANY"), { a: { b: 2 } },
  "x.a.b == 2", true],
])("%j %j: %s is %s", (parameter, value, expression, wanted) => {
  expect(evaluate(parameter, expression, value)).toBe(wanted);
});

test.each([
  ["x + 1", type("INT"), "not a bool"], ["x > 'a'", type("INT"), "types that do not fit"], ["y == 1", type("INT"),
  "unknown name"],
  ["x ==", type("INT"), "no CEL"], ["x", type("ANY"), "not surely a bool"],
  ["has(x.a)", type("STRING"), "a field of what has none"],
  ["has(x.a.b)", type("MAP", type("INT")), "one level too deep"],
  ["cel.bind(y, x, y == 1)", type("INT"), "a function that OpenFGA does not have"],
])("%s of %j is refused when the model is compiled: %s", (expression, parameter) => {
  const compile = () => compileCondition({ name: "c", expression, parameters: { x: parameter } });
  expect(compile).toThrow(/failed to compile condition 'c'/);
});

test("`has` tests fields of maps and of values of any type", () => {
  expect(evaluate(type("MAP", type("MAP", type("INT"))), "has(x.a.b) && !has(x.a.c)", { a: { b: 1 } })).toBe(true);
  expect(evaluate(type("ANY"), "has(x.a)", { a: 1 })).toBe(true);
});

test("a parameter that the expression does not name may have any name, and a scalar takes no generic type", () => {
  const compile = (name: string, of: ParameterTypeJson) => () =>
    compileCondition({ name: "c", expression: "true", parameters: { [name]: of } });
  expect(compile("a b", type("INT"))().evaluate({ "a b": 1 }, { name: "c", context: {} })).toBe(true);
  expect(compile("x", type("STRING", type("INT")))).toThrow("generic");
});

test("names of Object.prototype are no parameters", () => {
  const condition = compileCondition({
    name: "c", expression: 'constructor == "x"', parameters: { constructor: type("STRING") },
  });
  expect(condition.evaluate({}, { name: "c",
    context: {} })).toMatchObject({ fault: expect.stringContaining("missing") });
  expect(condition.evaluate({ constructor: "x" }, { name: "c", context: {} })).toBe(true);
});

test("a stored context with an unknown key, a wrong type or a control character is refused", () => {
  const condition = compileCondition({ name: "c", expression: "x == 1", parameters: { x: type("INT") } });
  expect(condition.refusal({})).toBeUndefined();
  expect(condition.refusal({ x: 1 })).toBeUndefined();
  expect(condition.refusal({ y: 1 })).toBe("found invalid context parameter");
  expect(condition.refusal({ x: "a" })).toBe("failed to convert context parameter 'x'");
  expect(condition.refusal({ x: "1\n" })).toBe("the context contains forbidden characters");
});
