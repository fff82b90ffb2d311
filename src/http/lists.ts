// List-objects, streamed-list-objects and list-users of the OpenFGA API. Lists are complete: no limit cuts them off.
import { setImmediate } from "node:timers/promises";
import type { Checker } from "../checks/checker.ts";
import type { ListObjectsRequest, ListUsersRequest } from "../checks/question.ts";
import { isBookkeeping } from "../domain/object-names.ts";
import { parseEntity } from "../tuples/entity.ts";
import { OBJECT_ID, RELATION, TYPE, type Fields, type Json } from "./fields.ts";
import { answerStreamError } from "./api-error.ts";
import { errorOf, READ_NEEDED, type QuestionKind } from "./question-route.ts";
import { readContext, readContextual, readTuples } from "./question-fields.ts";
import { clientGone } from "./client-gone.ts";
import type { ExplainUsers } from "./explained-users.ts";
import { spread, textOf } from "./long-answer.ts";
import { LINES_AT_A_TIME } from "./http-limits.ts";
import { MAX_USER_BYTES } from "../tuples/field-sizes.ts";

/**
 * True for a type whose lists show ids of invites (S20): invites themselves, and the bookkeeping, which contains them.
 * A caller that knows the id of an open invite can redeem it.
 */
export function showsInvites(type: string): boolean {
  return type === "invite" || isBookkeeping(`${type}:`);
}

/** Returns the kind of `POST /list-objects`: to which objects of a type does this user have the relation? */
export function listObjectsKind(checker: Checker): QuestionKind<ListObjectsRequest> {
  return {
    namesModel: true,
    takesMoment: true,
    read: readListObjects,
    isWhatIf: (question) => question.contextualTuples !== undefined,
    readNeeded: ({ type }) => (showsInvites(type) ? READ_NEEDED : undefined),
    answer: async (question, freshness) => {
      const answer = await checker.listObjects(question, freshness);
      return "error" in answer ? errorOf(answer.error) : spread(textOf({ objects: answer.objects }));
    },
  };
}

/** Returns the kind of `POST /streamed-list-objects`: the same list, with a line for each object. */
export function streamedListObjectsKind(checker: Checker): QuestionKind<ListObjectsRequest> {
  return {
    ...listObjectsKind(checker),
    refuse: answerStreamError,
    answer: async (question, freshness) => {
      const answer = await checker.listObjects(question, freshness);
      return "error" in answer ? errorOf(answer.error) : streamOf(answer.objects);
    },
  };
}

/** Streams lines in chunks, each made when the reader takes it. */
function streamOf(objects: readonly string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next = 0;
  return new ReadableStream({
    async pull(controller) {
      // A reader that takes everything at once must not cause the whole list to be written in one turn.
      if (next > 0) await setImmediate();
      const some = objects.slice(next, next + LINES_AT_A_TIME);
      next += some.length;
      if (some.length > 0) controller.enqueue(encoder.encode(linesOf(some)));
      if (next >= objects.length) controller.close();
    },
  });
}

/**
 * Prints a line for each object. JSON puts a backslash before a quote within a text: `","` occurs only between texts.
 */
function linesOf(objects: readonly string[]): string {
  const texts = JSON.stringify(objects).slice(1, -1).replaceAll('","', '"}}\n{"result":{"object":"');
  return `{"result":{"object":${texts}}}\n`;
}

function readListObjects(fields: Fields, body: Json): ListObjectsRequest {
  const type = fields.shaped(body, "type", TYPE);
  const relation = fields.shaped(body, "relation", RELATION);
  const user = fields.text(body, "user");
  if (user === "" || Buffer.byteLength(user) > MAX_USER_BYTES) {
    fields.refuse("validation_error", `invalid user: value length must be between 1 and ${MAX_USER_BYTES} bytes`);
  }
  return { type, relation, user, contextualTuples: readContextual(fields, body), context: readContext(fields, body) };
}

/** Returns the kind of `POST /list-users`: which users have the relation to this object? */
export function listUsersKind(checker: Checker, explain: ExplainUsers): QuestionKind<ListUsersQuestion> {
  return {
    namesModel: true,
    takesMoment: true,
    read: readListUsers,
    isWhatIf: (question) => question.contextualTuples !== undefined,
    readNeeded: ({ object, isExplained }) => {
      if (isBookkeeping(object)) return READ_NEEDED;
      return isExplained ? EXPLAINED_READ_NEEDED : undefined;
    },
    needsCheck: ({ isExplained }) => !isExplained,
    answer: async ({ isExplained, ...question }, freshness, c) => {
      if (isExplained) {
        const explained = await explain(question, freshness, userBody, clientGone(c));
        return typeof explained === "string" ? explained : errorOf(explained);
      }
      const answer = await checker.listUsers(question, freshness);
      return "error" in answer ? errorOf(answer.error) : spread(textOf({ users: answer.users }, userBody));
    },
  };
}

const EXPLAINED_READ_NEEDED = "a list with explain needs an API key with the scope read";

/** A list of users, and whether each comes with the reasons. */
type ListUsersQuestion = ListUsersRequest & { readonly isExplained: boolean };

function readListUsers(fields: Fields, body: Json): ListUsersQuestion {
  const object = fields.record(body, "object");
  if (object === undefined) fields.refuse("validation_error", "invalid object: value is required");
  const type = fields.shaped(object ?? {}, "type", TYPE);
  const id = fields.shaped(object ?? {}, "id", OBJECT_ID);
  const relation = fields.shaped(body, "relation", RELATION);
  const filters = fields.records(body, "user_filters");
  if (filters.length !== 1) {
    fields.refuse("validation_error", "invalid user_filters: value must contain exactly 1 item(s)");
  }
  const filter = filters[0] ?? {};
  const ofType = fields.shaped(filter, "type", TYPE);
  const ofRelation = fields.optional(filter, "relation", RELATION);
  const explained = body["explain"] ?? false;
  if (typeof explained !== "boolean") fields.refuse("validation_error", "invalid explain: value must be a bool");
  if (explained === true && ofRelation !== "") {
    fields.refuse("validation_error", "invalid explain: only plain users are explained, no usersets");
  }
  return {
    object: `${type}:${id}`, relation, isExplained: explained === true,
    userFilter: ofRelation === "" ? { type: ofType } : { type: ofType, relation: ofRelation },
    contextualTuples: readTuples(fields, body, "contextual_tuples"), context: readContext(fields, body),
  };
}

function userBody(user: string): object {
  const { kind, type, object, relation } = parseEntity(user);
  if (kind === "wildcard") return { wildcard: { type } };
  const id = object.slice(type.length + 1);
  return kind === "userset" ? { userset: { type, id, relation } } : { object: { type, id } };
}
