// Single entries of the directory: a member, an athlete, a team; and the relationship rows of an athlete, team or user.
import type { Context } from "hono";
import { z } from "zod";
import type { Parts } from "../checks/parts.ts";
import { memberEntry } from "../domain/directory.ts";
import { kindOf } from "../domain/members.ts";
import { relationshipsOf, ROW_STATUSES, type RowsOf, type RowTimes } from "../domain/relationships.ts";
import { athleteEntry, teamEntry } from "../domain/roster-entries.ts";
import { id, orgId } from "../events/event.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { invalidQuestion } from "./app-question.ts";
import { directoryRoute, noEntity, type Reply } from "./directory-routes.ts";
import { pageSizeTextSchema, placeOf, queryOf, tokenAfter, tokenSchema } from "./list-page.ts";
import type { Asked } from "./question-route.ts";
import type { Route } from "./route.ts";

const IDS = { org: orgId, user: id, athlete: id, team: id } as const;

/** Query of the relationship rows of an athlete or a team. */
const rowsQuery = z.strictObject({
  status: z.enum(ROW_STATUSES).optional(), page_size: pageSizeTextSchema.optional(),
  continuation_token: tokenSchema.optional(),
});

/** Query of the relationship rows of a user, who may have them in several orgs. */
const userRowsQuery = rowsQuery.extend({ org: orgId.optional() });
type UserRowsQuery = z.infer<typeof userRowsQuery>;

/** Returns the routes: GET, with a Sideline-Token where the answer must reflect an event. */
export function entryRoutes(asked: Asked): Route[] {
  const get = (path: string, reply: Reply): Route => directoryRoute(path, reply, asked);
  const rows = (path: string, of: RowsOf): Route =>
    get(path, (c, tuples, _now, _makerMay, times) => answerRows(c, tuples, of, times));
  return [
    get("/orgs/:org/members/:user", function* (c, tuples) {
      const [org, user] = [idIn(c, "org"), idIn(c, "user")];
      const member = memberEntry(tuples, org, user);
      if (member !== undefined) return JSON.stringify(member);
      return noEntity(kindOf(tuples, org) === undefined ? `org ${org}` : `member ${user} in the org ${org}`);
    }),
    get("/athletes/:athlete", function* (c, tuples) {
      const athlete = idIn(c, "athlete");
      const entry = yield* athleteEntry(tuples, athlete);
      return entry === undefined ? noEntity(`athlete ${athlete}`) : JSON.stringify(entry);
    }),
    get("/teams/:team", function* (c, tuples) {
      const team = idIn(c, "team");
      const entry = yield* teamEntry(tuples, team);
      return entry === undefined ? noEntity(`team ${team}`) : JSON.stringify(entry);
    }),
    rows("/athletes/:athlete/relationships", "athlete"), rows("/teams/:team/relationships", "team"),
    rows("/users/:user/relationships", "user"),
  ];
}

function* answerRows(
  c: Context, tuples: TupleSet, of: RowsOf, times: RowTimes | undefined,
): Parts<string | Response> {
  const whose = idIn(c, of);
  const { status, org, ...page }: UserRowsQuery = queryOf(c, of === "user" ? userRowsQuery : rowsQuery);
  const question = [of, whose, status ?? null, org ?? null];
  const filter = { status, org, ...placeOf(page, question) };
  const found = yield* relationshipsOf(tuples, of, whose, filter, times);
  if (found === undefined) return noEntity(`${of} ${whose}`);
  const { relationships, isLast } = found;
  const token = isLast ? "" : tokenAfter(relationships.at(-1)!.row, question);
  return JSON.stringify({ relationships, continuation_token: token });
}

/** Returns the id that a path names. Throws a problem for a malformed one. */
function idIn(c: Context, name: keyof typeof IDS): string {
  const read = IDS[name].safeParse(c.req.param(name) ?? "");
  if (read.success) return read.data;
  const message = read.error.issues[0]?.message ?? "";
  throw invalidQuestion(`${name}: ${message}`, [{ path: name, message }]);
}
