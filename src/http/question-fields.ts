// Fields that the questions of the OpenFGA API share: contextual tuples, context, consistency, model.
import { MAX_CONTEXTUAL_TUPLES } from "../checks/limits.ts";
import type { CheckRequest } from "../checks/question.ts";
import type { Tuple } from "../tuples/tuple.ts";
import { CONDITION_NAME, OBJECT, RELATION, ULID, USER, type Fields, type Json } from "./fields.ts";
import { MAX_USER_BYTES } from "../tuples/field-sizes.ts";

/** The model and the consistency that a request asks for. */
export interface Terms {
  /** Id of the model; "" is the current one. */
  readonly modelId: string;
  /** Whether the request asks for HIGHER_CONSISTENCY. */
  readonly higher: boolean;
}

/** Reads the model and the consistency of a request. */
export function readTerms(fields: Fields, body: Json): Terms {
  return { modelId: fields.optional(body, "authorization_model_id", ULID), higher: readConsistency(fields, body) };
}

/**
 * Reads `consistency`, by name or number. OpenFGA ignores an unknown name; here an unknown name asks for the freshest
 * answer, so that a misspelt word never makes an answer older.
 */
function readConsistency(fields: Fields, body: Json): boolean {
  const asked = body["consistency"];
  if (asked === undefined || asked === null) return false;
  if (typeof asked === "string") return asked !== "UNSPECIFIED" && asked !== "MINIMIZE_LATENCY";
  if (asked === 0 || asked === 100 || asked === 200) return asked === 200;
  fields.refuse("validation_error", "invalid consistency: value must be one of the defined enum values");
  return false;
}

/** Reads `{"user","relation","object"}` of a check. */
export function readCheckKey(fields: Fields, from: Json): Pick<CheckRequest, "user" | "relation" | "object"> {
  const key = fields.key(from);
  if (fields.fault !== undefined) return { user: "", relation: "", object: "" };
  const user = fields.shaped(key, "user", USER);
  return { user, relation: fields.shaped(key, "relation", RELATION), object: fields.shaped(key, "object", OBJECT) };
}

/** Reads `{"tuple_keys":[…]}`, the form in every question except list-users. */
export function readContextual(fields: Fields, from: Json): readonly Tuple[] | undefined {
  const holder = fields.record(from, "contextual_tuples");
  return holder === undefined ? undefined : readTuples(fields, holder, "tuple_keys");
}

/** Reads an array of contextual tuples; undefined if there are none. */
export function readTuples(fields: Fields, from: Json, name: string): readonly Tuple[] | undefined {
  const given = fields.records(from, name);
  if (given.length === 0) return undefined;
  if (given.length > MAX_CONTEXTUAL_TUPLES) {
    const message = `invalid ${name}: value must contain no more than ${MAX_CONTEXTUAL_TUPLES} item(s)`;
    fields.refuse("validation_error", message);
    return undefined;
  }
  return given.map((tuple) => readTuple(fields, tuple));
}

/** Reads the context of conditions. */
export function readContext(fields: Fields, from: Json): Json | undefined {
  const context = fields.record(from, "context");
  if (!isFinite(context)) fields.refuse("validation_error", "invalid context: a number is out of range");
  return context;
}

/** Whether every number within a value is finite; JSON can express larger ones, such as 1e400. */
export function isFinite(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "object" || value === null || Object.values(value).every(isFinite);
}

function readTuple(fields: Fields, from: Json): Tuple {
  const user = fields.text(from, "user");
  if (Buffer.byteLength(user) > MAX_USER_BYTES) {
    fields.refuse("validation_error", `invalid user: value length must be at most ${MAX_USER_BYTES} bytes`);
  }
  const relation = fields.optional(from, "relation", RELATION);
  const object = fields.optional(from, "object", OBJECT);
  const condition = fields.record(from, "condition");
  if (condition === undefined) return { user, relation, object };
  const name = fields.shaped(condition, "name", CONDITION_NAME);
  const context = readContext(fields, condition) ?? {};
  // A tuple's own context would override the question's, and with it the server's clock.
  if ("current_time" in context) fields.refuse("validation_error", "only the server sets current_time");
  return { user, relation, object, condition: { name, context } };
}
