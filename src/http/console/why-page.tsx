// Why, or why not: one person, one thing, and the reasons or the missing ways of the answer.
import { CHECKABLE, checkableOf } from "../../policy/checkable.ts";
import { pairPresence } from "./absence.tsx";
import { splitName } from "./console-links.ts";
import { MissingWays, Reasons, type Explanation } from "./explanations.tsx";
import { AsOf, canAt, Doing, doingText, Empty, IdField, Refusal, Thing } from "./page-parts.tsx";
import { mainRelation, relationGroups, typeWords, wordsOfAny } from "./relation-words.ts";
import { typeMenu } from "./search-page.tsx";
import { RelationMenu } from "./thing-frame.tsx";
import { statusOf, type Page, type Visit } from "./visit.ts";

/** The question of the form, as far as it is filled in. */
interface Question {
  readonly user: string;
  readonly type: string;
  readonly id: string;
  readonly relation: string | undefined;
  /** Why there is no such question: another one must not be answered in its place. */
  readonly fault?: string;
}

/** The question that fits most kinds of things: can_read or can_view. */
const SEE = "see";
const SEE_WORDS = "see or read it";

const TITLE = "Why, or why not?";

/** Returns the page: the form, and the answer once a person and a thing are named. */
export async function whyPage(visit: Visit): Promise<Page> {
  const asked = questionIn(visit);
  const { user, type, id, relation, fault } = asked;
  const form = <WhyForm visit={visit} asked={asked} />;
  if (fault !== undefined || relation === undefined) {
    return { title: TITLE, status: 400, content: <><h1>{TITLE}</h1>
      <div class="refused" role="alert"><p><b>Not answered yet</b></p><p>{fault}</p></div>{form}</> };
  }
  if (user === "" || id === "") {
    const hint = user === "" && id === "" ? "Name a person and a thing."
      : user === "" ? "Name the person." : "Name the thing.";
    return { title: TITLE, content: <><h1>{TITLE}</h1>{form}<Empty title={hint}>
      Use their ids. The answer says which rule gives the access, or what is missing for it.</Empty></> };
  }
  const what = doingText(relation, type, id);
  const title = `${capital(canAt(visit))} ${user} ${what}?`;
  const tuple = { user: `user:${user}`, relation, object: `${type}:${id}` };
  const answer = await visit.api.post<Explanation>("/explain", { tuple_key: tuple });
  const isYes = answer.ok && answer.body.allowed;
  const pair = isYes ? undefined
    : await pairPresence(visit, { user, type, id, isKnown: answer.ok && isNamed(answer.body, tuple.object) });
  if (pair?.absent !== undefined) {
    return { title, status: 404, content: <><h1>{TITLE}</h1>{form}{pair.absent}</> };
  }
  if (!answer.ok) {
    return { title, status: statusOf(answer.status),
      content: <><h1>{TITLE}</h1>{form}<Refusal refused={answer} /></> };
  }
  const { body } = answer;
  const can = canAt(visit);
  const cannot = can === "can" ? "cannot" : "could not";
  return {
    title: `Why ${isYes ? can : can === "can" ? "can’t" : "couldn’t"} ${user} ${what}?`,
    content: (
      <>
        <div class={isYes ? "verdict yes" : "verdict no"}>
          <p class="word">{isYes ? "Yes" : "No"}</p>
          <h1><Thing visit={visit} type="user" id={user} isPlain /> {isYes ? can : cannot}{" "}
            <Doing visit={visit} relation={relation} type={type} id={id} /><AsOf visit={visit} />.</h1>
        </div>
        {pair?.notice}
        {form}
        <Answer visit={visit} body={body} isStranger={pair?.isStranger === true} />
        {body.truncated === true ? <p class="quiet">There may be more than these.</p> : null}
      </>
    ),
  };
}

/** Returns whether the missing ways name a fact about a thing that is stored, or was. */
function isNamed(body: Explanation, object: string): boolean {
  return !body.allowed && body.missing.some(({ present, absent }) =>
    present.some((fact) => fact.object === object)
    || absent.some((fact) => fact.object === object && fact.ended !== undefined));
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function Answer({ visit, body, isStranger }: { visit: Visit; body: Explanation; isStranger: boolean }) {
  if (!body.allowed) {
    const ways = body.missing.length === 0
      ? <Empty title="No set of facts would make this a yes.">Check the id of the thing.</Empty>
      : <MissingWays visit={visit} missing={body.missing} />;
    return isStranger ? <details><summary>What would make it a yes for somebody new</summary>{ways}</details> : ways;
  }
  const count = body.reasons.length;
  return (
    <>
      <h2>{count === 1 ? "The reason" : `${count} reasons, each enough by itself`}</h2>
      <Reasons visit={visit} reasons={body.reasons} />
    </>
  );
}

function WhyForm({ visit, asked }: { visit: Visit; asked: Question }) {
  return (
    <form class="ask" action="/ui/why" method="get">
      {visit.asOf === undefined ? null : <input type="hidden" name="as_of" value={visit.asOf} />}
      <IdField id="why-user" name="user" label="Person" value={asked.user} />
      <div>
        <label for="why-type">Kind of thing</label>
        <select id="why-type" name="type">
          {typeMenu().map(({ type, text }) => <option value={type} selected={type === asked.type}>{text}</option>)}
        </select>
      </div>
      <IdField id="why-id" name="id" label="Its id" value={asked.id} />
      <div>
        <label for="why-relation">{`${capital(canAt(visit))} they …`}</label>
        <RelationMenu id="why-relation" type={asked.type} relations={relationGroups(asked.type)}
          chosen={isOpen(visit) ? SEE : asked.relation}>
          <option value={SEE} selected={isOpen(visit)}>{SEE_WORDS}</option>
        </RelationMenu>
      </div>
      <button type="submit">Ask</button>
    </form>
  );
}

/** Returns whether nothing is chosen yet: then the menu must not name what one kind of thing has and others lack. */
function isOpen({ query }: Visit): boolean {
  return query["type"] === undefined && query["id"] === undefined && query["relation"] === undefined;
}

/** Reads the question from the query. Without a relation, it is the one that people ask about first. */
function questionIn({ query }: Visit): Question {
  const user = (query["user"] ?? "").trim().replace(/^user:/, "");
  const given = (query["id"] ?? "").trim();
  const named = splitName(given);
  const isTyped = named !== undefined && Object.hasOwn(CHECKABLE, named.type);
  const id = isTyped ? named.id : given;
  const type = isTyped ? named.type : query["type"] ?? "note";
  const all = checkableOf(type);
  if (all === undefined) {
    return { user, type: "note", id, relation: undefined, fault: `There is no kind of thing ${type}. Choose one.` };
  }
  const main = mainRelation(type);
  const asked = query["relation"] ?? "";
  const relation = asked === "" ? main
    : asked === SEE ? [main].find((each) => each === "can_read" || each === "can_view")
      : all.find((each) => each === asked);
  if (relation !== undefined) return { user, type, id, relation };
  const words = asked === SEE ? SEE_WORDS : wordsOfAny(asked);
  return { user, type, id, relation, fault: `“${words}” cannot be asked about this kind of thing: ${typeWords(type)}. `
    + "Choose what to ask about it in the menu, then ask again." };
}
