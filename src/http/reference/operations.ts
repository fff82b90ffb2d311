// Every operation of the API: its summary, parameters, body and answers. The reference and openapi.json come from it.
import { objectsSchema } from "../objects.ts";
import { filterSchema, permissionsSchema } from "../permissions.ts";
import type { ProblemCode } from "../problem.ts";
import * as answers from "./answer-schemas.ts";
import * as authzenBodies from "./authzen-schemas.ts";
import { DIRECTORY } from "./directory-operations.ts";
import { HISTORY } from "./history-operation.ts";
import { AS_OF, TOKEN, type Operation, type Parameter } from "./operation.ts";
import { EXPLAIN_EXAMPLE, explainAnswer } from "./reason-schemas.ts";
import * as bodies from "./question-schemas.ts";

const STORE: Parameter = { name: "store", in: "path", means: "Id of the store, or its name." };
const PAGE: readonly Parameter[] = [
  { name: "page_size", in: "query", means: "Entries in a page, 1 to 100; 50 by default." },
  { name: "continuation_token", in: "query", means: "Token of the page before." },
];

const KEY = { user: "user:carl", relation: "sessions_read", object: "athlete:ada" };

/** A question of the OpenFGA API with its short path and its path under a store. */
function question(
  name: string, summary: string, body: NonNullable<Operation["body"]>, answer: Operation["answer"],
): Operation[] {
  const shared = { group: "Questions as OpenFGA asks them", summary, body, answer } as const;
  return [
    { ...shared, route: `POST /${name}`, parameters: [TOKEN, AS_OF] },
    { ...shared, route: `POST /stores/:store/${name}`, parameters: [STORE, TOKEN, AS_OF] },
  ];
}

const EVENT = {
  specversion: "1.0", id: "1", source: "/app", type: "org.created", actor: "olivia",
  data: { org: "harbour", kind: "club", owner: "olivia" },
};
const RECEIPT = {
  id: "1", source: "/app", type: "org.created", status: "applied", token: "WyJoYXJib3VyIiwxXQ==", written: 5,
  deleted: 0,
};

const QUESTIONS: readonly Operation[] = [
  {
    route: "POST /permissions", group: "Questions", parameters: [TOKEN, AS_OF],
    summary: "Which relations does this user have to this object? The buttons of a page in one question.",
    body: { schema: permissionsSchema, example: { user: "user:carl", object: "athlete:ada" } },
    answer: { schema: answers.permissionsAnswer,
      example: { user: "user:carl", object: "athlete:ada", relations: ["current_coach", "can_view"] } },
    problems: ["invalid_request", "body_too_large", "unsupported_media_type", "store_unavailable"],
  },
  {
    route: "POST /filter", group: "Questions", parameters: [TOKEN, AS_OF],
    summary: "Which of these objects does this user have the relation to? A list without what the user must not see.",
    body: { schema: filterSchema,
      example: { user: "user:carl", relation: "can_view", objects: ["athlete:ada", "athlete:ben"] } },
    answer: { schema: answers.filterAnswer, example: { objects: ["athlete:ada"] } },
    problems: ["invalid_request", "body_too_large", "unsupported_media_type", "store_unavailable"],
  },
  {
    route: "POST /objects", group: "Questions", parameters: [TOKEN, AS_OF],
    summary: "Every object of a type that this user has the relation to, sorted, page by page.",
    body: { schema: objectsSchema,
      example: { user: "user:carl", relation: "can_view", type: "athlete", org: "harbour", page_size: 100 } },
    answer: { schema: answers.objectsAnswer, example: { objects: ["athlete:ada"], continuation_token: "" } },
    problems: ["invalid_request", "body_too_large", "unsupported_media_type", "store_unavailable"],
  },
  {
    route: "POST /explain", group: "Questions", parameters: [TOKEN, AS_OF],
    summary: "Why does this user have this relation to this object, or what is missing? The body is that of a check.",
    body: { schema: bodies.checkBody, example: { tuple_key: KEY } },
    answer: { schema: explainAnswer, example: EXPLAIN_EXAMPLE },
    problems: ["invalid_request", "body_too_large", "unsupported_media_type", "store_unavailable"],
  },
  HISTORY,
  ...question("check", "Does this user have this relation to this object?",
    { schema: bodies.checkBody, example: { tuple_key: KEY } },
    { schema: answers.checkAnswer, example: { allowed: true, resolution: "" } }),
  ...question("batch-check", "Answers up to 50 checks, each under its own id.",
    { schema: bodies.batchCheckBody, example: { checks: [{ tuple_key: KEY, correlation_id: "read" }] } },
    { schema: answers.batchCheckAnswer, example: { result: { read: { allowed: true } } } }),
  ...question("list-objects", "To which objects of a type does this user have the relation? The list is complete.",
    { schema: bodies.listObjectsBody, example: { type: "athlete", relation: "can_view", user: "user:carl" } },
    { schema: answers.listObjectsAnswer, example: { objects: ["athlete:ada"] } }),
  ...question("streamed-list-objects", "The same list, with a line for each object.",
    { schema: bodies.listObjectsBody, example: { type: "athlete", relation: "can_view", user: "user:carl" } },
    { schema: answers.streamedObject, example: { result: { object: "athlete:ada" } } }),
  ...question("list-users", "Which users have the relation to this object?",
    { schema: bodies.listUsersBody,
      example: { object: { type: "athlete", id: "ada" }, relation: "can_view", user_filters: [{ type: "user" }] } },
    { schema: answers.listUsersAnswer, example: { users: [{ object: { type: "user", id: "carl" } }] } }),
  {
    route: "POST /stores/:store/expand", group: "Questions as OpenFGA asks them", parameters: [STORE, TOKEN],
    summary: "One level of the definition of a relation, for one object.",
    body: { schema: bodies.expandBody, example: { tuple_key: { relation: "coach_hat", object: "org:harbour" } } },
    answer: { schema: answers.expandAnswer,
      example: { tree: { root: { name: "org:harbour#coach_hat", leaf: { users: { users: ["user:carl"] } } } } } },
  },
  {
    route: "POST /stores/:store/read", group: "Questions as OpenFGA asks them", parameters: [STORE, TOKEN],
    summary: "The tuples as stored, page by page.",
    body: { schema: bodies.readBody, example: { tuple_key: { object: "coaching:ada.carl" } } },
    answer: { schema: answers.readAnswer, example: { tuples: [], continuation_token: "" } },
  },
  {
    route: "GET /stores/:store/changes", group: "Questions as OpenFGA asks them",
    summary: "The tuples written and deleted, in order, page by page.",
    parameters: [
      STORE, { name: "type", in: "query", means: "Only changes of objects of this type." }, ...PAGE,
      { name: "start_time", in: "query", means: "Only changes from this time on, in RFC 3339." },
    ],
    answer: { schema: answers.changesAnswer, example: { changes: [], continuation_token: "" } },
  },
  {
    route: "GET /stores", group: "Questions as OpenFGA asks them", summary: "The one store.",
    parameters: [{ name: "name", in: "query", means: "Name of the store." }, ...PAGE],
    answer: { schema: answers.storesAnswer },
  },
  {
    route: "GET /stores/:store", group: "Questions as OpenFGA asks them", summary: "The store.", parameters: [STORE],
    answer: { schema: answers.storeAnswer },
  },
  {
    route: "GET /stores/:store/authorization-models", group: "Questions as OpenFGA asks them",
    summary: "The one model, in a list.", parameters: [STORE, ...PAGE], answer: { schema: answers.modelsAnswer },
  },
  {
    route: "GET /stores/:store/authorization-models/:model", group: "Questions as OpenFGA asks them",
    summary: "The model that answers every question.",
    parameters: [STORE, { name: "model", in: "path", means: "Id of the model." }],
    answer: { schema: answers.modelAnswer },
  },
  {
    route: "GET /stores/:store/assertions/:model", group: "Questions as OpenFGA asks them",
    summary: "An empty list: Sideline keeps no assertions.",
    parameters: [STORE, { name: "model", in: "path", means: "Id of the model." }],
    answer: { schema: answers.assertionsAnswer },
  },
];

const EVALUATION = {
  subject: { type: "user", id: "carl" }, action: { name: "can_view" }, resource: { type: "athlete", id: "ada" },
};
const AUTHZEN_PROBLEMS: readonly ProblemCode[] = [
  "invalid_request", "body_too_large", "unsupported_media_type", "store_unavailable",
];

/** A question of the AuthZEN API. */
function authzen(
  name: string, summary: string, body: NonNullable<Operation["body"]>, answer: Operation["answer"],
): Operation {
  return {
    route: `POST /access/v1/${name}`, group: "Questions as AuthZEN asks them", summary, body, answer,
    parameters: [TOKEN, { name: "X-Request-ID", in: "header", means: "The answer has the same value." }],
    problems: AUTHZEN_PROBLEMS,
  };
}

const AUTHZEN: readonly Operation[] = [
  authzen("evaluation", "May this subject do this action on this resource?",
    { schema: authzenBodies.evaluationBody, example: EVALUATION },
    { schema: authzenBodies.decisionAnswer, example: { decision: true } }),
  authzen("evaluations", "Several evaluations, with the entities at the top as defaults.",
    { schema: authzenBodies.evaluationsBody,
      example: { ...EVALUATION, evaluations: [{}, { resource: { type: "athlete", id: "ben" } }] } },
    { schema: authzenBodies.evaluationsAnswer, example: { evaluations: [{ decision: true }, { decision: false }] } }),
  authzen("search/subject", "Who may do this action on this resource?",
    { schema: authzenBodies.subjectSearchBody, example: { ...EVALUATION, subject: { type: "user" } } },
    { schema: authzenBodies.entitySearchAnswer, example: { results: [{ type: "user", id: "carl" }] } }),
  authzen("search/resource", "On which resources of a type may this subject do this action?",
    { schema: authzenBodies.resourceSearchBody, example: { ...EVALUATION, resource: { type: "athlete" } } },
    { schema: authzenBodies.entitySearchAnswer, example: { results: [{ type: "athlete", id: "ada" }] } }),
  authzen("search/action", "Which actions may this subject do on this resource?",
    { schema: authzenBodies.actionSearchBody,
      example: { subject: EVALUATION.subject, resource: EVALUATION.resource } },
    { schema: authzenBodies.actionSearchAnswer, example: { results: [{ name: "can_view" }] } }),
  {
    route: "GET /.well-known/authzen-configuration", group: "Questions as AuthZEN asks them",
    summary: "The endpoints of the AuthZEN API.", answer: { schema: authzenBodies.metadataAnswer },
  },
];

const RUNNING: readonly Operation[] = [
  { route: "GET /", group: "Running it", summary: "Name, version and links.", answer: { schema: answers.indexAnswer } },
  {
    route: "GET /livez", group: "Running it", summary: "Whether the process answers at all.",
    answer: { schema: answers.livezAnswer },
  },
  {
    route: "GET /readyz", group: "Running it", summary: "Whether requests can be answered.",
    parameters: [{ name: "verbose", in: "query", means: "With it, the answer has every part." }],
    answer: { schema: answers.readyzAnswer }, also: [503],
  },
  {
    route: "GET /healthz", group: "Running it", summary: "The same, as OpenFGA answers it.",
    answer: { schema: answers.healthzAnswer }, also: [503],
  },
  {
    route: "GET /metrics", group: "Running it", summary: "Counts and figures in Prometheus format.",
    answer: { type: "text/plain" },
  },
  {
    route: "POST /backup", group: "Running it", summary: "A consistent copy of the running embedded store.",
    answer: { type: "application/vnd.sqlite3" }, problems: ["backup_running", "store_unavailable", "not_supported"],
  },
  {
    route: "GET /openapi.json", group: "Reference", summary: "This API as an OpenAPI 3.1 document.",
    answer: { type: "application/json" },
  },
  { route: "GET /reference", group: "Reference", summary: "The reference as a page.", answer: { type: "text/html" } },
  {
    route: "GET /problems/:code", group: "Reference", summary: "The meaning of a problem code, and its remedy.",
    parameters: [{ name: "code", in: "path", means: "The code." }],
    answer: { schema: answers.meaningAnswer }, problems: ["not_found"],
  },
];

/** The one operation whose body comes from the table of events. */
export const SEND_EVENTS = {
  route: "POST /events", group: "Events",
  summary: "Applies one event or a batch of up to 1,000, each as a whole or not at all.",
  parameters: [
    {
      name: "dry_run", in: "query", means: "`true` answers what the events would change, and writes nothing.",
      values: ["true", "false"],
    },
    {
      name: "atomic", in: "query", means: "`true` applies all events of a batch or none; all are of one org.",
      values: ["true", "false"],
    },
    {
      name: "signed_by", in: "query",
      means: "Name of the sender in the key file, for a request that is signed in place of having an API key.",
    },
    { name: "webhook-signature", in: "header", means: "Signature of a signed request; docs/api.md has its form." },
  ],
  example: EVENT, receipt: { schema: answers.receipt, example: RECEIPT },
} as const;

const HANDSHAKE: Operation = {
  route: "OPTIONS /events", group: "Events",
  summary: "Whether a sender of CloudEvents webhooks may send its events here.",
  parameters: [
    { name: "WebHook-Request-Origin", in: "header", means: "DNS name of the sender. Without it, OPTIONS is refused." },
    { name: "WebHook-Request-Rate", in: "header", means: "Requests per minute that the sender asks for." },
  ],
  answer: { type: "text/plain" }, problems: ["origin_not_allowed", "method_not_allowed"],
};

/** Every other operation, in the order of the reference. */
export const OPERATIONS: readonly Operation[] = [HANDSHAKE, ...QUESTIONS, ...AUTHZEN, ...DIRECTORY, ...RUNNING];
