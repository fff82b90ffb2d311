// GET /history: the applied and refused events, newest first, in pages.
import type { Context } from "hono";
import { z } from "zod";
import type { Parts } from "../checks/parts.ts";
import { ID_RULE, id, isId, orgId } from "../events/event.ts";
import { EVENTS } from "../events/table.ts";
import { idOf, typeOf, type TupleKey } from "../tuples/tuple.ts";
import { OUTCOMES, type HistoryEvent } from "../history/event-history.ts";
import { readTimestamp } from "../model/conditions/instant.ts";
import { ApiError } from "./api-error.ts";
import { answerQuestion, failedQuestion, invalidQuestion, QuestionProblem } from "./app-question.ts";
import { pageSizeTextSchema, placeOf, queryOf, tokenAfter, tokenSchema } from "./list-page.ts";
import { spread, textOf } from "./long-answer.ts";
import { answerProblem, problem } from "./problem.ts";
import { readFreshness } from "./freshness.ts";
import type { Asked } from "./question-route.ts";
import type { Caller, Route } from "./route.ts";
import { ENTRIES_AT_A_TIME } from "./http-limits.ts";

/** Types of events in a history: a repair of the store is one that nobody sends. */
const TYPES: readonly string[] = [...EVENTS.keys(), "store.repaired"];

const timeText = z.string().transform((text, ctx) => {
  const at = readTimestamp(text)?.milliseconds;
  if (at !== undefined) return at;
  ctx.addIssue({ code: "custom", message: "must be an RFC 3339 time" });
  return z.NEVER;
});

/** An object of any type that events change, as `type:id`. */
const objectText = z.string().superRefine((text, ctx) => {
  const [type, name] = [typeOf(text), idOf(text)];
  if (!/^[a-z_]{1,50}$/.test(type)) return ctx.addIssue({ code: "custom", message: "an object is <type>:<id>" });
  const ids = type === "role" ? name.split("/") : [name];
  if (ids.length !== (type === "role" ? 2 : 1) || !ids.every(isId)) ctx.addIssue({ code: "custom", message: ID_RULE });
});

const querySchema = z.strictObject({
  org: orgId.optional(), user: id.optional(), object: objectText.optional(),
  type: z.string().refine((type) => TYPES.includes(type), "is no type of event").optional(),
  since: timeText.optional(), until: timeText.optional(), outcome: z.enum(OUTCOMES).optional(),
  page_size: pageSizeTextSchema.optional(), continuation_token: tokenSchema.optional(),
});

/** Returns the route. */
export function historyRoute(asked: Asked): Route {
  const handle = (c: Context, caller: Caller): Response | Promise<Response> => {
    if (asked.sidecar.history === undefined) return answerProblem(problem("not_supported", UNSUPPORTED));
    return answered(c, asked, caller);
  };
  return { method: "GET", path: "/history", handle };
}

async function answered(c: Context, asked: Asked, caller: Caller): Promise<Response> {
  const response = await answerQuestion(c, asked, () => pageOf(asked, c, caller));
  const since = asked.sidecar.history?.refusedSince;
  if (since !== undefined) response.headers.set("sideline-refused-since", new Date(since).toISOString());
  return response;
}

const UNSUPPORTED = "this server cannot list the events of its store";

async function pageOf({ sidecar }: Asked, c: Context, caller: Caller): Promise<string> {
  const { page_size, continuation_token, ...filter } = queryOf(c, querySchema);
  if (filter.org === undefined && !caller.has("admin")) {
    throw new QuestionProblem(problem("scope_missing", ADMIN_NEEDED));
  }
  const question = Object.entries(filter).toSorted();
  const { after, size } = placeOf({ page_size, continuation_token }, question);
  const freshness = readFreshness(c, false);
  if (freshness instanceof ApiError) throw invalidQuestion(freshness.message);
  const state = await sidecar.checker.state(freshness);
  if ("error" in state) throw failedQuestion(state.error);
  const page = await sidecar.history!.page(filter, size, after === "" ? undefined : after);
  if (page === "incomplete") throw new QuestionProblem(problem("store_unavailable", STILL_READING));
  if (page === undefined) {
    const message = "this is no token of this store's history";
    throw invalidQuestion(message, [{ path: "continuation_token", message }]);
  }
  const token = page.next === undefined ? "" : tokenAfter(page.next, question);
  return await spread(print(page.events, token));
}

/** Prints a page in parts: an event may have changed very many tuples. */
function* print(events: readonly HistoryEvent[], token: string): Parts<string> {
  const texts: string[] = [];
  let printed = 0;
  for (const { changes, ...event } of events) {
    texts.push(`${JSON.stringify(event).slice(0, -1)},"changes":${yield* textOf<TupleKey>({ ...changes })}}`);
    printed += 1 + changes.write.length + changes.delete.length;
    if (printed < ENTRIES_AT_A_TIME) continue;
    printed = 0;
    yield;
  }
  return `{"events":[${texts.join(",")}],"continuation_token":${JSON.stringify(token)}}`;
}

const STILL_READING = "the history is still being read from the change feed: try again later";

const ADMIN_NEEDED = "the history of all orgs needs an API key with the scopes read and admin: name an org";
