// The bodies of the OpenFGA questions as schemas. A test holds them against the code that reads the bodies by hand.
import { z } from "zod";
import { MAX_CONTEXTUAL_TUPLES } from "../../checks/limits.ts";
import { MAX_CHECKS_PER_BATCH } from "../check.ts";
import {
  CONDITION_NAME, CORRELATION_ID, OBJECT, OBJECT_ID, READ_USER, RELATION, TYPE, ULID, USER, type Shape,
} from "../fields.ts";
import { MAX_PAGE_SIZE } from "../page.ts";

/** A required text of a shape. */
const shaped = ({ pattern }: Shape) => z.string().regex(pattern);
/** A text of a shape that may be absent; null and "" count as absent. */
const optional = ({ pattern }: Shape) => z.union([z.literal(""), z.string().regex(pattern)]).nullish();
/** An object whose unknown fields are ignored, as OpenFGA does. */
const fields = z.looseObject;

const context = z.record(z.string(), z.unknown()).nullish()
  .describe("Context of conditions. The server supplies `current_time`, whatever stands here.");
const condition = fields({ name: shaped(CONDITION_NAME), context }).nullish();
const contextualTuple = fields({
  user: z.string().max(512).nullish(), relation: optional(RELATION), object: optional(OBJECT), condition,
});
const tuples = z.array(contextualTuple).max(MAX_CONTEXTUAL_TUPLES).nullish()
  .describe("Tuples that count for this question alone. They need the scope `check:contextual`.");
const contextual = fields({ tuple_keys: tuples }).nullish();
const consistency = z.union([z.string(), z.literal(0), z.literal(100), z.literal(200)]).nullish()
  .describe("`HIGHER_CONSISTENCY` asks the store itself for its newest state.");
const terms = { authorization_model_id: optional(ULID), consistency };

const checkKey = fields({ user: shaped(USER), relation: shaped(RELATION), object: shaped(OBJECT) });

/** Body of `POST /check`. */
export const checkBody = fields({ tuple_key: checkKey, contextual_tuples: contextual, context, ...terms });

/** Body of `POST /batch-check`. */
export const batchCheckBody = fields({
  checks: z.array(fields({
    tuple_key: checkKey, contextual_tuples: contextual, context, correlation_id: shaped(CORRELATION_ID),
  })).min(1).max(MAX_CHECKS_PER_BATCH),
  ...terms,
});

/** Body of `POST /list-objects` and `POST /streamed-list-objects`. */
export const listObjectsBody = fields({
  type: shaped(TYPE), relation: shaped(RELATION), user: z.string().min(1).max(512), contextual_tuples: contextual,
  context, ...terms,
});

/** Body of `POST /list-users`. */
export const listUsersBody = fields({
  object: fields({ type: shaped(TYPE), id: shaped(OBJECT_ID) }), relation: shaped(RELATION),
  user_filters: z.array(fields({ type: shaped(TYPE), relation: optional(RELATION) })).length(1),
  contextual_tuples: tuples, context, ...terms,
});

/** Body of `POST /stores/{store}/expand`. */
export const expandBody = fields({
  tuple_key: fields({ relation: optional(RELATION), object: optional(OBJECT) }), contextual_tuples: contextual,
  ...terms,
});

const pageSize = z.int().min(1).max(MAX_PAGE_SIZE).nullish();

/** Body of `POST /stores/{store}/read`. */
export const readBody = fields({
  tuple_key: fields({ user: optional(READ_USER), relation: optional(RELATION), object: optional(OBJECT) }).nullish(),
  page_size: pageSize, continuation_token: z.string().nullish(), consistency,
});
