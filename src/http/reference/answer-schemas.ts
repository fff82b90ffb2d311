// The answers as schemas: receipts, the answers of questions, the directory, health, and errors.
import { z } from "zod";
import { HATS } from "../../policy/seeded-roles.ts";
import { reason, truncated } from "./reason-schemas.ts";
import { ROW_STATUSES } from "../../domain/relationships.ts";

const tupleKey = z.object({ user: z.string(), relation: z.string(), object: z.string() });
const condition = z.object({ name: z.string(), context: z.record(z.string(), z.unknown()).optional() }).nullable();
const storedKey = tupleKey.extend({ condition: condition.optional() });
const time = z.iso.datetime();

const accessEntry = z.object({ user: z.string(), relation: z.string(), object: z.string() });

/** The access that people gain or lose by the events of a dry run. */
const accessChange = z.object({
  gained: z.array(accessEntry), lost: z.array(accessEntry),
  complete: z.boolean()
    .describe("False if entries are missing: there are more than 10,000, or the search takes too long."),
});

/** The answer to the sender of one event. */
export const receipt = z.object({
  id: z.string(), source: z.string(), type: z.string(), status: z.enum(["applied", "unchanged", "duplicate"]),
  token: z.string().describe("A check that carries it in the header `Sideline-Token` sees this event."),
  written: z.int().min(0), deleted: z.int().min(0).describe("Numbers of access tuples, without bookkeeping."),
  rows: z.array(z.string()).max(100).optional()
    .describe("Relationship rows that the event started, promoted or ended; the first 100 of them."),
  rows_total: z.int().optional(), dry_run: z.literal(true).optional(),
  changes: z.object({ write: z.array(storedKey), delete: z.array(tupleKey) }).optional(),
  access: accessChange.optional()
    .describe("With `dry_run=access`: who gains or loses access. In a batch, the last receipt has it, for all events."),
});

const payloadError = z.object({ path: z.string(), message: z.string() });

/** A problem (RFC 9457). */
export const problemAnswer = z.object({
  type: z.string(), title: z.string(), status: z.int(), code: z.string(), detail: z.string(),
  errors: z.array(payloadError).optional(),
  index: z.int().optional().describe("Of the event at fault in an atomic batch, from 0."),
  id: z.string().optional(), source: z.string().optional(),
});

/** An error in the form of the OpenFGA API. */
export const openfgaError = z.object({ code: z.string(), message: z.string() });

/** The same for a stream. */
export const openfgaStreamError = z.object({
  error: z.object({ code: z.int(), message: z.string(), details: z.array(z.unknown()) }),
});

export const checkAnswer = z.object({ allowed: z.boolean(), resolution: z.string() });
export const batchCheckAnswer = z.object({
  result: z.record(z.string(), z.object({
    allowed: z.boolean().optional(), error: z.looseObject({ message: z.string() }).optional(),
  })),
});
export const listObjectsAnswer = z.object({ objects: z.array(z.string()) });
export const streamedObject = z.object({ result: z.object({ object: z.string() }) });
const explained = { reasons: z.array(reason).optional(), truncated };
export const listUsersAnswer = z.object({
  users: z.array(z.union([
    z.object({ object: z.object({ type: z.string(), id: z.string() }), ...explained }),
    z.object({ userset: z.object({ type: z.string(), id: z.string(), relation: z.string() }) }),
    z.object({ wildcard: z.object({ type: z.string() }), ...explained }),
  ])),
});
export const expandAnswer = z.object({ tree: z.object({ root: z.looseObject({ name: z.string() }) }) });
export const readAnswer = z.object({
  tuples: z.array(z.object({ key: storedKey, timestamp: time })), continuation_token: z.string(),
});
export const changesAnswer = z.object({
  changes: z.array(z.object({
    tuple_key: storedKey, operation: z.enum(["TUPLE_OPERATION_WRITE", "TUPLE_OPERATION_DELETE"]), timestamp: time,
  })),
  continuation_token: z.string(),
});

const store = z.object({
  id: z.string(), name: z.string(), created_at: time, updated_at: time, deleted_at: time.nullable(),
});
export const storeAnswer = store;
export const storesAnswer = z.object({ stores: z.array(store), continuation_token: z.string() });
const model = z.looseObject({
  id: z.string(), schema_version: z.string(), type_definitions: z.array(z.looseObject({})),
});
export const modelAnswer = z.object({ authorization_model: model });
export const modelsAnswer = z.object({ authorization_models: z.array(model), continuation_token: z.string() });
export const assertionsAnswer = z.object({ authorization_model_id: z.string(), assertions: z.array(z.unknown()) });

const hat = z.enum(HATS);
const text = z.string().nullable();
export const memberAnswer = z.object({
  user: z.string(), hats: z.array(hat), role: text, status: z.enum(["active", "inactive"]), athlete: text,
  professional_area: text, invited_by: text,
});
export const membersAnswer = z.object({
  members: z.array(memberAnswer),
  invites: z.array(z.object({
    invite: z.string(), hat, status: z.literal("invited"), athlete: text, team: text, invited_by: text,
    expires_at: time.nullable(), maker_may: z.boolean(),
  })),
});
export const rolesAnswer = z.object({
  roles: z.array(z.object({
    role: z.string(), scope: z.enum(["org", "athlete"]), system: z.boolean(), locked: z.boolean(),
    keys: z.array(z.string()), holders: z.int(),
  })),
  sections: z.record(z.string(), z.array(z.string())),
});
const landing = z.enum(["admin", "coach", "athlete", "unauthorized"]);
export const workspacesAnswer = z.object({
  landing, orgs: z.array(z.object({
    org: z.string(), hats: z.array(hat), role: text, status: z.enum(["active", "inactive"]), landing,
  })),
});
export const inviteAnswer = z.object({
  invite: z.string(), org: z.string(), hat, team: text,
  status: z.enum(["active", "expired", "revoked", "exhausted", "accepted"]), uses: z.int(),
  max_uses: z.int().nullable(), expires_at: time.nullable(), maker_may: z.boolean(),
});

export const permissionsAnswer = z.object({ user: z.string(), object: z.string(), relations: z.array(z.string()) });
export const objectsAnswer = z.object({ objects: z.array(z.string()), continuation_token: z.string() });
export const filterAnswer = z.object({ objects: z.array(z.string()) });

export const athleteAnswer = z.object({
  athlete: z.string(), org: z.string(), account: text, teams: z.array(z.string()),
});
export const teamAnswer = z.object({
  team: z.string(), org: z.string(), head_coach: text, athletes: z.array(z.string()),
});
export const relationshipsAnswer = z.object({
  relationships: z.array(z.object({
    row: z.string(), coach: z.string(),
    athlete: z.string().optional().describe("The athlete, for a row over one."),
    team: z.string().optional().describe("The team, for a row over one."),
    org: z.string(), role: text, overrides: z.record(z.string(), z.boolean()), status: z.enum(ROW_STATUSES),
    started_at: time.nullable(), ended_at: time.nullable().describe("When it was recorded; null where unknown."),
  })),
  continuation_token: z.string(),
});

export const livezAnswer = z.object({ status: z.literal("live") });
export const readyzAnswer = z.object({
  status: z.enum(["ready", "not_ready"]),
  parts: z.array(z.looseObject({ name: z.string(), ready: z.boolean(), detail: z.string() })).optional(),
});
export const healthzAnswer = z.object({ status: z.enum(["SERVING", "NOT_SERVING"]) });
export const indexAnswer = z.object({
  name: z.literal("sideline"), version: z.string(), links: z.record(z.string(), z.string()),
});
export const meaningAnswer = z.object({
  code: z.string(), status: z.int(), title: z.string(), means: z.string(), final: z.boolean(), action: z.string(),
});
