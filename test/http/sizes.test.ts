// Sizes of a question over HTTP: at its limit each part reaches the checker, one beyond it the checker is not asked.
import { describe, expect, test } from "vitest";
import type { Checker } from "../../src/checks/checker.ts";
import { appOf, send, STORE_ID } from "./world.ts";

/** A name of a number of characters, of two bytes each. */
const wide = (prefix: string, length: number): string => prefix + "é".repeat(length - prefix.length);
/** A name of a number of bytes. */
const long = (prefix: string, bytes: number): string => prefix + "x".repeat(bytes - prefix.length);

const CHECK = { user: "user:a", relation: "viewer", object: "doc:1" };
const check = (part: object) => ({ tuple_key: { ...CHECK, ...part } });
const batch = (part: object) => ({ checks: [{ ...check(part), correlation_id: "a" }] });
const LIST = { type: "doc", relation: "viewer", user: "user:a" };
const USERS = { object: { type: "doc", id: "1" }, relation: "viewer", user_filters: [{ type: "user" }] };
const EXPAND = { relation: "viewer", object: "doc:1" };
const one = (part: object) => [{ ...CHECK, ...part }];
const many = (count: number) => Array.from({ length: count }, () => CHECK);

/** Limits: what is limited, the endpoint, the number, and the body at a size. */
type Limit = readonly [what: string, endpoint: string, most: number, body: (size: number) => object];

/** The limits of contextual tuples, in the form of one endpoint. */
const contextual = (endpoint: string, body: (tuples: readonly object[]) => object): Limit[] => [
  ["contextual tuples", endpoint, 100, (size) => body(many(size))],
  ["the user of a contextual tuple, in bytes", endpoint, 512, (size) => body(one({ user: long("user:", size) }))],
  ["the relation of a contextual tuple", endpoint, 50, (size) => body(one({ relation: wide("", size) }))],
  ["the object of a contextual tuple", endpoint, 256, (size) => body(one({ object: wide("doc:", size) }))],
];
const keyed = (question: object) => (tuple_keys: readonly object[]) =>
  ({ ...question, contextual_tuples: { tuple_keys } });

const LIMITS: readonly Limit[] = [
  ...([["check", check], ["batch-check", batch]] as const).flatMap(([endpoint, body]): Limit[] => [
    ["a user", endpoint, 512, (size) => body({ user: wide("user:", size) })],
    ["a relation", endpoint, 50, (size) => body({ relation: wide("", size) })],
    ["an object", endpoint, 256, (size) => body({ object: wide("doc:", size) })],
  ]),
  ...contextual("check", keyed(check({}))),
  ...contextual("batch-check", (tuple_keys) =>
    ({ checks: [{ ...check({}), correlation_id: "a", contextual_tuples: { tuple_keys } }] })),
  ...["list-objects", "streamed-list-objects"].flatMap((endpoint): Limit[] => [
    ["a type", endpoint, 254, (size) => ({ ...LIST, type: wide("", size) })],
    ["a relation", endpoint, 50, (size) => ({ ...LIST, relation: wide("", size) })],
    ["a user, in bytes", endpoint, 512, (size) => ({ ...LIST, user: long("user:", size) })],
    ...contextual(endpoint, keyed(LIST)),
  ]),
  ["a type", "list-users", 254, (size) => ({ ...USERS, object: { type: wide("", size), id: "1" } })],
  ["a relation", "list-users", 50, (size) => ({ ...USERS, relation: wide("", size) })],
  ["a filter's type", "list-users", 254, (size) => ({ ...USERS, user_filters: [{ type: wide("", size) }] })],
  ["a filter's relation", "list-users", 50,
    (size) => ({ ...USERS, user_filters: [{ type: "user", relation: wide("", size) }] })],
  ...contextual("list-users", (contextual_tuples) => ({ ...USERS, contextual_tuples })),
  ["a relation", "expand", 50, (size) => ({ tuple_key: { ...EXPAND, relation: wide("", size) } })],
  ["an object", "expand", 256, (size) => ({ tuple_key: { ...EXPAND, object: wide("doc:", size) } })],
  ...contextual("expand", keyed({ tuple_key: EXPAND })),
];

describe.each(LIMITS.map(([what, endpoint, most, body]) => ({ what, endpoint, most, body })))(
  "$endpoint: $what", ({ endpoint, most, body }) => {
    test(`has at most ${most}`, async () => {
      let asked = 0;
      const answered = <T>(answer: T) => (): T => {
        asked++;
        return answer;
      };
      const checker: Partial<Checker> = {
        check: answered({ allowed: true }), checkAll: answered([{ allowed: true }]),
        listObjects: answered({ objects: [] }), listUsers: answered({ users: [] }),
        expand: answered({ tree: { root: { name: "" } } }),
      };
      const { app } = appOf({ checker });
      const post = (size: number) => send(app, "POST", `/stores/${STORE_ID}/${endpoint}`, body(size));
      expect([(await post(most)).status, asked]).toEqual([200, 1]);
      expect([(await post(most + 1)).status, asked]).toEqual([400, 1]);
    });
  });
