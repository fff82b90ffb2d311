// The generated types of the client say what the tables say.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { printClientTypes, type ClientTables } from "../../scripts/client-types.mjs";
import { MAX_TOKENS } from "../../src/domain/event-limits.ts";
import { ARTIFACT_RESOURCES, isFinalizable } from "../../src/domain/artifacts.ts";
import { EVENT_DESCRIPTIONS } from "../../src/events/descriptions.ts";
import { REFUSAL_STATUS } from "../../src/events/refusal.ts";
import { EVENTS } from "../../src/events/table.ts";
import {
  MAX_CHECKS_PER_BATCH, MAX_EVENTS_BYTES, MAX_EVENTS_PER_BATCH, MAX_FILTERED_OBJECTS,
} from "../../src/http/http-limits.ts";
import { eventSchema, fieldsOf } from "../../src/http/reference/event-schemas.ts";
import { PROBLEM_MEANINGS } from "../../src/http/problem-meanings.ts";
import { PROBLEM_STATUS, type ProblemCode } from "../../src/http/problem.ts";
import { CHECKABLE } from "../../src/policy/checkable.ts";
import { ATHLETE_KEYS, LEVELS, ORG_KEYS, RESOURCES } from "../../src/policy/permission-keys.ts";
import { POLICY } from "../world/policy.ts";
import { expectGenerated } from "../live/generated-file.ts";
import { ROOT } from "../live/pins.ts";

type Payload = { readonly properties: { readonly data: { readonly properties: Record<string, unknown> } } };

const artifacts = Object.keys(ARTIFACT_RESOURCES);

const TABLES: ClientTables = {
  checkable: CHECKABLE,
  events: [...EVENTS.keys()].map((type) => {
    const { data } = (eventSchema(type) as unknown as Payload).properties;
    const fields = fieldsOf(type).map((field) => ({ ...field, schema: data.properties[field.name] }));
    return { type, ...EVENT_DESCRIPTIONS[type]!, fields };
  }),
  keys: {
    org: ORG_KEYS, athlete: ATHLETE_KEYS,
    levels: RESOURCES.flatMap((resource) => LEVELS.map((level) => `${resource}.${level}`)),
  },
  artifacts, finalizable: artifacts.filter((type) => isFinalizable(`${type}:x`)),
  problems: (Object.keys(PROBLEM_MEANINGS) as ProblemCode[]).map((code) =>
    ({ code, status: PROBLEM_STATUS[code], ...PROBLEM_MEANINGS[code] })),
  refusals: Object.keys(REFUSAL_STATUS),
  limits: [
    { name: "MAX_EVENTS_PER_REQUEST", value: MAX_EVENTS_PER_BATCH, means: "Maximum number of events in one request." },
    { name: "MAX_BYTES_PER_REQUEST", value: MAX_EVENTS_BYTES,
      means: "Maximum length of the body of a request with events, in bytes." },
    { name: "MAX_CHECKS_PER_REQUEST", value: MAX_CHECKS_PER_BATCH, means: "Maximum number of checks in one request." },
    { name: "MAX_OBJECTS_PER_REQUEST", value: MAX_FILTERED_OBJECTS,
      means: "Maximum number of objects in one request that filters." },
    { name: "MAX_TOKENS_PER_REQUEST", value: MAX_TOKENS, means: "Maximum number of tokens in one request." },
  ],
};

const printed = printClientTypes(TABLES, POLICY);

test("the files are those that the tables make", () => {
  for (const [path, text] of printed) expectGenerated(path, text);
  const folder = "src/client/generated";
  const files = readdirSync(join(ROOT, folder)).sort().map((file) => `${folder}/${file}`);
  expect(files).toEqual([...printed.keys()].sort());
});

test("the comment above a relation is its text, without pointers and tables", () => {
  const text = printed.get("src/client/generated/relations.ts")!;
  expect(text).toContain("  /** NP2 NP9 PM7 Only the author edits, flags, shares and deletes.");
  expect(text).not.toMatch(/->|Whom this line stops/);
});

test("a relation without a comment of its own, or a payload of an unknown form, is no type", () => {
  expect(() => printClientTypes(TABLES, POLICY.replaceAll("define can_end:", "define ends:"))).toThrow(/undefined/);
  const fields = [{ name: "when", means: "A time.", isRequired: true, default: undefined, schema: { type: "date" } }];
  const events = [{ type: "org.created", does: "Creates.", actor: "nobody", fields }];
  expect(() => printClientTypes({ ...TABLES, events }, POLICY)).toThrow('no type for the schema {"type":"date"}');
});
