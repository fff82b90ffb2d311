// POST /objects: every object of a type that a user has a relation to, sorted, page by page.
import { z } from "zod";
import type { Checker } from "../checks/checker.ts";
import { hasOrg } from "../domain/object-org.ts";
import { orgId } from "../events/event.ts";
import { clean } from "../events/payload.ts";
import { checkableOf } from "../policy/checkable.ts";
import { appRoute, failedQuestion, invalidQuestion, userSchema } from "./app-question.ts";
import { pageSizeSchema, placeOf, tokenAfter, tokenSchema } from "./list-page.ts";
import { showsInvites } from "./lists.ts";
import { expectOffered } from "./permissions.ts";
import type { Asked } from "./question-route.ts";
import type { Route } from "./route.ts";

/** Body of `POST /objects`. */
export const objectsSchema = z.strictObject({
  user: userSchema, relation: z.string(), type: z.string(), org: orgId.optional(),
  page_size: pageSizeSchema.optional(), continuation_token: tokenSchema.optional(),
});

/** Returns the route. Each page is of the state at its own time. */
export function objectsRoute(checker: Checker, asked: Asked): Route {
  return appRoute<z.infer<typeof objectsSchema>>({
    path: "/objects", schema: objectsSchema, takesContextual: false,
    needsRead: ({ type }) => showsInvites(type),
    answer: async ({ user, relation, type, org, ...page }, { freshness }) => {
      expectType(type, org);
      expectOffered(relation, type);
      const question = [user, relation, type, org ?? null];
      const place = placeOf(page, question);
      const answer = await checker.objectPage({ user, relation, type, org, ...place }, freshness);
      if ("error" in answer) throw failedQuestion(answer.error);
      const { objects, isLast } = answer;
      return { objects, continuation_token: isLast ? "" : tokenAfter(objects.at(-1)!, question) };
    },
  }, asked);
}

/** Throws a problem for a type that nobody may ask about, and for the org of a type that has none. */
function expectType(type: string, org: string | undefined): void {
  if (checkableOf(type) === undefined) {
    const message = clean(`there is no type ${type} to ask about`);
    throw invalidQuestion(message, [{ path: "type", message }]);
  }
  if (org === undefined || hasOrg(type)) return;
  const message = `objects of the type ${type} belong to no org`;
  throw invalidQuestion(message, [{ path: "org", message }]);
}
