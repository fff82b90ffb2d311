// JSON Schemas of the events, from the schemas that validate their payloads and the words that describe them.
import { z } from "zod";
import { EVENT_DESCRIPTIONS, FIELDS } from "../../events/descriptions.ts";
import { EVENTS } from "../../events/table.ts";

/** A JSON Schema of the draft 2020-12. */
export type JsonSchema = { readonly [key: string]: unknown };

/** A field of a payload as the reference shows it. */
export interface EventField {
  readonly name: string;
  readonly means: string;
  readonly isRequired: boolean;
  /** The default as JSON; undefined where there is none. */
  readonly default: unknown;
}

/** Returns a schema as JSON Schema, in the form that a sender writes (`input`) or a reader gets (`output`). */
export function jsonSchemaOf(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}

/** Returns the JSON Schema of an event's payload. Throws for an unknown type. */
function payloadSchema(type: string): JsonSchema {
  const schema = jsonSchemaOf(definitionOf(type).data, "input") as { properties?: Record<string, JsonSchema> };
  const properties = Object.entries(schema.properties ?? {})
    .map(([name, of]) => [name, { description: meaningOf(type, name), ...of }]);
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** Returns the fields of an event's payload, in the order of its schema. Throws for an unknown type. */
export function fieldsOf(type: string): EventField[] {
  const { properties = {}, required = [] } = jsonSchemaOf(definitionOf(type).data, "input") as {
    properties?: Record<string, JsonSchema>; required?: string[];
  };
  return Object.entries(properties).map(([name, of]) => ({
    name, means: meaningOf(type, name), isRequired: required.includes(name), default: of["default"],
  }));
}

/** Returns the JSON Schema of a whole event in the structured mode of CloudEvents. Throws for an unknown type. */
export function eventSchema(type: string): JsonSchema {
  return {
    type: "object", description: EVENT_DESCRIPTIONS[type]!.does,
    properties: { ...ENVELOPE, type: { const: type }, data: payloadSchema(type) },
    required: ["specversion", "id", "source", "type", "data"],
  };
}

/** The attributes of CloudEvents that an event may have besides `type` and `data`. */
const ENVELOPE: Readonly<Record<string, JsonSchema>> = {
  specversion: { const: "1.0" },
  id: { type: "string", minLength: 1, description: "Unique among the events of the source. The same event is sent "
    + "again under the same id." },
  source: { type: "string", minLength: 1, description: "The sender, a URI reference." },
  actor: { type: "string", description: "Id of the user who does it. Without it, the event is the system's own word." },
  subject: { type: "string", minLength: 1, description: "With `sequence`: whose order the sequence is." },
  sequence: { type: "string", minLength: 1, maxLength: 128,
    description: "An event whose sequence is not greater than the last one of its source and subject is refused." },
  time: { type: "string", format: "date-time",
    description: "When it happened. It counts for the system's own events, and never for later than now (S13)." },
  datacontenttype: { type: "string", description: "A JSON type." },
};

function definitionOf(type: string) {
  const definition = EVENTS.get(type);
  if (definition === undefined) throw new Error(`there is no event ${type}`);
  return definition;
}

function meaningOf(type: string, field: string): string {
  const means = EVENT_DESCRIPTIONS[type]?.fields?.[field] ?? FIELDS[field];
  if (means === undefined) throw new Error(`${type} has a field ${field} without a description`);
  return means;
}
