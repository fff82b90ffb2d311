// Whether the row of a coach counts. The model says so: a row that nobody ended gives its coach nothing while they are
// no active member, or do not wear the coach hat.
import type { z } from "zod";
import type { listUsersAnswer } from "../reference/answer-schemas.ts";
import { ROW_TYPES } from "../../domain/relationship-rows.ts";
import { idOf } from "../../tuples/tuple.ts";
import type { Reply } from "./console-api.ts";
import { EVENTS_PER_PAGE } from "./console-limits.ts";
import { address, splitName } from "./console-links.ts";
import { after, type Explanation } from "./explanations.tsx";
import { Actor, Refusal, Sentence, When } from "./page-parts.tsx";
import type { History, PastEvent } from "./past-event.tsx";
import { usersOf, type StoredFacts } from "./stored-facts.tsx";
import { untilOf, type Visit } from "./visit.ts";

/** A relation of a thing that somebody is recorded to hold, such as the coach of a row. */
export interface Held {
  /** `type:id` */
  readonly object: string;
  readonly relation: string;
  readonly user: string;
  /** Id of the org whose history names the event that took it away. */
  readonly org: string;
}

/** Whether it counts; if not, what is missing, and the event that took that away, where they are known. */
export type Standing = { readonly counts: true } | {
  readonly counts: false; readonly missing: string | undefined; readonly event: PastEvent | undefined;
};

/** Returns who a row counts for, if it counts: its current coach. */
export function coachOf(row: string, user: string, org: string): Held {
  return { object: row, relation: "current", user, org };
}

/** Asks for the time looked at whether some relations count; explains the first of each user that do not. */
export class Standings {
  readonly #visit: Visit;
  readonly #explained = new Map<string, Standing>();

  constructor(visit: Visit) {
    this.#visit = visit;
  }

  /** Returns whether one counts, or the refusal of the question. */
  async of(held: Held): Promise<Reply<Standing>> {
    const { object, relation, user, org } = held;
    const [type = "", id = ""] = [splitName(object)?.type, splitName(object)?.id];
    const question = { object: { type, id }, relation, user_filters: [{ type: "user" }], explain: true };
    const answer = await this.#visit.api.post<z.infer<typeof listUsersAnswer>>("/list-users", question);
    if (!answer.ok) return answer;
    const counts = answer.body.users.some((each) => "object" in each && each.object.id === user);
    if (counts) return { ok: true, body: { counts } };
    const key = `${org} ${type} ${relation} ${user}`;
    const known = this.#explained.get(key);
    if (known !== undefined) return { ok: true, body: known };
    const { standing, isOfUser } = await this.#explain(held);
    if (isOfUser) this.#explained.set(key, standing);
    return { ok: true, body: standing };
  }

  /** Explains a no. `isOfUser`: nothing about the object itself is missing, so the same holds for the user's others. */
  async #explain({ object, relation, user, org }: Held): Promise<{ standing: Standing; isOfUser: boolean }> {
    const tuple = { user: `user:${user}`, relation, object };
    const answer = await this.#visit.api.post<Explanation>("/explain", { tuple_key: tuple });
    const way = answer.ok && !answer.body.allowed ? answer.body.missing[0] : undefined;
    const unexplained: Standing = { counts: false, missing: undefined, event: undefined };
    if (way === undefined) return { standing: unexplained, isOfUser: false };
    const isOfUser = way.absent.every((each) => each.user === `user:${user}` && each.object !== object);
    // An ended row never counts again: no event gives it back what it lacks.
    if (!isOfUser) return { standing: unexplained, isOfUser };
    const event = await this.#takenBy(way.absent, org);
    return { standing: { counts: false, missing: after("if", way.text), event }, isOfUser };
  }

  /** Returns the newest event that deleted one of some tuples of a user, where the history still has it. */
  async #takenBy(
    absent: readonly { readonly user: string; readonly relation: string; readonly object: string }[], org: string,
  ): Promise<PastEvent | undefined> {
    const [{ presentApi }, until] = [this.#visit, untilOf(this.#visit)];
    for (const { user, relation, object } of absent) {
      const query = { org, object, user: idOf(user), outcome: "applied", until, page_size: String(EVENTS_PER_PAGE) };
      const history = await presentApi.get<History>(address(["history"], query));
      const found = !history.ok ? undefined : history.body.events.find(({ changes }) => changes.delete.some((each) =>
        each.user === user && each.relation === relation && each.object === object));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** Asks whether a row counts for its coach, whom stored facts about it name; undefined for other facts. */
export async function rowStandingOf(
  visit: Visit, row: string, facts: Reply<StoredFacts>,
): Promise<Reply<Standing> | undefined> {
  if (!facts.ok || !ROW_TYPES.includes(splitName(row)?.type ?? "")) return undefined;
  const coach = usersOf(facts.body, "coach")[0];
  const org = usersOf(facts.body, "role")[0];
  if (coach === undefined || org === undefined) return undefined;
  return await new Standings(visit).of(coachOf(row, idOf(coach), idOf(org).split("/")[0] ?? ""));
}

/** Shows whether something counts, or why that is not known. */
export function StandingOf({ visit, standing }: { visit: Visit; standing: Reply<Standing> | undefined }) {
  if (standing === undefined) return null;
  if (!standing.ok) return <Refusal refused={standing} title="It is not known whether it counts" />;
  return standing.body.counts ? <span class="chip yes">counts</span>
    : <DoesNotCount visit={visit} standing={standing.body} />;
}

/** Says that something does not count, why, and since when; nothing for what counts. */
export function DoesNotCount({ visit, standing }: { visit: Visit; standing: Standing | undefined }) {
  if (standing === undefined || standing.counts) return null;
  const { missing, event } = standing;
  return (
    <>
      <span class="chip no">does not count</span>
      {missing === undefined ? null
        : <span class="why quiet"> It counts once <Sentence visit={visit} text={missing} /></span>}
      {event === undefined ? null : (
        <span class="why quiet"> Since <When time={event.recorded} />: <code>{event.type}</code> by{" "}
          <Actor visit={visit} id={event.actor} />.</span>
      )}
    </>
  );
}
