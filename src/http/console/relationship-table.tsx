// The table of relationship rows: who coaches whom, since when, until when.
import type { z } from "zod";
import type { relationshipsAnswer } from "../reference/answer-schemas.ts";
import type { Refused, Reply } from "./console-api.ts";
import { ENTRIES_SHOWN } from "./console-limits.ts";
import type { Query } from "./console-links.ts";
import { Empty, NamedThing, Refusal, Table, Thing, When } from "./page-parts.tsx";
import { coachOf, DoesNotCount, Standings, type Standing } from "./row-standing.tsx";
import type { Visit } from "./visit.ts";
import { WhatIfEnded } from "./what-if-link.tsx";

type Answer = z.infer<typeof relationshipsAnswer>;

/** Rows as a card lists them: active ones first. */
interface Rows {
  readonly relationships: Answer["relationships"];
  /** Query of the next page, where more rows follow. */
  readonly next: Query | undefined;
  /** Whether each active row counts, by its name. */
  readonly standings: ReadonlyMap<string, Standing>;
  /** Why that is not known of all of them. */
  readonly unknown?: Refused;
}

type Column = "coach" | "athlete" | "team" | "org";

const HEADS: Readonly<Record<Column, string>> = { coach: "Coach", athlete: "Athlete", team: "Team", org: "Org" };

/**
 * Reads the rows at a path of the API, as many as a card lists: active ones, then ended ones. With a `status` in the
 * query these are the rows of a later page.
 */
export async function readRows(visit: Visit, path: string): Promise<Reply<Rows>> {
  const { status, token } = visit.query;
  if (status === "ended") return readStatus(visit, path, status, ENTRIES_SHOWN, token);
  const active = await readStatus(visit, path, "active", ENTRIES_SHOWN, status === "active" ? token : undefined);
  if (!active.ok || active.body.next !== undefined) return active;
  const first = active.body.relationships;
  const room = ENTRIES_SHOWN - first.length;
  const ended = await readStatus(visit, path, "ended", Math.max(1, room));
  if (!ended.ok) return ended;
  const { relationships, next } = ended.body;
  const rest = room === 0 && relationships.length > 0 ? { status: "ended" } : next;
  return { ok: true, body: { ...active.body, relationships: [...first, ...relationships.slice(0, room)], next: rest } };
}

/** Reads a page of the rows with a status. */
async function readStatus(
  visit: Visit, path: string, status: "active" | "ended", size: number, token?: string,
): Promise<Reply<Rows>> {
  const place = token === undefined ? "" : `&continuation_token=${encodeURIComponent(token)}`;
  const read = await visit.api.get<Answer>(`${path}?status=${status}&page_size=${size}${place}`);
  if (!read.ok) return read;
  const { relationships, continuation_token: more } = read.body;
  const standings = status === "active" ? await standingsOf(visit, relationships) : { standings: new Map() };
  return { ok: true, body: { relationships, ...standings, next: more === "" ? undefined : { status, token: more } } };
}

/** Asks whether active rows count, up to the first refusal. */
async function standingsOf(
  visit: Visit, rows: Rows["relationships"],
): Promise<Pick<Rows, "standings" | "unknown">> {
  const asked = new Standings(visit);
  const standings = new Map<string, Standing>();
  for (const { row, coach, org } of rows) {
    const standing = await asked.of(coachOf(row, coach, org));
    if (!standing.ok) return { standings, unknown: standing };
    standings.set(row, standing.body);
  }
  return { standings };
}

/** Shows rows with some columns; `none` is said where there are none. */
export function RowTable({ visit, rows, none, columns }: {
  visit: Visit; rows: Reply<Rows>; none: string; columns: readonly Column[];
}) {
  if (!rows.ok) return <Refusal refused={rows} />;
  const { relationships, next, standings, unknown } = rows.body;
  const isLater = visit.query["status"] !== undefined;
  if (relationships.length === 0) return <Empty title={isLater ? "There are no more rows." : none} />;
  return (
    <>
      <Table label="Relationships" head={["Row", ...columns.map((name) => HEADS[name]), "Role", "Status", "Since",
        "Until", ...(visit.may("events") ? ["What if"] : [])]}>
        {relationships.map((row) => (
          <tr class={row.status === "ended" || standings.get(row.row)?.counts === false ? "past" : undefined}>
            <th scope="row"><NamedThing visit={visit} name={row.row} /></th>
            {columns.map((column) => (
              <td>{row[column] === undefined ? <span class="quiet">–</span>
                : <Thing visit={visit} type={column === "coach" ? "user" : column} id={row[column]} isPlain />}</td>
            ))}
            <td>{row.role ?? <span class="quiet">none</span>}{Object.keys(row.overrides).length === 0 ? null
              : <span class="quiet">, {Object.keys(row.overrides).length} overridden</span>}</td>
            <td class="status">
              <span class={standings.get(row.row)?.counts === true ? "chip yes" : "chip"}>{row.status}</span>{" "}
              <DoesNotCount visit={visit} standing={standings.get(row.row)} />
            </td>
            <td><When time={row.started_at} /></td>
            <td>{row.status === "active" ? <span class="quiet">–</span> : <When time={row.ended_at} />}</td>
            {!visit.may("events") ? null
              : <td class="try">{row.status === "active" ? <WhatIfEnded visit={visit} row={row.row} /> : null}</td>}
          </tr>
        ))}
      </Table>
      {unknown === undefined ? null : <Refusal refused={unknown} title="It is not known which active rows count" />}
      {next === undefined ? null
        : <p><a rel="next" href={visit.links.page(visit.path, next)}>{`Next ${ENTRIES_SHOWN} rows`}</a></p>}
      {isLater ? <p><a href={visit.links.page(visit.path)}>The first rows</a></p> : null}
    </>
  );
}
