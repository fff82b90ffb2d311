// The first tab of a person: their memberships, who invited them, and whom they coach.
import type { z } from "zod";
import type { memberAnswer, workspacesAnswer } from "../reference/answer-schemas.ts";
import type { Reply } from "./console-api.ts";
import { MEMBERSHIPS_SHOWN } from "./console-limits.ts";
import { Empty, Refusal, Table, Thing } from "./page-parts.tsx";
import { readRows, RowTable } from "./relationship-table.tsx";
import { readFacts } from "./stored-facts.tsx";
import { ThingFrame } from "./thing-frame.tsx";
import { statusOf, type Page, type Visit } from "./visit.ts";
import { WhatIfLink } from "./what-if-link.tsx";

type Member = z.infer<typeof memberAnswer>;
type Workspace = z.infer<typeof workspacesAnswer>["orgs"][number];
const part = encodeURIComponent;

/** Returns the first tab of a person. An id that nobody has is a stranger, and no error (S9). */
export async function personCard(visit: Visit, id: string): Promise<Page> {
  const { api } = visit;
  const spaces = await api.get<z.infer<typeof workspacesAnswer>>(`/users/${part(id)}/workspaces`);
  const title = `person ${id}`;
  if (!spaces.ok) return { title, status: statusOf(spaces.status), content: <Refusal refused={spaces} /> };
  const rows = await readRows(visit, `/users/${part(id)}/relationships`);
  if (!rows.ok && rows.status === 400) return { title, status: 400, content: <Refusal refused={rows} /> };
  const platform = await readFacts(visit, { object: "platform:", user: `user:${id}` });
  const shown = spaces.body.orgs.slice(0, MEMBERSHIPS_SHOWN);
  const entries: (readonly [Workspace, Reply<Member>])[] = [];
  for (const space of shown) {
    entries.push([space, await api.get<Member>(`/orgs/${part(space.org)}/members/${part(id)}`)]);
  }
  const staff = platform.ok ? platform.body.tuples.map(({ key }) => key.relation) : [];
  const isStranger = entries.length === 0 && staff.length === 0 && (!rows.ok || rows.body.relationships.length === 0);
  return {
    title, ...(isStranger ? { status: 404 as const } : {}),
    content: (
      <ThingFrame visit={visit} type="user" id={id} tab="">
        {staff.includes("superadmin") ? <p class="notice">A superadmin: passes every permission (PM7).</p> : null}
        {staff.includes("admin") ? <p class="notice">A platform admin: reads every note (NP2).</p> : null}
        <h2>Memberships</h2>
        {entries.length > 0 ? <MembershipTable visit={visit} user={id} entries={entries} /> : (
          <Empty title="No org has a member with this id.">
            Check the id. A person without a membership has no access in any org.
          </Empty>
        )}
        {spaces.body.orgs.length > shown.length
          ? <p class="quiet">{`The first ${shown.length} of ${spaces.body.orgs.length} orgs.`}</p> : null}
        <h2>Coaches</h2>
        <RowTable visit={visit} rows={rows} none="This person coaches nobody, and never did."
          columns={["athlete", "team", "org"]} />
      </ThingFrame>
    ),
  };
}

function MembershipTable({ visit, user, entries }: {
  visit: Visit; user: string; entries: readonly (readonly [Workspace, Reply<Member>])[];
}) {
  const none = <span class="quiet">none</span>;
  return (
    <Table label="Memberships"
      head={["Org", "Status", "Hats", "Org role", "Lands on", "Roster row", "Area", "Invited by",
        ...(visit.may("events") ? ["What if"] : [])]}>
      {entries.map(([space, member]) => {
        const { athlete, professional_area: area, invited_by: inviter } = member.ok ? member.body
          : { athlete: null, professional_area: null, invited_by: null };
        return (
          <tr class={space.status === "inactive" ? "past" : undefined}>
            <th scope="row"><Thing visit={visit} type="org" id={space.org} isPlain /></th>
            <td><span class={space.status === "active" ? "chip yes" : "chip"}>{space.status}</span></td>
            <td>{space.hats.length === 0 ? none : space.hats.join(", ")}</td>
            <td>{space.role ?? none}</td>
            <td>{space.landing === "unauthorized" ? none : `/${space.landing}`}</td>
            <td>{athlete === null ? none : <Thing visit={visit} type="athlete" id={athlete} isPlain />}</td>
            <td>{area ?? none}</td>
            <td>{inviter === null ? <span class="quiet">nobody on record</span>
              : <Thing visit={visit} type="user" id={inviter} isPlain />}</td>
            {!visit.may("events") ? null
              : <td class="try"><WhatIfMembership visit={visit} user={user} space={space} /></td>}
          </tr>
        );
      })}
    </Table>
  );
}

/** Links to the end of an active membership, or to the return of an inactive one. */
function WhatIfMembership({ visit, user, space: { org, status } }: { visit: Visit; user: string; space: Workspace }) {
  const [type, text] = status === "active" ? ["member.deactivated", "deactivated"] as const
    : ["member.reactivated", "reactivated"] as const;
  return <WhatIfLink visit={visit} type={type} fields={{ org, user }} text={text} about={`${user} in ${org}`}
    isShort />;
}
