// List-users with `explain`: each user with the reasons.
import { listUsersInParts } from "../checks/list-users.ts";
import type { Freshness } from "../checks/checker.ts";
import type { Parts } from "../checks/parts.ts";
import type { Failure, ListUsersRequest } from "../checks/question.ts";
import type { Model } from "../model/rewrite.ts";
import { unrollInParts } from "../reasons/compiled-ways.ts";
import { explainInParts } from "../reasons/explain.ts";
import type { ModelNotes } from "../reasons/explained.ts";
import { Pace, partsBy } from "../reasons/pace.ts";
import type { TupleOrigins } from "../reasons/tuple-origins.ts";
import { MAX_LIST_REASON_STEPS, MAX_USERS_EXPLAINED } from "../reasons/reasons-limits.ts";
import type { Asked } from "./question-route.ts";
import { inTurns, onOneState } from "../sidecar/turns.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { typeOf } from "../tuples/tuple.ts";
import { bodiesOf, Origins, reasonBody } from "./reason-bodies.ts";

/**
 * Answers list-users with the reasons of each user, as JSON, or returns the failure. `show` prints a user. Rejects with
 * ClientGone once `isGone` returns true.
 */
export type ExplainUsers = (
  question: ListUsersRequest, freshness: Freshness, show: (user: string) => object, isGone: () => boolean,
) => Promise<string | Failure>;

/** Returns the function that answers list-users with reasons. List and reasons are of one revision. */
export function explainUsersOf(
  { sidecar, decisions }: Pick<Asked, "sidecar" | "decisions">, notes: ModelNotes,
): ExplainUsers {
  const explain: ExplainUsers = async (question, freshness, show, isGone) => {
    const { moment } = freshness;
    if (moment !== undefined && sidecar.past !== undefined) {
      const explained = await sidecar.past.answer(moment, ({ tuples, origins }) =>
        answerInParts(sidecar.model, { tuples, origins, at: moment.at }, question, notes, show));
      return typeof explained === "object" && "error" in explained ? explained.error : explained;
    }
    const state = await sidecar.checker.state(freshness);
    if ("error" in state) return state.error;
    const { tuples } = state;
    const begin = (): Parts<string | Failure> => {
      const present = { tuples, origins: sidecar.origins, at: sidecar.now() };
      return onOneState(tuples, answerInParts(sidecar.model, present, question, notes, show));
    };
    return await inTurns(begin, sidecar.lock, setImmediate, isGone);
  };
  if (decisions === undefined) return explain;
  return async (question, freshness, show, isGone) => {
    const began = performance.now();
    const answer = await explain(question, freshness, show, isGone);
    const outcome = typeof answer === "string" ? { explained: true } : { error: answer.code };
    decisions.users(question, outcome, freshness, began);
    return answer;
  };
}

/** A state, the events behind its tuples, and its time in milliseconds since 1970. */
interface ExplainedState {
  readonly tuples: TupleSet;
  readonly origins: TupleOrigins | undefined;
  readonly at: number;
}

function* answerInParts(
  model: Model, { tuples, origins: events, at }: ExplainedState, question: ListUsersRequest, notes: ModelNotes,
  show: (user: string) => object,
): Parts<string | Failure> {
  const context = { ...question.context, current_time: new Date(at).toISOString() };
  const listed = yield* listUsersInParts(model, tuples, { ...question, context });
  if ("error" in listed) return listed.error;
  const asked = model.types.get(typeOf(question.object))?.relations.get(question.relation);
  if (asked !== undefined) yield* unrollInParts(model, asked);
  const origins = new Origins(events, new Pace(partsBy(() => performance.now())), question.contextualTuples);
  const texts: string[] = [];
  const { object, relation, contextualTuples } = question;
  const spent = { steps: 0 };
  for (const user of listed.users) {
    if (texts.length > 0) yield;
    if (texts.length >= MAX_USERS_EXPLAINED || spent.steps > MAX_LIST_REASON_STEPS) {
      texts.push(JSON.stringify({ ...show(user), reasons: [], truncated: true }));
      continue;
    }
    const request = { user, relation, object, contextualTuples, context };
    const found = yield* explainInParts(model, tuples, request, notes, { spent, isRead: true });
    if ("error" in found) return found.error;
    const reasons = "reasons" in found ? yield* bodiesOf(found.reasons, reasonBody, origins) : [];
    texts.push(JSON.stringify({ ...show(user), reasons, ...(found.truncated === true ? { truncated: true } : {}) }));
  }
  return `{"users":[${texts.join(",")}]}`;
}
