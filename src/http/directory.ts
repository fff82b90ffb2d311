// The directory over HTTP: people, roles, workspaces, invites.
import type { Context } from "hono";
import { isId } from "../events/event.ts";
import { HATS } from "../model/roles.ts";
import { matrixOf, PEOPLE_STATUSES, peopleOf, showInvite, workspacesOf } from "../state/directory.ts";
import { answerProblem, problem } from "./problem.ts";
import type { Route } from "./route.ts";
import type { Sidecar } from "../events/sidecar.ts";

/** The routes of the directory. */
export function directoryRoutes({ tuples, now }: Sidecar): Route[] {
  const get = (path: string, handle: (c: Context) => Response): Route =>
    ({ method: "GET", path, errors: "problem", handle });
  return [
    get("/orgs/:org/members", (c) => {
      const hat = oneOf(c, "hat", HATS);
      const status = oneOf(c, "status", PEOPLE_STATUSES);
      if (hat === "invalid" || status === "invalid") return invalidFilter(hat === "invalid" ? "hat" : "status");
      return found(c, "org", (org) => peopleOf(tuples, org, { hat, status }, now()));
    }),
    get("/orgs/:org/roles", (c) => found(c, "org", (org) => matrixOf(tuples, org))),
    get("/users/:user/workspaces", (c) => c.json(workspacesOf(tuples, c.req.param("user") ?? ""))),
    get("/invites/:invite", (c) => found(c, "invite", (invite) => showInvite(tuples, invite, now()))),
  ];
}

/** The answer about what a path names, or that there is none. */
function found(c: Context, what: "org" | "invite", look: (id: string) => object | undefined): Response {
  const id = c.req.param(what) ?? "";
  const answer = isId(id) ? look(id) : undefined;
  return answer === undefined ? answerProblem(problem("unknown_entity", `there is no ${what} ${id}`)) : c.json(answer);
}

/** The value of a filter; undefined when it is not given. */
function oneOf<T extends string>(c: Context, name: string, values: readonly T[]): T | "invalid" | undefined {
  const given = c.req.queries(name);
  if (given === undefined) return undefined;
  return values.find((value) => given.length === 1 && value === given[0]) ?? "invalid";
}

const FILTERS = { hat: HATS, status: PEOPLE_STATUSES } as const;

function invalidFilter(name: keyof typeof FILTERS): Response {
  const detail = `${name} is one of ${FILTERS[name].join(", ")}, once`;
  return answerProblem(problem("invalid_request", detail, [{ path: name, message: detail }]));
}
