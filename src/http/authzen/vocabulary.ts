// The words of AuthZEN requests: the types and actions that an app may ask about, and the shape of ids.
import type { CheckRequest } from "../../checks/question.ts";
import { ID_RULE, isId } from "../../events/event.ts";
import type { Vocabulary } from "../../policy/checkable.ts";
import { idOf, typeOf } from "../../tuples/tuple.ts";
import { MAX_NAME_REPEATED_LENGTH } from "../http-limits.ts";
import { AuthzenFault, type Asking } from "./authzen-request.ts";

/** Returns the check that a question asks for, or the fault of its type, action or ids. */
export function checkOf(
  { user, relation = "", object, context }: Asking, vocabulary: Vocabulary,
): CheckRequest | AuthzenFault {
  const idFaults = vocabulary.hasOwnIds ? idFault("subject", user) ?? idFault("resource", object) : undefined;
  return kindFault(user, relation, object, vocabulary) ?? idFaults ?? { user, relation, object, context };
}

/** Returns the fault of a question's types or action, whatever its ids. */
export function kindFault(
  user: string, relation: string, object: string, { relationsOf, isUserType }: Vocabulary,
): AuthzenFault | undefined {
  if (!isUserType(typeOf(user))) {
    return new AuthzenFault(isUserType("user") ? "subject.type is user" : "subject.type is no type of the model");
  }
  const type = typeOf(object);
  const actions = relationsOf(type);
  if (actions === undefined) return new AuthzenFault(`there is no resource type ${cut(type)} to ask about`);
  return actions.includes(relation) ? undefined : new AuthzenFault(`${type} has no action ${cut(relation)}`);
}

function idFault(part: string, name: string): AuthzenFault | undefined {
  return isId(idOf(name)) ? undefined : new AuthzenFault(`${part}.id: ${ID_RULE}`);
}

function cut(name: string): string {
  return name.slice(0, MAX_NAME_REPEATED_LENGTH);
}
