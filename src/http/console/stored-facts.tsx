// The stored facts about a thing: its tuples, each with the time of its write.
import type { z } from "zod";
import type { readAnswer } from "../reference/answer-schemas.ts";
import type { Reply } from "./console-api.ts";
import { ENTRIES_SHOWN } from "./console-limits.ts";
import { NamedThing, Refusal, When } from "./page-parts.tsx";
import type { Visit } from "./visit.ts";

/** Stored tuples, and whether there are more than these. */
export type StoredFacts = z.infer<typeof readAnswer>;

/** Which tuples: an object, or a type with a colon and a user; and optionally one relation. */
interface FactFilter {
  readonly object: string;
  readonly relation?: string;
  readonly user?: string;
}

/** Reads the tuples that match a filter, at most as many as a card shows. */
export function readFacts(visit: Visit, filter: FactFilter, size = ENTRIES_SHOWN): Promise<Reply<StoredFacts>> {
  return visit.api.post(`/stores/${visit.store}/read`, { tuple_key: filter, page_size: size });
}

/** Returns the users of a relation among some tuples. */
export function usersOf(facts: StoredFacts, relation: string): string[] {
  return facts.tuples.filter(({ key }) => key.relation === relation).map(({ key }) => key.user);
}

/** Shows the stored facts about a thing, folded away: they are the exact state, in the words of the store. */
export function StoredFactList({ visit, facts }: { visit: Visit; facts: Reply<StoredFacts> }) {
  if (!facts.ok) return <Refusal refused={facts} title="The stored facts cannot be shown" />;
  const { tuples, continuation_token: more } = facts.body;
  if (tuples.length === 0) return null;
  return (
    <details class="stored">
      <summary>Stored facts ({tuples.length}{more === "" ? "" : " of more"})</summary>
      <ul class="tuples">
        {tuples.map(({ key, timestamp }) => (
          <li>
            <code>{key.relation}</code> <NamedThing visit={visit} name={key.user} />{" "}
            <span class="quiet">since <When time={timestamp} /></span>
          </li>
        ))}
      </ul>
    </details>
  );
}
