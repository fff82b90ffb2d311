// The bodies of the OpenFGA questions as schemas. A test holds them against the code that reads the bodies by hand.
import { z } from "zod";
import { MAX_USER_BYTES } from "../../tuples/field-sizes.ts";
import { MAX_CONTEXTUAL_TUPLES } from "../../checks/limits.ts";
import {
  CONDITION_NAME, CORRELATION_ID, OBJECT, OBJECT_ID, READ_USER, RELATION, TYPE, ULID, USER, type Shape,
} from "../fields.ts";
import { MAX_CHECKS_PER_BATCH, MAX_PAGE_SIZE } from "../http-limits.ts";

const isShortUser = (text: string): boolean => Buffer.byteLength(text) <= MAX_USER_BYTES;
const user = z.string().max(MAX_USER_BYTES).refine(isShortUser);

/** A required text of a shape. */
const shaped = ({ pattern }: Shape) => z.string().regex(pattern);
/** A text of a shape that may be absent; null and "" count as absent. */
const optional = ({ pattern }: Shape) => z.union([z.literal(""), z.string().regex(pattern)]).nullish();
/** An object whose unknown fields are ignored, as OpenFGA does. */
const fields = z.looseObject;

const context = z.record(z.string(), z.unknown()).nullish()
  .describe("Context of conditions. The server supplies `current_time`, whatever stands here.");
const ownContext = context.refine((given) => given === null || given === undefined || !("current_time" in given));
const condition = fields({ name: shaped(CONDITION_NAME), context: ownContext }).nullish();
const contextualTuple = fields({
  user: user.nullish(), relation: optional(RELATION), object: optional(OBJECT), condition,
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
  })).min(1).max(MAX_CHECKS_PER_BATCH)
    .refine((checks) => new Set(checks.map((each) => each.correlation_id)).size === checks.length),
  ...terms,
});

/** Body of `POST /list-objects` and `POST /streamed-list-objects`. */
export const listObjectsBody = fields({
  type: shaped(TYPE), relation: shaped(RELATION), user: user.min(1), contextual_tuples: contextual,
  context, ...terms,
});

/** Body of `POST /list-users`. */
export const listUsersBody = fields({
  object: fields({ type: shaped(TYPE), id: shaped(OBJECT_ID) }), relation: shaped(RELATION),
  user_filters: z.array(fields({ type: shaped(TYPE), relation: optional(RELATION) })).length(1),
  contextual_tuples: tuples, context, ...terms,
  explain: z.boolean().nullish().describe("With `true` each user has the reasons; that needs the scope `read`."),
}).refine(({ explain, user_filters: [filter] }) => explain !== true || (filter?.relation ?? "") === "");

/** Body of `POST /stores/{store}/expand`. */
export const expandBody = fields({
  tuple_key: fields({ relation: optional(RELATION), object: optional(OBJECT) }), contextual_tuples: contextual,
  ...terms,
});

const pageSizeText = z.string().regex(/^-?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?$/)
  .refine((text) => z.int().min(1).max(MAX_PAGE_SIZE).safeParse(Number(text)).success);
const pageSize = z.union([z.int().min(1).max(MAX_PAGE_SIZE), pageSizeText]).nullish();

/** A filter names the type of the object, and the id of the object or a user. */
const filter = fields({
  user: optional(READ_USER).refine((text) => isShortUser(text ?? "")), relation: optional(RELATION),
  object: optional(OBJECT),
}).refine(({ object, user: of }) => {
  const colon = (object ?? "").indexOf(":");
  return colon > 0 && (colon < object!.length - 1 || (of ?? "") !== "");
});

/** Body of `POST /stores/{store}/read`. */
export const readBody = fields({
  tuple_key: filter.nullish(), page_size: pageSize, continuation_token: z.string().nullish(), ...terms,
});
