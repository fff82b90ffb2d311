// The API as an OpenAPI 3.1 document, made from the schemas that validate and the table of operations.
import { OpenAPIHono } from "@hono/zod-openapi";
import { EVENTS } from "../../events/table.ts";
import { PROBLEM_STATUS, type ProblemCode } from "../problem.ts";
import { PROBLEM_MEANINGS } from "../problem-meanings.ts";
import { styleOf } from "../route.ts";
import { REFUSED_ROUTES, ROUTES, scopesOf } from "../scope.ts";
import { openfgaError, openfgaStreamError, problemAnswer } from "./answer-schemas.ts";
import { eventSchema, jsonSchemaOf, type JsonSchema } from "./event-schemas.ts";
import type { Operation, Parameter } from "./operation.ts";
import { OPERATIONS, SEND_EVENTS } from "./operations.ts";

const JSON_TYPE = "application/json";
const PROBLEM_TYPE = "application/problem+json";
/** Statuses of the errors that every question of the OpenFGA API may answer. */
const OPENFGA_ERRORS = [400, 413, 415, 503];

type Responses = Record<string, { description: string; content?: Record<string, { schema: JsonSchema }> }>;

/** Returns the document; `version` is Sideline's. */
export function openapiDocument(version: string): object {
  const { openAPIRegistry: registry, getOpenAPI31Document } = withGenerator();
  registry.registerComponent("securitySchemes", "key", { type: "http", scheme: "bearer" });
  registry.registerComponent("schemas", "Problem", problemSchema() as object);
  registry.registerComponent("schemas", "OpenfgaError", jsonSchemaOf(openfgaError, "output") as object);
  for (const type of EVENTS.keys()) registry.registerComponent("schemas", type, eventSchema(type) as object);
  registry.registerPath(sendEvents() as never);
  expectComplete();
  for (const operation of OPERATIONS) registry.registerPath(pathOf(operation) as never);
  return getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Sideline", version,
      description: "Events become tuples, tuples answer checks: who may do what with orgs, teams, athletes and notes.",
    },
    servers: [{ url: "/" }],
  });
}

/** Throws if a route that answers callers is not described. */
function expectComplete(): void {
  const described = new Set<string>([SEND_EVENTS, ...OPERATIONS].map(({ route }) => route));
  const missing = ROUTES.filter((route) => !REFUSED_ROUTES.includes(route) && !described.has(route));
  if (missing.length > 0) throw new Error(`the reference does not describe ${missing.join(", ")}`);
}

function withGenerator() {
  const app = new OpenAPIHono();
  return {
    openAPIRegistry: app.openAPIRegistry,
    getOpenAPI31Document: (config: Parameters<typeof app.getOpenAPI31Document>[0]) => app.getOpenAPI31Document(config),
  };
}

function problemSchema(): JsonSchema {
  const schema = jsonSchemaOf(problemAnswer, "output") as { properties: Record<string, JsonSchema> };
  const code = { type: "string", enum: Object.keys(PROBLEM_MEANINGS) };
  return { ...schema, properties: { ...schema.properties, code } };
}

function pathOf(operation: Operation): object {
  const { body, answer, also = [] } = operation;
  const content = { [answer.type ?? JSON_TYPE]: contentOf(answer) };
  const responses: Responses = { 200: { description: "The answer.", content } };
  for (const status of also) responses[status] = { description: "The answer while it cannot.", content };
  return {
    ...shared(operation),
    request: body === undefined ? {} : {
      body: {
        required: true,
        content: { [JSON_TYPE]: { schema: jsonSchemaOf(body.schema, "input"), example: body.example } },
      },
    },
    responses: { ...responses, ...errorsOf(operation) },
  };
}

function contentOf({ schema, example }: Operation["answer"]): { schema: JsonSchema; example?: unknown } {
  const of = schema === undefined ? {} : jsonSchemaOf(schema, "output");
  return example === undefined ? { schema: of } : { schema: of, example };
}

function shared({ route, group, summary, parameters = [] }: Pick<
  Operation, "route" | "group" | "summary" | "parameters"
>): object {
  const [method = "", path = ""] = route.split(" ");
  const scopes = scopesOf(method, path);
  return {
    method: method.toLowerCase(), path: path.replaceAll(/:(\w+)/g, "{$1}"), tags: [group], summary,
    description: scopes.length === 0 ? "Needs no API key."
      : `Needs an API key with the scope ${scopes.map((scope) => `\`${scope}\``).join(" or ")}.`,
    ...(scopes.length === 0 ? {} : { security: [{ key: [] }] }),
    parameters: parameters.map(parameterOf),
  };
}

function parameterOf({ name, in: place, means, values }: Parameter): object {
  return {
    name, in: place, description: means, required: place === "path",
    schema: values === undefined ? { type: "string" } : { type: "string", enum: values },
  };
}

/** Returns the errors of an operation by status. */
function errorsOf({ route, problems = [] }: Pick<Operation, "route" | "problems">): Responses {
  const [method = "", path = ""] = route.split(" ");
  const isGuarded = scopesOf(method, path).length > 0;
  const guard: ProblemCode[] = isGuarded ? ["unauthenticated", "scope_missing"] : [];
  if (styleOf(path) === "openfga") {
    const statuses = [...(method === "POST" ? OPENFGA_ERRORS : [400, 404, 503]), ...(isGuarded ? [401, 403] : []), 421];
    return Object.fromEntries(statuses.map((status) => [status, {
      description: status === 421 ? "Refused: wrong_host." : "An error in the form of the OpenFGA API.",
      content: status === 421 ? { [PROBLEM_TYPE]: { schema: refTo("Problem") } }
        : { [JSON_TYPE]: { schema: path.endsWith("/streamed-list-objects") ? STREAM_ERROR : refTo("OpenfgaError") } },
    }]));
  }
  return problemsByStatus([...problems, ...guard, "wrong_host"]);
}

function problemsByStatus(codes: readonly ProblemCode[]): Responses {
  const statuses = [...new Set(codes.map((code) => PROBLEM_STATUS[code]))];
  return Object.fromEntries(statuses.map((status) => [status, {
    description: codes.filter((code) => PROBLEM_STATUS[code] === status)
      .map((code) => `\`${code}\`: ${PROBLEM_MEANINGS[code].means}`).join("\n\n"),
    content: { [PROBLEM_TYPE]: { schema: refTo("Problem") } },
  }]));
}

/** Returns the operation that sends events: its body is any event, or a batch of them. */
function sendEvents(): object {
  const one = { oneOf: [...EVENTS.keys()].map(refTo), discriminator: { propertyName: "type" } };
  const batch = { type: "array", items: one, maxItems: 1000 };
  const receipt = jsonSchemaOf(SEND_EVENTS.receipt.schema, "output");
  const outcome = { oneOf: [receipt, refTo("Problem")] };
  const { example } = SEND_EVENTS;
  const codes = (Object.keys(PROBLEM_MEANINGS) as ProblemCode[]).filter((code) => !NEVER_OF_EVENTS.has(code));
  return {
    ...shared(SEND_EVENTS),
    request: {
      body: {
        required: true,
        content: {
          "application/cloudevents+json": { schema: one, example },
          "application/cloudevents-batch+json": { schema: batch, example: [example] },
          [JSON_TYPE]: { schema: { oneOf: [one, batch] }, example },
        },
      },
    },
    responses: {
      200: {
        description: "The receipt of the event, or a receipt or problem for each event of a batch.",
        content: {
          [JSON_TYPE]: {
            schema: { oneOf: [receipt, { type: "array", items: outcome }] }, example: SEND_EVENTS.receipt.example,
          },
        },
      },
      ...problemsByStatus(codes),
    },
  };
}

/** Codes that no request with events gets. */
const NEVER_OF_EVENTS: ReadonlySet<ProblemCode> = new Set<ProblemCode>(
  ["not_found", "method_not_allowed", "origin_not_allowed", "backup_running", "not_supported", "internal_error"],
);

/** A stream that fails before its first line has OpenFGA's form for streams, unless the failure is Sideline's own. */
const STREAM_ERROR: JsonSchema = {
  oneOf: [refTo("OpenfgaError"), jsonSchemaOf(openfgaStreamError, "output")],
};

function refTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}
