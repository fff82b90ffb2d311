// The types of the CEL type check, and the substitution of types, by cel-go's rules.
import { MAX_TYPES_PRINTED, MAX_TYPE_STEPS } from "../model-limits.ts";

export type Kind =
  | "any" | "bool" | "bytes" | "double" | "duration" | "dyn" | "error" | "int" | "list" | "map" | "null" | "string"
  | "object" | "timestamp" | "type" | "parameter" | "uint";

/** A type. `inner`: the types within a list, a map or a type of types. A `parameter` is a type yet to be found. */
export interface Type {
  readonly kind: Kind;
  readonly name: string;
  readonly inner: readonly Type[];
}

const simple = (kind: Kind, name: string): Type => ({ kind, name, inner: [] });

export const ANY = simple("any", "google.protobuf.Any");
export const BOOL = simple("bool", "bool");
export const BYTES = simple("bytes", "bytes");
export const DOUBLE = simple("double", "double");
export const DURATION = simple("duration", "google.protobuf.Duration");
export const DYN = simple("dyn", "dyn");
export const ERROR = simple("error", "error");
export const INT = simple("int", "int");
export const NULL = simple("null", "null_type");
export const STRING = simple("string", "string");
export const TIMESTAMP = simple("timestamp", "google.protobuf.Timestamp");
export const UINT = simple("uint", "uint");
export const IP_ADDRESS = simple("object", "IPAddress");

/** Make a list type; a map type; the type of a type; a type yet to be found. */
export const listOf = (element: Type): Type => ({ kind: "list", name: "list", inner: [element] });
export const mapOf = (key: Type, value: Type): Type => ({ kind: "map", name: "map", inner: [key, value] });
export const typeOf = (type: Type): Type => ({ kind: "type", name: "type", inner: [type] });
export const parameter = (name: string): Type => simple("parameter", name);

const TYPE = simple("type", "type");

/** The types that an expression may name. */
export const TYPE_NAMES: ReadonlyMap<string, Type> = new Map([
  BOOL, BYTES, DOUBLE, DURATION, INT, listOf(parameter("A")), mapOf(parameter("A"), parameter("B")), NULL, STRING,
  TIMESTAMP, TYPE, UINT,
].map((type) => [type.name, type]));

/** Whether a value of a type may be of any type at run time. The second also accepts the error type. */
export const isDyn = ({ kind }: Type): boolean => kind === "dyn" || kind === "any";
export const isDynOrError = (type: Type): boolean => type.kind === "error" || isDyn(type);

/** Prints a type for an error. */
export function printType(type: Type): string {
  let left = MAX_TYPES_PRINTED;
  const print = ({ kind, name, inner }: Type): string => {
    if (left-- <= 0) return "…";
    if (kind === "parameter") return `<${name}>`;
    return inner.length === 0 ? name : `${name}(${inner.map(print).join(", ")})`;
  };
  return print(type);
}

/** The reason why an expression does not type-check. */
export class TypeFault extends Error {}

/** Tracks the types yet to be found. A failed attempt leaves no trace. */
export class Substitutions {
  private readonly found = new Map<string, Type>();
  private readonly undo: (readonly [string, Type | undefined])[] = [];
  private variables = 0;
  /** Number of types visited so far. */
  steps = 0;

  /** Makes a type yet to be found. */
  fresh(): Type {
    return parameter(`_var${this.variables++}`);
  }

  /** Whether a value of the second type can be used where the first is wanted. Notes what follows for either type. */
  isAssignable(wanted: Type, given: Type): boolean {
    return this.areAssignable([wanted], [given]);
  }

  /** Does the same for several types together: all or none. */
  areAssignable(wanted: readonly Type[], given: readonly Type[]): boolean {
    const before = this.undo.length;
    if (this.assignAll(wanted, given)) return true;
    while (this.undo.length > before) {
      const [name, type] = this.undo.pop()!;
      if (type === undefined) this.found.delete(name);
      else this.found.set(name, type);
    }
    return false;
  }

  /** Whether two types are identical. */
  isExact(one: Type, other: Type): boolean {
    this.step();
    return one === other || (one.kind === other.kind && one.name === other.name
      && one.inner.length === other.inner.length && one.inner.every((type, i) => this.isExact(type, other.inner[i]!)));
  }

  /** Returns the less specific of two types. One of them must be usable as the other. */
  mostGeneral(one: Type, other: Type): Type {
    return this.isAsGeneral(one, other) ? one : other;
  }

  /** Returns a type as far as it is known, without resolving its inner types. */
  resolve(type: Type): Type {
    this.step();
    const known = type.kind === "parameter" ? this.found.get(type.name) : undefined;
    return known === undefined ? type : this.resolve(known);
  }

  /** Returns a type with known types filled in. With `toDyn`, unknown types become DYN. */
  apply(type: Type, toDyn = false): Type {
    this.step();
    if (type.kind === "parameter") {
      const known = this.found.get(type.name);
      if (known !== undefined) return this.apply(known, toDyn);
      return toDyn ? DYN : type;
    }
    if (type.inner.length === 0) return type;
    const inner = type.inner.map((each) => this.apply(each, toDyn));
    return inner.every((each, i) => each === type.inner[i]) ? type : { ...type, inner };
  }

  private assignAll(wanted: readonly Type[], given: readonly Type[]): boolean {
    return wanted.length === given.length && wanted.every((type, i) => this.assign(type, given[i]!));
  }

  private assign(wanted: Type, given: Type): boolean {
    this.step();
    if (given.kind === "parameter") {
      const { isValid, isKnown } = this.substitute(wanted, given);
      if (isValid) return true;
      if (isKnown) return false;
    }
    if (wanted.kind === "parameter") return this.substitute(given, wanted).isValid;
    if (isDynOrError(wanted) || isDynOrError(given)) return true;
    if (wanted.kind === "null") return isNullable(given);
    if (given.kind === "null") return isNullable(wanted);
    if (wanted.kind === "type") return given.kind === "type";
    return wanted.kind === given.kind && wanted.name === given.name && this.assignAll(wanted.inner, given.inner);
  }

  /** Whether the parameter can stand for the type; `isKnown` if it already stood for a type. */
  private substitute(type: Type, unknown: Type): { isValid: boolean; isKnown: boolean } {
    if (this.isExact(type, unknown)) return { isValid: true, isKnown: true };
    const known = this.found.get(unknown.name);
    if (known === undefined) {
      const isValid = this.isFree(unknown, type);
      if (isValid) this.note(unknown.name, type);
      return { isValid, isKnown: false };
    }
    if (this.isExact(type, known)) return { isValid: true, isKnown: true };
    if (!this.assign(type, known)) return { isValid: false, isKnown: true };
    const general = this.mostGeneral(type, known);
    if (this.isFree(unknown, general)) this.note(unknown.name, general);
    return { isValid: true, isKnown: true };
  }

  private note(name: string, type: Type): void {
    this.undo.push([name, this.found.get(name)]);
    this.found.set(name, type);
  }

  /** Whether a type does not contain a parameter. */
  private isFree(unknown: Type, within: Type): boolean {
    if (this.isExact(unknown, within)) return false;
    if (within.kind !== "parameter") return within.inner.every((type) => this.isFree(unknown, type));
    const known = this.found.get(within.name);
    return known === undefined || this.isFree(unknown, known);
  }

  private isAsGeneral(one: Type, other: Type): boolean {
    this.step();
    if (isDyn(one) || one.kind === "parameter") return true;
    if (isDyn(other) || other.kind === "parameter" || one.kind !== other.kind) return false;
    if (one.kind === "list" || one.kind === "map") {
      return one.inner.every((type, i) => this.isAsGeneral(type, other.inner[i]!));
    }
    return one.kind === "type" || this.isExact(one, other);
  }

  private step(): void {
    if (++this.steps > MAX_TYPE_STEPS) throw new TypeFault(`its types take more than ${MAX_TYPE_STEPS} steps to check`);
  }
}

/** Whether null can be used where a type is wanted. */
function isNullable({ kind }: Type): boolean {
  return kind === "null" || kind === "object" || kind === "duration" || kind === "timestamp";
}
