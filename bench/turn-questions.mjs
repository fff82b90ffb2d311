// Questions at their longest, in the large org and at the size limits.
import { coach } from "./large-org.mjs";
import { fields, numbered } from "./turn-events.mjs";

/** @typedef {import("./turn-events.mjs").Request} Request */

/** Maximum size of a question's longest part, in bytes: the body limit less the rest of the body. */
const LONG = 616_448 - 400;
/** Maximum number of checks in a batch. */
const BATCH = 50;

const key = (user, relation, object) => ({ user: `user:${user}`, relation, object });
const batch = (of) => ({ checks: numbered(BATCH, (n) => ({ correlation_id: `c${n}`, ...of(n) })) });
const users = (type, id, relation) => ({ object: { type, id }, relation, user_filters: [{ type: "user" }] });
const store = (what) => `/stores/sideline/${what}`;

/**
 * Checks for `cora` look at every row before they answer no, because she has rows elsewhere. For `nobody`, whom no
 * tuple names, the no comes at once. One check answers yes.
 */
export const CHECKS = [
  ["cora", "can_read", "note:note-0"], ["olga", "can_read", "note:note-0"], ["nobody", "can_view", "athlete:star"],
  ["cora", "can_view", "athlete:star"], ["cora", "sessions_read", "athlete:star"], ["cora", "can_view", "athlete:busy"],
  ["cora", "sessions_read", "athlete:busy"], ["cora", "coach", "team:big"], ["cora", "athlete", "team:big"],
  ["cora", "can_view", "team:big"], ["cora", "teams_create", "org:large"], ["cora", "sessions_read", "org:large"],
];

const OBJECTS = [
  ["root", "can_read", "note"], ["olga", "can_read", "note"], [coach(0), "can_read", "note"],
  [coach(0), "can_view", "athlete"], ["root", "can_view", "athlete"], ["root", "can_view", "team"],
  ["cora", "can_read", "note"], ["cora", "can_view", "athlete"], ["cora", "sessions_read", "athlete"],
  ["root", "can_redeem", "invite"], ["olga", "can_revoke", "invite"], ["root", "org_manage", "org"],
];

const USERS = [
  ["note", "note-0", "can_read"], ["athlete", "star", "can_view"], ["athlete", "star", "sessions_read"],
  ["team", "big", "coach"], ["team", "big", "can_view"], ["team", "big", "athlete"], ["org", "large", "member"],
  ["org", "large", "enter_athlete"], ["org", "large", "sessions_read"], ["org", "large", "playbook_view"],
];

/** Questions of OpenFGA's API about the large org. @returns {Iterable<Request>} */
export function* questions() {
  for (const [user, relation, object] of CHECKS) {
    const what = `check of ${user}: ${object}#${relation}`;
    yield { what, path: "/check", body: { tuple_key: key(user, relation, object) } };
    const body = batch(() => ({ tuple_key: key(user, relation, object) }));
    yield { what: `${BATCH} times ${what}`, path: "/batch-check", body };
  }
  for (const [user, relation, type] of OBJECTS) {
    for (const list of ["list-objects", "streamed-list-objects"]) {
      yield { what: `${list} of ${user}: ${type}#${relation}`, path: `/${list}`,
        body: { type, relation, user: `user:${user}` } };
    }
  }
  for (const [type, id, relation] of USERS) {
    yield { what: `list-users of ${type}:${id}#${relation}`, path: "/list-users", body: users(type, id, relation) };
  }
  for (const [object, relation] of [["org:large", "member"], ["athlete:star", "coaching"], ["team:big", "coach"]]) {
    yield { what: `expand ${object}#${relation}`, path: store("expand"), body: { tuple_key: { object, relation } } };
  }
  const filters = [undefined, { object: "org:large" }, { object: "note:", user: "user:nobody", relation: "author" }];
  for (const tuple_key of filters) {
    const what = `read ${tuple_key === undefined ? "everything" : JSON.stringify(tuple_key)}`;
    yield { what, path: store("read"), body: { page_size: 100, ...(tuple_key && { tuple_key }) } };
  }
}

/** The questions shaped as apps and as AuthZEN ask them. @returns {Iterable<Request>} */
export function* appQuestions() {
  const objects = numbered(1000, (n) => `athlete:a${n}`);
  for (const user of ["cora", "olga", "root"]) {
    for (const object of ["org:large", "athlete:star", "team:big"]) {
      const what = `permissions of ${user} on ${object}`;
      yield { what, path: "/permissions", body: { user: `user:${user}`, object } };
    }
    yield { what: `filter of 1,000 athletes for ${user}`, path: "/filter",
      body: { user: `user:${user}`, relation: "can_view", objects } };
    const asking = {
      subject: { type: "user", id: user }, action: { name: "can_view" }, resource: { type: "athlete", id: "star" },
    };
    yield { what: `1,000 evaluations for ${user}`, path: "/access/v1/evaluations",
      body: { ...asking, evaluations: numbered(1000, () => ({})) } };
    for (const search of ["subject", "resource", "action"]) {
      yield { what: `AuthZEN search of ${search}s for ${user}`, path: `/access/v1/search/${search}`, body: asking };
    }
  }
  const asking = {
    subject: { type: "user", id: "cora" }, action: { name: "can_view" }, resource: { type: "team", id: "big" },
  };
  const context = fields(50, (n) => [`k${n}`, n]);
  yield { what: "1,000 evaluations with 50 keys of context each", path: "/access/v1/evaluations",
    body: { ...asking, context, evaluations: numbered(1000, () => ({})) } };
  yield { what: "1,000 evaluations with too much context", path: "/access/v1/evaluations",
    body: { ...asking, context: fields(30_000, (n) => [`k${n}`, n]), evaluations: numbered(1000, () => ({})) } };
  yield { what: "an AuthZEN search of actions with 1,000 keys of context", path: "/access/v1/search/action",
    body: { ...asking, resource: { type: "athlete", id: "star" }, context: fields(1000, (n) => [`k${n}`, n]) } };
  yield { what: "a filter of 150,000 names", path: "/filter",
    body: `{"user":"user:a","relation":"can_view","objects":[${'"a",'.repeat(150_000)}"a"]}` };
}

/** Pages of objects: the first makes the list, and an org is a filter over all of them. @returns {Iterable<Request>} */
export function* objectPages() {
  for (const [user, relation, type] of OBJECTS) {
    for (const more of [{}, { page_size: 1000 }, ...(type === "org" ? [] : [{ org: "large" }])]) {
      yield { what: `objects of ${user}: ${type}#${relation} ${JSON.stringify(more)}`, path: "/objects",
        body: { user: `user:${user}`, relation, type, ...more } };
    }
  }
}

/** Every question that uses GET; `since` is an RFC 3339 time after most of the log. @returns {Iterable<Request>} */
export function* pages(since) {
  const changes = store("changes");
  const paths = [
    "/orgs/large/members", "/orgs/large/members?hat=coach", "/orgs/large/members?status=invited",
    "/orgs/large/members?hat=admin", "/orgs/large/roles", `/users/${coach(0)}/workspaces`, "/users/olga/workspaces",
    "/invites/link-1", "/orgs/large/members/cora", "/athletes/star", "/athletes/busy", "/athletes/nomad", "/teams/big",
    ...["athletes/star", "athletes/busy", "athletes/nomad", "teams/big", `users/${coach(0)}`, "users/cora"]
      .flatMap((of) => ["", "?status=ended", "?page_size=1000"].map((more) => `/${of}/relationships${more}`)),
    `${changes}?page_size=100`, `${changes}?page_size=100&type=platform`,
    `${changes}?page_size=100&type=none`, `${changes}?start_time=${since}`, `${changes}?start_time=${since}&type=none`,
    "/metrics", "/readyz", "/livez", "/stores", store("authorization-models"), "/", `/${"x".repeat(8000)}`,
  ];
  for (const path of paths) yield { what: `GET ${path.slice(0, 80)}`, path };
}

/** Questions at the size limits. @returns {Iterable<Request>} */
export function* questionLimits() {
  const star = key("cora", "can_view", "athlete:star");
  const context = (count) => fields(count, (n) => [`k${n}`, n]);
  yield { what: "check with 45,000 keys of context", path: "/check",
    body: { tuple_key: star, context: context(45_000) } };
  yield { what: "50 checks with 900 keys of context each", path: "/batch-check",
    body: batch(() => ({ tuple_key: star, context: context(900) })) };
  yield { what: "list-objects with 45,000 keys of context", path: "/list-objects",
    body: { type: "note", relation: "can_read", user: "user:cora", context: context(45_000) } };
  yield { what: "list-users with 45,000 keys of context", path: "/list-users",
    body: { ...users("note", "note-0", "can_edit"), context: context(45_000) } };
  const tuple_keys = numbered(100, (n) =>
    ({ user: `coaching:extra-${n}`, relation: "coaching", object: "athlete:star" }));
  const whatIf = { tuple_key: star, contextual_tuples: { tuple_keys } };
  yield { what: "check with 100 contextual tuples", path: "/check", body: whatIf };
  yield { what: "50 checks with 100 contextual tuples each", path: "/batch-check", body: batch(() => whatIf) };
  yield* longTexts(star);
  yield { what: "a body of empty arrays", path: "/check", body: `[${"[],".repeat(205_000)}[]]` };
  yield { what: "a body of numbers", path: "/check", body: `{"context":[${"1,".repeat(300_000)}1]}` };
  yield { what: "a body of numbers and a character in two halves", path: "/check",
    body: `{"context":["\\ud835\\udd4f",${"1,".repeat(300_000)}1]}` };
  yield { what: "a body of 300,000 brackets around half a character", path: "/check",
    body: `${"[".repeat(300_000)}"\\ud800"${"]".repeat(300_000)}` };
  const spaced = numbered(38_000, (n) => `"k${n}": "v"`).join(", ");
  yield { what: "a body of fields with spaces", path: "/check", body: `{"context":{${spaced}}}` };
  yield { what: "a batch of 200,000 checks", path: "/batch-check", body: `{"checks":[${"{},".repeat(205_000)}{}]}` };
}

function* longTexts(star) {
  const long = "x".repeat(LONG);
  for (const [part, text] of Object.entries({ user: `user:${long}`, relation: long, object: `athlete:${long}` })) {
    yield { what: `check with a long ${part}`, path: "/check", body: { tuple_key: { ...star, [part]: text } } };
  }
  yield { what: "check with a long value of context", path: "/check", body: { tuple_key: star, context: { a: long } } };
  for (const [what, id] of [["a long id", long], ["a long id with a wrong end", `${long}#`]]) {
    yield { what: `list-users with ${what}`, path: "/list-users", body: users("note", id, "can_read") };
  }
  yield { what: "list-objects with a long user", path: "/list-objects",
    body: { type: "note", relation: "can_read", user: `user:${long}` } };
  for (const [what, user] of [["long user", `user:${long}`], ["user of colons", ":".repeat(LONG)]]) {
    yield { what: `read with a ${what}`, path: store("read"), body: { tuple_key: { object: "note:", user } } };
  }
  yield { what: "read with a long token", path: store("read"), body: { continuation_token: long } };
}
