// The people of an org: members and open invitations, by hat and by status (PR4).
import type { z } from "zod";
import type { membersAnswer } from "../reference/answer-schemas.ts";
import { HATS } from "../../policy/seeded-roles.ts";
import { PEOPLE_STATUSES } from "../../domain/directory.ts";
import { PEOPLE_PER_PAGE } from "./console-limits.ts";
import { Empty, Refusal, Table, Thing, When } from "./page-parts.tsx";
import { ThingFrame } from "./thing-frame.tsx";
import { statusOf, type Page, type Visit } from "./visit.ts";

type People = z.infer<typeof membersAnswer>;
const none = <span class="quiet">–</span>;

/** Returns the people tab of an org. */
export async function peoplePage(visit: Visit, org: string): Promise<Page> {
  const { hat, status, after = "" } = visit.query;
  const filters = new URLSearchParams([["hat", hat], ["status", status]]
    .filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== "")).toString();
  const people = await visit.api.get<People>(
    `/orgs/${encodeURIComponent(org)}/members${filters === "" ? "" : `?${filters}`}`);
  return {
    title: `People of org ${org}`, ...(people.ok ? {} : { status: statusOf(people.status) }),
    content: (
      <ThingFrame visit={visit} type="org" id={org} tab="people">
        <Filters visit={visit} org={org} />
        {people.ok ? <PeopleOf visit={visit} org={org} people={people.body} after={after} />
          : <Refusal refused={people} />}
      </ThingFrame>
    ),
  };
}

function Filters({ visit, org }: { visit: Visit; org: string }) {
  const { hat, status } = visit.query;
  const menu = (name: string, label: string, values: readonly string[], chosen: string | undefined) => (
    <div>
      <label for={`people-${name}`}>{label}</label>
      <select id={`people-${name}`} name={name}>
        <option value="">any</option>
        {values.map((value) => <option value={value} selected={value === chosen}>{value}</option>)}
      </select>
    </div>
  );
  return (
    <form class="ask" method="get" action={`/ui/org/${encodeURIComponent(org)}/people`}>
      {visit.asOf === undefined ? null : <input type="hidden" name="as_of" value={visit.asOf} />}
      {menu("hat", "Hat", HATS, hat)}
      {menu("status", "Status", PEOPLE_STATUSES, status)}
      <button type="submit" class="second">Show</button>
    </form>
  );
}

function PeopleOf({ visit, org, people, after }: { visit: Visit; org: string; people: People; after: string }) {
  const rest = people.members.filter(({ user }) => user > after);
  const members = rest.slice(0, PEOPLE_PER_PAGE);
  const { hat, status } = visit.query;
  // The id of an open invite is a secret, so an address names the place of an invitation in the list (S20).
  const from = placeIn(people.invites, visit.query["invites"]);
  const end = from + PEOPLE_PER_PAGE;
  const next = rest.length > PEOPLE_PER_PAGE ? members.at(-1)?.user : undefined;
  if (people.members.length + people.invites.length === 0) {
    return (
      <Empty title="Nobody matches.">
        <a href={visit.links.thing("org", org, "people")}>Show everybody</a>
      </Empty>
    );
  }
  return (
    <>
      <h2>{`Members (${people.members.length})`}</h2>
      {members.length === 0 ? <Empty title="No member matches." /> : <MemberTable visit={visit} members={members} />}
      {next === undefined ? null
        : <p><a rel="next" href={visit.links.thing("org", org, "people", { hat, status, after: next })}>
          Next {PEOPLE_PER_PAGE} members</a></p>}
      {people.invites.length === 0 ? null : (
        <>
          <h2>{`Open invitations (${people.invites.length})`}</h2>
          <InviteTable visit={visit} invites={people.invites.slice(from, end)} />
          {people.invites.length <= end ? null
            : <p><a rel="next" href={visit.links.thing("org", org, "people", { hat, status, invites: String(end) })}>
              Next {PEOPLE_PER_PAGE} invitations</a></p>}
        </>
      )}
    </>
  );
}

/** Reads a place in a list; the first one for a text that names none. */
function placeIn(list: readonly unknown[], text = ""): number {
  const place = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return place < list.length ? place : 0;
}

function MemberTable({ visit, members }: { visit: Visit; members: People["members"] }) {
  return (
    <Table label="Members" head={["Person", "Status", "Hats", "Role", "Linked athlete", "Area", "Invited by"]}>
      {members.map((member) => (
        <tr class={member.status === "inactive" ? "past" : undefined}>
          <th scope="row"><Thing visit={visit} type="user" id={member.user} isPlain /></th>
          <td><span class={member.status === "active" ? "chip yes" : "chip"}>{member.status}</span></td>
          <td>{member.hats.join(", ")}</td>
          <td>{member.role ?? none}</td>
          <td>{member.athlete === null ? none
            : <Thing visit={visit} type="athlete" id={member.athlete} isPlain />}</td>
          <td>{member.professional_area ?? none}</td>
          <td>{member.invited_by === null ? none
            : <Thing visit={visit} type="user" id={member.invited_by} isPlain />}</td>
        </tr>
      ))}
    </Table>
  );
}

function InviteTable({ visit, invites }: { visit: Visit; invites: People["invites"] }) {
  return (
    <Table label="Open invitations"
      head={["Invite", "Hat", "Team", "Athlete", "Invited by", "Expires", "Inviter may still give it"]}>
      {invites.map((each) => (
        <tr>
          <th scope="row"><Thing visit={visit} type="invite" id={each.invite} isPlain /></th>
          <td>{each.hat}</td>
          <td>{each.team === null ? none : <Thing visit={visit} type="team" id={each.team} isPlain />}</td>
          <td>{each.athlete === null ? none : <Thing visit={visit} type="athlete" id={each.athlete} isPlain />}</td>
          <td>{each.invited_by === null ? none : <Thing visit={visit} type="user" id={each.invited_by} isPlain />}</td>
          <td><When time={each.expires_at} none="never" /></td>
          <td>{each.maker_may ? "yes" : <span class="chip no">no</span>}</td>
        </tr>
      ))}
    </Table>
  );
}
