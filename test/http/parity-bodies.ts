// Parts of requests to the OpenFGA API: a key, tuples, texts of a length. Bodies of check and batch-check.

/** A model and a store that do not exist. */
export const UNKNOWN = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const KEY = { user: "user:a", relation: "viewer", object: "doc:1" };
export const long = (type: string, length: number): string => `${type}:${"x".repeat(length - type.length - 1)}`;
export const tuples = (n: number, tuple: object = {}): object[] => Array.from({ length: n }, (_, i) =>
  ({ user: `user:z${i}`, relation: "owner", object: "doc:9", ...tuple }));
export const contextual = (n: number, tuple: object = {}): object =>
  ({ contextual_tuples: { tuple_keys: tuples(n, tuple) } });
export const conditional = (condition: unknown): object => contextual(1, { relation: "viewer", condition });

/** Titles with bodies for `POST /stores/{store}/<endpoint>`. */
export type Bodies = Readonly<Record<string, unknown>>;

export const CHECK: Bodies = {
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
  "a contextual object of 255 characters, 506 bytes": {
    tuple_key: KEY, ...contextual(1, { object: `doc:${"ü".repeat(251)}` }),
  },
  "a contextual object of 257 characters, 510 bytes": {
    tuple_key: KEY, ...contextual(1, { object: `doc:${"ü".repeat(253)}` }),
  },
  "a contextual object of 256 bytes": { tuple_key: KEY, ...contextual(1, { object: long("doc", 256) }) },
  "a contextual relation of 50 wide characters": { tuple_key: KEY, ...contextual(1, { relation: "ü".repeat(50) }) },
  "a contextual object with a space": { tuple_key: KEY, ...contextual(1, { object: "doc:a b" }) },
  "a contextual user of two letters": { tuple_key: KEY, ...contextual(1, { user: "a:" }) },
  "a contextual tuple without object": { tuple_key: KEY, ...contextual(1, { object: undefined }) },
  "a contextual tuple without relation": { tuple_key: KEY, ...contextual(1, { relation: undefined }) },
  "a lone surrogate in the user": `{"tuple_key":{"user":"user:\\ud800","relation":"viewer","object":"doc:1"}}`,
  "a lone surrogate in the object": `{"tuple_key":{"user":"user:a","relation":"viewer","object":"doc:\\udc00"}}`,
  "a lone surrogate in a key": `{"tuple_key":${JSON.stringify(KEY)},"context":{"\\ud800":1}}`,
  "a lone surrogate in the context": `{"tuple_key":${JSON.stringify(KEY)},"context":{"a":"\\ud800"}}`,
  "a lone surrogate in a field that is ignored": `{"tuple_key":${JSON.stringify(KEY)},"z":"\\ud800"}`,
  "a pair of surrogates": `{"tuple_key":{"user":"user:\\ud835\\udd4f","relation":"viewer","object":"doc:1"}}`,
  "1e400 in the context": `{"tuple_key":${JSON.stringify(KEY)},"context":{"x":1e400}}`,
  "1e400 in the context of the condition":
    '{"tuple_key":{"user":"user:c","relation":"viewer","object":"doc:1"},"context":{"x":1e400}}',
  "-1e400 in the context": `{"tuple_key":${JSON.stringify(KEY)},"context":{"x":[-1e400]}}`,
  "1e400 in a field that is ignored": `{"tuple_key":${JSON.stringify(KEY)},"z":1e400}`,
  "1e-400 in the context":
    '{"tuple_key":{"user":"user:c","relation":"viewer","object":"doc:1"},"context":{"x":1e-400}}',
  "consistency 1e400": `{"tuple_key":${JSON.stringify(KEY)},"consistency":1e400}`,
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

export const BATCH: Bodies = {
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
