// The access tab of a thing: its users with one relation, each with the first reason.
import type { z } from "zod";
import type { listUsersAnswer } from "../reference/answer-schemas.ts";
import { checkableOf } from "../../policy/checkable.ts";
import type { Reply } from "./console-api.ts";
import { USERS_PER_PAGE } from "./console-limits.ts";
import { after, Said, type Explanation, type ReasonShown } from "./explanations.tsx";
import { asOfWords } from "./page-time.ts";
import { canAt, Empty, Refusal, Rules, Thing } from "./page-parts.tsx";
import { mainRelation, relationGroups, relationWords, typeWords, wordsOfAny } from "./relation-words.ts";
import { RelationMenu, ThingFrame } from "./thing-frame.tsx";
import { statusOf, type Page, type Visit } from "./visit.ts";

type Users = z.infer<typeof listUsersAnswer>;

/** Id of the entry that stands for every user: anybody has the relation. */
const ANYBODY = "*";

/** A user of an access list, with all reasons; undefined if the user has the relation no longer. */
interface Listed {
  readonly user: string;
  readonly reasons: Reply<readonly ReasonShown[] | undefined>;
}

/** Returns the access tab of a thing: everybody with one relation, a page at a time, each with the first reason. */
export async function accessPage(visit: Visit, type: string, id: string): Promise<Page> {
  const main = mainRelation(type);
  const relation = visit.query["relation"] ?? main;
  if (main === undefined || relation === undefined) {
    const nothing = <Empty title={`Nobody is asked for access to a ${typeWords(type)}.`} />;
    return { title: `${typeWords(type)} ${id}`, status: 404,
      content: <ThingFrame visit={visit} type={type} id={id} tab="access">{nothing}</ThingFrame> };
  }
  if (checkableOf(type)?.includes(relation) !== true) {
    return { title: `${typeWords(type)} ${id}`, status: 400, content: (
      <ThingFrame visit={visit} type={type} id={id} tab="access">
        <RelationForm visit={visit} type={type} id={id} relation={main} />
        <Empty title={`“${wordsOfAny(relation)}” cannot be asked about this kind of thing: ${typeWords(type)}.`}>
          Choose what to ask about in the menu, then show it.</Empty>
      </ThingFrame>
    ) };
  }
  const { before, after: rest } = relationWords(type, relation);
  const title = `Who ${canAt(visit)} ${before} ${typeWords(type)} ${id}${rest === "" ? "" : ` ${rest}`}?`;
  const listed = await listUsers(visit, type, id, relation);
  return {
    title, ...(listed.ok ? {} : { status: statusOf(listed.status) }),
    content: (
      <ThingFrame visit={visit} type={type} id={id} tab="access">
        <RelationForm visit={visit} type={type} id={id} relation={relation} />
        {listed.ok ? <UserList visit={visit} of={{ type, id, relation }} list={listed.body} />
          : <Refusal refused={listed} />}
      </ThingFrame>
    ),
  };
}

function RelationForm({ visit, type, id, relation }: { visit: Visit; type: string; id: string; relation: string }) {
  return (
    <form class="ask" method="get" action={`/ui/${encodeURIComponent(type)}/${encodeURIComponent(id)}/access`}>
      {visit.asOf === undefined ? null : <input type="hidden" name="as_of" value={visit.asOf} />}
      <div>
        <label for="access-relation">{`Who ${canAt(visit)}`}</label>
        <RelationMenu id="access-relation" type={type} relations={relationGroups(type)} chosen={relation} />
      </div>
      <button type="submit" class="second">Show</button>
    </form>
  );
}

/** The users with one relation to a thing. */
interface UserPage {
  /** Number of people: the entry for anybody is no person. */
  readonly total: number;
  readonly isForAnybody: boolean;
  readonly users: readonly Listed[];
  /** The last user of the page, where more follow. */
  readonly next: string | undefined;
}

async function listUsers(visit: Visit, type: string, id: string, relation: string): Promise<Reply<UserPage>> {
  // A key with `read` alone gets the list only together with all of its reasons.
  const explain = visit.may("check") ? {} : { explain: true };
  const question = { object: { type, id }, relation, user_filters: [{ type: "user" }], ...explain };
  const answer = await visit.api.post<Users>("/list-users", question);
  if (!answer.ok) return answer;
  const all = answer.body.users.flatMap((each): { user: string; reasons: readonly ReasonShown[] | undefined }[] =>
    ("userset" in each ? [] : [{ user: "object" in each ? each.object.id : ANYBODY, reasons: each.reasons }]));
  const sorted = firstAfter(all, visit.query["after"] ?? "", USERS_PER_PAGE + 1);
  const users: Listed[] = [];
  for (const { user, reasons } of sorted.slice(0, USERS_PER_PAGE)) {
    // The server explains the first users of a long list only, and lists the others without reasons.
    const known = reasons === undefined || reasons.length === 0
      ? await reasonsOf(visit, user, `${type}:${id}`, relation) : { ok: true as const, body: reasons };
    users.push({ user, reasons: known });
  }
  const next = sorted.length > USERS_PER_PAGE ? users.at(-1)?.user : undefined;
  const total = all.filter(({ user }) => user !== ANYBODY).length;
  return { ok: true, body: { total, isForAnybody: total < all.length, users, next } };
}

/** Returns the first `count` users after a name, in order, without sorting all of them. */
function firstAfter<Entry extends { readonly user: string }>(
  all: readonly Entry[], start: string, count: number,
): Entry[] {
  const first: Entry[] = [];
  for (const entry of all) {
    if (entry.user <= start || (first.length === count && entry.user > first.at(-1)!.user)) continue;
    const place = first.findIndex(({ user }) => user > entry.user);
    first.splice(place < 0 ? first.length : place, 0, entry);
    if (first.length > count) first.pop();
  }
  return first;
}

async function reasonsOf(visit: Visit, user: string, object: string, relation: string): Promise<Listed["reasons"]> {
  const tuple = { user: `user:${user}`, relation, object };
  const answer = await visit.api.post<Explanation>("/explain", { tuple_key: tuple });
  return answer.ok ? { ok: true, body: answer.body.allowed ? answer.body.reasons : undefined } : answer;
}

function UserList({ visit, of, list }: {
  visit: Visit; of: { readonly type: string; readonly id: string; readonly relation: string }; list: UserPage;
}) {
  const { type, id, relation } = of;
  const { before, after: rest } = relationWords(type, relation);
  const doing = `${canAt(visit)} ${before} it${rest === "" ? "" : ` ${rest}`}`;
  const then = visit.asOf === undefined ? "" : ` ${asOfWords(visit.asOf)}`;
  const heading = list.total === 1 ? `One person ${doing}${then}` : `${list.total} people ${doing}${then}`;
  if (list.users.length === 0 && (list.total > 0 || list.isForAnybody)) {
    const first = visit.links.thing(type, id, "access", { relation });
    return (
      <>
        {list.total === 0 ? null : <h2>{heading}</h2>}
        <Empty title="Nobody else is on this list: this is after its end.">
          <a href={first}>Show it from the start</a>
        </Empty>
      </>
    );
  }
  if (list.users.length === 0) {
    return (
      <Empty title={`Nobody ${doing}${then}.`}>
        Ask <a href={visit.links.page(["why"], { type, id, relation })}>why one person cannot</a>, to see what is
        missing.
      </Empty>
    );
  }
  return (
    <>
      {list.isForAnybody ? <h2>{`Anybody ${doing}${then}`}</h2> : null}
      {list.total === 0 ? null : <h2>{heading}</h2>}
      <ul class="people">
        {list.users.map(({ user, reasons }) => (
          <li>
            <p class="who">{user === ANYBODY ? <b>Anybody who knows its id</b>
              : <Thing visit={visit} type="user" id={user} isPlain />}</p>
            <FirstReason visit={visit} reasons={reasons} />
            {user === ANYBODY ? null : (
              <p><a href={visit.links.page(["why"], { user, type, id, relation })}>{countOf(reasons)}
                <span class="unseen">{` why ${user} ${doing}`}</span></a></p>
            )}
          </li>
        ))}
      </ul>
      {list.next === undefined ? null
        : <p><a rel="next" href={visit.links.thing(type, id, "access", { relation, after: list.next })}>
          Next {USERS_PER_PAGE} people</a></p>}
    </>
  );
}

function FirstReason({ visit, reasons }: { visit: Visit; reasons: Listed["reasons"] }) {
  if (!reasons.ok) return <Refusal refused={reasons} title="The reason cannot be shown" />;
  if (reasons.body === undefined) return <p class="quiet">This changed while the page was made. Load it again.</p>;
  const [first] = reasons.body;
  if (first === undefined) return <p class="quiet">The server found no reason within its limits.</p>;
  return (
    <div>
      <Said visit={visit} opening="Because" text={after("because", first.text)} />
      <Rules numbers={first.rules} />
    </div>
  );
}

function countOf(reasons: Listed["reasons"]): string {
  const count = reasons.ok ? reasons.body?.length ?? 0 : 0;
  return count > 1 ? `All ${count} reasons` : "The facts";
}
