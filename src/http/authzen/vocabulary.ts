// The words of AuthZEN requests: which types and actions an app may ask about, and which ids exist at all.
import type { CheckRequest } from "../../checks/question.ts";
import { ID_RULE, isId } from "../../events/event.ts";
import { checkableOf } from "../../policy/checkable.ts";
import { typeOf } from "../../tuples/tuple.ts";
import { MAX_NAME_REPEATED_LENGTH } from "../http-limits.ts";
import { AuthzenFault } from "./authzen-request.ts";

/** The types and actions that requests may name. */
export interface Vocabulary {
  /** Returns the actions on a type, in the order of the reference; undefined for a type without any. */
  readonly actionsOn: (type: string) => readonly string[] | undefined;
  /** Returns a check as it is, or the fault of its type, action or ids. */
  readonly admit: (request: CheckRequest | AuthzenFault) => CheckRequest | AuthzenFault;
}

/** The vocabulary of Sideline's policy: the checkable relations. */
export const POLICY_VOCABULARY: Vocabulary = {
  actionsOn: checkableOf,
  admit: (request) => {
    if (request instanceof AuthzenFault) return request;
    const { user, relation, object } = request;
    if (!user.startsWith("user:")) return new AuthzenFault("subject.type is user");
    const type = typeOf(object);
    const actions = checkableOf(type);
    if (actions === undefined) return new AuthzenFault(`there is no resource type ${cut(type)} to ask about`);
    if (!actions.includes(relation)) return new AuthzenFault(`${type} has no action ${cut(relation)}`);
    if (!isId(user.slice("user:".length))) return new AuthzenFault(`subject.id: ${ID_RULE}`);
    return isId(object.slice(type.length + 1)) ? request : new AuthzenFault(`resource.id: ${ID_RULE}`);
  },
};

function cut(name: string): string {
  return name.slice(0, MAX_NAME_REPEATED_LENGTH);
}
