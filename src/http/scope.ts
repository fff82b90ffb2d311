// Scopes of API keys, and the one scope of every route.

/** Every scope that a key may have. `admin` includes no other scope. */
export const SCOPES = ["check", "check:contextual", "events", "events:system", "read", "admin"] as const;

export type Scope = (typeof SCOPES)[number];

/** HTTP methods that a route may have. */
export type Method = "GET" | "POST" | "PUT" | "DELETE" | "OPTIONS";

/**
 * The scope a key needs for each route, or the scopes of which it needs one; `open` routes need no key. The app does
 * not start if a route is missing here.
 */
const ROUTE_SCOPES: Readonly<Record<string, Scope | "open" | readonly Scope[]>> = {
  "GET /": "open",
  "GET /livez": "open",
  "GET /readyz": "open",
  "GET /healthz": "open",
  "GET /openapi.json": "open",
  "GET /reference": "open",
  "GET /problems/:code": "open",

  "POST /events": "events",
  // Senders validate an endpoint before they have a key for it; the answer names nothing but the sender's own origin.
  "OPTIONS /events": "open",

  "POST /check": "check",
  "POST /batch-check": "check",
  "POST /list-objects": "check",
  "POST /streamed-list-objects": "check",
  // With `explain` it needs `read`, without it `check`.
  "POST /list-users": ["check", "read"],
  "POST /stores/:store/check": "check",
  "POST /stores/:store/batch-check": "check",
  "POST /stores/:store/list-objects": "check",
  "POST /stores/:store/streamed-list-objects": "check",
  "POST /stores/:store/list-users": ["check", "read"],

  "GET /.well-known/authzen-configuration": "open",
  "POST /access/v1/evaluation": "check",
  "POST /access/v1/evaluations": "check",
  "POST /access/v1/search/subject": "check",
  "POST /access/v1/search/resource": "check",
  "POST /access/v1/search/action": "check",

  "POST /permissions": "check",
  "POST /filter": "check",
  "POST /objects": "check",

  // It names other people.
  "POST /explain": "read",
  // Without the filter `org` it also needs `admin`.
  "GET /history": "read",

  "POST /stores/:store/expand": "read",
  "POST /stores/:store/read": "read",
  "GET /stores/:store/changes": "read",
  // SDKs look the store and its model up before they ask; both show no data of people.
  "GET /stores": ["check", "read"],
  "GET /stores/:store": ["check", "read"],
  "GET /stores/:store/authorization-models": ["check", "read"],
  "GET /stores/:store/authorization-models/:model": ["check", "read"],
  "GET /stores/:store/assertions/:model": "read",

  // The state of the installation, without names of people: a monitor needs no scope that reads tuples.
  "GET /metrics": "admin",

  // The whole store, including the key of the email hashes.
  "POST /backup": "admin",

  // Refused for every caller: state changes only by events.
  "POST /stores": "admin",
  "DELETE /stores/:store": "admin",
  "POST /stores/:store/write": "admin",
  "POST /stores/:store/authorization-models": "admin",
  "PUT /stores/:store/assertions/:model": "admin",

  "GET /orgs/:org/members": "read",
  "GET /orgs/:org/roles": "read",
  "GET /orgs/:org/members/:user": "read",
  "GET /athletes/:athlete": "read",
  "GET /athletes/:athlete/relationships": "read",
  "GET /teams/:team": "read",
  "GET /teams/:team/relationships": "read",
  "GET /users/:user/workspaces": "read",
  "GET /users/:user/relationships": "read",
  "GET /invites/:invite": "read",
};

/** Pages of the console, which has logins of its own and asks the routes above with the key of the login. */
const PAGES: ReadonlySet<string> = new Set(["GET /ui/*", "POST /ui/*"]);

/** Routes that refuse every caller. */
export const REFUSED_ROUTES: readonly string[] = [
  "POST /stores", "DELETE /stores/:store", "POST /stores/:store/write", "POST /stores/:store/authorization-models",
  "PUT /stores/:store/assertions/:model",
];

/** Every route of the API as `<method> <path>`; the console's pages are for people. */
export const ROUTES: readonly string[] = Object.keys(ROUTE_SCOPES);

/**
 * Returns the scopes of a route, of which a key needs one; none: it needs no key. Throws if the route is not in the
 * table.
 */
export function scopesOf(method: string, path: string): readonly Scope[] {
  const scopes = PAGES.has(`${method} ${path}`) ? "open" : ROUTE_SCOPES[`${method} ${path}`];
  if (scopes === undefined) throw new Error(`${method} ${path} has no scope`);
  if (scopes === "open") return [];
  return typeof scopes === "string" ? [scopes] : scopes;
}
