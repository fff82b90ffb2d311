// Whether a thing exists at the time looked at, or did once: an id that nothing has must not get an answer.
import type { z } from "zod";
import { THE_PLATFORM } from "../../domain/object-names.ts";
import { ROW_TYPES } from "../../domain/relationship-rows.ts";
import { isId } from "../../events/event.ts";
import type { relationshipsAnswer, rolesAnswer, workspacesAnswer } from "../reference/answer-schemas.ts";
import type { Api, Reply } from "./console-api.ts";
import { address } from "./console-links.ts";
import { PRESENCE_HISTORY_PAGES } from "./console-limits.ts";
import type { Explanation } from "./explanations.tsx";
import type { History, PastEvent } from "./past-event.tsx";
import { mainRelation } from "./relation-words.ts";
import { readPresentFacts } from "./stored-facts.tsx";
import { untilOf, type Visit } from "./visit.ts";

/**
 * The presence of a thing at the time looked at. `unclear`: that cannot be known now. `gone`: it existed before, up to
 * `event` where the key may read that. `later`: it came after that time. `unseen`: it does not exist, and the key
 * cannot read whether it did. `malformed`: no thing can have this id.
 */
export type Presence =
  | { readonly kind: "there" | "unclear" | "later" | "unseen" | "never" | "malformed" }
  | { readonly kind: "gone"; readonly event?: PastEvent | undefined };

/** Whether something is there; undefined where that cannot be known now. `org`: where it was. */
export interface Sight {
  readonly isThere: boolean | undefined;
  readonly wasDeleted?: boolean;
  readonly org?: string | undefined;
}

type Rows = z.infer<typeof relationshipsAnswer>;
const part = encodeURIComponent;

/** True for an id that a thing of the type can have. */
export function isPossibleId(type: string, id: string): boolean {
  const parts = type === "role" ? id.split("/") : [id];
  return parts.length === (type === "role" ? 2 : 1) && parts.every(isId);
}

/** Looks for a thing at the time of the visit. `org`: where its history is read, if the key reads one org at a time. */
export async function presenceOf(visit: Visit, type: string, id: string, org?: string): Promise<Presence> {
  if (!isPossibleId(type, id)) return { kind: "malformed" };
  const sight = await sightOf(visit, type, id);
  if (sight.isThere !== false) return { kind: sight.isThere === true ? "there" : "unclear" };
  if (sight.wasDeleted === true) {
    const event = await lastEventAbout(visit, type, id, { org: sight.org, type: `${type}.deleted` });
    return { kind: "gone", event: typeof event === "string" ? undefined : event };
  }
  return await wentOrNeverWas(visit, type, id, org);
}

/** Types whose things are never deleted, or stay known: nothing ever had an id that nothing has. */
const LASTING: readonly string[] = ["athlete", "team", "org", "invite", "coaching", "team_assignment", "platform"];

async function wentOrNeverWas(visit: Visit, type: string, id: string, org: string | undefined): Promise<Presence> {
  const own = type === "role" ? id.split("/")[0] : undefined;
  const event = LASTING.includes(type) ? "none" : await lastEventAbout(visit, type, id, { org: own ?? org });
  if (typeof event === "object") return { kind: "gone", event };
  if (visit.asOf !== undefined) {
    const now = await sightOf({ ...visit, api: visit.presentApi, asOf: undefined }, type, id);
    if (now.isThere === true) return { kind: "later" };
  }
  // A member is never removed, so a person whom nothing names is unknown, whether or not the key reads the history.
  const isSure = type === "user" || own !== undefined || LASTING.includes(type) || visit.may("admin");
  return { kind: isSure && (event === "none" || type === "user") ? "never" : "unseen" };
}

/** Looks for a thing at the time of the visit, and for what is left of a deleted one, but not into the history. */
export async function sightOf(visit: Visit, type: string, id: string): Promise<Sight> {
  if (type === "user") return { isThere: await isKnown(visit, id) };
  if (type === "athlete" || type === "team") return await rosterSightOf(visit.api, type, id);
  // An invite that is no longer open, and a role without keys, have no facts of their own.
  if (type === "invite") return { isThere: isFound(await visit.api.get(`/invites/${part(id)}`)) };
  if (visit.asOf === undefined && type !== "role") {
    const facts = await readPresentFacts(visit, { object: `${type}:${id}` }, 1);
    return { isThere: facts.ok ? facts.body.tuples.length > 0 : undefined };
  }
  // The store lists facts of the present only.
  if (type === "org" || type === "role") {
    const [org = "", role] = type === "role" ? id.split("/") : [id];
    const matrix = await visit.api.get<z.infer<typeof rolesAnswer>>(`/orgs/${part(org)}/roles`);
    return { isThere: role === undefined || !matrix.ok ? isFound(matrix)
      : matrix.body.roles.some((each) => each.role === role) };
  }
  return { isThere: await isExplained(visit.api, type, id) };
}

/** True for an answer, false where the route knows no such entity. */
function isFound(reply: Reply<unknown>): boolean | undefined {
  return reply.ok ? true : reply.status === 404 ? false : undefined;
}

/** A deleted athlete or team keeps its rows, which name its org. */
async function rosterSightOf(api: Api, type: "athlete" | "team", id: string): Promise<Sight> {
  const path = `/${type}s/${part(id)}`;
  const isThere = isFound(await api.get(path));
  if (isThere !== false) return { isThere };
  const rows = await api.get<Rows>(`${path}/relationships?page_size=1`);
  return rows.ok ? { isThere, wasDeleted: true, org: rows.body.relationships[0]?.org } : { isThere: isFound(rows) };
}

/** Somebody whom the reasons of an answer name, where it does not matter who. */
const ANYONE = "user:anyone";

/**
 * Returns whether reasons name a stored fact about a thing: they can be of an earlier time. A row that has ended stays
 * known, by the facts that its end took.
 */
async function isExplained(api: Api, type: string, id: string): Promise<boolean | undefined> {
  const object = `${type}:${id}`;
  const question = { tuple_key: { user: ANYONE, relation: mainRelation(type) ?? "", object } };
  const answer = await api.post<Explanation>("/explain", question);
  if (!answer.ok) return undefined;
  if (answer.body.allowed) return true;
  return answer.body.missing.some(({ present, absent }) => present.some((fact) => fact.object === object)
    || (ROW_TYPES.includes(type) && absent.some((fact) => fact.object === object && fact.ended !== undefined)));
}

/** Returns whether a person is or was in an org, holds or held a row, or works for the platform. */
async function isKnown(visit: Visit, id: string): Promise<boolean | undefined> {
  const path = `/users/${part(id)}`;
  const spaces = await visit.api.get<z.infer<typeof workspacesAnswer>>(`${path}/workspaces`);
  if (!spaces.ok || spaces.body.orgs.length > 0) return spaces.ok ? true : undefined;
  const rows = await visit.api.get<Rows>(`${path}/relationships?page_size=1`);
  if (!rows.ok || rows.body.relationships.length > 0) return rows.ok ? true : undefined;
  for (const relation of ["superadmin", "admin"]) {
    const question = { tuple_key: { user: `user:${id}`, relation, object: THE_PLATFORM } };
    const answer = await visit.api.post<Explanation>("/explain", question);
    if (!answer.ok || answer.body.allowed) return answer.ok ? true : undefined;
  }
  return false;
}

/** Parts of a question about the last event: its org, where the key reads one org at a time, and its type. */
interface EventFilter {
  readonly org: string | undefined;
  readonly type?: string;
}

/**
 * Returns the last event about a thing up to the time looked at; "none" if no event names it, "unknown" where the key
 * cannot read that, or it cannot be read now.
 */
async function lastEventAbout(
  visit: Visit, type: string, id: string, { org, type: eventType }: EventFilter,
): Promise<PastEvent | "none" | "unknown"> {
  if (org === undefined && !visit.may("admin")) return "unknown";
  const about = type === "user" ? { user: id } : { object: `${type}:${id}` };
  const until = untilOf(visit);
  let token: string | undefined;
  // A page may be empty while events are left.
  for (let page = 0; page < PRESENCE_HISTORY_PAGES; page++) {
    const query = { ...about, org, type: eventType, until, outcome: "applied", page_size: "1",
      continuation_token: token };
    const found = await visit.presentApi.get<History>(address(["history"], query));
    if (!found.ok) return "unknown";
    const [event] = found.body.events;
    if (event !== undefined) return event;
    if (found.body.continuation_token === "") return "none";
    token = found.body.continuation_token;
  }
  return "unknown";
}
