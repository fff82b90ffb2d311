// Expand and read of the OpenFGA API: the tuples themselves.
import type { Checker } from "../checks/checker.ts";
import type { ExpandRequest } from "../checks/question.ts";
import type { TupleFilter } from "../tuples/tuple-set.ts";
import type { Tuple } from "../tuples/tuple.ts";
import { OBJECT, READ_USER, RELATION, type Fields, type Json } from "./fields.ts";
import { readPageSize, readPageToken, writePageToken } from "./page.ts";
import { ApiError } from "./api-error.ts";
import { errorOf, type QuestionKind } from "./question-route.ts";
import { readContextual } from "./question-fields.ts";
import { MAX_USER_BYTES } from "../tuples/field-sizes.ts";

/** Returns the kind of `POST /expand`: one level of a relation's definition for an object. */
export function expandKind(checker: Checker): QuestionKind<ExpandRequest> {
  return {
    namesModel: true,
    read: readExpand,
    isWhatIf: (question) => question.contextualTuples !== undefined,
    answer: async (question, freshness) => {
      const answer = await checker.expand(question, freshness);
      return "error" in answer ? errorOf(answer.error) : JSON.stringify({ tree: answer.tree });
    },
  };
}

function readExpand(fields: Fields, body: Json): ExpandRequest {
  const key = fields.key(body);
  const relation = fields.optional(key, "relation", RELATION);
  const object = fields.optional(key, "object", OBJECT);
  return { object, relation, contextualTuples: readContextual(fields, body) };
}

/** The page of stored tuples that a request asks for. */
interface ReadQuestion {
  readonly filter: TupleFilter;
  readonly pageSize: number;
  readonly cursor: string;
}

/** Returns the kind of `POST /read`: tuples as stored, page by page. */
export function readKind(checker: Checker): QuestionKind<ReadQuestion> {
  return {
    namesModel: false,
    read: readRead,
    isWhatIf: () => false,
    answer: async ({ filter, pageSize, cursor }, freshness) => {
      const page = await checker.read(filter, pageSize, cursor, freshness);
      if ("error" in page) return cursor === "" || freshness.positions.length > 0 ? errorOf(page.error) : BAD_TOKEN;
      return JSON.stringify({
        tuples: page.tuples.map(({ tuple, at }) => ({ key: tupleBody(tuple), timestamp: new Date(at).toISOString() })),
        continuation_token: page.cursor === "" ? "" : writePageToken(page.cursor, ""),
      });
    },
  };
}

const BAD_TOKEN = new ApiError("invalid_continuation_token", "Invalid continuation token");

function readRead(fields: Fields, body: Json): ReadQuestion {
  const pageSize = readPageSize(fields, body["page_size"]);
  const page = readPageToken(fields, fields.text(body, "continuation_token"));
  const key = fields.record(body, "tuple_key");
  return { filter: key === undefined ? {} : readFilter(fields, key), pageSize, cursor: page?.cursor ?? "" };
}

/** Reads a filter, which needs an object's type, and the object's id or the user. */
function readFilter(fields: Fields, key: Json): TupleFilter {
  const object = fields.optional(key, "object", OBJECT);
  const relation = fields.optional(key, "relation", RELATION);
  const user = fields.optional(key, "user", READ_USER);
  if (Buffer.byteLength(user) > MAX_USER_BYTES) {
    fields.refuse("validation_error", `invalid user: value length must be at most ${MAX_USER_BYTES} bytes`);
  }
  const colon = object.indexOf(":");
  const hasId = colon > 0 && colon < object.length - 1;
  if (colon <= 0 || (!hasId && user === "")) {
    const message = "the 'tuple_key' field was provided but the object type field is required "
      + "and both the object id and user cannot be empty";
    fields.refuse("validation_error", message);
  }
  return {
    ...(hasId ? { object } : { objectType: object.slice(0, colon) }),
    ...(relation === "" ? {} : { relation }), ...(user === "" ? {} : { user }),
  };
}

/** Returns a tuple in the form of OpenFGA's answers: a missing condition is null. */
export function tupleBody({ user, relation, object, condition }: Tuple): object {
  return { user, relation, object, condition: condition ?? null };
}
