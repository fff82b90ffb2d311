// Notices and pages about an id that nothing has, or that something had once.
import type { Child } from "hono/jsx";
import { ID_RULE } from "../../events/event.ts";
import { checkableOf } from "../../policy/checkable.ts";
import type { Refused } from "./console-api.ts";
import { address } from "./console-links.ts";
import { atAnotherTime } from "./console-query.ts";
import { asOfWords } from "./page-time.ts";
import { Actor, Refusal, When } from "./page-parts.tsx";
import { isPossibleId, presenceOf, type Presence } from "./presence.ts";
import { typeWords } from "./relation-words.ts";
import { ThingFrame } from "./thing-frame.tsx";
import type { Page, Visit } from "./visit.ts";

/** A presence that is no presence: nothing has the id at the time looked at. */
export type Absence = { readonly kind: Exclude<Presence["kind"], "there" | "unclear" | "gone"> };
type Gone = Extract<Presence, { readonly kind: "gone" }>;

/** Returns whether nothing has an id, and nothing had it as far as can be known. */
export function isAbsent(presence: Presence): presence is Absence {
  return !["there", "unclear", "gone"].includes(presence.kind);
}

/** Returns the page of an id that nothing has. */
export function absencePage(visit: Visit, type: string, id: string, tab: string, absence: Absence): Page {
  return {
    title: `${typeWords(type)} ${id}`, status: 404,
    content: (
      <ThingFrame visit={visit} type={type} id={id} tab={tab}>
        <Absent visit={visit} type={type} id={id} absence={absence} />
      </ThingFrame>
    ),
  };
}

/** Shows that nothing has an id, and what to do next. */
export function Absent({ visit, type, id, absence }: { visit: Visit; type: string; id: string; absence: Absence }) {
  return (
    <>
      <Refusal refused={refusalOf(visit, type, id, absence)} />
      <WayOn visit={visit} type={type} id={id} absence={absence} />
    </>
  );
}

function refusalOf({ asOf }: Visit, type: string, id: string, { kind }: Absence): Refused {
  const name = `${typeWords(type)} ${id}`;
  const refused = { ok: false, status: 404 } as const;
  if (kind === "malformed") {
    return { ...refused, code: "invalid_request", detail: `there is no ${name}: ${type === "role"
      ? "a role is named by its org, a slash and its id" : ID_RULE}` };
  }
  const then = asOf === undefined ? "" : ` ${asOfWords(asOf)}`;
  const isOnlyNow = kind === "unseen" && asOf === undefined;
  const detail = type === "user" ? `no person ${id} ${asOf === undefined ? "is" : "was"} known here${then}`
    : `there ${asOf === undefined ? "is" : "was"} no ${name}${isOnlyNow ? " now" : then}`;
  return { ...refused, code: "unknown_entity", detail };
}

/** Leads on from an id that nothing has: to the present, or to the history of an org. */
function WayOn({ visit, type, id, absence: { kind } }: {
  visit: Visit; type: string; id: string; absence: Absence;
}): Child {
  const name = `${typeWords(type)} ${id}`;
  if (kind === "later") {
    const now = address(["ui", ...visit.path], atAnotherTime(visit.query));
    return <p>{type === "user" ? "They came later." : "It came later."}{" "}
      <a href={now}>Look at this page as it is now</a>.</p>;
  }
  if (kind !== "unseen") return null;
  return <p>If it was deleted, the history still says so:{" "}
    <a href={visit.links.thing(type, id, "history")}>History of {name}</a> asks for the org.</p>;
}

/** Shows next to an answer that nobody has the id of the person whom it is about. */
export function UnknownPerson({ visit, id }: { visit: Visit; id: string }) {
  const verb = visit.asOf === undefined ? "is" : "was";
  return (
    <p class="notice">
      <b>{`${id} ${verb} unknown here.`}</b>{" "}
      {`Nobody with this id ${verb} in an org or ${verb === "is" ? "holds" : "held"} anything. `}
      Check the id: upper and lower case count.
    </p>
  );
}

/** The notices of a page about a person and a thing, next to its answer or in place of it. */
interface PairPresence {
  /** Shown in place of an answer: one of the ids is nothing's. */
  readonly absent?: Child;
  /** Shown next to the answer. */
  readonly notice?: Child;
  /** Whether nobody has the id of the person. */
  readonly isStranger: boolean;
}

/** Looks for a person and a thing. A person whom nobody knows gets an answer: anybody may redeem an open invite. */
export async function pairPresence(
  visit: Visit, { user, type, id, isKnown = false }: {
    user: string; type: string; id: string;
    /** Whether the answer shows that the thing exists, or did. */
    isKnown?: boolean;
  },
): Promise<PairPresence> {
  if (!isPossibleId("user", user)) {
    const absence = { kind: "malformed" } as const;
    return { absent: <Absent visit={visit} type="user" id={user} absence={absence} />, isStranger: true };
  }
  const thing = await presenceOf(visit, type, id);
  if (isAbsent(thing) && !(isKnown && thing.kind === "unseen")) {
    return { absent: <Absent visit={visit} type={type} id={id} absence={thing} />, isStranger: false };
  }
  const person = await presenceOf(visit, "user", user);
  const notice = (
    <>
      {thing.kind === "gone" ? <GoneNotice visit={visit} type={type} id={id} presence={thing} /> : null}
      {person.kind === "gone" ? <GoneNotice visit={visit} type="user" id={user} presence={person} /> : null}
      {isAbsent(person) ? <UnknownPerson visit={visit} id={user} /> : null}
    </>
  );
  return { notice, isStranger: isAbsent(person) };
}

/** Shows that something existed until an event, with the ways to its history and to the time before. */
export function GoneNotice({ visit, type, id, presence: { event } }: {
  visit: Visit; type: string; id: string; presence: Gone;
}) {
  const isDeletion = event === undefined || event.type === `${type}.deleted` || event.type === "artifact.deleted";
  const name = `${typeWords(type)} ${id}`;
  const ofPerson = visit.asOf === undefined ? "is in no org now, and holds nothing"
    : "was in no org then, and held nothing";
  const ofThing = isDeletion ? `This ${typeWords(type)} was deleted.` : `No ${name} exists any more.`;
  const said = type === "user" ? `${id} ${ofPerson}.` : ofThing;
  // A key without the scope admin reads the history of one org at a time.
  const org = visit.may("admin") ? undefined : event?.org ?? undefined;
  const before = event === undefined ? undefined
    : visit.links.page([type, id, ...type === "user" || checkableOf(type) === undefined ? [] : ["access"]], {
      as_of: new Date(Date.parse(event.recorded) - 1).toISOString(),
    });
  return (
    <p class="notice">
      <b>{said}</b>{" "}
      {event === undefined ? null : (
        <>{type === "user" ? "The last event about them" : "The last event about it"}: <code>{event.type}</code> by{" "}
          <Actor visit={visit} id={event.actor} />,{" "}
          <When time={event.recorded} />. </>
      )}
      <a href={visit.links.thing(type, id, "history", { org })}>{`History of ${name}`}</a>
      {before === undefined ? "" : <>{" or "}<a href={before}>the time just before that</a></>}.
    </p>
  );
}

/** Returns the card of something that no longer exists. */
export function gonePage(visit: Visit, type: string, id: string, presence: Gone): Page {
  return {
    title: `${typeWords(type)} ${id}`,
    content: (
      <ThingFrame visit={visit} type={type} id={id} tab="">
        <GoneNotice visit={visit} type={type} id={id} presence={presence} />
      </ThingFrame>
    ),
  };
}
