// List-users with `explain`: each user with the reasons.
import { listUsersInParts } from "../checks/list-users.ts";
import type { Freshness } from "../checks/checker.ts";
import type { Parts } from "../checks/parts.ts";
import type { Failure, ListUsersRequest } from "../checks/question.ts";
import { unrollInParts } from "../reasons/compiled-ways.ts";
import { explain, type ModelNotes } from "../reasons/explain.ts";
import type { Sidecar } from "../sidecar/sidecar.ts";
import { inTurns } from "../sidecar/turns.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { typeOf } from "../tuples/tuple.ts";
import { Origins, reasonBody } from "./reason-bodies.ts";

/** Answers list-users with the reasons of each user, as JSON, or returns the failure. `show` prints a user. */
export type ExplainUsers = (
  question: ListUsersRequest, freshness: Freshness, show: (user: string) => object,
) => Promise<string | Failure>;

/** Returns the function that answers list-users with reasons. List and reasons are of one revision. */
export function explainUsersOf(sidecar: Sidecar, notes: ModelNotes): ExplainUsers {
  return async (question, freshness, show) => {
    const state = await sidecar.checker.state(freshness);
    if ("error" in state) return state.error;
    const { tuples } = state;
    return await inTurns(() => answerInParts(sidecar, tuples, question, notes, show), sidecar.lock, setImmediate);
  };
}

function* answerInParts(
  sidecar: Sidecar, tuples: TupleSet, question: ListUsersRequest, notes: ModelNotes, show: (user: string) => object,
): Parts<string | Failure> {
  const { model } = sidecar;
  const context = { ...question.context, current_time: new Date(sidecar.now()).toISOString() };
  const listed = yield* listUsersInParts(model, tuples, { ...question, context });
  if ("error" in listed) return listed.error;
  const asked = model.types.get(typeOf(question.object))?.relations.get(question.relation);
  if (asked !== undefined) yield* unrollInParts(model, asked);
  const origins = new Origins(sidecar.origins, question.contextualTuples);
  const texts: string[] = [];
  const { object, relation, contextualTuples } = question;
  for (const user of listed.users) {
    if (texts.length > 0) yield;
    const found = explain(model, tuples, { user, relation, object, contextualTuples, context }, notes);
    if ("error" in found) return found.error;
    const reasons = "reasons" in found ? found.reasons.map((each) => reasonBody(each, origins)) : [];
    texts.push(JSON.stringify({ ...show(user), reasons, ...(found.truncated === true ? { truncated: true } : {}) }));
  }
  return `{"users":[${texts.join(",")}]}`;
}
