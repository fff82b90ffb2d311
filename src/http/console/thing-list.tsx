// Lists of the things that stored facts attach to a thing, such as the athletes of an org, a page at a time.
import type { Reply } from "./console-api.ts";
import { ENTRIES_SHOWN } from "./console-limits.ts";
import { Empty, NamedThing, Refusal, Several } from "./page-parts.tsx";
import { typePlural } from "./relation-words.ts";
import { readFacts, type StoredFacts } from "./stored-facts.tsx";
import type { Visit } from "./visit.ts";

/** Reads a page of the things of a type that name another thing in a relation. The query holds the place of a page. */
export function readThings(
  visit: Visit, type: string, relation: string, user: string,
): Promise<Reply<StoredFacts>> {
  return readFacts(visit, { object: `${type}:`, relation, user }, placeOf(visit, type));
}

/** Returns the token of the page that the query names for a type of thing. */
function placeOf({ query }: Visit, type: string): string | undefined {
  return query["type"] === type ? query["token"] : undefined;
}

/** Shows a page of things of a type on the card of another; `none` is said where there are none. */
export function ThingList({ visit, around, type, things, none }: {
  visit: Visit; around: readonly [type: string, id: string]; type: string; things: Reply<StoredFacts>; none: string;
}) {
  if (!things.ok) return <Refusal refused={things} />;
  const { tuples, continuation_token: token } = things.body;
  const isLater = placeOf(visit, type) !== undefined;
  if (tuples.length === 0) return <Empty title={isLater ? `There are no more ${typePlural(type)}.` : none} />;
  const next = (query: Readonly<Record<string, string>>): string =>
    `${visit.links.thing(...around, undefined, query)}#list-${type}`;
  return (
    <>
      <p id={`list-${type}`}>
        <Several of={tuples.map(({ key }) => <NamedThing visit={visit} name={key.object} isPlain />)} /></p>
      {token === "" && !isLater ? null : (
        <p>
          {token === "" ? null
            : <a rel="next" href={next({ type, token })}>{`Next ${ENTRIES_SHOWN} ${typePlural(type)}`}</a>}{" "}
          {isLater ? <a href={next({})}>{`The first ${typePlural(type)}`}</a> : null}
        </p>
      )}
    </>
  );
}
