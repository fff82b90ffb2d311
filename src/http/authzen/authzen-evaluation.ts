// AuthZEN 1.0 evaluations: one decision, or several with three semantics.
import type { Checker, Freshness } from "../../checks/checker.ts";
import type { CheckAnswer, CheckRequest } from "../../checks/question.ts";
import { isRecord, type Json } from "../fields.ts";
import { MAX_EVALUATIONS } from "../http-limits.ts";
import { problem, type Problem } from "../problem.ts";
import { AuthzenFault, readEvaluation } from "./authzen-request.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A decision; `context` holds the fault of an item that could not be evaluated. */
interface Decision {
  readonly decision: boolean;
  readonly context?: { readonly error: { readonly status: number; readonly message: string } };
}

const SEMANTICS = ["execute_all", "deny_on_first_deny", "permit_on_first_permit"] as const;
type Semantic = (typeof SEMANTICS)[number];

/** Answers `POST /access/v1/evaluation`. */
export async function evaluateOne(
  body: Json, checker: Checker, freshness: Freshness, vocabulary: Vocabulary,
): Promise<Decision | Problem> {
  const read = vocabulary.admit(readEvaluation(body));
  if (read instanceof AuthzenFault) return problem("invalid_request", read.message);
  const answer = await checker.check(read, freshness);
  if ("error" in answer) return problem("invalid_request", answer.error.message);
  return { decision: answer.allowed };
}

/**
 * Answers `POST /access/v1/evaluations`. Entities at the top are defaults, each taken as a whole. Without evaluations
 * the request is one evaluation. All checks are answered at one revision; the decisions after the deciding one are left
 * out.
 */
export async function evaluateAll(
  body: Json, checker: Checker, freshness: Freshness, vocabulary: Vocabulary,
): Promise<{ readonly evaluations: readonly Decision[] } | Decision | Problem> {
  const { evaluations, options, ...defaults } = body;
  const semantic = readSemantic(options);
  if (typeof semantic === "object") return semantic;
  if (evaluations === undefined || evaluations === null) return evaluateOne(body, checker, freshness, vocabulary);
  if (!Array.isArray(evaluations)) return problem("invalid_request", "evaluations is an array");
  if (evaluations.length === 0) return evaluateOne(body, checker, freshness, vocabulary);
  if (evaluations.length > MAX_EVALUATIONS) {
    return problem("invalid_request", `a request has at most ${MAX_EVALUATIONS} evaluations`);
  }
  const items = evaluations.map((item: unknown) => (isRecord(item)
    ? vocabulary.admit(readEvaluation({ ...defaults, ...item })) : new AuthzenFault("an evaluation is an object")));
  const checks = items.filter((item): item is CheckRequest => !(item instanceof AuthzenFault));
  const answers = [...await checker.checkAll(checks, freshness)];
  const decisions = items.map((item) => (item instanceof AuthzenFault ? faultOf(item.message)
    : decisionOf(answers.shift()!)));
  return { evaluations: upToDeciding(decisions, semantic) };
}

function readSemantic(options: unknown): Semantic | Problem {
  if (options === undefined || options === null) return "execute_all";
  const given = isRecord(options) ? options["evaluations_semantic"] ?? "execute_all" : undefined;
  return SEMANTICS.find((semantic) => semantic === given)
    ?? problem("invalid_request", `options.evaluations_semantic is one of ${SEMANTICS.join(", ")}`);
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
