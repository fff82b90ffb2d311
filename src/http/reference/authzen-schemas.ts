// The bodies and answers of the AuthZEN API as schemas. Unknown fields are ignored, as the specification asks.
import { z } from "zod";

const fields = z.looseObject;
const object = z.record(z.string(), z.unknown());
const properties = object.nullish();

const entity = fields({ type: z.string().min(1), id: z.string().min(1), properties });
const kind = fields({ type: z.string().min(1), properties });
const action = fields({ name: z.string().min(1), properties });
const context = object.nullish();
const page = fields({ token: z.string().optional(), limit: z.int().min(1).optional() }).nullish();

export const evaluationBody = fields({ subject: entity, action, resource: entity, context });
/** Each evaluation is judged on its own, after it has taken the defaults: the schema leaves both open. */
export const evaluationsBody = fields({
  evaluations: z.array(z.unknown()).max(1000).nullish(),
  options: fields({
    evaluations_semantic: z.enum(["execute_all", "deny_on_first_deny", "permit_on_first_permit"]).optional(),
  }).nullish(),
});
export const subjectSearchBody = fields({ subject: kind, action, resource: entity, context, page });
export const resourceSearchBody = fields({ subject: entity, action, resource: kind, context, page });
export const actionSearchBody = fields({ subject: entity, resource: entity, context, page });

export const decisionAnswer = z.object({
  decision: z.boolean(),
  context: z.object({ error: z.object({ status: z.int(), message: z.string() }) }).optional(),
});
export const evaluationsAnswer = z.union([
  z.object({ evaluations: z.array(decisionAnswer) }), decisionAnswer,
]);
const answeredPage = z.object({ next_token: z.string(), count: z.int(), total: z.int() }).optional();
export const entitySearchAnswer = z.object({
  page: answeredPage, results: z.array(z.object({ type: z.string(), id: z.string() })),
});
export const actionSearchAnswer = z.object({ page: answeredPage, results: z.array(z.object({ name: z.string() })) });
export const metadataAnswer = z.object({
  policy_decision_point: z.string(), access_evaluation_endpoint: z.string(), access_evaluations_endpoint: z.string(),
  search_subject_endpoint: z.string(), search_resource_endpoint: z.string(), search_action_endpoint: z.string(),
});
