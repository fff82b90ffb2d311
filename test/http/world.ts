// A sidecar for tests of the HTTP app: the evaluator over a small set of tuples, and an intake that records.
import type { Hono } from "hono";
import type { Checker, ReadAnswer } from "../../src/checks/checker.ts";
import { check } from "../../src/checks/evaluate.ts";
import { expand } from "../../src/checks/expand.ts";
import { listObjects } from "../../src/checks/list-objects.ts";
import { listUsers } from "../../src/checks/list-users.ts";
import { endOf } from "../../src/checks/parts.ts";
import { failure } from "../../src/checks/question.ts";
import type { Intake, Receipt, Submission } from "../../src/events/event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { createApp, type AppOptions } from "../../src/http/app.ts";
import type { Sidecar } from "../../src/sidecar/sidecar.ts";
import { SortedObjects } from "../../src/sidecar/sorted-objects.ts";
import { StateLock } from "../../src/sidecar/state-lock.ts";
import { compileModel } from "../../src/model/compile.ts";
import { viewOf } from "../../src/domain/state-view.ts";
import type { AuthorizationModelJson } from "../../src/model/schema.ts";
import type { Change } from "../../src/tuples/store.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import type { TupleFilter, TupleSet } from "../../src/tuples/tuple-set.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";

export const STORE_ID = "01HVMMBCMGZNT3SED4Z17ECXCA";
export const MODEL_ID = "01HVMMBD8S3ZJ8XW7Y1TM7M4A2";
/** 2026-03-01T12:00:00Z, in milliseconds since 1970: the time of every tuple's write. */
export const WRITTEN = Date.UTC(2026, 2, 1, 12);

/** A model with every kind of rewrite, and a condition. */
export const DOCS = `
model
  schema 1.1
type user
type group
  relations
    define member: [user, user:*]
type doc
  relations
    define parent: [doc]
    define owner: [user]
    define banned: [user]
    define viewer: [user, user with cond, group#member] or owner or viewer from parent
    define both: viewer and owner
    define ok: viewer but not banned
condition cond(x: int) {
  x < 100
}
`;

export const TUPLES: readonly Tuple[] = [
  { user: "user:a", relation: "owner", object: "doc:1" },
  { user: "group:g#member", relation: "viewer", object: "doc:1" },
  { user: "user:b", relation: "member", object: "group:g" },
  { user: "user:c", relation: "viewer", object: "doc:1", condition: { name: "cond", context: {} } },
  { user: "doc:1", relation: "parent", object: "doc:2" },
];

/** Options of a test sidecar; everything has a default. */
export interface SidecarOptions {
  readonly model?: string | AuthorizationModelJson;
  readonly tuples?: readonly Tuple[];
  readonly changes?: readonly Change[];
  readonly submit?: Intake["submit"];
  readonly now?: () => number;
  readonly ready?: boolean;
  readonly checker?: Partial<Checker>;
}

/** The events submitted to the intake, in order. */
export interface Submitted {
  readonly envelope: Envelope;
  readonly submission: Submission;
}

/** A sidecar, and the events submitted to its intake. */
export function sidecarOf(options: SidecarOptions = {}): Sidecar & { readonly submitted: Submitted[] } {
  const model = compileModel(options.model ?? DOCS);
  const tuples = createTupleSet();
  for (const tuple of options.tuples ?? TUPLES) tuples.add(tuple);
  const changes = options.changes ?? (options.tuples ?? TUPLES)
    .map((tuple): Change => ({ operation: "write", tuple, at: WRITTEN }));
  const sorted = new SortedObjects(model);
  const submitted: Submitted[] = [];
  const now = options.now ?? (() => WRITTEN);
  const submit = options.submit ?? ((envelope) => Promise.resolve(receiptOf(envelope)));
  const take: Intake["submit"] = (envelope, submission) => {
    submitted.push({ envelope, submission });
    return submit(envelope, submission);
  };
  const one: Checker["check"] = options.checker?.check ?? ((request) => check(model, tuples, request));
  return {
    submitted, tuples, lock: new StateLock(),
    intake: {
      submit: take, submitAll: (envelopes, how) => envelopes.map((envelope) => take(envelope, how)),
      submitTogether: async (envelopes, how) => {
        const outcomes = await Promise.all(envelopes.map((envelope) => take(envelope, how)));
        const index = outcomes.findIndex(isRefusal);
        return index < 0 ? outcomes as Receipt[] : { index, refusal: outcomes[index] as Refusal };
      },
    },
    checker: {
      check: one,
      checkAll: (requests, freshness) => Promise.all(requests.map((request) => one(request, freshness))),
      listObjects: (request) => listObjects(model, tuples, request),
      objectPage: (request) => endOf(sorted.page(tuples, request, request)),
      listUsers: (request) => listUsers(model, tuples, request),
      expand: (request) => expand(model, tuples, request),
      read: (filter, pageSize, cursor) => readPage(tuples, options.tuples ?? TUPLES, filter, pageSize, cursor),
      state: () => ({ tuples }),
      ...options.checker,
    },
    changes: async (cursor, limit, type) => {
      const from = Number(cursor ?? 0);
      if (!Number.isInteger(from)) throw new Error("not a cursor");
      const wanted = changes.map((change, i) => ({ change, next: i + 1 })).slice(from)
        .filter(({ change }) => type === undefined || change.tuple.object.startsWith(`${type}:`)).slice(0, limit);
      return { changes: wanted.map(({ change }) => change), cursor: String(wanted.at(-1)?.next ?? from) };
    },
    info: { id: STORE_ID, name: "sideline", createdAt: WRITTEN, modelId: MODEL_ID, model: model.json },
    model, now, viewOf: (state) => viewOf(model, state, now),
    readiness: () => {
      const ready = options.ready ?? true;
      return { ready, parts: [{ name: "store", ready, detail: "as the test says" }] };
    },
  };
}

/** A page of the set's tuples that match a filter, in the order of their writes. */
function readPage(
  set: TupleSet, order: readonly Tuple[], filter: TupleFilter, pageSize: number, cursor: string,
): ReadAnswer {
  if (!/^\d*$/.test(cursor)) return failure("validation_error", "not a cursor");
  const from = Number(cursor);
  const taken = new Set([...set.read(filter)].map(printTuple));
  const all = order.filter((tuple) => taken.has(printTuple(tuple)));
  const page = all.slice(from, from + pageSize).map((tuple) => ({ tuple, at: WRITTEN }));
  return { tuples: page, cursor: from + pageSize < all.length ? String(from + pageSize) : "" };
}

/** The receipt of an applied event. */
export function receiptOf({ id, source, type }: Envelope): Receipt {
  return { id, source, type, status: "applied", token: "dG9rZW4", written: 1, deleted: 0 };
}

/** The app over a test sidecar; its log is kept: failures, and refused requests. */
export function appOf(options: SidecarOptions = {}, app: Partial<AppOptions> = {}) {
  const sidecar = sidecarOf(options);
  const logged: object[] = [];
  const refused: object[] = [];
  const log = {
    error: (fields: object) => void logged.push(fields), debug: (fields: object) => void refused.push(fields),
  };
  return { app: createApp(sidecar, { keys: undefined, log, ...app }), sidecar, logged, refused };
}

/** A parsed answer. `body` is the JSON, or the text if it is not JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

/** Sends a request; a body that is neither text nor bytes is sent as JSON. */
export async function send(
  app: Hono, method: string, path: string, body?: unknown, headers: Record<string, string> = {},
): Promise<Answer> {
  const raw = body === undefined || typeof body === "string" || body instanceof Uint8Array;
  const response = await app.request(path, {
    method, headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: (raw ? body : JSON.stringify(body)) as string }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parse(text) };
}

/** The code of a refused event, for tests that need one. */
export function refusal(refused: Refusal["refused"]): Refusal {
  return { refused, detail: `because of ${refused}` };
}

/** A parsed body: several lines of JSON as an array; otherwise the text. */
export function parse(text: string): unknown {
  try {
    const isLines = text.includes("}\n{");
    return isLines ? text.trim().split("\n").map((line) => JSON.parse(line) as unknown) : JSON.parse(text);
  } catch {
    return text;
  }
}
