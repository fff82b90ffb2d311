// Changes of the OpenFGA API: the feed of tuples written and deleted, page by page.
import type { Context } from "hono";
import { setImmediate } from "node:timers/promises";
import { readTimestamp } from "../model/conditions/instant.ts";
import { isStoreError, type Change, type ChangePage } from "../tuples/store.ts";
import { answerText } from "./compress.ts";
import { Fields } from "./fields.ts";
import { answerError, ApiError } from "./api-error.ts";
import { readPageSizeText, readPageToken, writePageToken } from "./page.ts";
import { readQuery } from "./query.ts";
import type { Asked } from "./question-route.ts";
import type { Route } from "./route.ts";
import type { Sidecar } from "../sidecar/sidecar.ts";
import { matchStore } from "./store-path.ts";
import { tupleBody } from "./tuples.ts";
import { CHANGES_AT_A_TIME } from "./http-limits.ts";
import { MAX_TYPE_LENGTH } from "../tuples/field-sizes.ts";

/** A type as the change feed takes it: OpenFGA allows an `@` here. */
const TYPE = new RegExp(String.raw`^[^:#\t\n\f\r ]{1,${MAX_TYPE_LENGTH}}$`, "u");

/** The part of the feed that a request asks for. `startTime` is milliseconds since 1970. */
interface FeedQuestion {
  readonly type: string;
  readonly pageSize: number;
  readonly cursor: string | undefined;
  readonly startTime: number | undefined;
}

/** Returns the route `GET /stores/{store}/changes`. */
export function changesRoute({ sidecar, failed }: Asked): Route {
  const handle = async (c: Context): Promise<Response> => {
    const fields = new Fields();
    const question = readFeedQuestion(fields, c, sidecar.now());
    const store = matchStore(c, sidecar.info);
    const fault = fields.fault ?? (store instanceof ApiError ? store : undefined);
    if (fault !== undefined) return answerError(fault);
    if (store === "another") return c.json({ changes: [], continuation_token: "" });
    const page = await pageOf(sidecar, question, (error) => failed(error, c));
    if (page instanceof ApiError) return answerError(page);
    const atStart = page.changes.length === 0 && question.cursor === undefined;
    const continuation_token = atStart ? "" : writePageToken(page.cursor, question.type);
    const text = JSON.stringify({ changes: page.changes.map(changeBody), continuation_token });
    return answerText(c, text, { "content-type": "application/json" });
  };
  return { method: "GET", path: "/stores/:store/changes", handle };
}

function readFeedQuestion(fields: Fields, c: Context, now: number): FeedQuestion {
  const type = readQuery(fields, c, "type") ?? "";
  if (type !== "" && !TYPE.test(type)) fields.refuse("type_invalid_pattern", "invalid type");
  const asked = readQuery(fields, c, "page_size");
  if (asked !== undefined && Number(asked) < 1) {
    fields.refuse("validation_error", "invalid page_size: value must be greater than or equal to 1");
  }
  const pageSize = readPageSizeText(fields, asked);
  const token = readPageToken(fields, readQuery(fields, c, "continuation_token") ?? "");
  if (token !== undefined && token.type !== type) {
    const message = "The type in the querystring and the continuation token don't match";
    fields.refuse("query_string_type_continuation_token_mismatch", message);
  }
  const startTime = readStart(fields, readQuery(fields, c, "start_time"), now);
  return { type, pageSize, cursor: token?.cursor, startTime };
}

function readStart(fields: Fields, text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const at = readTimestamp(text)?.milliseconds;
  if (at === undefined) fields.refuse("validation_error", "invalid start_time: an RFC 3339 time is expected");
  else if (at >= now) fields.refuse("validation_error", "invalid start_time: value must be less than now");
  return at;
}

/** Reads a page of the feed. The start time counts only for the first page, as in OpenFGA. */
async function pageOf(
  { changes, cursorAt }: Pick<Sidecar, "changes" | "cursorAt">, question: FeedQuestion,
  failed: (error: unknown) => void,
): Promise<ChangePage | ApiError> {
  const type = question.type === "" ? undefined : question.type;
  try {
    if (question.cursor !== undefined || question.startTime === undefined) {
      return await changes(question.cursor, question.pageSize, type);
    }
    if (cursorAt !== undefined) return await changes(await cursorAt(question.startTime), question.pageSize, type);
    return await pageFrom(changes, question.startTime, question.pageSize, type);
  } catch (error) {
    // If the store is damaged further on, its beginning still answers.
    if (question.cursor !== undefined && !isStoreError(error) && await answers(changes)) {
      return new ApiError("invalid_continuation_token", "Invalid continuation token");
    }
    failed(error);
    return new ApiError("store_unavailable", "the store cannot be asked now");
  }
}

/** Reads the first page of changes at a time or later; skips the earlier ones. */
async function pageFrom(
  changes: Sidecar["changes"], from: number, pageSize: number, type: string | undefined,
): Promise<ChangePage> {
  for (let cursor: string | undefined; ;) {
    const page = await changes(cursor, CHANGES_AT_A_TIME, type);
    const first = page.changes.findIndex((change) => change.at >= from);
    if (first < 0 && page.changes.length > 0) {
      cursor = page.cursor;
      // A store that answers at once would otherwise block other requests until the last page.
      await setImmediate();
      continue;
    }
    if (first <= 0) return first < 0 ? page : changes(cursor, pageSize, type);
    // Reads the earlier changes of this page again, by their exact number, for the cursor after them.
    const before = await changes(cursor, first, type);
    return changes(before.cursor, pageSize, type);
  }
}

/** Whether the store answers at all: if it does, it was the cursor that it refused. */
async function answers(changes: Sidecar["changes"]): Promise<boolean> {
  try {
    await changes(undefined, 1);
    return true;
  } catch {
    return false;
  }
}

function changeBody({ operation, tuple, at }: Change): object {
  const key = operation === "write" ? tuple : { user: tuple.user, relation: tuple.relation, object: tuple.object };
  return {
    tuple_key: tupleBody(key),
    operation: operation === "write" ? "TUPLE_OPERATION_WRITE" : "TUPLE_OPERATION_DELETE",
    timestamp: new Date(at).toISOString(),
  };
}
