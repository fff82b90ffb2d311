// The first tab of things other than people: an athlete, a team, a note, an invite, an org, and any other.
import type { z } from "zod";
import type { athleteAnswer, inviteAnswer, rolesAnswer, teamAnswer } from "../reference/answer-schemas.ts";
import { ROW_TYPES } from "../../domain/relationship-rows.ts";
import type { Refused, Reply } from "./console-api.ts";
import { address } from "./console-links.ts";
import { ENTRIES_SHOWN, ROLES_PER_PAGE } from "./console-limits.ts";
import { Empty, Fact, Facts, NamedThing, Refusal, Several, Table, Thing, When } from "./page-parts.tsx";
import { readRows, RowTable } from "./relationship-table.tsx";
import { DoesNotCount, rowStandingOf, StandingOf, Standings, type Held, type Standing } from "./row-standing.tsx";
import { readFacts, readPresentFacts, StoredFactList, usersOf, type StoredFacts } from "./stored-facts.tsx";
import { ThingFrame } from "./thing-frame.tsx";
import { readThings, ThingList } from "./thing-list.tsx";
import { typeWords } from "./relation-words.ts";
import { statusOf, type Page, type Visit } from "./visit.ts";
import { WhatIfLink } from "./what-if-link.tsx";

const part = encodeURIComponent;

/** Returns the first tab of an athlete. */
export async function athleteCard(visit: Visit, id: string): Promise<Page> {
  const athlete = await visit.api.get<z.infer<typeof athleteAnswer>>(`/athletes/${part(id)}`);
  const rows = await readRows(visit, `/athletes/${part(id)}/relationships`);
  const notes = await readThings(visit, "note", "athlete", `athlete:${id}`);
  const facts = await readFacts(visit, { object: `athlete:${id}` });
  return cardOf(visit, "athlete", id, athlete.ok || rows.ok ? undefined : athlete, (
    <>
      {athlete.ok ? (
        <Facts>
          <Fact label="Org"><Thing visit={visit} type="org" id={athlete.body.org} isPlain /></Fact>
          <Fact label="Linked account">
            {athlete.body.account === null ? <span class="quiet">none</span>
              : <Thing visit={visit} type="user" id={athlete.body.account} isPlain />}
          </Fact>
          <Fact label="Teams">
            <Several of={athlete.body.teams.map((team) => <Thing visit={visit} type="team" id={team} isPlain />)} />
          </Fact>
        </Facts>
      ) : <p class="notice">This athlete was deleted. The rows below stay readable.</p>}
      <h2>Coaches</h2>
      <RowTable visit={visit} rows={rows} none="Nobody coaches this athlete, and nobody did."
        columns={["coach", "team"]} />
      <h2>Notes</h2>
      {!notes.ok ? <PresentOnly visit={visit} refused={notes} /> : (
        <ThingList visit={visit} around={["athlete", id]} type="note" things={notes}
          none="There are no notes about this athlete." />
      )}
      <StoredFactList visit={visit} facts={facts} />
    </>
  ));
}

/** Returns the first tab of a team. */
export async function teamCard(visit: Visit, id: string): Promise<Page> {
  const team = await visit.api.get<z.infer<typeof teamAnswer>>(`/teams/${part(id)}`);
  const rows = await readRows(visit, `/teams/${part(id)}/relationships`);
  const facts = await readFacts(visit, { object: `team:${id}` });
  const head = !team.ok || team.body.head_coach === null ? undefined
    : await standingOf(visit, { object: `team:${id}`, relation: "head_coach", user: team.body.head_coach,
      org: team.body.org });
  return cardOf(visit, "team", id, team.ok || rows.ok ? undefined : team, (
    <>
      {team.ok ? (
        <Facts>
          <Fact label="Org"><Thing visit={visit} type="org" id={team.body.org} isPlain /></Fact>
          <Fact label="Head coach">
            {team.body.head_coach === null ? <span class="quiet">none</span>
              : <Thing visit={visit} type="user" id={team.body.head_coach} isPlain />}{" "}
            <DoesNotCount visit={visit} standing={head} />
          </Fact>
          <Fact label={`Athletes (${team.body.athletes.length})`}>
            <TeamAthletes visit={visit} team={id} athletes={team.body.athletes} />
          </Fact>
        </Facts>
      ) : <p class="notice">This team was deleted. The rows below stay readable.</p>}
      {team.ok && visit.may("events") ? (
        <p>
          <WhatIfLink visit={visit} type="team.head_coach_changed" fields={{ team: id }}
            text="it had another head coach" about={id} />{" "}
          <WhatIfLink visit={visit} type="team.deleted" fields={{ team: id }} text="it were deleted" about={id} />
        </p>
      ) : null}
      <h2>Assignments</h2>
      <RowTable visit={visit} rows={rows} none="Nobody is assigned to this team, and nobody was."
        columns={["coach"]} />
      <StoredFactList visit={visit} facts={facts} />
    </>
  ));
}

/** Shows the athletes of a team by id, a page at a time. */
function TeamAthletes({ visit, team, athletes }: { visit: Visit; team: string; athletes: readonly string[] }) {
  const { after = "" } = visit.query;
  const rest = athletes.filter((athlete) => athlete > after);
  const shown = rest.slice(0, ENTRIES_SHOWN);
  return (
    <>
      <Several of={shown.map((athlete) => <Thing visit={visit} type="athlete" id={athlete} isPlain />)} />{" "}
      {rest.length <= ENTRIES_SHOWN ? null
        : <a rel="next" href={visit.links.thing("team", team, undefined, { after: shown.at(-1) })}>
          {`Next ${ENTRIES_SHOWN} athletes`}</a>}
      {after === "" ? null : <> <a href={visit.links.thing("team", team)}>The first athletes</a></>}
    </>
  );
}

/** Returns the first tab of a note. */
export async function noteCard(visit: Visit, id: string): Promise<Page> {
  const facts = await readFacts(visit, { object: `note:${id}` });
  const has = (relation: string): string[] => (facts.ok ? usersOf(facts.body, relation) : []);
  const under = has("under").find((name) => !name.includes("#"));
  const row = under === undefined ? undefined : await readFacts(visit, { object: under });
  const isActive = row?.ok === true && usersOf(row.body, "active_on").length > 0;
  const standing = isActive ? await rowStandingOf(visit, under ?? "", row) : undefined;
  const names = (relation: string) =>
    <Several of={has(relation).map((name) => <NamedThing visit={visit} name={name} isPlain />)} />;
  return cardOf(visit, "note", id, missingOr(visit, facts, "note", id), !facts.ok ? null : (
    <>
      <Facts>
        <Fact label="About the athlete">{names("athlete")}</Fact>
        <Fact label="Written by">{names("author")}</Fact>
        <Fact label="Written under">
          {under === undefined ? <span class="quiet">no relationship</span> : <NamedThing visit={visit} name={under} />}
          {under === undefined ? null : <span class={isActive ? "chip yes" : "chip"}>{isActive ? "active" : "ended"}
          </span>}{" "}
          {standing?.ok === true && standing.body.counts ? null : <StandingOf visit={visit} standing={standing} />}
        </Fact>
        <Fact label="Visible to the athlete">{has("visible_to").length > 0 ? "yes, flagged" : "no"}</Fact>
        <Fact label="Shared with">{names("shared_with")}</Fact>
        <Fact label="Org">{names("org")}</Fact>
      </Facts>
      <StoredFactList visit={visit} facts={facts} />
    </>
  ));
}

/** Returns the first tab of an invite. */
export async function inviteCard(visit: Visit, id: string): Promise<Page> {
  const found = await visit.api.get<z.infer<typeof inviteAnswer>>(`/invites/${part(id)}`);
  const facts = await readFacts(visit, { object: `invite:${id}` });
  const made = await readFacts(visit, { object: `invitation:${id}`, relation: "invited_by" });
  const maker = made.ok ? usersOf(made.body, "invited_by")[0] : undefined;
  if (!found.ok) return cardOf(visit, "invite", id, found, null);
  const { org, hat, team, status, uses, max_uses: most, expires_at: expires, maker_may: makerMay } = found.body;
  return cardOf(visit, "invite", id, undefined, (
    <>
      <p class="notice">Anybody who knows the id of an open invite can redeem it. Keep it out of tickets.</p>
      <Facts>
        <Fact label="Status"><span class={status === "active" ? "chip yes" : "chip"}>{status}</span></Fact>
        <Fact label="Org"><Thing visit={visit} type="org" id={org} isPlain /></Fact>
        <Fact label="Gives the hat">{hat}</Fact>
        <Fact label="Team">
          {team === null ? <span class="quiet">none</span> : <Thing visit={visit} type="team" id={team} isPlain />}
        </Fact>
        <Fact label="Uses">{`${uses} of ${most ?? "any number"}`}</Fact>
        <Fact label="Expires"><When time={expires} none="never" /></Fact>
        <Fact label="Made or last resent by">
          {maker !== undefined ? <NamedThing visit={visit} name={maker} isPlain />
            : <span class="quiet">{made.ok ? "the system" : "known for the present only"}</span>}
        </Fact>
        <Fact label="Its maker may still give this">{makerMay ? "yes" : "no"}</Fact>
      </Facts>
      <StoredFactList visit={visit} facts={facts} />
    </>
  ));
}

/** Returns the first tab of an org. */
export async function orgCard(visit: Visit, id: string): Promise<Page> {
  const matrix = await visit.api.get<z.infer<typeof rolesAnswer>>(`/orgs/${part(id)}/roles`);
  const teams = await readThings(visit, "team", "org", `org:${id}`);
  const athletes = await readThings(visit, "athlete", "org", `org:${id}`);
  return cardOf(visit, "org", id, matrix.ok ? undefined : matrix, !matrix.ok ? null : (
    <>
      <p><a href={visit.links.thing("org", id, "people")}>See its people</a>, or{" "}
        <a href={visit.links.thing("org", id, "matrix")}>what each role may do</a>.</p>
      <h2>Roles</h2>
      <Table label="Roles" head={["Role", "Held by", "Holders", "Keys", "Kind"]}>
        {matrix.body.roles.slice(0, ENTRIES_SHOWN).map(({ role, scope, holders, keys, system, locked }) => (
          <tr>
            <th scope="row"><a href={visit.links.thing("role", `${id}/${role}`)}>{role}</a></th>
            <td>{scope === "org" ? "members" : "coaching rows and assignments"}</td>
            <td class="number">{holders}</td><td class="number">{keys.length}</td>
            <td>{locked ? "locked" : system ? "from the start" : "custom"}</td>
          </tr>
        ))}
      </Table>
      {matrix.body.roles.length > ENTRIES_SHOWN ? <p class="quiet">There are more. The matrix has all of them.</p>
        : null}
      <h2>Teams</h2>
      {!teams.ok ? <PresentOnly visit={visit} refused={teams} />
        : <ThingList visit={visit} around={["org", id]} type="team" things={teams} none="This org has no team." />}
      <h2>Athletes</h2>
      {!athletes.ok ? <PresentOnly visit={visit} refused={athletes} /> : (
        <ThingList visit={visit} around={["org", id]} type="athlete" things={athletes}
          none="This org has no athlete." />
      )}
    </>
  ));
}

/** Returns the card of a role, whose id is `<org>/<role>`: its keys, and the way to the matrix. */
export async function roleCard(visit: Visit, id: string): Promise<Page> {
  const [org = "", name = ""] = id.split("/");
  const matrix = await visit.api.get<z.infer<typeof rolesAnswer>>(`/orgs/${part(org)}/roles`);
  if (!matrix.ok) return cardOf(visit, "role", id, matrix, null);
  const role = matrix.body.roles.find((each) => each.role === name);
  if (role === undefined) return cardOf(visit, "role", id, noneOf("role", id), null);
  // The page of the matrix that begins with this role, where the first page does not hold it.
  const place = matrix.body.roles.indexOf(role);
  const before = place < ROLES_PER_PAGE ? undefined : matrix.body.roles[place - 1]?.role;
  const holders = role.holders === 1 ? "1 holder" : `${role.holders} holders`;
  return cardOf(visit, "role", id, undefined, (
    <>
      <Facts>
        <Fact label="Org"><Thing visit={visit} type="org" id={org} isPlain /></Fact>
        <Fact label="Held on">{role.scope === "org" ? "memberships" : "coaching rows and team assignments"}</Fact>
        <Fact label="Held by">{holders}</Fact>
        <Fact label="Kind">{role.locked ? "locked" : role.system ? "from the start" : "custom"}</Fact>
      </Facts>
      <h2>{`Keys (${role.keys.length})`}</h2>
      {role.keys.length === 0 ? <Empty title="This role has no key." />
        : <p><Several of={role.keys.map((key) => <code>{key}</code>)} /></p>}
      <p><a href={`${visit.links.thing("org", org, "matrix", { after: before })}#role-${part(name)}`}>
        Compare it in the matrix</a></p>
    </>
  ));
}

/** Asks whether a relation counts; undefined where the question is refused. */
async function standingOf(visit: Visit, held: Held): Promise<Standing | undefined> {
  const standing = await new Standings(visit).of(held);
  return standing.ok ? standing.body : undefined;
}

/** Returns the first tab of any other thing: what the store holds about it, and whether the row of a coach counts. */
export async function factsCard(visit: Visit, type: string, id: string): Promise<Page> {
  const facts = await readFacts(visit, { object: `${type}:${id}` });
  // The coach of a row never changes.
  const known = facts.ok || !ROW_TYPES.includes(type) ? facts
    : await readPresentFacts(visit, { object: `${type}:${id}` });
  const standing = await rowStandingOf(visit, `${type}:${id}`, known);
  const counts = standing === undefined ? null
    : <Fact label="Counts"><StandingOf visit={visit} standing={standing} /></Fact>;
  return cardOf(visit, type, id, missingOr(visit, facts, type, id), !facts.ok ? counts && (
    <>
      <Facts>{counts}</Facts>
      <PresentOnly visit={visit} refused={facts} />
    </>
  ) : (
    <Facts>
      {counts}
      {[...new Set(facts.body.tuples.map(({ key }) => key.relation))].slice(0, ENTRIES_SHOWN).map((relation) => (
        <Fact label={relation.replaceAll("_", " ")}>
          <Several of={usersOf(facts.body, relation).map((name) => <NamedThing visit={visit} name={name} />)} />
        </Fact>
      ))}
    </Facts>
  ));
}

/** Shows that stored facts are listed for the present only, and the ways on; or why they cannot be listed. */
function PresentOnly({ visit, refused }: { visit: Visit; refused: Refused | undefined }) {
  if (visit.asOf === undefined && refused !== undefined) return <Refusal refused={refused} />;
  const { as_of: _, ...query } = visit.query;
  return (
    <Empty title="The stored facts are listed for the present only.">
      <a href={address(["ui", ...visit.path], query)}>See them as they are now</a>. Access and Why not? answer for the
      time you are looking at.
    </Empty>
  );
}

/** Returns the refusal of facts, or one for a thing about which there are none. */
function missingOr(visit: Visit, facts: Reply<StoredFacts>, type: string, id: string): Reply<never> | undefined {
  if (!facts.ok) return visit.asOf === undefined ? facts : undefined;
  return facts.body.tuples.length > 0 ? undefined : noneOf(type, id);
}

function noneOf(type: string, id: string): Reply<never> {
  return { ok: false, status: 404, code: "unknown_entity", detail: `there is no ${typeWords(type)} ${id}` };
}

function cardOf(
  visit: Visit, type: string, id: string, refused: Reply<unknown> | undefined, content: Page["content"],
): Page {
  const title = `${typeWords(type)} ${id}`;
  if (refused === undefined || refused.ok) {
    const shown = content ?? <PresentOnly visit={visit} refused={undefined} />;
    return { title, content: <ThingFrame visit={visit} type={type} id={id} tab="">{shown}</ThingFrame> };
  }
  return {
    title, status: statusOf(refused.status),
    content: <ThingFrame visit={visit} type={type} id={id} tab=""><Refusal refused={refused} /></ThingFrame>,
  };
}
