// AuthZEN 1.0 evaluations: one decision, or several with three semantics.
import type { Checker, Freshness } from "../../checks/checker.ts";
import type { CheckAnswer, CheckRequest } from "../../checks/question.ts";
import type { Vocabulary } from "../../policy/checkable.ts";
import { isRecord, type Json } from "../fields.ts";
import { failedQuestion, invalidQuestion } from "../app-question.ts";
import { MAX_EVALUATIONS } from "../http-limits.ts";
import { AuthzenFault, ContextRoom, readAsking, type Needs } from "./authzen-request.ts";
import { checkOf } from "./vocabulary.ts";

/** A decision; `context` holds the fault of an item that could not be evaluated. */
interface Decision {
  readonly decision: boolean;
  readonly context?: { readonly error: { readonly status: number; readonly message: string } };
}

const SEMANTICS = ["execute_all", "deny_on_first_deny", "permit_on_first_permit"] as const;
type Semantic = (typeof SEMANTICS)[number];

const NEEDS: Needs = { subject: "id", resource: "id", action: true };

function readCheck(from: Json, room: ContextRoom, vocabulary: Vocabulary): CheckRequest | AuthzenFault {
  const asking = readAsking(from, NEEDS, room);
  return asking instanceof AuthzenFault ? asking : checkOf(asking, vocabulary);
}

/** Answers `POST /access/v1/evaluation`. Throws a QuestionProblem for an invalid request. */
export async function evaluateOne(
  body: Json, checker: Checker, freshness: Freshness, vocabulary: Vocabulary,
): Promise<Decision> {
  const check = readCheck(body, new ContextRoom(), vocabulary);
  if (check instanceof AuthzenFault) throw invalidQuestion(check.message);
  const answer = await checker.check(check, freshness);
  if ("error" in answer) throw failedQuestion(answer.error);
  return { decision: answer.allowed };
}

/**
 * Answers `POST /access/v1/evaluations`. Entities at the top are defaults, each taken as a whole. Without evaluations
 * the request is one evaluation. All checks are answered at one revision; the decisions after the deciding one are left
 * out. Throws a QuestionProblem for an invalid request.
 */
export async function evaluateAll(
  body: Json, checker: Checker, freshness: Freshness, vocabulary: Vocabulary,
): Promise<{ readonly evaluations: readonly Decision[] } | Decision> {
  const { evaluations, options, ...defaults } = body;
  const semantic = readSemantic(options);
  const given = evaluations ?? [];
  if (!Array.isArray(given)) throw invalidQuestion("evaluations is an array");
  if (given.length === 0) return evaluateOne(body, checker, freshness, vocabulary);
  if (given.length > MAX_EVALUATIONS) throw invalidQuestion(`a request has at most ${MAX_EVALUATIONS} evaluations`);
  const room = new ContextRoom();
  const items = given.map((item: unknown) => (isRecord(item)
    ? readCheck({ ...defaults, ...item }, room, vocabulary) : new AuthzenFault("an evaluation is an object")));
  const checks = items.filter((item): item is CheckRequest => !(item instanceof AuthzenFault));
  const answers = [...await checker.checkAll(checks, freshness)];
  const decisions = items.map((item) => (item instanceof AuthzenFault ? faultOf(item.message)
    : decisionOf(answers.shift()!)));
  return { evaluations: upToDeciding(decisions, semantic) };
}

function readSemantic(options: unknown): Semantic {
  if (options === undefined || options === null) return "execute_all";
  const given = isRecord(options) ? options["evaluations_semantic"] ?? "execute_all" : undefined;
  const found = SEMANTICS.find((semantic) => semantic === given);
  if (found === undefined) throw invalidQuestion(`options.evaluations_semantic is one of ${SEMANTICS.join(", ")}`);
  return found;
}

function decisionOf(answer: CheckAnswer): Decision {
  return "error" in answer ? faultOf(answer.error.message) : { decision: answer.allowed };
}

function faultOf(message: string): Decision {
  return { decision: false, context: { error: { status: 400, message } } };
}

function upToDeciding(decisions: readonly Decision[], semantic: Semantic): readonly Decision[] {
  if (semantic === "execute_all") return decisions;
  const deciding = decisions.findIndex(({ decision }) => decision === (semantic === "permit_on_first_permit"));
  return deciding < 0 ? decisions : decisions.slice(0, deciding + 1);
}
