// The reference: one table in code makes openapi.json, the page, docs/reference.md and the meaning of each problem.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EVENT_DESCRIPTIONS, FIELDS } from "../../src/events/descriptions.ts";
import { REFUSAL_STATUS } from "../../src/events/refusal.ts";
import { EVENTS } from "../../src/events/table.ts";
import { fieldsOf } from "../../src/http/reference/event-schemas.ts";
import { OPERATIONS, SEND_EVENTS } from "../../src/http/reference/operations.ts";
import { referenceBlocks } from "../../src/http/reference/reference-blocks.ts";
import { printMarkdown } from "../../src/http/reference/reference-text.ts";
import { REFUSED_ROUTES, ROUTES } from "../../src/http/scope.ts";
import { CHECKABLE } from "../../src/policy/checkable.ts";
import { expectGenerated } from "../live/generated-file.ts";
import { ROOT } from "../live/pins.ts";
import { MODEL, POLICY } from "../world/policy.ts";
import { appOf, send } from "./world.ts";

const { app } = appOf({ model: POLICY, tuples: [] });

test("every route but the refused ones is described, and nothing else is", () => {
  const described = [SEND_EVENTS, ...OPERATIONS].map(({ route }) => route).sort();
  expect(described).toEqual(ROUTES.filter((route) => !REFUSED_ROUTES.includes(route)).sort());
});

test("every event and every field of every event is described, and nothing else is", () => {
  expect(Object.keys(EVENT_DESCRIPTIONS).sort()).toEqual([...EVENTS.keys()].sort());
  const used = new Set([...EVENTS.keys()].flatMap((type) => fieldsOf(type).map(({ name }) => name)));
  expect(Object.keys(FIELDS).sort()).toEqual([...used].sort());
  for (const [type, { fields = {} }] of Object.entries(EVENT_DESCRIPTIONS)) {
    const known = fieldsOf(type).map(({ name }) => name);
    expect([type, Object.keys(fields).filter((name) => !known.includes(name))]).toEqual([type, []]);
  }
});

test("every checkable relation is in the model", () => {
  for (const [type, relations] of Object.entries(CHECKABLE)) {
    const known = MODEL.types.get(type)!.relations;
    expect([type, relations.filter((relation) => !known.has(relation))]).toEqual([type, []]);
    expect(new Set(relations).size).toBe(relations.length);
  }
});

test("docs/reference.md is what the tables say", () => {
  expectGenerated("docs/reference.md", printMarkdown(referenceBlocks()));
});

describe("GET /openapi.json", async () => {
  const { body: document } = await send(app, "GET", "/openapi.json");

  test("is OpenAPI 3.1 with every operation", () => {
    expect(document.openapi).toBe("3.1.0");
    const listed = Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`));
    expect(listed.sort()).toEqual([SEND_EVENTS, ...OPERATIONS].map(({ route }) => route).sort());
  });

  test("every reference in it leads somewhere", () => {
    const text = JSON.stringify(document);
    const refs = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!);
    expect(refs.length).toBeGreaterThan(100);
    expect(refs.filter((name) => !Object.hasOwn(document.components.schemas, name))).toEqual([]);
  });

  test("every example of a body is one that its schema admits", () => {
    for (const { route, body, answer } of OPERATIONS) {
      for (const { schema, example } of [body, answer].filter((each) => each !== undefined)) {
        if (schema === undefined || example === undefined) continue;
        expect([route, schema.safeParse(example).error?.message]).toEqual([route, undefined]);
      }
    }
  });
});

test("every code has a page, and no other text has one", async () => {
  for (const [code, status] of Object.entries(REFUSAL_STATUS)) {
    const { status: answered, body } = await send(app, "GET", `/problems/${code}`);
    expect([answered, body.code, body.status]).toEqual([200, code, status]);
    expect(body).toEqual({
      code, status, title: expect.any(String), means: expect.stringMatching(/\.$/), final: expect.any(Boolean),
      action: expect.stringMatching(/\.$/),
    });
  }
  for (const code of ["constructor", "Wrong_org", "wrong_org2"]) {
    expect((await send(app, "GET", `/problems/${code}`)).status).toBe(404);
  }
});

test("the page is Markdown for those who ask for it", async () => {
  const { headers, body } = await send(app, "GET", "/reference", undefined, { accept: "text/markdown" });
  expect(headers.get("content-type")).toBe("text/markdown; charset=utf-8");
  expect(body).toBe(readFileSync(join(ROOT, "docs/reference.md"), "utf8"));
});

test("the page needs nothing from elsewhere and names every event and code", async () => {
  const { status, headers, body } = await send(app, "GET", "/reference");
  expect([status, headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(body).not.toMatch(/https?:\/\/|src=|<script/);
  for (const type of EVENTS.keys()) expect(body).toContain(`id="${type}"`);
  for (const code of Object.keys(REFUSAL_STATUS)) expect(body).toContain(`<code>${code}</code>`);
});
