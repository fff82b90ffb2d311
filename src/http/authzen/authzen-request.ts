// Reads AuthZEN 1.0 requests: entities, actions and context; maps them to users, relations and objects of the model.
import type { Context } from "hono";
import type { CheckRequest } from "../../checks/question.ts";
import { isRecord, type Json } from "../fields.ts";
import { headerOf } from "../header.ts";
import { readJsonBody, type JsonBody } from "../json-body.ts";
import { problem } from "../problem.ts";

/** A fault of a request or of one item of it, as a message for its sender. */
export class AuthzenFault {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** A subject or resource. A search asks by type alone: `id` is then undefined. */
export interface Entity {
  readonly type: string;
  readonly id: string | undefined;
  readonly properties: Json;
}

/** An action, by its name: a checkable relation. */
export interface Action {
  readonly name: string;
  readonly properties: Json;
}

const NONE: Json = {};

/**
 * Reads the body of a request. AuthZEN wants 400 for another content type than `application/json`, where other routes
 * answer 415.
 */
export async function readAuthzenBody(c: Context): Promise<JsonBody> {
  const [media = ""] = (headerOf(c, "content-type") ?? "").split(";");
  if (media.trim().toLowerCase() === "application/json") return readJsonBody(c);
  return { problem: problem("invalid_request", "the Content-Type is application/json") };
}

/** Reads a subject or resource; `needsId` is false where a search asks for all of its type. */
export function readEntity(from: Json, name: "subject" | "resource", needsId: boolean): Entity | AuthzenFault {
  const given = from[name];
  if (!isRecord(given)) return new AuthzenFault(`${name} is missing: it is an object with type and id`);
  const { type, id } = given;
  if (typeof type !== "string" || type === "") return new AuthzenFault(`${name}.type is a text`);
  if (needsId && (typeof id !== "string" || id === "")) return new AuthzenFault(`${name}.id is a text`);
  const properties = readProperties(given, `${name}.properties`);
  return properties instanceof AuthzenFault ? properties
    : { type, id: needsId ? (id as string) : undefined, properties };
}

/** Reads an action. */
export function readAction(from: Json): Action | AuthzenFault {
  const given = from["action"];
  if (!isRecord(given)) return new AuthzenFault("action is missing: it is an object with name");
  const { name } = given;
  if (typeof name !== "string" || name === "") return new AuthzenFault("action.name is a text");
  const properties = readProperties(given, "action.properties");
  return properties instanceof AuthzenFault ? properties : { name, properties };
}

function readProperties(from: Json, path: string): Json | AuthzenFault {
  const { properties } = from;
  if (properties === undefined || properties === null) return NONE;
  return isRecord(properties) ? properties : new AuthzenFault(`${path} is an object`);
}

/**
 * Reads the context of conditions. Properties stand in it as OpenFGA puts them there: `subject_<name>`,
 * `resource_<name>`, `action_<name>`; the request's own context comes last. Undefined where there is none.
 */
export function readConditionContext(
  from: Json, parts: Readonly<Record<"subject" | "resource" | "action", Json>>,
): CheckRequest["context"] | AuthzenFault {
  const { context } = from;
  if (context !== undefined && context !== null && !isRecord(context)) return new AuthzenFault("context is an object");
  const entries = (["subject", "resource", "action"] as const).flatMap((part) =>
    Object.entries(parts[part]).map(([name, value]): [string, unknown] => [`${part}_${name}`, value]));
  const all = { ...Object.fromEntries(entries), ...(isRecord(context) ? context : NONE) };
  if (!isFiniteThroughout(all)) return new AuthzenFault("a number is out of range");
  return Object.keys(all).length === 0 ? undefined : all;
}

function isFiniteThroughout(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "object" || value === null || Object.values(value).every(isFiniteThroughout);
}

/** Reads the entities, the action and the context of one evaluation as a check. */
export function readEvaluation(from: Json): CheckRequest | AuthzenFault {
  const subject = readEntity(from, "subject", true);
  if (subject instanceof AuthzenFault) return subject;
  const action = readAction(from);
  if (action instanceof AuthzenFault) return action;
  const resource = readEntity(from, "resource", true);
  if (resource instanceof AuthzenFault) return resource;
  const parts = { subject: subject.properties, resource: resource.properties, action: action.properties };
  const context = readConditionContext(from, parts);
  if (context instanceof AuthzenFault) return context;
  return { user: nameOf(subject), relation: action.name, object: nameOf(resource), context };
}

/** Returns an entity as the model names it. */
export function nameOf({ type, id }: Entity): string {
  return `${type}:${id ?? ""}`;
}
