// Reads the fields of an OpenFGA request as its JSON mapping does: null is absent, unknown fields are ignored.
import {
  MAX_CONDITION_NAME_LENGTH, MAX_OBJECT_LENGTH, MAX_RELATION_LENGTH, MAX_TYPE_LENGTH, MAX_USER_LENGTH,
} from "../tuples/field-sizes.ts";
import { ApiError, type ErrorCode } from "./api-error.ts";

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** A shape of a text: the pattern of OpenFGA's API definition, and the error code of a text that does not match. */
export interface Shape {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
}

/** Shapes of OpenFGA 1.22.1; lengths are in characters, white space is ASCII white space. */
export const USER = textOf(2, MAX_USER_LENGTH);
export const OBJECT = textOf(2, MAX_OBJECT_LENGTH);
export const RELATION = nameOf(MAX_RELATION_LENGTH, "validation_error");
export const TYPE = nameOf(MAX_TYPE_LENGTH, "type_invalid_pattern");
// OpenFGA's pattern is `[^#:\s]+$`, which only tests the last character; V8 would try it from every position.
export const OBJECT_ID: Shape = { pattern: /[^#:\t\n\f\r ]$/u, code: "validation_error" };
export const CONDITION_NAME = textOf(2, MAX_CONDITION_NAME_LENGTH);
export const CORRELATION_ID: Shape = { pattern: /^[\w-]{1,36}$/, code: "validation_error" };
export const READ_USER: Shape = { pattern: /^[^\t\n\f\r ]{1,511}:[^\t\n\f\r ]{1,511}$/u, code: "validation_error" };
export const ULID: Shape = { pattern: /^[A-HJKMNP-TV-Z0-9]{26}$/, code: "validation_error" };
export const STORE_NAME: Shape = { pattern: /^[a-zA-Z0-9\s.\-/^_&@]{3,64}$/, code: "validation_error" };

const NOTHING: Json = {};

/** Returns the shape of a text without white space, of `least` to `most` characters. */
function textOf(least: number, most: number): Shape {
  return { pattern: new RegExp(String.raw`^[^\t\n\f\r ]{${least},${most}}$`, "u"), code: "validation_error" };
}

/** Returns the shape of the name of a type or a relation, of at most `most` characters. */
function nameOf(most: number, code: ErrorCode): Shape {
  return { pattern: new RegExp(String.raw`^[^:#@\t\n\f\r ]{1,${most}}$`, "u"), code };
}

/** Reads the fields of one request and keeps the first fault; a faulty field reads as absent. */
export class Fields {
  fault: ApiError | undefined;

  /** Notes a fault, unless there is one already. */
  refuse(code: ErrorCode, message: string): void {
    this.fault ??= new ApiError(code, message);
  }

  /** Reads a text; "" if absent. */
  text(from: Json, name: string): string {
    const value = from[name];
    if (typeof value === "string") return value;
    if (value !== undefined && value !== null) {
      this.refuse("validation_error", `invalid value for string field ${name}`);
    }
    return "";
  }

  /** Reads a text of a shape; an absent one is also a fault. */
  shaped(from: Json, name: string, shape: Shape): string {
    const text = this.text(from, name);
    if (!shape.pattern.test(text)) {
      this.refuse(shape.code, `invalid ${name}: value does not match regex pattern "${shape.pattern.source}"`);
    }
    return text;
  }

  /** Reads a text of a shape; "" if absent. */
  optional(from: Json, name: string, shape: Shape): string {
    return this.text(from, name) === "" ? "" : this.shaped(from, name, shape);
  }

  /** Reads an object; undefined if absent. */
  record(from: Json, name: string): Json | undefined {
    const value = from[name];
    if (value === undefined || value === null) return undefined;
    if (isRecord(value)) return value;
    this.refuse("validation_error", `invalid ${name}: an object is expected`);
    return undefined;
  }

  /** Reads an array of objects; empty if absent. */
  records(from: Json, name: string): readonly Json[] {
    const value = from[name];
    if (value === undefined || value === null) return [];
    if (Array.isArray(value) && value.every(isRecord)) return value;
    this.refuse("validation_error", `invalid ${name}: an array of objects is expected`);
    return [];
  }

  /** Reads the tuple key that a request must have: OpenFGA has a separate code for a missing one. */
  key(from: Json): Json {
    const key = this.record(from, "tuple_key");
    if (key === undefined) this.refuse("tuple_key_value_not_specified", "invalid tuple_key: value is required");
    return key ?? NOTHING;
  }
}

/** True for an object that is not an array. */
export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
