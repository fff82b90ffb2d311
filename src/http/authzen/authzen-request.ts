// Reads AuthZEN 1.0 requests: entities, actions and context; maps them to users, relations and objects of the model.
import type { Context } from "hono";
import type { CheckRequest } from "../../checks/question.ts";
import { isRecord, type Json } from "../fields.ts";
import { headerOf } from "../header.ts";
import { MAX_QUESTION_BYTES } from "../http-limits.ts";
import { readJsonBody, type JsonBody } from "../json-body.ts";
import { problem } from "../problem.ts";
import { isFinite } from "../question-fields.ts";

/** A fault of a request or of one item of it, as a message for its sender. */
export class AuthzenFault {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** A subject or resource. A search asks by type alone: `id` is then undefined. */
interface Entity {
  readonly type: string;
  readonly id: string | undefined;
  readonly properties: Json;
}

/** An action, by its name: a checkable relation. */
interface Action {
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
function readEntity(from: Json, name: "subject" | "resource", needsId: boolean): Entity | AuthzenFault {
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
function readAction(from: Json): Action | AuthzenFault {
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

/** The parts of a question. `relation` is undefined where it asks for actions. */
export interface Asking {
  /** User and object as the model names them; `<type>:` where a search asks for all of a type. */
  readonly user: string;
  readonly relation: string | undefined;
  readonly object: string;
  readonly context: CheckRequest["context"];
}

/** The parts that a question has: an entity with its id, or only its type; with an action, or without. */
export interface Needs {
  readonly subject: "id" | "type";
  readonly resource: "id" | "type";
  readonly action: boolean;
}

/**
 * Room for the contexts of all checks of one request. Defaults count in each check that takes them, so that a small
 * body cannot ask for much work.
 */
export class ContextRoom {
  #left = MAX_QUESTION_BYTES;
  readonly #sizes = new Map<Json, number>();

  /** Takes room for objects, each in a number of checks. Returns false if there is too little. */
  take(objects: readonly Json[], checks: number): boolean {
    for (const object of objects) this.#left -= checks * this.#sizeOf(object);
    return this.#left >= 0;
  }

  #sizeOf(object: Json): number {
    const known = this.#sizes.get(object);
    if (known !== undefined) return known;
    const size = object === NONE ? 0 : JSON.stringify(object).length;
    this.#sizes.set(object, size);
    return size;
  }
}

/** Reads the parts of a question; `checks` is the number of checks that it takes. */
export function readAsking(from: Json, needs: Needs, room: ContextRoom, checks = 1): Asking | AuthzenFault {
  const subject = readEntity(from, "subject", needs.subject === "id");
  if (subject instanceof AuthzenFault) return subject;
  const action = needs.action ? readAction(from) : undefined;
  if (action instanceof AuthzenFault) return action;
  const resource = readEntity(from, "resource", needs.resource === "id");
  if (resource instanceof AuthzenFault) return resource;
  const own = from["context"] ?? NONE;
  if (!isRecord(own)) return new AuthzenFault("context is an object");
  const parts = { subject: subject.properties, resource: resource.properties, action: action?.properties ?? NONE };
  if (!room.take([...Object.values(parts), own], checks)) return new AuthzenFault(TOO_MUCH_CONTEXT);
  const context = contextOf(parts, own);
  if (!isFinite(context)) return new AuthzenFault("a number is out of range");
  return { user: nameOf(subject), relation: action?.name, object: nameOf(resource), context };
}

const TOO_MUCH_CONTEXT = `the properties and contexts of all checks together have more than ${MAX_QUESTION_BYTES} `
  + "characters of JSON; a default counts in each check that takes it";

/**
 * Returns the context of conditions. Properties stand in it as OpenFGA puts them there: `subject_<name>`,
 * `resource_<name>`, `action_<name>`; the request's own context comes last. Undefined where there is none.
 */
function contextOf(parts: Readonly<Record<"subject" | "resource" | "action", Json>>, own: Json): Asking["context"] {
  const entries = (["subject", "resource", "action"] as const).flatMap((part) =>
    Object.entries(parts[part]).map(([name, value]): [string, unknown] => [`${part}_${name}`, value]));
  const all = { ...Object.fromEntries(entries), ...own };
  return Object.keys(all).length === 0 ? undefined : all;
}

/** Returns an entity as the model names it. */
function nameOf({ type, id }: Entity): string {
  return `${type}:${id ?? ""}`;
}
