// AuthZEN 1.0 searches: subjects, resources and actions, complete or in pages.
import { z } from "zod";
import type { Checker, Freshness } from "../../checks/checker.ts";
import { base64url, bytesOfBase64url, digest } from "../../tuples/digest.ts";
import { parseEntity } from "../../tuples/entity.ts";
import { isRecord, type Json } from "../fields.ts";
import { MAX_RESULTS_PER_PAGE, MAX_SEARCH_TOKEN_LENGTH } from "../http-limits.ts";
import { problem, type Problem } from "../problem.ts";
import { AuthzenFault, nameOf, readAction, readConditionContext, readEntity } from "./authzen-request.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** The answer of a search. `page` is present where the request asked for pages. */
interface Found<Result> {
  readonly page?: { readonly next_token: string; readonly count: number; readonly total: number };
  readonly results: readonly Result[];
}

/** Dependencies of a search, and its freshness. */
export interface SearchParts {
  readonly checker: Checker;
  readonly freshness: Freshness;
  readonly vocabulary: Vocabulary;
}

/** Answers `POST /access/v1/search/subject`: who has the action on a resource. Results are sorted by id. */
export async function searchSubjects(
  body: Json, { checker, freshness, vocabulary }: SearchParts,
): Promise<Found<{ type: string; id: string }> | Problem> {
  const [subject, action, resource] = [
    readEntity(body, "subject", false), readAction(body), readEntity(body, "resource", true),
  ];
  if (subject instanceof AuthzenFault) return refused(subject);
  if (action instanceof AuthzenFault) return refused(action);
  if (resource instanceof AuthzenFault) return refused(resource);
  const context = readConditionContext(body, {
    subject: subject.properties, resource: resource.properties, action: action.properties,
  });
  if (context instanceof AuthzenFault) return refused(context);
  const object = nameOf(resource);
  const check = { user: `${subject.type}:any`, relation: action.name, object, context };
  if (vocabulary.admit(check) instanceof AuthzenFault) return pageOf<never>([], body, identity);
  const userFilter = { type: subject.type };
  const answer = await checker.listUsers({ object, relation: action.name, userFilter, context }, freshness);
  return "error" in answer ? problem("invalid_request", answer.error.message)
    : pageOf(answer.users.sort(), body, entityOf);
}

/** Answers `POST /access/v1/search/resource`: on which resources of a type a subject has the action. */
export async function searchResources(
  body: Json, { checker, freshness, vocabulary }: SearchParts,
): Promise<Found<{ type: string; id: string }> | Problem> {
  const [subject, action, resource] = [
    readEntity(body, "subject", true), readAction(body), readEntity(body, "resource", false),
  ];
  if (subject instanceof AuthzenFault) return refused(subject);
  if (action instanceof AuthzenFault) return refused(action);
  if (resource instanceof AuthzenFault) return refused(resource);
  const context = readConditionContext(body, {
    subject: subject.properties, resource: resource.properties, action: action.properties,
  });
  if (context instanceof AuthzenFault) return refused(context);
  const user = nameOf(subject);
  const check = { user, relation: action.name, object: `${resource.type}:any`, context };
  if (vocabulary.admit(check) instanceof AuthzenFault) return pageOf<never>([], body, identity);
  const question = { type: resource.type, relation: action.name, user, context };
  const answer = await checker.listObjects(question, freshness);
  return "error" in answer ? problem("invalid_request", answer.error.message)
    : pageOf(answer.objects.sort(), body, entityOf);
}

/** Answers `POST /access/v1/search/action`: the actions that a subject has on a resource. */
export async function searchActions(
  body: Json, { checker, freshness, vocabulary }: SearchParts,
): Promise<Found<{ name: string }> | Problem> {
  const [subject, resource] = [readEntity(body, "subject", true), readEntity(body, "resource", true)];
  if (subject instanceof AuthzenFault) return refused(subject);
  if (resource instanceof AuthzenFault) return refused(resource);
  const context = readConditionContext(body, {
    subject: subject.properties, resource: resource.properties, action: {},
  });
  if (context instanceof AuthzenFault) return refused(context);
  const checks = (vocabulary.actionsOn(resource.type) ?? [])
    .map((relation) => ({ user: nameOf(subject), relation, object: nameOf(resource), context }))
    .filter((check) => !(vocabulary.admit(check) instanceof AuthzenFault));
  const answers = await checker.checkAll(checks, freshness);
  const names = checks.filter((_, i) => isAllowed(answers[i]!)).map(({ relation }) => relation).sort();
  return pageOf(names, body, (name) => ({ name }));
}

function isAllowed(answer: Awaited<ReturnType<Checker["check"]>>): boolean {
  return !("error" in answer) && answer.allowed;
}

function refused(fault: AuthzenFault): Problem {
  return problem("invalid_request", fault.message);
}

function identity(text: string): never {
  throw new Error(`an empty list has no ${text}`);
}

function entityOf(text: string): { type: string; id: string } {
  const { type, object } = parseEntity(text);
  return { type, id: object.slice(type.length + 1) };
}

/**
 * Returns the page of sorted names that a request asks for; all of them where it asks for no page. A token holds the
 * last name of its page, and a digest of the question it belongs to.
 */
function pageOf<Result>(
  names: readonly string[], body: Json, resultOf: (name: string) => Result,
): Found<Result> | Problem {
  const { page: asked } = body;
  if (asked === undefined || asked === null) return { results: names.map(resultOf) };
  if (!isRecord(asked)) return problem("invalid_request", "page is an object");
  const { limit, token } = asked;
  if (limit !== undefined && (!Number.isInteger(limit) || (limit as number) < 1)) {
    return problem("invalid_request", "page.limit is a whole number from 1");
  }
  const question = questionOf(body);
  const place = token === undefined || token === "" ? FIRST : readPlace(token);
  if (place === undefined || (place !== FIRST && place.question !== question)) {
    return problem("invalid_request", "page.token is no token of this search");
  }
  const most = Math.min((limit as number | undefined) ?? place.limit, MAX_RESULTS_PER_PAGE);
  const left = names.filter((name) => name > place.after);
  const some = left.slice(0, most);
  const next = some.length === left.length ? "" : writePlace({ after: some.at(-1)!, limit: most, question });
  return { page: { next_token: next, count: some.length, total: names.length }, results: some.map(resultOf) };
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
