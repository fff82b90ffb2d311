// Guards for routes of Fastify. Published as `sideline/middleware/fastify`.
import type { FastifyRequest, preHandlerAsyncHookHandler } from "fastify";
import type { AnyRelation } from "../client/create-client.ts";
import { judge, type GuardOptions, type ObjectsOf } from "./permission-guard.ts";

/**
 * Returns a `preHandler` that lets a request pass only if its user has the relation to its object. Else it answers with
 * a problem: 401 without a user, 403 for a no, 503 where Sideline does not answer.
 * Example:
 *     app.get("/notes/:id", { preHandler: requirePermission("can_read", noteOf, guard) }, show);
 */
export function requirePermission<Relation extends AnyRelation>(
  relation: Relation, object: ObjectsOf<FastifyRequest, Relation>, options: GuardOptions<FastifyRequest>,
): preHandlerAsyncHookHandler {
  return async (request, reply) => {
    const refused = await judge(request, relation, object, options);
    if (refused === undefined) return undefined;
    // Returning the reply ends the request here, before its handler.
    return reply.code(refused.status).headers(refused.headers).send(refused.body);
  };
}
