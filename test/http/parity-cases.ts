// Requests of the OpenFGA API, well and badly formed, that are sent to both servers.
import { BATCH, CHECK, conditional, contextual, long, tuples, UNKNOWN, type Bodies } from "./parity-bodies.ts";

/** The store and the model of a server. */
export interface Ids {
  store: string;
  model: string;
}

type Request = readonly [method: string, path: string, body?: unknown];

/** One request, written for either server. */
export interface Case {
  readonly title: string;
  readonly request: (ids: Ids) => Request;
}

const LIST = { type: "doc", relation: "viewer", user: "user:a" };
const LIST_OBJECTS: Bodies = {
  "two objects": LIST,
  "none": { ...LIST, user: "user:nobody" },
  "an unknown type": { ...LIST, type: "nope" },
  "an unknown relation": { ...LIST, relation: "nope" },
  "a bare user": { ...LIST, user: "anne" },
  "no user": { ...LIST, user: undefined },
  "no type": { ...LIST, type: undefined },
  "no relation": { ...LIST, relation: undefined },
  "a type of 255": { ...LIST, type: "x".repeat(255) },
  "a user of 512 bytes": { ...LIST, user: long("user", 512) },
  "a user of 513 bytes": { ...LIST, user: long("user", 513) },
  "a lone surrogate in the user": JSON.stringify({ ...LIST, user: "SIGN" }).replace("SIGN", "user:\\ud800"),
  "1e400 in the context": JSON.stringify({ ...LIST, context: { x: "SIGN" } }).replace('"SIGN"', "1e400"),
  "a contextual object of 255 characters": { ...LIST, ...contextual(1, { object: `doc:${"ü".repeat(251)}` }) },
  "a contextual object of 257 characters": { ...LIST, ...contextual(1, { object: `doc:${"ü".repeat(253)}` }) },
  "a user of 260 characters, 515 bytes": { ...LIST, user: `user:${"ü".repeat(255)}` },
  "a parameter missing": { ...LIST, user: "user:c" },
  "a condition met": { ...LIST, user: "user:c", context: { x: 1 } },
  "a contextual tuple that grants": { ...LIST, user: "user:z0", ...contextual(1) },
  "a bad contextual tuple": { ...LIST, ...contextual(1, { relation: "nope" }) },
  "a bad contextual condition": { ...LIST, ...conditional({ name: "nope" }) },
  "an inline expression": { ...LIST, ...conditional({ name: "$expression", context: { expression: "true" } }) },
  "malformed JSON": "{",
  "an unknown model": { ...LIST, authorization_model_id: UNKNOWN },
};

const USERS = {
  object: { type: "doc", id: "1" }, relation: "viewer", user_filters: [{ type: "user" }], context: { x: 1 },
};
const usersOf = (id: string): object => ({ ...USERS, object: { type: "doc", id } });
const LIST_USERS: Bodies = {
  "users": USERS,
  "usersets": { ...USERS, user_filters: [{ type: "group", relation: "member" }] },
  "a wildcard": { ...USERS, contextual_tuples: tuples(1, { user: "user:*", relation: "member", object: "group:g" }) },
  "a parameter missing": { ...USERS, context: undefined },
  "no filter": { ...USERS, user_filters: [] },
  "no filters": { ...USERS, user_filters: undefined },
  "two filters": { ...USERS, user_filters: [{ type: "user" }, { type: "group" }] },
  "a filter of an unknown type": { ...USERS, user_filters: [{ type: "nope" }] },
  "a filter of an unknown relation": { ...USERS, user_filters: [{ type: "group", relation: "nope" }] },
  "a filter without type": { ...USERS, user_filters: [{}] },
  "a filter's relation of 51": { ...USERS, user_filters: [{ type: "group", relation: "x".repeat(51) }] },
  "no object": { ...USERS, object: undefined },
  "no object id": { ...USERS, object: { type: "doc" } },
  "no object type": { ...USERS, object: { id: "1" } },
  "an unknown object type": { ...USERS, object: { type: "nope", id: "1" } },
  "an unknown relation": { ...USERS, relation: "nope" },
  "no relation": { ...USERS, relation: undefined },
  ...Object.fromEntries([
    "a#b", "a:b", "a b", "*", "#", ":", "a#", "#a", "a:", " a", "a\n", "\u0001", "a\u0001b", "a\u00a0b", "a@b", "ü",
    "x".repeat(252), "x".repeat(253), "x".repeat(1000), "ü".repeat(252), "ü".repeat(253),
  ].map((id) => [`the id ${JSON.stringify(id).slice(0, 20)} of ${id.length}`, usersOf(id)])),
  "an object type of 254": { ...USERS, object: { type: "x".repeat(254), id: "1" } },
  "an object type of 255": { ...USERS, object: { type: "x".repeat(255), id: "1" } },
  "a filter's type of 255": { ...USERS, user_filters: [{ type: "x".repeat(255) }] },
  "a filter with a space": { ...USERS, user_filters: [{ type: "us er" }] },
  "a filter's relation empty": { ...USERS, user_filters: [{ type: "user", relation: "" }] },
  "a lone surrogate in the id": JSON.stringify(USERS).replace('"id":"1"', '"id":"\\ud800"'),
  "a number as id": { ...USERS, object: { type: "doc", id: 1 } },
  "a contextual object of 255 characters": {
    ...USERS, contextual_tuples: tuples(1, { object: `doc:${"ü".repeat(251)}` }),
  },
  "contextual tuples as object": { ...USERS, contextual_tuples: { tuple_keys: [] } },
  "a contextual tuple that grants": { ...USERS, contextual_tuples: tuples(1, { object: "doc:1" }) },
  "a bad contextual tuple": { ...USERS, contextual_tuples: tuples(1, { relation: "nope" }) },
  "101 contextual tuples": { ...USERS, contextual_tuples: tuples(101) },
};

const node = (relation?: string, object?: string): object => ({ tuple_key: { relation, object } });
const EXPAND: Bodies = {
  "a union": node("viewer", "doc:1"),
  "an intersection": node("both", "doc:1"),
  "a difference": node("ok", "doc:1"),
  "a tupleset": node("viewer", "doc:2"),
  "no relation": node(undefined, "doc:1"),
  "no object": node("viewer"),
  "no key": {},
  "an unknown relation": node("nope", "doc:1"),
  "an unknown type": node("viewer", "nope:1"),
  "a relation of 51": node("x".repeat(51), "doc:1"),
  "an object of 257": node("viewer", long("doc", 257)),
  "a malformed object": node("viewer", "doc"),
  "a contextual tuple": { ...node("owner", "doc:9"), ...contextual(1) },
};

const filter = (tuple_key: object): object => ({ tuple_key });
const READ: Bodies = {
  "everything": {},
  "an empty key": filter({}),
  "a page of 1": { page_size: 1 },
  "a page of 0": { page_size: 0 },
  "a page of 100": { page_size: 100 },
  "a page of 101": { page_size: 101 },
  "a page of a text": { page_size: "2" },
  "a page of no number": { page_size: "x" },
  "a page of 1.5": { page_size: 1.5 },
  "a page of 1e400": '{"page_size":1e400}',
  "a page of 1e1": '{"page_size":1e1}',
  "a page of -1": { page_size: -1 },
  "a page of the text 1e1": { page_size: "1e1" },
  "a page of 3000000000": { page_size: 3_000_000_000 },
  "a lone surrogate in the token": '{"continuation_token":"\\ud800"}',
  "a lone surrogate in the object": '{"tuple_key":{"object":"doc:\\ud800"}}',
  "a page of null": { page_size: null },
  "a bad token": { continuation_token: "zzz" },
  "a token of 6000": { continuation_token: "z".repeat(6000) },
  "an object": filter({ object: "doc:1" }),
  "an object and a relation": filter({ object: "doc:1", relation: "owner" }),
  "a whole key": filter({ object: "doc:1", relation: "owner", user: "user:a" }),
  "a type alone": filter({ object: "doc:" }),
  "a type and a user": filter({ object: "doc:", user: "user:a" }),
  "a type and a relation": filter({ object: "doc:", relation: "owner" }),
  "a user alone": filter({ user: "user:a" }),
  "a relation alone": filter({ relation: "owner" }),
  "a bare object": filter({ object: "doc" }),
  "a bare user": filter({ object: "doc:", user: "a" }),
  "a user without id": filter({ object: "doc:1", user: "user:" }),
  "an unknown type": filter({ object: "nope:1" }),
  "an unknown relation": filter({ object: "doc:1", relation: "nope" }),
  "a user of 513": filter({ object: "doc:1", user: long("user", 513) }),
  "a relation of 51": filter({ object: "doc:1", relation: "x".repeat(51) }),
};

const POSTS: Readonly<Record<string, Bodies>> = {
  "check": CHECK, "batch-check": BATCH, "list-objects": LIST_OBJECTS, "streamed-list-objects": LIST_OBJECTS,
  "list-users": LIST_USERS, "expand": EXPAND, "read": READ,
};

/** Paths to GET; `S` is the store, `M` the model. */
const GETS: readonly string[] = [
  "/stores/S/changes", "/stores/S/changes?page_size=1", "/stores/S/changes?type=doc", "/stores/S/changes?type=nope",
  "/stores/S/changes?continuation_token=zzz", "/stores/S/changes?page_size=0", "/stores/S/changes?page_size=101",
  "/stores/S/changes?page_size=x", "/stores/S/changes?start_time=2020-01-01T00:00:00Z",
  "/stores/S/changes?start_time=", "/stores/S/changes?page_size=", "/stores/S/changes?type=",
  "/stores/S/changes?continuation_token=", "/stores/S/changes?page_size=1&page_size=2",
  "/stores/S/changes?page_size=2&page_size=1", "/stores/S/changes?type=doc&type=group",
  "/stores/S/changes?start_time=2020-01-01T00:00:00Z&start_time=zz", "/stores/S/changes?page_size=1e400",
  "/stores/S/changes?page_size=1&page_size=x", "/stores/S/changes?continuation_token=zzz&continuation_token=",
  "/stores/S/changes?page_size=1e1", "/stores/S/changes?page_size=99999999999", "/stores/S/changes?page_size=-1",
  "/stores/S/changes?page_size=1.5", "/stores/S/changes?page_size=%2B1", "/stores/S/changes?page_size=01",
  "/stores/S/changes?pageSize=1",
  "/stores?page_size=1&page_size=2", "/stores?name=sideline&name=x", "/stores?name=", "/stores?page_size=",
  "/stores/S/authorization-models?page_size=1&page_size=2", "/stores/S/authorization-models?page_size=",
  "/stores/S/changes?start_time=2999-01-01T00:00:00Z", "/stores/S/changes?start_time=zz", "/stores/S/changes?foo=1",
  `/stores/S/changes?type=${"x".repeat(255)}`, `/stores/${UNKNOWN}/changes`, "/stores/abc/changes",
  "/stores/S/authorization-models", "/stores/S/authorization-models?page_size=101",
  "/stores/S/authorization-models?page_size=0", "/stores/S/authorization-models?continuation_token=zz",
  `/stores/${UNKNOWN}/authorization-models`, "/stores/S/authorization-models/M",
  `/stores/S/authorization-models/${UNKNOWN}`, "/stores/S/authorization-models/abc",
  `/stores/${UNKNOWN}/authorization-models/M`, "/stores/S/assertions/M",
  "/stores", "/stores?name=sideline", "/stores?name=other", "/stores?name=x", "/stores?page_size=101",
  "/stores?continuation_token=zz", "/stores/S", `/stores/${UNKNOWN}`, "/stores/abc", "/healthz", "/stores/S/nope",
];

/** Every request. */
export function cases(): Case[] {
  const posts = Object.entries(POSTS).flatMap(([endpoint, bodies]) => [
    ...Object.entries(bodies).map(([title, body]): Case => ({
      title: `${endpoint}: ${title}`, request: ({ store }) => ["POST", `/stores/${store}/${endpoint}`, body],
    })),
    ...[UNKNOWN, "abc"].map((store): Case => ({
      title: `${endpoint}: store ${store}`,
      request: () => ["POST", `/stores/${store}/${endpoint}`, Object.values(bodies)[0]],
    })),
  ]);
  return [...posts, ...GETS.map((path): Case => ({
    title: `GET ${path.slice(0, 80)}`,
    request: ({ store, model }) => ["GET", path.replace("/S", `/${store}`).replace("/M", `/${model}`)],
  }))];
}
