// POST /events: receives CloudEvents, and answers with receipts and problems.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Context } from "hono";
import type { Receipt } from "../events/event.ts";
import type { Envelope } from "../ledger/envelope.ts";
import { isRefusal, refuse, type Refusal } from "../events/refusal.ts";
import { ClientGone } from "../sidecar/turns.ts";
import { typeOf, type TupleKey } from "../tuples/tuple.ts";
import { withAccess } from "./access-dry-run.ts";
import { allOrNone, firstProblem, type RefusedBatch } from "./all-or-none.ts";
import { CUT_OFF_BODY, ENCODED_BODY, readBody } from "./body.ts";
import { clientGone } from "./client-gone.ts";
import { modeOf, readBinary, readStructured, type Mode } from "./cloud-event.ts";
import { answerText } from "./compress.ts";
import { isRecord } from "./fields.ts";
import { headerOf } from "./header.ts";
import { readHow, type How } from "./intake-query.ts";
import { isArrayText, splitJsonArray } from "./json-array.ts";
import { parseJson, readJson } from "./json-text.ts";
import { objectText, spread } from "./long-answer.ts";
import { Places } from "./places.ts";
import { answerProblem, problem, problemOf, type Problem } from "./problem.ts";
import type { Asked } from "./question-route.ts";
import type { Caller, Route, Signer } from "./route.ts";
import { answerUnsigned, NO_MATCH, unsignedPart } from "./signed-request.ts";
import {
  CHARACTERS_PER_TURN, MAX_DRY_RUN_EVENTS_AT_ONCE, MAX_EVENTS_BYTES, MAX_EVENTS_PER_BATCH, MAX_EVENTS_WAITING,
  MAX_EVENT_BYTES,
} from "./http-limits.ts";

/** The outcome of one event of a request. */
type Outcome = Receipt | Problem;

/** An event as it was read, or the problem that prevented it; and its id and source, as far as they could be read. */
interface Entry {
  readonly event: Envelope | Problem;
  readonly name: { readonly id?: string; readonly source?: string };
}

/** Returns the route of the intake. */
export function intakeRoute({ sidecar, failed, ...asked }: Asked): Route {
  if (sidecar.isReadOnly === true) return REFUSING_INTAKE;
  const [waiting, tried] = [new Places(MAX_EVENTS_WAITING), new Places(MAX_DRY_RUN_EVENTS_AT_ONCE)];

  /** Waits for the answers of events that each stand alone; the promise never rejects. */
  const eachAlone = (
    events: readonly (Envelope | Problem)[], answers: readonly Promise<Receipt | Refusal>[], c: Context,
  ): Promise<Outcome[]> => {
    const outcomes = answers.map(async (answered) => {
      const outcome = await answered.catch((error: unknown) => {
        failed(error, c);
        return refuse("store_unavailable", "the event may not have been applied: send the same event again");
      });
      return isRefusal(outcome) ? problemOf(outcome) : outcome;
    });
    return Promise.all(events.map((event) => ("code" in event ? event : outcomes.shift()!)));
  };

  /** Submits the events of a body that its caller may send. */
  const submit = async (c: Context, caller: Caller, sent: SentBody, how: How): Promise<Response> => {
    const read = await readEvents(sent.mode, c, sent.body);
    if ("code" in read) return answerProblem(read);
    const events = read.entries.map(({ event }) => sourceProblem(event, caller) ?? event);
    const envelopes = events.filter((event): event is Envelope => !("code" in event));
    // An event that is not on trial is applied, whether its client waits or not.
    const isGone = how.dryRun ? clientGone(c) : undefined;
    const submission = { system: caller.has("events:system"), dryRun: how.dryRun, isGone };
    const isAtomic = how.atomic && read.batch;
    const decide = (): Promise<readonly Outcome[] | RefusedBatch> => (isAtomic
      ? allOrNone(events, (all) => sidecar.intake.submitTogether(all, submission), (error) => failed(error, c))
      : eachAlone(events, sidecar.intake.submitAll(envelopes, submission), c));
    const places = how.dryRun ? tried : waiting;
    const decided = await places.run(envelopes.length, () =>
      (how.access && isGone !== undefined ? withAccess(sidecar, decide, isGone) : decide()).catch(unlessGone));
    if (decided === undefined) return answerProblem(problem("too_many_events", how.dryRun ? TOO_MANY_TRIED : TOO_MANY));
    if (decided === "gone" || isGone?.() === true) return answerProblem(problem("store_unavailable", CLIENT_GONE));
    // A dry run leaves nothing, not even in the log.
    const noted: Noted = how.dryRun ? { counts: asked.counts } : asked;
    if ("problem" in decided) return refuseBatch(decided, read.entries, noted, c);
    const outcomes = caller.has("read") ? decided : decided.map(withoutInvites);
    const hidden = isAtomic ? firstProblem(outcomes) : undefined;
    if (hidden !== undefined) return refuseBatch(hidden, read.entries, noted, c);
    for (const [i, outcome] of outcomes.entries()) note(noted, outcome, read.entries[i]!.event, c);
    if (read.batch) return answerText(c, await printBatch(outcomes, read.entries), JSON_TYPE);
    const [outcome] = outcomes;
    return "code" in outcome! ? answerProblem(outcome) : answerText(c, await spread(objectText(outcome!)), JSON_TYPE);
  };

  const handle = async (c: Context, caller: Caller): Promise<Response> => {
    const how = readHow(c, caller);
    if ("code" in how) return answerProblem(how);
    const sent = await readSent(c);
    return "code" in sent ? answerProblem(sent) : submit(c, caller, sent, how);
  };

  const handleSigned = async (c: Context, signer: Signer): Promise<Response> => {
    const signature = signer.signatureOf((name) => headerOf(c, name));
    if ("fault" in signature) return answerUnsigned(signature.fault);
    const unsigned = unsignedPart(c, modeOf(c.req.raw.headers));
    if (unsigned !== undefined) return answerProblem(unsigned);
    const sent = await readSent(c);
    if ("code" in sent) return answerProblem(sent);
    // The bytes are checked before anything reads them.
    if (!signature.covers(sent.body)) return answerUnsigned(NO_MATCH);
    return submit(c, signer.caller, sent, { dryRun: false, access: false, atomic: false });
  };
  return { method: "POST", path: "/events", handle, handleSigned };
}

/** Answers an atomic batch of which nothing was applied. */
function refuseBatch(
  { problem: given, index }: RefusedBatch, entries: readonly Entry[], noted: Noted, c: Context,
): Response {
  note(noted, given, entries[index ?? -1]?.event, c);
  return answerProblem(index === undefined ? given : { ...given, index, ...entries[index]!.name });
}

const TOO_MANY = `${MAX_EVENTS_WAITING} events wait to be written: try again`;
const TOO_MANY_TRIED = `the dry runs at work have ${MAX_DRY_RUN_EVENTS_AT_ONCE} events: try again`;
const CLIENT_GONE = "the client closed the connection before the dry run was decided";

function unlessGone(error: unknown): "gone" {
  if (error instanceof ClientGone) return "gone";
  throw error;
}

/** Receives the outcomes of events. */
type Noted = Pick<Asked, "counts" | "refused">;

/** Counts the outcome of an event, and logs a refusal. */
function note({ counts, refused }: Noted, outcome: Outcome, event: Entry["event"] | undefined, c: Context): void {
  counts.event(outcome);
  if ("code" in outcome) refused?.(outcome, event === undefined || "code" in event ? undefined : event, c);
}

/** The body of a request with events, and their form. */
interface SentBody {
  readonly mode: Mode;
  readonly body: Uint8Array;
}

/** Reads a body, without looking into it. */
async function readSent(c: Context): Promise<SentBody | Problem> {
  const mode = modeOf(c.req.raw.headers);
  if (mode === undefined) return problem("unsupported_media_type", TAKEN);
  const body = await readBody(c, MAX_EVENTS_BYTES);
  if (body === "too_large") return tooLarge(`a request has at most ${MAX_EVENTS_BYTES} bytes`);
  if (body === "encoded") return problem("unsupported_media_type", ENCODED_BODY);
  if (body === "cut_off") return problem("invalid_request", CUT_OFF_BODY);
  return { mode, body };
}

/** The route of a server whose state never changes. */
const REFUSING_INTAKE: Route = {
  method: "POST", path: "/events",
  handle: () => answerProblem(problem("not_supported", "this server serves a store file and takes no events")),
};

/** Refuses an event whose source the caller may not use, before any of it is decided or stored. */
function sourceProblem(event: Envelope | Problem, caller: Caller): Problem | undefined {
  if ("code" in event || caller.maySendAs(event.source)) return undefined;
  return problem("source_not_allowed", "the key file does not allow this API key to send events of this source");
}

/**
 * Refuses a dry run whose changes show invites, unless the caller has the scope `read`: the id of an open invite is a
 * secret (S20).
 */
function withoutInvites(outcome: Outcome): Outcome {
  const changes = "changes" in outcome ? outcome.changes : undefined;
  if (changes === undefined || ![...changes.write, ...changes.delete].some(isOfInvite)) return outcome;
  return problem("scope_missing", "a dry run that shows invites needs an API key with the scope read");
}

function isOfInvite({ object }: TupleKey): boolean {
  return ["invite", "invitation"].includes(typeOf(object));
}

const TAKEN = "events are sent as application/cloudevents+json, application/cloudevents-batch+json or application/json";

/** The events of a request in order, with a problem in place of each event that cannot be read. */
interface ReadEvents {
  readonly batch: boolean;
  readonly entries: readonly Entry[];
}

/**
 * Reads the events of a request. Refuses oversized input before reading any of it, and reads a batch one entry at a
 * time: this bounds the work of one turn of the event loop.
 */
function readEvents(mode: Mode, c: Context, body: Uint8Array): ReadEvents | Problem | Promise<ReadEvents | Problem> {
  if (mode !== "binary") {
    const isArray = isArrayText(body);
    if (isArray && mode === "structured") return invalid("an event is a JSON object", "must be an object");
    if (isArray) return readBatch(body);
    if (mode === "batch") return invalid("a batch is a JSON array", "must be an array");
  }
  if (body.length > MAX_EVENT_BYTES) return tooLarge(EVENT_TOO_LARGE);
  if (mode === "binary") return single(readBinary(c.req.raw.headers, body));
  const json = readJson(body);
  return "fault" in json ? invalid(json.fault) : single(readStructured(json.value));
}

async function readBatch(body: Uint8Array): Promise<ReadEvents | Problem> {
  const apart = splitJsonArray(body, MAX_EVENTS_PER_BATCH);
  if (apart === "too_many") return tooLarge(`a batch has at most ${MAX_EVENTS_PER_BATCH} events`);
  if ("fault" in apart) return invalid(apart.fault);
  const entries: Entry[] = [];
  const turns = turnsOf(CHARACTERS_PER_TURN);
  await turns(body.length);
  for (const text of apart.entries) {
    const entry = readEntry(text);
    if ("fault" in entry) return invalid(entry.fault);
    entries.push(entry);
    await turns(text.length);
  }
  return { batch: true, entries };
}

/**
 * Reads an entry of a batch. An entry too large for a turn has no name. A JSON fault in an entry fails the whole
 * request.
 */
function readEntry(text: string): Entry | { readonly fault: string } {
  if (text.length > CHARACTERS_PER_TURN) return { event: tooLarge(EVENT_TOO_LARGE), name: {} };
  const json = parseJson(text);
  if ("fault" in json) return json;
  const isTooLarge = Buffer.byteLength(text) > MAX_EVENT_BYTES;
  const event = isTooLarge ? tooLarge(EVENT_TOO_LARGE) : orProblem(readStructured(json.value));
  return { event, name: nameOf(json.value) };
}

function invalid(fault: string, message = fault): Problem {
  return problem("invalid_event", fault, [{ path: "", message }]);
}

/** Returns the id and source of an event that may not be readable as a whole. */
function nameOf(entry: unknown): Entry["name"] {
  if (!isRecord(entry)) return {};
  const { id, source } = entry;
  return { ...(typeof id === "string" ? { id } : {}), ...(typeof source === "string" ? { source } : {}) };
}

/**
 * Prints the outcomes of a batch as JSON; each problem names its event. Prints in turns, since the text can be long.
 */
async function printBatch(outcomes: readonly Outcome[], entries: readonly Entry[]): Promise<string> {
  const texts: string[] = [];
  const turns = turnsOf(CHARACTERS_PER_TURN);
  for (const [i, outcome] of outcomes.entries()) {
    const text = await spread(objectText("code" in outcome ? { ...outcome, ...entries[i]!.name } : outcome));
    texts.push(text);
    await turns(text.length);
  }
  return `[${texts.join(",")}]`;
}

const JSON_TYPE = { "content-type": "application/json" };

/** Returns a function to await after each part of some work; it waits for the next turn once a turn's work is done. */
function turnsOf(perTurn: number): (done: number) => Promise<void> | undefined {
  let sum = 0;
  return (done) => {
    sum += done;
    if (sum < perTurn) return undefined;
    sum = 0;
    return nextTurn();
  };
}

function single(event: Envelope | Refusal): ReadEvents {
  return { batch: false, entries: [{ event: orProblem(event), name: {} }] };
}

function orProblem(event: Envelope | Refusal): Envelope | Problem {
  return isRefusal(event) ? problemOf(event) : event;
}

const EVENT_TOO_LARGE = `an event has at most ${MAX_EVENT_BYTES} bytes`;

function tooLarge(detail: string): Problem {
  return problem("body_too_large", detail);
}
