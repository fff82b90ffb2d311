// The access tab of a person: the things of each type that they can see or read.
import type { z } from "zod";
import type { objectsAnswer } from "../reference/answer-schemas.ts";
import { CHECKABLE } from "../../policy/checkable.ts";
import type { Reply } from "./console-api.ts";
import { splitName } from "./console-links.ts";
import { ENTRIES_SHOWN } from "./console-limits.ts";
import { Empty, NamedThing, Refusal } from "./page-parts.tsx";
import { mainRelation, relationWords, typePlural, typeWords } from "./relation-words.ts";
import { ThingFrame } from "./thing-frame.tsx";
import { statusOf, type Page, type Visit } from "./visit.ts";

type Objects = z.infer<typeof objectsAnswer>;

/** Types that a person reaches, each by the relation that people ask about first. */
const REACHED: readonly string[] = Object.keys(CHECKABLE).filter((type) =>
  !["platform", "org", "invite", "coaching", "team_assignment"].includes(type));

/** Returns the access tab of a person: the first things of each type; with `type` and `token`, later ones of one. */
export async function reachPage(visit: Visit, id: string): Promise<Page> {
  const title = `What can ${id} see?`;
  const only = REACHED.find((type) => type === visit.query["type"]);
  const token = only === undefined ? undefined : visit.query["token"];
  const lists: (readonly [type: string, relation: string, reply: Reply<Objects>])[] = [];
  for (const type of only === undefined ? REACHED : [only]) {
    const relation = mainRelation(type) ?? "";
    const question = { user: `user:${id}`, relation, type, page_size: ENTRIES_SHOWN, continuation_token: token };
    const reply = await visit.api.post<Objects>("/objects", question);
    if (!reply.ok) {
      return { title, status: statusOf(reply.status),
        content: <ThingFrame visit={visit} type="user" id={id} tab="access"><Refusal refused={reply} /></ThingFrame> };
    }
    lists.push([type, relation, reply]);
  }
  const some = lists.filter(([, , reply]) => reply.ok && reply.body.objects.length > 0);
  return {
    title,
    content: (
      <ThingFrame visit={visit} type="user" id={id} tab="access">
        {only === undefined ? null
          : <p>{`Only ${typePlural(only)}${token === undefined ? "" : ", after those of the page before"}. `}
            <a href={visit.links.thing("user", id, "access")}>Everything that {id} can see</a></p>}
        {some.length === 0 && only === undefined ? (
          <Empty title={`${id} can see nothing.`}>
            Ask <a href={visit.links.page(["why"], { user: id })}>why not</a> about one thing, to see what is missing.
          </Empty>
        ) : some.length === 0 ? <Empty title={`There are no more ${typePlural(only ?? "")}.`} />
          : some.map(([type, relation, reply]) => (
            <ReachedThings visit={visit} user={id} type={type} relation={relation} reply={reply}
              isLater={token !== undefined} />
          ))}
      </ThingFrame>
    ),
  };
}

function ReachedThings({ visit, user, type, relation, reply, isLater }: {
  visit: Visit; user: string; type: string; relation: string; reply: Reply<Objects>; isLater: boolean;
}) {
  if (!reply.ok) return null;
  const { objects, continuation_token: token } = reply.body;
  const { before } = relationWords(type, relation);
  const name = objects.length === 1 ? typeWords(type) : typePlural(type);
  const count = `${objects.length} ${isLater ? "more " : ""}${name}`;
  return (
    <section class="reached">
      <h2>{`Can ${before} ${count}${token === "" ? "" : ", and others"}`}</h2>
      <ul>
        {objects.map((object) => {
          const id = splitName(object)?.id ?? "";
          const why = visit.links.page(["why"], { user, type, id, relation });
          return (
            <li>
              <NamedThing visit={visit} name={object} isPlain />{" "}
              <a class="quiet" href={why}>why<span class="unseen">{` ${user} can ${before} ${id}`}</span>?</a>
            </li>
          );
        })}
      </ul>
      {token === "" ? null
        : <p><a rel="next" href={visit.links.thing("user", user, "access", { type, token })}>
          {`Next ${ENTRIES_SHOWN} ${typePlural(type)}`}</a></p>}
    </section>
  );
}
