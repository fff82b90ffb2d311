// AuthZEN 1.0 searches: subjects, resources and actions, complete or in pages.
import { z } from "zod";
import type { Checker, Freshness } from "../../checks/checker.ts";
import type { CheckRequest } from "../../checks/question.ts";
import type { Parts } from "../../checks/parts.ts";
import { sorted } from "../../domain/sorted.ts";
import type { Vocabulary } from "../../policy/checkable.ts";
import { base64url, bytesOfBase64url, digest } from "../../tuples/digest.ts";
import { idOf, typeOf } from "../../tuples/tuple.ts";
import { failedQuestion, invalidQuestion } from "../app-question.ts";
import { isRecord, type Json } from "../fields.ts";
import { MAX_RESULTS_PER_PAGE, MAX_SEARCH_TOKEN_LENGTH } from "../http-limits.ts";
import { spread, textOf } from "../long-answer.ts";
import { AuthzenFault, ContextRoom, readAsking, type Asking, type Needs } from "./authzen-request.ts";
import { checkOf, kindFault } from "./vocabulary.ts";

/**
 * Answers `POST /access/v1/search/subject`: who has the action on a resource. Here and below the answer is JSON, with
 * results sorted by id; an invalid request throws a QuestionProblem.
 */
export async function searchSubjects(
  body: Json, checker: Checker, freshness: Freshness, vocabulary: Vocabulary,
): Promise<string> {
  const { user, relation = "", object, context } = read(body, { subject: "type", resource: "id", action: true });
  if (kindFault(user, relation, object, vocabulary) !== undefined) return answerWith([], body, entityOf);
  const userFilter = { type: typeOf(user) };
  const answer = await checker.listUsers({ object, relation, userFilter, context }, freshness);
  if ("error" in answer) throw failedQuestion(answer.error);
  return answerWith(answer.users, body, entityOf);
}

/** Answers `POST /access/v1/search/resource`: on which resources of a type a subject has the action. */
export async function searchResources(
  body: Json, checker: Checker, freshness: Freshness, vocabulary: Vocabulary,
): Promise<string> {
  const { user, relation = "", object, context } = read(body, { subject: "id", resource: "type", action: true });
  if (kindFault(user, relation, object, vocabulary) !== undefined) return answerWith([], body, entityOf);
  const answer = await checker.listObjects({ type: typeOf(object), relation, user, context }, freshness);
  if ("error" in answer) throw failedQuestion(answer.error);
  return answerWith(answer.objects, body, entityOf);
}

/** Answers `POST /access/v1/search/action`: the actions that a subject has on a resource. */
export async function searchActions(
  body: Json, checker: Checker, freshness: Freshness, vocabulary: Vocabulary,
): Promise<string> {
  const type = isRecord(body["resource"]) ? String(body["resource"]["type"]) : "";
  const actions = vocabulary.relationsOf(type) ?? [];
  const asking = read(body, { subject: "id", resource: "id", action: false }, actions.length);
  const checks = actions.map((relation) => checkOf({ ...asking, relation }, vocabulary))
    .filter((check): check is CheckRequest => !(check instanceof AuthzenFault));
  const answers = await checker.checkAll(checks, freshness);
  const allowed = checks.filter((_, i) => isAllowed(answers[i]!)).map(({ relation }) => relation);
  return answerWith(allowed, body, (name) => ({ name }));
}

function read(body: Json, needs: Needs, checks = 1): Asking {
  const asking = readAsking(body, needs, new ContextRoom(), checks);
  if (asking instanceof AuthzenFault) throw invalidQuestion(asking.message);
  return asking;
}

function isAllowed(answer: Awaited<ReturnType<Checker["check"]>>): boolean {
  return !("error" in answer) && answer.allowed;
}

function entityOf(text: string): { type: string; id: string } {
  return { type: typeOf(text), id: idOf(text) };
}

/** Sorts and prints the results in turns of the event loop: a search may find all of a large org. */
async function answerWith(names: readonly string[], body: Json, resultOf: (name: string) => object): Promise<string> {
  return spread(printed(names, body, resultOf));
}

function* printed(names: readonly string[], body: Json, resultOf: (name: string) => object): Parts<string> {
  const { page, results } = pageOf(yield* sorted(names), body);
  const text = yield* textOf({ results }, resultOf);
  return page === undefined ? text : `{"page":${JSON.stringify(page)},${text.slice(1)}`;
}

/** A page of results. `page` is undefined where the request asked for no pages. */
interface Page {
  readonly page?: { readonly next_token: string; readonly count: number; readonly total: number };
  readonly results: readonly string[];
}

/**
 * Returns the page of sorted names that a request asks for; all of them where it asks for no page. A token holds the
 * last name of its page, and a digest of the question it belongs to.
 */
function pageOf(names: readonly string[], body: Json): Page {
  const { page: asked } = body;
  if (asked === undefined || asked === null) return { results: names };
  if (!isRecord(asked)) throw invalidQuestion("page is an object");
  const { limit, token } = asked;
  if (limit !== undefined && (!Number.isInteger(limit) || (limit as number) < 1)) {
    throw invalidQuestion("page.limit is a whole number from 1");
  }
  const question = questionOf(body);
  const place = token === undefined || token === "" ? FIRST : readPlace(token);
  if (place === undefined || (place !== FIRST && place.question !== question)) {
    throw invalidQuestion("page.token is no token of this search");
  }
  const most = Math.min((limit as number | undefined) ?? place.limit, MAX_RESULTS_PER_PAGE);
  const left = names.filter((name) => name > place.after);
  const results = left.slice(0, most);
  const next = results.length === left.length ? "" : writePlace({ after: results.at(-1)!, limit: most, question });
  return { page: { next_token: next, count: results.length, total: names.length }, results };
}

/** Where a page begins: after a name. `limit` also holds for the next page, unless that names its own. */
interface Place {
  readonly after: string;
  readonly limit: number;
  readonly question: string;
}

const FIRST: Place = { after: "", limit: MAX_RESULTS_PER_PAGE, question: "" };

const placeSchema = z.object({
  after: z.string(), limit: z.int().min(1).max(MAX_RESULTS_PER_PAGE), question: z.string(),
});

function readPlace(token: unknown): Place | undefined {
  if (typeof token !== "string" || token.length > MAX_SEARCH_TOKEN_LENGTH) return undefined;
  try {
    return placeSchema.parse(JSON.parse(new TextDecoder().decode(bytesOfBase64url(token))));
  } catch {
    return undefined;
  }
}

function writePlace(place: Place): string {
  return base64url(new TextEncoder().encode(JSON.stringify(place)));
}

/** Returns a digest of everything that a search asks for except its page. */
function questionOf({ subject, action, resource, context }: Json): string {
  return digest(JSON.stringify([subject, action, resource, context]));
}
