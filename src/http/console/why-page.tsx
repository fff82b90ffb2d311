// Why, or why not: one person, one thing, and the reasons or the missing ways of the answer.
import { CHECKABLE, checkableOf } from "../../policy/checkable.ts";
import { splitName } from "./console-links.ts";
import { MissingWays, Reasons, type Explanation } from "./explanations.tsx";
import { Doing, doingText, Empty, Refusal, Thing } from "./page-parts.tsx";
import { mainRelation, relationGroups } from "./relation-words.ts";
import { typeMenu } from "./search-page.tsx";
import { RelationMenu } from "./thing-frame.tsx";
import { statusOf, type Page, type Visit } from "./visit.ts";

/** The question of the form, as far as it is filled in. */
interface Question {
  readonly user: string;
  readonly type: string;
  readonly id: string;
  readonly relation: string | undefined;
}

/** Returns the page: the form, and the answer once a person and a thing are named. */
export async function whyPage(visit: Visit): Promise<Page> {
  const asked = questionIn(visit);
  const { user, type, id, relation } = asked;
  if (user === "" || id === "" || relation === undefined) {
    const hint = user === "" && id === "" ? "Name a person and a thing."
      : user === "" ? "Name the person." : "Name the thing.";
    return {
      title: "Why, or why not?",
      content: <><h1>Why, or why not?</h1><WhyForm visit={visit} asked={asked} /><Empty title={hint}>
        Use their ids. The answer says which rule gives the access, or what is missing for it.</Empty></>,
    };
  }
  const tuple = { user: `user:${user}`, relation, object: `${type}:${id}` };
  const answer = await visit.api.post<Explanation>("/explain", { tuple_key: tuple });
  const what = doingText(relation, type, id);
  if (!answer.ok) {
    return {
      title: `Can ${user} ${what}?`, status: statusOf(answer.status),
      content: <><h1>Why, or why not?</h1><WhyForm visit={visit} asked={asked} /><Refusal refused={answer} /></>,
    };
  }
  const { body } = answer;
  return {
    title: `${body.allowed ? "Why can" : "Why can’t"} ${user} ${what}?`,
    content: (
      <>
        <div class={body.allowed ? "verdict yes" : "verdict no"}>
          <p class="word">{body.allowed ? "Yes" : "No"}</p>
          <h1><Thing visit={visit} type="user" id={user} isPlain /> {body.allowed ? "can" : "cannot"}{" "}
            <Doing visit={visit} relation={relation} type={type} id={id} />.</h1>
        </div>
        <WhyForm visit={visit} asked={asked} />
        <Answer visit={visit} body={body} />
        {body.truncated === true ? <p class="quiet">There may be more than these.</p> : null}
      </>
    ),
  };
}

function Answer({ visit, body }: { visit: Visit; body: Explanation }) {
  if (!body.allowed) {
    return body.missing.length === 0
      ? <Empty title="No set of facts would make this a yes.">Check the id of the thing.</Empty>
      : <MissingWays visit={visit} missing={body.missing} />;
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
  const groups = relationGroups(asked.type);
  return (
    <form class="ask" action="/ui/why" method="get">
      {visit.asOf === undefined ? null : <input type="hidden" name="as_of" value={visit.asOf} />}
      <div>
        <label for="why-user">Person</label>
        <input id="why-user" name="user" value={asked.user} required autocomplete="off" spellcheck={false} />
      </div>
      <div>
        <label for="why-relation">can</label>
        <RelationMenu id="why-relation" type={asked.type} relations={groups} chosen={asked.relation} />
      </div>
      <div>
        <label for="why-type">Kind of thing</label>
        <select id="why-type" name="type">
          {typeMenu().map(({ type, text }) => <option value={type} selected={type === asked.type}>{text}</option>)}
        </select>
      </div>
      <div>
        <label for="why-id">Its id</label>
        <input id="why-id" name="id" value={asked.id} required autocomplete="off" spellcheck={false} />
      </div>
      <button type="submit">Ask</button>
    </form>
  );
}

/**
 * Reads the question from the query. A relation that the kind of thing does not have becomes the one that people ask
 * about first: whoever chooses another kind need not know the names of its relations.
 */
function questionIn({ query }: Visit): Question {
  const user = (query["user"] ?? "").trim().replace(/^user:/, "");
  const given = (query["id"] ?? "").trim();
  const named = splitName(given);
  const isNamed = named !== undefined && Object.hasOwn(CHECKABLE, named.type);
  const chosen = isNamed ? named.type : query["type"] ?? "note";
  const type = Object.hasOwn(CHECKABLE, chosen) ? chosen : "note";
  const relation = (checkableOf(type) ?? []).find((each) => each === query["relation"]) ?? mainRelation(type);
  return { user, type, id: isNamed ? named.id : given, relation };
}
