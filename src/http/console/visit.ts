// One visit of a page: who looks, at which time, and how they ask.
import type { Child } from "hono/jsx";
import type { Scope } from "../scope.ts";
import type { Api } from "./console-api.ts";
import type { Links, Query } from "./console-links.ts";

/** A visit of a page. */
export interface Visit {
  /** Asks about the time looked at. */
  readonly api: Api;
  /** Asks about the present. */
  readonly presentApi: Api;
  readonly links: Links;
  readonly may: (scope: Scope) => boolean;
  /** Whether the visitor has a login that they can end: only a server with keys has logins. */
  readonly hasLogin: boolean;
  /** Time looked at, RFC 3339; undefined for the present. */
  readonly asOf: string | undefined;
  /** The clock, in milliseconds since 1970. */
  readonly now: number;
  /** Parts of the page's path below `/ui`, decoded. */
  readonly path: readonly string[];
  readonly query: Query;
  /** Id of the one store. */
  readonly store: string;
  /** Shown above the content of a thing's page, such as that the thing was deleted. */
  readonly notice?: Child;
}

/** A page before its frame: what its heading says, and its content. */
export interface Page {
  readonly title: string;
  /** HTTP status; 200 if absent. */
  readonly status?: 200 | 303 | 400 | 401 | 403 | 404 | 409 | 413 | 415 | 429 | 500 | 503;
  readonly content: Child;
  /** Address to go to in place of the page. */
  readonly goTo?: string;
}

/** Returns the status of a page whose question was refused with a status. */
export function statusOf(status: number): NonNullable<Page["status"]> {
  return ([400, 401, 403, 404, 409, 413, 429, 503] as const).find((each) => each === status) ?? 500;
}

/** Returns the end of the history that a page reads: a state as of a time has the events of that very millisecond. */
export function untilOf({ asOf }: Visit): string | undefined {
  return asOf === undefined ? undefined : new Date(Date.parse(asOf) + 1).toISOString();
}
