// The stored facts about a thing: its tuples, each with the time of its write.
import type { z } from "zod";
import type { readAnswer } from "../reference/answer-schemas.ts";
import type { Refused, Reply } from "./console-api.ts";
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

/** Reads the present tuples that match a filter, at most as many as a card shows, from the place of a token. */
export function readPresentFacts(
  visit: Visit, filter: FactFilter, size = ENTRIES_SHOWN, token = "",
): Promise<Reply<StoredFacts>> {
  const place = token === "" ? {} : { continuation_token: token };
  return visit.presentApi.post(`/stores/${visit.store}/read`, { tuple_key: filter, page_size: size, ...place });
}

/** Reads the same for the time looked at: the store lists the tuples of the present only. */
export function readFacts(visit: Visit, filter: FactFilter, token?: string): Promise<Reply<StoredFacts>> {
  return visit.asOf === undefined ? readPresentFacts(visit, filter, ENTRIES_SHOWN, token)
    : Promise.resolve(PRESENT_ONLY);
}

const PRESENT_ONLY: Refused = {
  ok: false, status: 400, code: "not_supported", detail: "the stored facts are listed for the present only",
};

/** Returns the users of a relation among some tuples. */
export function usersOf(facts: StoredFacts, relation: string): string[] {
  return facts.tuples.filter(({ key }) => key.relation === relation).map(({ key }) => key.user);
}

/** Shows the stored facts about a thing, folded away: they are the exact state, in the words of the store. */
export function StoredFactList({ visit, facts }: { visit: Visit; facts: Reply<StoredFacts> }) {
  if (!facts.ok) return visit.asOf === undefined ? <Refusal refused={facts} title="The stored facts cannot be shown" />
    : null;
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
