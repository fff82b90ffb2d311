// Pairs of models as contests: is there a world in which one gives a relation and the other does not?
import type { AuthorizationModelJson } from "../../../src/model/schema.ts";
import { ModelReader, type Contest } from "./formula.ts";

/** The types of plain users that a relation may have in a model, by any number of steps. Looks at restrictions only. */
function userTypesOf(json: AuthorizationModelJson): string[] {
  const types = json.type_definitions.flatMap((type) => Object.values(type.metadata?.relations ?? {})
    .flatMap(({ directly_related_user_types: to }) => (to ?? []).filter((each) => !each.relation)
      .map((each) => each.type)));
  return [...new Set(types)];
}

/** The contests of one relation, one for each type of users: yes in one model, no in the other. */
export function contestsBetween(yes: AuthorizationModelJson, no: AuthorizationModelJson, place: string): Contest[] {
  const [type = "", relation = ""] = place.split("#");
  return [...new Set([...userTypesOf(yes), ...userTypesOf(no)])].map((userType) => {
    const [user, object] = [{ type: userType, name: "u" }, { type, name: "x" }];
    return {
      user, object, axioms: [],
      left: new ModelReader(yes).relation(object, relation, user),
      right: new ModelReader(no).relation(object, relation, user),
    };
  });
}
