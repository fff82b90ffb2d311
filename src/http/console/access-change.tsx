// Gains or losses of access: each person and thing once, with all that changes between them.
import { splitName } from "./console-links.ts";
import { ENTRIES_SHOWN } from "./console-limits.ts";
import { Several, Thing } from "./page-parts.tsx";
import { relationWords, typePlural, typeWords } from "./relation-words.ts";
import type { Visit } from "./visit.ts";

/** An answer that changes: the user gains or loses the relation to the object. */
interface Changed {
  readonly user: string;
  readonly relation: string;
  readonly object: string;
}

const WORDS = {
  gained: {
    title: "Gains", none: "Nobody gains access.", verb: "could", one: "gains", many: "gain", mark: "changed added",
  },
  lost: {
    title: "Losses", none: "Nobody loses access.", verb: "could no longer", one: "loses", many: "lose",
    mark: "changed taken",
  },
} as const;

/** Shows what is gained or lost. */
export function AccessList({ visit, kind, entries }: {
  visit: Visit; kind: keyof typeof WORDS; entries: readonly Changed[];
}) {
  const { title, none, verb, mark } = WORDS[kind];
  if (entries.length === 0) return <p>{none}</p>;
  const groups = groupsOf(entries);
  return (
    <>
      <h3>{`${title} (${entries.length})`}</h3>
      <ul class={mark}>
        {groups.slice(0, ENTRIES_SHOWN).map((group) => <ChangedBetween visit={visit} verb={verb} group={group} />)}
      </ul>
      {groups.length > ENTRIES_SHOWN ? <p class="quiet">{moreOf(groups.length - ENTRIES_SHOWN)}</p> : null}
    </>
  );
}

function moreOf(pairs: number): string {
  return `And for ${pairs} more ${pairs === 1 ? "pair" : "pairs"} of a person and a thing.`;
}

/** Sums up what is gained or lost: how many people, and how many things of each kind. */
export function AccessSummary({ kind, entries, isComplete }: {
  kind: keyof typeof WORDS; entries: readonly Changed[]; isComplete: boolean;
}) {
  if (entries.length === 0) return null;
  const users = new Set(entries.map(({ user }) => user));
  const isForAnybody = users.delete("user:*");
  const people = users.size === 0 ? [] : [users.size === 1 ? "1 person" : `${users.size} people`];
  const who = [...(isForAnybody ? ["anybody"] : []), ...people].join(" and ");
  const verb = users.size > 1 || (isForAnybody && users.size > 0) ? WORDS[kind].many : WORDS[kind].one;
  const text = `${isComplete ? "" : "at least "}${who} ${verb} access to ${thingsIn(entries)}.`;
  return <p class="lead">{text.slice(0, 1).toUpperCase() + text.slice(1)}</p>;
}

/** Counts the things in some changes: "3 things (2 notes, 1 team)". */
function thingsIn(entries: readonly Changed[]): string {
  const counts = new Map<string, number>();
  for (const name of new Set(entries.map(({ object }) => object))) {
    const type = splitName(name)?.type ?? "";
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  const kinds = [...counts].map(([type, count]) => `${count} ${count === 1 ? typeWords(type) : typePlural(type)}`);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return kinds.length === 1 ? kinds[0]! : `${total} things (${kinds.join(", ")})`;
}

/** Returns the changes between each person and thing. */
function groupsOf(entries: readonly Changed[]): (readonly Changed[])[] {
  const groups = new Map<string, Changed[]>();
  for (const entry of entries) {
    const name = `${entry.user} ${entry.object}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [entry]);
    else group.push(entry);
  }
  return [...groups.values()];
}

/** Shows what changes between one person and one thing: keys are folded away behind their number. */
function ChangedBetween({ visit, verb, group }: { visit: Visit; verb: string; group: readonly Changed[] }) {
  const [{ user, object }] = group as [Changed];
  const [who, what] = [splitName(user), splitName(object)];
  const type = what?.type ?? "";
  const words = group.map(({ relation }) => relationWords(type, relation));
  const deeds = words.filter(({ key }) => key === undefined).map(({ before, after }) => `${before} it ${after}`.trim());
  const keys = words.flatMap(({ key }) => (key === undefined ? [] : [key]));
  const named = keys.length === 1 ? ["use one key"] : keys.length > 1 ? [`use ${keys.length} keys`] : [];
  return (
    <li>
      <Thing visit={visit} type="user" id={who?.id ?? user} isPlain /> on{" "}
      <Thing visit={visit} type={type} id={what?.id ?? object} />: {verb} {[...deeds, ...named].join(", ")}
      {keys.length === 0 ? null : (
        <details><summary>The keys</summary><p><Several of={keys.map((key) => <code>{key}</code>)} /></p></details>
      )}
    </li>
  );
}
