// Check and batch-check of the OpenFGA API.
import type { Checker } from "../checks/checker.ts";
import type { CheckAnswer, CheckRequest } from "../checks/question.ts";
import { CORRELATION_ID, type Fields, type Json } from "./fields.ts";
import { errorOf, type Answered, type QuestionKind } from "./question-route.ts";
import { readCheckKey, readContext, readContextual } from "./question-fields.ts";
import { MAX_CHECKS_PER_BATCH } from "./http-limits.ts";

const ALLOWED = '{"allowed":true,"resolution":""}';
const DENIED = '{"allowed":false,"resolution":""}';

/** Returns the kind of `POST /check`: does this user have the relation to this object? */
export function checkKind(checker: Checker): QuestionKind<CheckRequest> {
  return {
    namesModel: true,
    takesMoment: true,
    read: readCheck,
    isWhatIf: (question) => question.contextualTuples !== undefined,
    answer: (question, freshness) => {
      const answer = checker.check(question, freshness);
      return answer instanceof Promise ? answer.then(printAnswer) : printAnswer(answer);
    },
  };
}

/** Reads the body of a check. */
export function readCheck(fields: Fields, body: Json): CheckRequest {
  const { user, relation, object } = readCheckKey(fields, body);
  const contextualTuples = readContextual(fields, body);
  return { user, relation, object, contextualTuples, context: readContext(fields, body) };
}

function printAnswer(answer: CheckAnswer): Answered {
  if ("error" in answer) return errorOf(answer.error);
  return answer.allowed ? ALLOWED : DENIED;
}

/** One check of a batch, and the id that its answer is listed under. */
interface BatchItem {
  readonly id: string;
  readonly request: CheckRequest;
}

/** Returns the kind of `POST /batch-check`: up to 50 checks, each answered or failed on its own. */
export function batchCheckKind(checker: Checker): QuestionKind<readonly BatchItem[]> {
  return {
    namesModel: true,
    takesMoment: true,
    read: readBatch,
    isWhatIf: (items) => items.some((item) => item.request.contextualTuples !== undefined),
    answer: (items, freshness) => {
      const answers = checker.checkAll(items.map((item) => item.request), freshness);
      return answers instanceof Promise ? answers.then((all) => batchText(items, all)) : batchText(items, answers);
    },
  };
}

function readBatch(fields: Fields, body: Json): readonly BatchItem[] {
  const checks = fields.records(body, "checks");
  if (checks.length === 0) fields.refuse("validation_error", "invalid checks: value must contain at least 1 item(s)");
  if (checks.length > MAX_CHECKS_PER_BATCH) {
    const message = `batchCheck received ${checks.length} checks, the maximum allowed is ${MAX_CHECKS_PER_BATCH}`;
    fields.refuse("validation_error", message);
    return [];
  }
  const seen = new Set<string>();
  return checks.map((check) => {
    const request = readCheck(fields, check);
    const id = fields.shaped(check, "correlation_id", CORRELATION_ID);
    if (seen.has(id)) fields.refuse("validation_error", `received duplicate correlation id: ${id}`);
    seen.add(id);
    return { id, request };
  });
}

/** Prints the answers under their ids, which by their shape need no escaping. */
function batchText(items: readonly BatchItem[], answers: readonly CheckAnswer[]): string {
  return `{"result":{${items.map(({ id }, i) => `"${id}":${itemText(answers[i]!)}`).join(",")}}}`;
}

function itemText(answer: CheckAnswer): string {
  if (!("error" in answer)) return answer.allowed ? '{"allowed":true}' : '{"allowed":false}';
  return JSON.stringify({ error: { input_error: answer.error.code, message: answer.error.message } });
}
