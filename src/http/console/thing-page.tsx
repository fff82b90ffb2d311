// The pages of one thing: its card and its tabs, and what they say where nothing has its id, or had it once.
import { absencePage, Absent, GoneNotice, gonePage, isAbsent, UnknownPerson, type Absence } from "./absence.tsx";
import { accessPage } from "./access-page.tsx";
import { athleteCard, factsCard, inviteCard, noteCard, orgCard, roleCard, teamCard } from "./cards.tsx";
import { historyPage } from "./history-page.tsx";
import { matrixPage } from "./matrix-page.tsx";
import { nowherePage } from "./login-page.tsx";
import { peoplePage } from "./people-page.tsx";
import { personCard } from "./person-card.tsx";
import { isPossibleId, presenceOf } from "./presence.ts";
import { reachPage } from "./reach-page.tsx";
import type { Page, Visit } from "./visit.ts";

const CARDS: Readonly<Record<string, (visit: Visit, id: string) => Promise<Page>>> = {
  user: personCard, athlete: athleteCard, team: teamCard, note: noteCard, invite: inviteCard, org: orgCard,
  role: roleCard,
};

/** Returns a page of a thing: its card, or the tab that the address names. */
export async function thingPage(visit: Visit, type: string, id: string, tab: string | undefined): Promise<Page> {
  const make = tab === undefined ? cardOf(type) : tabOf(type, tab);
  if (make === undefined) return nowherePage(visit);
  if (!isPossibleId(type, id)) return absencePage(visit, type, id, tab ?? "", { kind: "malformed" });
  // Other pages are refused by the routes that they ask, if nothing has the id.
  const isAnyId = tab === "access" || tab === "history" || (visit.asOf !== undefined && !IN_DIRECTORY.includes(type));
  const page = isAnyId ? undefined : await make(visit, id);
  if (page !== undefined && page.status !== 404) return page;
  const presence = await presenceOf(visit, type, id, visit.query["org"]);
  if (presence.kind === "gone") {
    if (tab !== "access" && tab !== "history") return gonePage(visit, type, id, presence);
    const notice = <GoneNotice visit={visit} type={type} id={id} presence={presence} />;
    // A key without the scope admin reads the history of one org at a time, and the event names that of the thing.
    const org = visit.query["org"] ?? (visit.may("admin") ? undefined : presence.event?.org ?? undefined);
    return await make({ ...visit, notice, query: org === undefined ? visit.query : { ...visit.query, org } }, id);
  }
  if (!isAbsent(presence)) return page ?? await make(visit, id);
  if (tab === "history") return await historyOfAbsent(visit, type, id, presence);
  if (type === "user" && tab === "access") {
    return { status: 404, ...await make({ ...visit, notice: <UnknownPerson visit={visit} id={id} /> }, id) };
  }
  return page !== undefined && presence.kind === "never" ? page : absencePage(visit, type, id, tab ?? "", presence);
}

/** Returns the history of an id that nothing has: refused events may name it. */
async function historyOfAbsent(visit: Visit, type: string, id: string, absence: Absence): Promise<Page> {
  if (absence.kind === "unseen") return await historyPage(visit, type, id);
  const notice = <Absent visit={visit} type={type} id={id} absence={absence} />;
  return { status: 404, ...await historyPage({ ...visit, notice }, type, id) };
}

/** Types whose cards ask the directory, which answers as of an earlier time. */
const IN_DIRECTORY: readonly string[] = ["user", "athlete", "team", "invite", "org", "role"];

type MakePage = (visit: Visit, id: string) => Promise<Page>;

function cardOf(type: string): MakePage {
  return Object.hasOwn(CARDS, type) ? CARDS[type]! : (visit, id) => factsCard(visit, type, id);
}

/** Returns the tab of a type with a name; undefined if there is none. */
function tabOf(type: string, tab: string): MakePage | undefined {
  if (tab === "access") return type === "user" ? reachPage : (visit, id) => accessPage(visit, type, id);
  if (tab === "history") return (visit, id) => historyPage(visit, type, id);
  if (type !== "org") return undefined;
  return tab === "people" ? peoplePage : tab === "matrix" ? matrixPage : undefined;
}
