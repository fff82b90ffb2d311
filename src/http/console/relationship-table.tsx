// The table of relationship rows: who coaches whom, since when, until when.
import type { z } from "zod";
import type { relationshipsAnswer } from "../reference/answer-schemas.ts";
import type { Reply } from "./console-api.ts";
import { Empty, NamedThing, Refusal, Table, Thing, When } from "./page-parts.tsx";
import type { Visit } from "./visit.ts";

type Rows = z.infer<typeof relationshipsAnswer>;
type Column = "coach" | "athlete" | "team" | "org";

const HEADS: Readonly<Record<Column, string>> = { coach: "Coach", athlete: "Athlete", team: "Team", org: "Org" };

/** Shows rows with some columns, active ones first; `none` is said where there are none. */
export function RowTable({ visit, rows, none, columns }: {
  visit: Visit; rows: Reply<Rows>; none: string; columns: readonly Column[];
}) {
  if (!rows.ok) return <Refusal refused={rows} />;
  const { relationships, continuation_token: more } = rows.body;
  if (relationships.length === 0) return <Empty title={none} />;
  const sorted = relationships.toSorted((a, b) => Number(a.status === "ended") - Number(b.status === "ended"));
  return (
    <>
      <Table label="Relationships" head={["Row", ...columns.map((name) => HEADS[name]), "Role", "Status", "Since",
        "Until"]}>
        {sorted.map((row) => (
          <tr class={row.status === "ended" ? "past" : undefined}>
            <th scope="row"><NamedThing visit={visit} name={row.row} /></th>
            {columns.map((column) => (
              <td>{row[column] === undefined ? <span class="quiet">–</span>
                : <Thing visit={visit} type={column === "coach" ? "user" : column} id={row[column]} isPlain />}</td>
            ))}
            <td>{row.role ?? <span class="quiet">none</span>}{Object.keys(row.overrides).length === 0 ? null
              : <span class="quiet">, {Object.keys(row.overrides).length} overridden</span>}</td>
            <td><span class={row.status === "active" ? "chip yes" : "chip"}>{row.status}</span></td>
            <td><When time={row.started_at} /></td>
            <td>{row.status === "active" ? <span class="quiet">–</span> : <When time={row.ended_at} />}</td>
          </tr>
        ))}
      </Table>
      {more === "" ? null : <p class="quiet">There are more rows than these.</p>}
    </>
  );
}
