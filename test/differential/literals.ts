// Values as CEL literals, to ask whether an expression has that value.
import { Budget } from "../../src/model/conditions/condition-budget.ts";
import { IpAddress } from "../../src/model/conditions/ip-address.ts";
import { printTimestamp } from "../../src/model/conditions/instant.ts";
import {
  Duration, isList, isMap, native, Timestamp, TypeName, Uint, type Value,
} from "../../src/model/conditions/values.ts";

/** CEL text that asks whether an expression has a value; undefined if no literal represents it. */
export function comesTo(expression: string, value: Value): string | undefined {
  if (typeof value === "number") {
    if (Number.isNaN(value)) return `(${expression}) != (${expression})`;
    const literal = literalOf(value);
    // Dividing by it distinguishes 0.0 from -0.0.
    return `(${expression}) == ${literal} && string(1.0 / dyn(${expression})) == string(1.0 / ${literal})`;
  }
  if (value instanceof Timestamp) return `string(${expression}) == ${quote(printTimestamp(value))}`;
  const literal = literalOf(value);
  return literal === undefined ? undefined
    : `(${expression}) == ${literal} && type(${expression}) == type(${literal})`;
}

/** Each type as an expression without its name. */
const TYPES: Readonly<Record<string, string>> = {
  int: "type(1)", uint: "type(1u)", double: "type(1.0)", string: "type('')", bool: "type(true)", bytes: "type(b'')",
  list: "type([])", map: "type({})", null_type: "type(null)", type: "type(type(1))",
  "google.protobuf.Timestamp": "type(timestamp(0))", "google.protobuf.Duration": "type(duration('0s'))",
};

/** A text as a literal: everything except plain ASCII is escaped. */
function quote(text: string): string {
  const escape = (c: string): string => `\\U${c.codePointAt(0)!.toString(16).padStart(8, "0")}`;
  return `'${[...text].map((c) => (/[ -&(-[\]-~]/.test(c) ? c : escape(c))).join("")}'`;
}

function literalOf(given: Value): string | undefined {
  const value = native(given, new Budget());
  if (value === null || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") {
    if (Number.isFinite(value)) return Object.is(value, -0) ? "-0.0" : value.toExponential();
    return Number.isNaN(value) ? undefined : `double('${value}')`;
  }
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof Uint8Array) return `b'${[...value].map((b) => `\\x${b.toString(16).padStart(2,
  "0")}`).join("")}'`;
  if (value instanceof Duration) return `duration('${value.nanoseconds}ns')`;
  if (value instanceof Timestamp) return undefined;
  if (value instanceof TypeName) return TYPES[value.name];
  if (value instanceof IpAddress) return undefined;
  if (isList(value)) return listed(value.map((each) => literalOf(each)), "[", "]");
  if (!isMap(value)) return undefined;
  const entries = [...value.keys()].map((key) => {
    const [name, found] = [literalOf(key), literalOf(value.find(key)!)];
    return name === undefined || found === undefined ? undefined : `${name}: ${found}`;
  });
  return listed(entries, "{", "}");
}

function listed(parts: readonly (string | undefined)[], open: string, close: string): string | undefined {
  return parts.includes(undefined) ? undefined : `${open}${parts.join(", ")}${close}`;
}
