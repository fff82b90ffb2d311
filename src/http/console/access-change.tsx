// Gains or losses of access: each person and thing once, with all that changes between them.
import { splitName } from "./console-links.ts";
import { ENTRIES_SHOWN } from "./console-limits.ts";
import { Several, Thing } from "./page-parts.tsx";
import { relationWords } from "./relation-words.ts";
import type { Visit } from "./visit.ts";

/** An answer that changes: the user gains or loses the relation to the object. */
interface Changed {
  readonly user: string;
  readonly relation: string;
  readonly object: string;
}

const WORDS = {
  gained: { title: "Gains", none: "Nobody gains access.", verb: "could", mark: "changed added" },
  lost: { title: "Losses", none: "Nobody loses access.", verb: "could no longer", mark: "changed taken" },
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
      {groups.length > ENTRIES_SHOWN ? <p class="quiet">{`And more, for ${groups.length - ENTRIES_SHOWN} others.`}</p>
        : null}
    </>
  );
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
