// Guards for routes of Express. Published as `sideline/middleware/express`.
import type { Request, RequestHandler } from "express";
import type { AnyRelation } from "../client/create-client.ts";
import { judge, type GuardOptions, type ObjectsOf } from "./permission-guard.ts";

/**
 * Returns a handler that lets a request pass only if its user has the relation to its object. Else it answers with a
 * problem: 401 without a user, 403 for a no, 503 where Sideline does not answer.
 * Example:
 *     app.get("/notes/:id", requirePermission("can_read", (req) => `note:${req.params["id"]}`, guard), show);
 */
export function requirePermission<Relation extends AnyRelation>(
  relation: Relation, object: ObjectsOf<Request, Relation>, options: GuardOptions<Request>,
): RequestHandler {
  return async (request, response, next) => {
    const refused = await judge(request, relation, object, options);
    if (refused === undefined) next();
    else response.status(refused.status).set(refused.headers).send(refused.body);
  };
}
