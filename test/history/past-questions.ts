// Questions of every kind that can be asked as of an earlier time, drawn at random, and their answers without an order.
import type { Draw } from "../laws/draw.ts";
import { SOME } from "../laws/names.ts";
import { USERS } from "../laws/pools.ts";

/** A question over HTTP. */
export interface Question {
  readonly path: string;
  readonly body?: object;
}

const LETTERS: Readonly<Record<string, string>> = {
  org: "o", team: "t", athlete: "a", coaching: "c", team_assignment: "s", note: "n", activity: "v", invite: "i",
};
const TYPES = Object.keys(LETTERS).filter((type) => type in SOME);

const userOf = (draw: Draw): string => `user:${draw.pick([...USERS, "stranger"])}`;
const objectOf = (draw: Draw, type: string): string => `${type}:${LETTERS[type]}${1 + draw.below(8)}`;

function checkOf(draw: Draw): { tuple_key: { user: string; relation: string; object: string } } {
  const type = draw.pick(TYPES);
  return { tuple_key: { user: userOf(draw), relation: draw.pick(SOME[type]!), object: objectOf(draw, type) } };
}

/** Draws a question of each kind in turn. */
export function drawQuestion(draw: Draw, kind: number): Question {
  const type = draw.pick(TYPES);
  const [user, relation, object] = [userOf(draw), draw.pick(SOME[type]!), objectOf(draw, type)];
  const id = object.slice(object.indexOf(":") + 1);
  const kinds: readonly Question[] = [
    { path: "/check", body: checkOf(draw) },
    { path: "/check", body: {
      ...checkOf(draw), contextual_tuples: { tuple_keys: [{ user, relation: "admin_hat", object: "org:o1" }] },
    } },
    { path: "/batch-check", body: {
      checks: Array.from({ length: 8 }, (_, i) => ({ ...checkOf(draw), correlation_id: `c${i}` })),
    } },
    { path: "/list-objects", body: { user, relation, type } },
    { path: "/streamed-list-objects", body: { user, relation, type } },
    { path: "/objects", body: { user, relation, type, page_size: 2 } },
    { path: "/list-users", body: { object: { type, id }, relation, user_filters: [{ type: "user" }] } },
    { path: "/list-users", body: { object: { type, id }, relation, user_filters: [{ type: "user" }], explain: true } },
    { path: "/permissions", body: { user, object } },
    { path: "/filter", body: { user, relation, objects: Array.from({ length: 8 }, () => objectOf(draw, type)) } },
    { path: "/explain", body: checkOf(draw) },
    { path: "/orgs/o1/members" }, { path: "/orgs/o2/members?status=active" }, { path: "/orgs/o1/roles" },
    { path: `/users/${user.slice(5)}/workspaces` }, { path: `/invites/i${1 + draw.below(8)}` },
    { path: `/orgs/o1/members/${user.slice(5)}` }, { path: `/athletes/a${1 + draw.below(8)}` },
    { path: `/teams/t${1 + draw.below(8)}` }, { path: `/athletes/a${1 + draw.below(8)}/relationships` },
    { path: `/teams/t${1 + draw.below(8)}/relationships` },
    { path: `/users/${user.slice(5)}/relationships?status=ended` },
  ];
  return kinds[kind % kinds.length]!;
}

/**
 * Returns an answer without the order that follows the tuples in memory, which the past does not keep: of lists, and of
 * the ways to a yes, of which the first few are followed. `leftOut`: names of further facts that are left out.
 */
export function plain(text: string, leftOut: readonly string[] = []): string {
  if (!text.startsWith("{") || text.includes('{"result":{"object"')) return text.split("\n").sort().join("\n");
  return JSON.stringify(JSON.parse(text, (key, part: unknown) => {
    if (key === "missing" || leftOut.includes(key)) return undefined;
    return ["objects", "users", "reasons"].includes(key) && Array.isArray(part)
      ? part.map((each) => JSON.stringify(each)).sort() : part;
  }));
}
