// The values of CEL expressions: the JavaScript value for each CEL value, and the kinds that JavaScript lacks.
import { IpAddress } from "./ip-address.ts";

/**
 * A CEL value: a `bigint` is an int, a `number` a double, a `Uint8Array` bytes, an array a list, and a plain object a
 * map from JSON. An EvaluationError is also a value: `&&`, `||` and comprehensions may absorb it.
 */
export type Value =
  | null | boolean | bigint | number | string | Uint8Array | Uint | Duration | Timestamp | TypeName | IpAddress
  | CelMap | EvaluationError | readonly Value[] | { readonly [key: string]: Value };

export const MIN_INT = -(2n ** 63n);
export const MAX_INT = 2n ** 63n - 1n;
export const MAX_UINT = 2n ** 64n - 1n;
/** The doubles just above MAX_INT and MAX_UINT. */
export const TWO_TO_63 = 2 ** 63;
export const TWO_TO_64 = 2 ** 64;

/** An unsigned 64-bit integer. */
export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** A length of time, in nanoseconds. */
export class Duration {
  readonly nanoseconds: bigint;
  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds;
  }
}

/** An instant: nanoseconds since 1970, and the zone in which it was written, in seconds east of UTC. */
export class Timestamp {
  readonly nanoseconds: bigint;
  readonly offset: number;
  constructor(nanoseconds: bigint, offset: number) {
    this.nanoseconds = nanoseconds;
    this.offset = offset;
  }

  /** Whole milliseconds since 1970. */
  get milliseconds(): number {
    return Number(this.nanoseconds / 1_000_000n);
  }
}

/** A type as a value, such as `int`. */
export class TypeName {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** The reason why an expression, or a part of it, has no value. */
export class EvaluationError {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** Thrown to end an evaluation. Unlike an EvaluationError, it is absorbed by no operator. */
export class Abort extends Error {}

/** The error of an operand whose type the function does not accept. */
export const NO_OVERLOAD = new EvaluationError("no such overload");

/** A map, whatever its keys are. */
export interface CelMap {
  readonly isMap: true;
  readonly size: number;
  /** Returns the value of a key, or undefined. An equal int, uint and double are the same key. */
  find(key: Value): Value | undefined;
  keys(): Iterable<Value>;
}

/** A map with texts as keys: the value of a parameter. */
export class TextMap implements CelMap {
  readonly isMap = true;
  readonly size: number;
  private readonly entries: ReadonlyMap<string, Value>;

  constructor(entries: ReadonlyMap<string, Value>) {
    this.entries = entries;
    this.size = entries.size;
  }

  find(key: Value): Value | undefined {
    return typeof key === "string" ? this.entries.get(key) : undefined;
  }

  keys(): Iterable<Value> {
    return this.entries.keys();
  }
}

/** A map over a JSON object. */
class JsonMap implements CelMap {
  readonly isMap = true;
  private readonly json: Readonly<Record<string, Value>>;
  private readonly names: readonly string[];

  constructor(json: Readonly<Record<string, Value>>) {
    this.json = json;
    this.names = Object.keys(json);
  }

  get size(): number {
    return this.names.length;
  }

  find(key: Value): Value | undefined {
    return typeof key === "string" && Object.hasOwn(this.json, key) ? this.json[key] : undefined;
  }

  keys(): Iterable<Value> {
    return this.names;
  }
}

/** A map from a map literal in an expression. */
export class LiteralMap implements CelMap {
  readonly isMap = true;
  private readonly entries = new Map<unknown, readonly [Value, Value]>();

  get size(): number {
    return this.entries.size;
  }

  /** Adds an entry, or replaces the one with the same key. Throws an Abort for bytes, which cannot be keys. */
  add(key: Value, value: Value): void {
    this.entries.set(hashOf(key), [key, value]);
  }

  find(key: Value): Value | undefined {
    if (this.size === 0) return undefined;
    const found = this.entries.get(hashOf(key));
    if (found !== undefined) return found[1];
    for (const other of equalWholes(key)) {
      const same = this.entries.get(hashOf(other));
      if (same !== undefined) return same[1];
    }
    return undefined;
  }

  * keys(): Iterable<Value> {
    for (const [key] of this.entries.values()) yield key;
  }
}

/** Returns the hash of a key or constant: the same for equal values of a type. Lists, maps and NaN equal nothing. */
export function hashOf(key: Value): unknown {
  if (typeof key === "string") return `s${key}`;
  if (key instanceof Uint) return `u${key.value}`;
  if (key instanceof Duration) return `d${key.nanoseconds}`;
  if (key instanceof Timestamp && key.offset === 0) return `t${key.nanoseconds}`;
  if (key instanceof TypeName) return `n${key.name}`;
  if (key instanceof Uint8Array) throw new Abort("bytes cannot be looked up, in a map or among constants");
  return typeof key === "number" && Number.isNaN(key) ? {} : key;
}

/** Returns the ints and uints that equal a number, of types other than its own. */
export function equalWholes(key: Value): Value[] {
  if (key instanceof Uint) return key.value <= MAX_INT ? [key.value] : [];
  const whole = typeof key === "bigint" ? key
    : typeof key === "number" && Number.isInteger(key) ? BigInt(key) : undefined;
  if (whole === undefined) return [];
  const found: Value[] = [];
  if (typeof key === "number" && whole > MIN_INT && whole <= MAX_INT) found.push(whole);
  if (whole >= 0n && whole <= MAX_UINT) found.push(new Uint(whole));
  return found;
}

/** Maps over JSON objects. Each is made once. */
const maps = new WeakMap<object, JsonMap>();

/** A counter of work. */
export interface Counter {
  /** Counts steps toward a limit. */
  walk(steps: number): void;
  /** Counts steps without a limit. */
  add(steps: number): void;
}

/** Number of steps counted for a map over a JSON object, even if it was made before. */
const MAP_STEPS = 8;

/** Returns a value as it is, except that a JSON object becomes a map. */
export function native(value: Value, counter: Counter): Value {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  counter.walk(MAP_STEPS);
  const known = maps.get(value);
  if (known !== undefined) return known;
  const map = new JsonMap(value as Readonly<Record<string, Value>>);
  counter.add(map.size);
  maps.set(value, map);
  return map;
}

/** Whether a value is a list. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether a value is a map. */
export function isMap(value: Value): value is CelMap {
  return value instanceof TextMap || value instanceof JsonMap || value instanceof LiteralMap;
}

/** Returns the name of a value's type, as in `type(x)`. */
export function typeNameOf(value: Value): string {
  switch (typeof value) {
    case "string": return "string";
    case "boolean": return "bool";
    case "bigint": return "int";
    case "number": return "double";
    default:
      return value === null ? "null_type" : Array.isArray(value) ? "list" : nameOfObject(value);
  }
}

function nameOfObject(value: object): string {
  if (value instanceof Uint) return "uint";
  if (value instanceof Timestamp) return "google.protobuf.Timestamp";
  if (value instanceof Duration) return "google.protobuf.Duration";
  if (value instanceof Uint8Array) return "bytes";
  if (value instanceof TypeName) return "type";
  if (value instanceof IpAddress) return "IPAddress";
  return value instanceof EvaluationError ? "error" : "map";
}
