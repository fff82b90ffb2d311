// The functions of CEL and of OpenFGA for the type check: every overload with its types.
import {
  BOOL, BYTES, DOUBLE, DURATION, DYN, INT, IP_ADDRESS, listOf, mapOf, parameter, STRING, TIMESTAMP, typeOf, UINT,
  type Type,
} from "./types.ts";

/** One way to call a function. For a method the first type is that of its target. */
export interface Overload {
  readonly id: string;
  readonly isMethod: boolean;
  readonly takes: readonly Type[];
  readonly gives: Type;
  /** Whether its types contain `A` or `B`, which stand for any type. */
  readonly isGeneric: boolean;
  /** Whether it compares numbers of two types. cel-go allows that only in and after a comprehension. */
  readonly isMixed: boolean;
}

const A = parameter("A");
const NAMED: Readonly<Record<string, Type>> = {
  bool: BOOL, bytes: BYTES, double: DOUBLE, duration: DURATION, dyn: DYN, int: INT, string: STRING,
  timestamp: TIMESTAMP, uint: UINT, ip: IP_ADDRESS, A, list: listOf(A), map: mapOf(A, parameter("B")),
  B: parameter("B"), type: typeOf(A),
};

/** The functions by name. An overload is written `id types -> type`; one with a leading dot is a method. */
const DECLARED: Readonly<Record<string, readonly string[]>> = {
  "_?_:_": ["conditional bool A A -> A"],
  "_&&_": ["logical_and bool bool -> bool"],
  "_||_": ["logical_or bool bool -> bool"],
  "!_": ["logical_not bool -> bool"],
  "@not_strictly_false": ["not_strictly_false bool -> bool"],
  "_==_": ["equals A A -> bool"],
  "_!=_": ["not_equals A A -> bool"],
  "_+_": [
    "add_bytes bytes bytes -> bytes", "add_double double double -> double",
    "add_duration_duration duration duration -> duration", "add_duration_timestamp duration timestamp -> timestamp",
    "add_timestamp_duration timestamp duration -> timestamp", "add_int64 int int -> int", "add_list list list -> list",
    "add_string string string -> string", "add_uint64 uint uint -> uint",
  ],
  "_/_": ["divide_double double double -> double", "divide_int64 int int -> int", "divide_uint64 uint uint -> uint"],
  "_%_": ["modulo_int64 int int -> int", "modulo_uint64 uint uint -> uint"],
  "_*_": [
    "multiply_double double double -> double", "multiply_int64 int int -> int", "multiply_uint64 uint uint -> uint",
  ],
  "-_": ["negate_double double -> double", "negate_int64 int -> int"],
  "_-_": [
    "subtract_double double double -> double", "subtract_duration_duration duration duration -> duration",
    "subtract_int64 int int -> int", "subtract_timestamp_duration timestamp duration -> timestamp",
    "subtract_timestamp_timestamp timestamp timestamp -> duration", "subtract_uint64 uint uint -> uint",
  ],
  "_<_": orders("less"), "_<=_": orders("less_equals"),
  "_>_": orders("greater"), "_>=_": orders("greater_equals"),
  "_[_]": ["index_list list int -> A", "index_map map A -> B"],
  "@in": ["in_list A list -> bool", "in_map A map -> bool"],
  size: [
    "size_bytes bytes -> int", ".bytes_size bytes -> int", "size_list list -> int", ".list_size list -> int",
    "size_map map -> int", ".map_size map -> int", "size_string string -> int", ".string_size string -> int",
  ],
  type: ["type A -> type"],
  bool: ["bool_to_bool bool -> bool", "string_to_bool string -> bool"],
  bytes: ["bytes_to_bytes bytes -> bytes", "string_to_bytes string -> bytes"],
  double: [
    "double_to_double double -> double", "int64_to_double int -> double", "string_to_double string -> double",
    "uint64_to_double uint -> double",
  ],
  duration: ["duration_to_duration duration -> duration", "string_to_duration string -> duration"],
  dyn: ["to_dyn A -> dyn"],
  int: [
    "int64_to_int64 int -> int", "double_to_int64 double -> int", "duration_to_int64 duration -> int",
    "string_to_int64 string -> int", "timestamp_to_int64 timestamp -> int", "uint64_to_int64 uint -> int",
  ],
  string: [
    "string_to_string string -> string", "bool_to_string bool -> string", "bytes_to_string bytes -> string",
    "double_to_string double -> string", "duration_to_string duration -> string", "int64_to_string int -> string",
    "timestamp_to_string timestamp -> string", "uint64_to_string uint -> string",
  ],
  timestamp: [
    "timestamp_to_timestamp timestamp -> timestamp", "int64_to_timestamp int -> timestamp",
    "string_to_timestamp string -> timestamp",
  ],
  uint: [
    "uint64_to_uint64 uint -> uint", "double_to_uint64 double -> uint", "int64_to_uint64 int -> uint",
    "string_to_uint64 string -> uint",
  ],
  contains: [".contains_string string string -> bool"],
  endsWith: [".ends_with_string string string -> bool"],
  startsWith: [".starts_with_string string string -> bool"],
  matches: ["matches string string -> bool", ".matches_string string string -> bool"],
  getFullYear: getters("year"), getMonth: getters("month"), getDayOfYear: getters("day_of_year"),
  getDayOfMonth: getters("day_of_month"), getDate: getters("day_of_month_1_based"),
  getDayOfWeek: getters("day_of_week"),
  getHours: getters("hours", true), getMinutes: getters("minutes", true), getSeconds: getters("seconds", true),
  getMilliseconds: getters("milliseconds", true),
  ipaddress: ["string_to_ipaddress string -> ip"],
  in_cidr: [".ipaddr_in_cidr ip string -> bool"],
};

/** All functions, by name. */
export const FUNCTIONS: ReadonlyMap<string, readonly Overload[]> =
  new Map(Object.entries(DECLARED).map(([name, overloads]) => [name, overloads.map(read)]));

/** The functions that convert one type to another. Calls with a constant are evaluated at compile time. */
export const CONVERSIONS: ReadonlySet<string> = new Set([
  "bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "type", "uint",
]);

function read(text: string): Overload {
  const [head = "", gives = ""] = text.split(" -> ");
  const [id = "", ...takes] = head.split(" ");
  const isMixed = /^(?:less|greater).*(?:_(?:int64|uint64|double)){2}$/.test(id);
  return {
    id: id.replace(".", ""), isMethod: id.startsWith("."), isMixed,
    takes: takes.map((name) => NAMED[name]!), gives: NAMED[gives]!,
    isGeneric: [...takes, gives].some((name) => ["A", "B", "list", "map", "type"].includes(name)),
  };
}

/** Returns the overloads of a comparison. */
function orders(name: string): string[] {
  const numbers = [["int64", "int"], ["uint64", "uint"], ["double", "double"]] as const;
  const same = ["bool", "string", "bytes", "timestamp", "duration"].map((type) => `${name}_${type} ${type} ${type}`);
  const mixed = numbers.flatMap(([id, type]) => numbers.map(([other, second]) =>
    `${name}_${id === other ? id : `${id}_${other}`} ${type} ${second}`));
  return [...mixed, ...same].map((overload) => `${overload} -> bool`);
}

/** Returns the overloads of a getter: for a timestamp, in UTC or in a time zone; with `ofDurations` for a duration. */
function getters(part: string, ofDurations = false): string[] {
  const found = [`.timestamp_to_${part} timestamp -> int`, `.timestamp_to_${part}_with_tz timestamp string -> int`];
  return ofDurations ? [...found, `.duration_to_${part} duration -> int`] : found;
}
