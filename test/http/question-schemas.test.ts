// The schemas of the questions admit exactly the bodies that the code reads, which checks them by hand for speed.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { batchCheckKind, checkKind } from "../../src/http/check.ts";
import { Fields, isRecord, type Json } from "../../src/http/fields.ts";
import { listObjectsKind, listUsersKind } from "../../src/http/lists.ts";
import type { QuestionKind } from "../../src/http/question-route.ts";
import { readTerms } from "../../src/http/question-fields.ts";
import * as bodies from "../../src/http/reference/question-schemas.ts";
import { expandKind, readKind } from "../../src/http/tuples.ts";
import { holds } from "../laws/law.ts";
import { sidecarOf } from "./world.ts";

const { checker } = sidecarOf();
const KEY = { user: "user:a", relation: "viewer", object: "doc:1" };
const TUPLE = { ...KEY, condition: { name: "cond", context: { x: 1 } } };
const MORE = {
  contextual_tuples: { tuple_keys: [TUPLE] }, context: { x: 1 }, consistency: "HIGHER_CONSISTENCY",
  authorization_model_id: "01HVMMBD8S3ZJ8XW7Y1TM7M4A2",
};

const KINDS: readonly (readonly [string, z.ZodType, QuestionKind<never>, Json])[] = [
  ["check", bodies.checkBody, checkKind(checker) as never, { tuple_key: KEY, ...MORE }],
  ["batch-check", bodies.batchCheckBody, batchCheckKind(checker) as never, {
    checks: [{ tuple_key: KEY, correlation_id: "a", ...MORE }, { tuple_key: KEY, correlation_id: "b" }],
  }],
  ["list-objects", bodies.listObjectsBody, listObjectsKind(checker) as never, {
    type: "doc", relation: "viewer", user: "user:a", ...MORE,
  }],
  ["list-users", bodies.listUsersBody, listUsersKind(checker, async () => "") as never, {
    object: { type: "doc", id: "1" }, relation: "viewer", user_filters: [{ type: "user", relation: "" }],
    ...MORE, contextual_tuples: [TUPLE],
  }],
  ["expand", bodies.expandBody, expandKind(checker) as never, {
    tuple_key: { relation: "viewer", object: "doc:1" }, contextual_tuples: { tuple_keys: [TUPLE] },
  }],
  ["read", bodies.readBody, readKind(checker) as never, {
    tuple_key: { object: "doc:1", user: "user:a", relation: "viewer" }, page_size: 50, continuation_token: "",
  }],
];

const VALUES: readonly unknown[] = [
  null, undefined, "", "x", "doc:", "doc:1", ":", "user:a", "user:*", "group:g#member", "a b", "a#b", "é:ü", true, 0, 1,
  100, 101, 200, -1, 1.5, "10", "1e1", "1e9", [], [{}], {}, [null], { current_time: "2026-01-01T00:00:00Z" },
  "u:".padEnd(256, "x"), "u:".padEnd(257, "x"), "é".repeat(256), "é".repeat(257), "x".repeat(50), "x".repeat(51),
  "x".repeat(36), "x".repeat(37), { tuple_keys: Array.from({ length: 101 }, () => TUPLE) },
  { tuple_keys: Array.from({ length: 100 }, () => TUPLE) }, Array.from({ length: 101 }, () => TUPLE),
];

/** Replaces the value at one place of a body, chosen by a number. */
function changed(body: unknown, place: number, value: unknown): unknown {
  const paths: (readonly (string | number)[])[] = [];
  const walk = (at: unknown, path: readonly (string | number)[]): void => {
    if (path.length > 0) paths.push(path);
    if (Array.isArray(at)) at.forEach((each, i) => walk(each, [...path, i]));
    else if (isRecord(at)) for (const [name, each] of Object.entries(at)) walk(each, [...path, name]);
  };
  walk(body, []);
  const copy = structuredClone(body) as Record<string | number, unknown>;
  const path = paths[place % paths.length]!;
  let at = copy;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
  at[path.at(-1)!] = value;
  return copy;
}

describe.each(KINDS)("%s", (_, schema, kind, valid) => {
  const reads = (body: Json): boolean => {
    const fields = new Fields();
    readTerms(fields, body);
    kind.read(fields, body);
    return fields.fault === undefined;
  };

  test("the valid body is admitted by both", () => {
    expect([schema.safeParse(valid).error?.message, reads(valid)]).toEqual([undefined, true]);
  });

  test("a body changed at one or two places is admitted by both or by neither", () => {
    const change = fc.tuple(fc.nat(), fc.constantFrom(...VALUES));
    holds(fc.array(change, { minLength: 1, maxLength: 2 }), 500, (changes) => {
      const body = changes.reduce<unknown>((sum, [place, value]) => changed(sum, place, value), valid);
      if (!isRecord(body)) return;
      const sent = JSON.parse(JSON.stringify(body)) as Json;
      // A token's text is judged by the store that issued it.
      if (sent["continuation_token"] !== "") delete (sent as Record<string, unknown>)["continuation_token"];
      expect([schema.safeParse(sent).success, sent]).toEqual([reads(sent), sent]);
    }, 20_000);
  });
});
