// Guards for routes of Hono. Published as `sideline/middleware/hono`.
import type { Context, MiddlewareHandler } from "hono";
import type { AnyRelation } from "../client/create-client.ts";
import { judge, type GuardOptions, type ObjectsOf } from "./permission-guard.ts";

/**
 * Returns a middleware that lets a request pass only if its user has the relation to its object. Else it answers with a
 * problem: 401 without a user, 403 for a no, 503 where Sideline does not answer.
 * Example:
 *     app.get("/notes/:id", requirePermission("can_read", (c) => `note:${c.req.param("id")}`, guard), show);
 */
export function requirePermission<Relation extends AnyRelation>(
  relation: Relation, object: ObjectsOf<Context, Relation>, options: GuardOptions<Context>,
): MiddlewareHandler {
  return async (c, next) => {
    const refused = await judge(c, relation, object, options);
    if (refused !== undefined) return new Response(refused.body, { status: refused.status, headers: refused.headers });
    await next();
    return undefined;
  };
}
