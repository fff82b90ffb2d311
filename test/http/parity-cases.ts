// Requests of the OpenFGA API, well and badly formed, that are sent to both servers.

/** The store and the model of a server. */
export interface Ids {
  store: string;
  model: string;
}

type Request = readonly [method: string, path: string, body?: unknown];

/** One request, told for whichever server it goes to. */
export interface Case {
  readonly title: string;
  readonly request: (ids: Ids) => Request;
}

const UNKNOWN = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const KEY = { user: "user:a", relation: "viewer", object: "doc:1" };
const long = (type: string, length: number): string => `${type}:${"x".repeat(length - type.length - 1)}`;
const tuples = (n: number, tuple: object = {}): object[] => Array.from({ length: n }, (_, i) =>
  ({ user: `user:z${i}`, relation: "owner", object: "doc:9", ...tuple }));
const contextual = (n: number, tuple: object = {}): object => ({ contextual_tuples: { tuple_keys: tuples(n, tuple) } });
const conditional = (condition: unknown): object => contextual(1, { relation: "viewer", condition });

/** Titles with bodies for `POST /stores/{store}/<endpoint>`. */
type Bodies = Readonly<Record<string, unknown>>;

const CHECK: Bodies = {
  "allowed": { tuple_key: KEY },
  "by a parent": { tuple_key: { ...KEY, object: "doc:2" } },
  "denied": { tuple_key: { ...KEY, user: "user:nobody" } },
  "unknown fields": { tuple_key: { ...KEY, zzz: 1 }, foo: {} },
  "malformed JSON": "{\"tuple_key\":",
  "an empty body": "",
  "an array": [],
  "null": "null",
  "a second value after the body": `{"tuple_key":${JSON.stringify(KEY)}} 1`,
  "a key twice": '{"tuple_key":{"user":"user:a","user":"user:b","relation":"viewer","object":"doc:1"}}',
  "no tuple_key": {},
  "tuple_key null": { tuple_key: null },
  "camel case": { tupleKey: KEY },
  "a number as user": { tuple_key: { ...KEY, user: 5 } },
  "no user": { tuple_key: { relation: "viewer", object: "doc:1" } },
  "an empty user": { tuple_key: { ...KEY, user: "" } },
  "no relation": { tuple_key: { user: "user:a", object: "doc:1" } },
  "no object": { tuple_key: { user: "user:a", relation: "viewer" } },
  "a space in the user": { tuple_key: { ...KEY, user: "user:a b" } },
  "user of 512": { tuple_key: { ...KEY, user: long("user", 512) } },
  "user of 513": { tuple_key: { ...KEY, user: long("user", 513) } },
  "user of 512 wide characters": { tuple_key: { ...KEY, user: `user:${"𝕏".repeat(507)}` } },
  "object of 256": { tuple_key: { ...KEY, object: long("doc", 256) } },
  "object of 257": { tuple_key: { ...KEY, object: long("doc", 257) } },
  "relation of 51": { tuple_key: { ...KEY, relation: "x".repeat(51) } },
  "a colon in the relation": { tuple_key: { ...KEY, relation: "a:b" } },
  "an unknown relation": { tuple_key: { ...KEY, relation: "nope" } },
  "an unknown type": { tuple_key: { ...KEY, object: "nope:1" } },
  "an unknown user type": { tuple_key: { ...KEY, user: "nope:1" } },
  "a bare user": { tuple_key: { ...KEY, user: "anne" } },
  "a wildcard as object": { tuple_key: { ...KEY, object: "doc:*" } },
  "context as array": { tuple_key: KEY, context: [] },
  "context as text": { tuple_key: KEY, context: "x" },
  "context null": { tuple_key: KEY, context: null },
  "context with a control character": { tuple_key: KEY, context: { a: "\u0001" } },
  "a parameter missing": { tuple_key: { ...KEY, user: "user:c" } },
  "a condition met": { tuple_key: { ...KEY, user: "user:c" }, context: { x: 1 } },
  "a condition not met": { tuple_key: { ...KEY, user: "user:c" }, context: { x: 100 } },
  "an unknown consistency": { tuple_key: KEY, consistency: "NOPE" },
  "consistency by number": { tuple_key: KEY, consistency: 200 },
  "an unknown number as consistency": { tuple_key: KEY, consistency: 7 },
  "higher consistency": { tuple_key: KEY, consistency: "HIGHER_CONSISTENCY" },
  "an unknown model": { tuple_key: KEY, authorization_model_id: UNKNOWN },
  "a malformed model": { tuple_key: KEY, authorization_model_id: "abc" },
  "an empty model": { tuple_key: KEY, authorization_model_id: "" },
  "100 contextual tuples": { tuple_key: KEY, ...contextual(100) },
  "101 contextual tuples": { tuple_key: KEY, ...contextual(101) },
  "no contextual tuple": { tuple_key: KEY, ...contextual(0) },
  "contextual tuples null": { tuple_key: KEY, contextual_tuples: { tuple_keys: null } },
  "contextual tuples as array": { tuple_key: KEY, contextual_tuples: [] },
  "a contextual tuple that grants": {
    tuple_key: { ...KEY, user: "user:z0" }, ...contextual(1, { object: "doc:1" }),
  },
  "a contextual tuple of an unknown relation": { tuple_key: KEY, ...contextual(1, { relation: "nope" }) },
  "a contextual tuple without user": { tuple_key: KEY, ...contextual(1, { user: undefined }) },
  "a contextual tuple of 513 bytes": { tuple_key: KEY, ...contextual(1, { user: long("user", 513) }) },
  "a contextual user of 260 characters, 515 bytes": {
    tuple_key: KEY, ...contextual(1, { user: `user:${"ü".repeat(255)}` }),
  },
  "a contextual relation of 51 bytes": { tuple_key: KEY, ...contextual(1, { relation: "x".repeat(51) }) },
  "a contextual object of 257 bytes": { tuple_key: KEY, ...contextual(1, { object: long("doc", 257) }) },
  "a contextual tuple null": { tuple_key: KEY, contextual_tuples: { tuple_keys: [null] } },
  "a condition null": { tuple_key: KEY, ...conditional(null) },
  "a condition without name": { tuple_key: KEY, ...conditional({}) },
  "an unknown condition": { tuple_key: KEY, ...conditional({ name: "nope" }) },
  "an inline expression": { tuple_key: KEY, ...conditional({ name: "$expression", context: { expression: "true" } }) },
  "a condition's name of 257": { tuple_key: KEY, ...conditional({ name: "x".repeat(257) }) },
  "a condition's context as text": { tuple_key: KEY, ...conditional({ name: "cond", context: "x" }) },
  "a condition's context null": { tuple_key: KEY, ...conditional({ name: "cond", context: null }) },
  "a body over the limit": { tuple_key: KEY, context: { a: "x".repeat(616_448) } },
};

const item = (id: string | undefined, key: object = KEY, more: object = {}): object =>
  ({ tuple_key: key, correlation_id: id, ...more });
const items = (n: number): object[] => Array.from({ length: n }, (_, i) => item(`c-${i}`));

const BATCH: Bodies = {
  "two checks": { checks: [item("a"), item("b", { ...KEY, user: "user:nobody" })] },
  "checks that fail": {
    checks: [
      item("a", { ...KEY, relation: "nope" }), item("b", { ...KEY, user: "user:c" }),
      item("c", { ...KEY, user: "anne" }),
      item("d", KEY, contextual(1, { relation: "nope" })), item("e", KEY, { context: { a: "\u0001" } }), item("f"),
    ],
  },
  "no check": { checks: [] },
  "no checks": {},
  "50 checks": { checks: items(50) },
  "51 checks": { checks: items(51) },
  "an id twice": { checks: [item("a"), item("a")] },
  "no id": { checks: [item(undefined)] },
  "an empty id": { checks: [item("")] },
  "an id of 36": { checks: [item("x".repeat(36))] },
  "an id of 37": { checks: [item("x".repeat(37))] },
  "a space in an id": { checks: [item("a b")] },
  "an id that is not ASCII": { checks: [item("é")] },
  "no key": { checks: [{ correlation_id: "a" }] },
  "a user of 513": { checks: [item("a", { ...KEY, user: long("user", 513) })] },
  "a check null": { checks: [null] },
  "101 contextual tuples": { checks: [item("a", KEY, contextual(101))] },
  "an unknown model": { checks: [item("a")], authorization_model_id: UNKNOWN },
};

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
