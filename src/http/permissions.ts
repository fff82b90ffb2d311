// POST /permissions and POST /filter: the buttons of a page, and a list without what a user must not see.
import { z } from "zod";
import type { Checker } from "../checks/checker.ts";
import type { CheckAnswer } from "../checks/question.ts";
import { clean } from "../events/payload.ts";
import { checkableOf } from "../policy/checkable.ts";
import { typeOf } from "../tuples/tuple.ts";
import { appRoute, failedQuestion, invalidQuestion, objectSchema, userSchema } from "./app-question.ts";
import { MAX_FILTERED_OBJECTS, MAX_RELATIONS_ASKED } from "./http-limits.ts";
import type { Asked } from "./question-route.ts";
import type { Route } from "./route.ts";

/** Body of `POST /permissions`. */
export const permissionsSchema = z.strictObject({
  user: userSchema, object: objectSchema, relations: z.array(z.string()).min(1).max(MAX_RELATIONS_ASKED).optional(),
});

/** Body of `POST /filter`. */
export const filterSchema = z.strictObject({
  user: userSchema, relation: z.string(), objects: z.array(objectSchema).max(MAX_FILTERED_OBJECTS),
});

/** Returns the routes of both. All checks of one request are answered at one revision. */
export function permissionRoutes(checker: Checker, asked: Asked): Route[] {
  const permissions = appRoute<z.infer<typeof permissionsSchema>>({
    path: "/permissions", schema: permissionsSchema, takesContextual: true,
    answer: async ({ user, object, relations }, { freshness, contextualTuples }) => {
      const offered = checkableOf(typeOf(object)) ?? [];
      const named = relations === undefined ? offered : offered.filter((relation) => relations.includes(relation));
      for (const relation of relations ?? []) expectOffered(relation, typeOf(object));
      const requests = named.map((relation) => ({ user, relation, object, contextualTuples }));
      const answers = await checker.checkAll(requests, freshness);
      return { user, object, relations: named.filter((_, i) => isAllowed(answers[i]!)) };
    },
  }, asked);
  const filter = appRoute<z.infer<typeof filterSchema>>({
    path: "/filter", schema: filterSchema, takesContextual: true,
    answer: async ({ user, relation, objects }, { freshness, contextualTuples }) => {
      for (const object of objects) expectOffered(relation, typeOf(object));
      const requests = objects.map((object) => ({ user, relation, object, contextualTuples }));
      const answers = await checker.checkAll(requests, freshness);
      return { objects: objects.filter((_, i) => isAllowed(answers[i]!)) };
    },
  }, asked);
  return [permissions, filter];
}

/** Throws a problem if an app may not ask for a relation of the objects of a type. */
export function expectOffered(relation: string, type: string): void {
  if (checkableOf(type)?.includes(relation) === true) return;
  const message = clean(`${type} has no relation ${relation} to ask about`);
  throw invalidQuestion(message, [{ path: "relation", message }]);
}

function isAllowed(answer: CheckAnswer): boolean {
  if ("error" in answer) throw failedQuestion(answer.error);
  return answer.allowed;
}
