// Sums up what ended among the absent tuples of a no: often the whole answer.
import { ROW_TYPES } from "../domain/relationship-rows.ts";
import { typeOf, type TupleKey } from "../tuples/tuple.ts";

/** The event that deleted a tuple, by which two tuples are compared. */
interface DeletedBy {
  readonly source: string | null;
  readonly id: string | null;
  readonly revision: number | null;
}

/** An absent tuple, with the event that deleted it, if one did. */
type AbsentTuple<Event extends DeletedBy> = TupleKey & { readonly ended?: Event | undefined };

/** Something that ended. `thing`: a row, an athlete or a team; undefined where the event deleted another fact only. */
export interface Ended<Event extends DeletedBy> {
  readonly tuple: TupleKey;
  readonly thing: string | undefined;
  readonly event: Event;
}

/**
 * Returns what events ended, in the order of the ways and their tuples. A way counts if all its tuples ended: where one
 * of them never existed, the end of another took nothing away. The tuples by which a thing exists stand for all that
 * their event deleted: the end of a coaching row also deletes the tuple that leads from the athlete to it.
 *
 * @example
 * const ended = { source: "/app", id: "5", revision: 5 };
 * const row = { object: "coaching:c1", relation: "active_on", user: "athlete:ada", ended };
 * const way = { object: "athlete:ada", relation: "coaching", user: "coaching:c1", ended };
 * whatEnded([{ absent: [way, row] }, { absent: [way] }]).map(({ thing }) => thing) // ["coaching:c1"]
 */
export function whatEnded<Event extends DeletedBy>(
  ways: readonly { readonly absent: readonly AbsentTuple<Event>[] }[],
): Ended<Event>[] {
  const byEvent = new Map<string, Map<string, Ended<Event>>>();
  const whole = ways.filter(({ absent }) => absent.every(({ ended }) => ended !== undefined));
  for (const { object, relation, user, ended: event } of whole.flatMap(({ absent }) => absent)) {
    if (event === undefined) continue;
    const key = JSON.stringify([event.source, event.id, event.revision]);
    const facts = byEvent.get(key) ?? new Map<string, Ended<Event>>();
    byEvent.set(key, facts);
    const thing = existsBy(object) === relation ? object : undefined;
    facts.set(`${object} ${relation} ${user}`, { tuple: { object, relation, user }, thing, event });
  }
  return [...byEvent.values()].flatMap((facts) => {
    const all = [...facts.values()];
    const things = all.filter(({ thing }) => thing !== undefined);
    return things.length > 0 ? things : all;
  });
}

/** Returns the relation that an object has for as long as it has not ended. */
function existsBy(object: string): string | undefined {
  const type = typeOf(object);
  if (ROW_TYPES.includes(type)) return "active_on";
  return type === "athlete" || type === "team" ? "org" : undefined;
}
