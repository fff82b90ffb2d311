// Questions of every kind that can be asked as of an earlier time, drawn at random, and their answers without an order.
import type { Envelope } from "../../src/ledger/envelope.ts";
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

/** Returns the names of the pools that an event has in its payload. */
export function namesIn({ data }: Pick<Envelope, "data">): readonly string[] {
  return [...new Set(JSON.stringify(data).match(/\b[a-z][1-8]\b/g))];
}

/** Draws one of the names that start with a letter, in two of three cases, if there are any. */
function nearOf(draw: Draw, near: readonly string[], letter: string): string | undefined {
  const fitting = near.filter((name) => name.startsWith(letter));
  return fitting.length > 0 && draw.chance(67) ? draw.pick(fitting) : undefined;
}

function userOf(draw: Draw, near: readonly string[]): string {
  return `user:${nearOf(draw, near, "u") ?? draw.pick([...USERS, "stranger"])}`;
}

function typeOf(draw: Draw, near: readonly string[]): string {
  const fitting = TYPES.filter((type) => near.some((name) => name.startsWith(LETTERS[type]!)));
  return fitting.length > 0 && draw.chance(67) ? draw.pick(fitting) : draw.pick(TYPES);
}

function idOf(draw: Draw, near: readonly string[], type: string): string {
  return nearOf(draw, near, LETTERS[type]!) ?? `${LETTERS[type]}${1 + draw.below(8)}`;
}

function checkOf(
  draw: Draw, near: readonly string[],
): { tuple_key: { user: string; relation: string; object: string } } {
  const type = typeOf(draw, near);
  const [user, relation] = [userOf(draw, near), draw.pick(SOME[type]!)];
  return { tuple_key: { user, relation, object: `${type}:${idOf(draw, near, type)}` } };
}

/** Draws a question of each kind in turn, most often about `near`: names of the pools. */
export function drawQuestion(draw: Draw, kind: number, near: readonly string[] = []): Question {
  const type = typeOf(draw, near);
  const [user, relation, id] = [userOf(draw, near), draw.pick(SOME[type]!), idOf(draw, near, type)];
  const idNear = (each: string): string => idOf(draw, near, each);
  const [org, athlete, team] = [idNear("org"), idNear("athlete"), idNear("team")];
  const kinds: readonly Question[] = [
    { path: "/check", body: checkOf(draw, near) },
    { path: "/check", body: {
      ...checkOf(draw, near), contextual_tuples: { tuple_keys: [{ user, relation: "admin_hat", object: "org:o1" }] },
    } },
    { path: "/batch-check", body: {
      checks: Array.from({ length: 8 }, (_, i) => ({ ...checkOf(draw, near), correlation_id: `c${i}` })),
    } },
    { path: "/list-objects", body: { user, relation, type } },
    { path: "/streamed-list-objects", body: { user, relation, type } },
    { path: "/objects", body: { user, relation, type, page_size: 2 } },
    { path: "/list-users", body: { object: { type, id }, relation, user_filters: [{ type: "user" }] } },
    { path: "/list-users", body: { object: { type, id }, relation, user_filters: [{ type: "user" }], explain: true } },
    { path: "/permissions", body: { user, object: `${type}:${id}` } },
    { path: "/filter", body: { user, relation, objects: Array.from({ length: 8 }, () => `${type}:${idNear(type)}`) } },
    { path: "/explain", body: checkOf(draw, near) },
    { path: `/orgs/${org}/members` }, { path: `/orgs/${org}/members?status=active` }, { path: `/orgs/${org}/roles` },
    { path: `/users/${user.slice(5)}/workspaces` }, { path: `/invites/${idNear("invite")}` },
    { path: `/orgs/${org}/members/${user.slice(5)}` }, { path: `/athletes/${athlete}` },
    { path: `/teams/${team}` }, { path: `/athletes/${athlete}/relationships` },
    { path: `/teams/${team}/relationships` },
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
