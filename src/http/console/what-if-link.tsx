// Links to the form that tries an event, with the fields filled in that the page already knows.
import type { Child } from "hono/jsx";
import { splitName } from "./console-links.ts";
import type { Visit } from "./visit.ts";

/**
 * Links to an event with some fields; nothing for a key that may not try events. `isShort`: under a heading that says
 * "What if".
 */
export function WhatIfLink({ visit, type, fields, text, about, isShort = false }: {
  visit: Visit; type: string; fields: Readonly<Record<string, string>>; text: string; about: string; isShort?: boolean;
}) {
  if (!visit.may("events")) return null;
  const query = Object.fromEntries(Object.entries(fields).map(([name, value]) => [`f.${name}`, value]));
  return (
    <a href={visit.links.page(["what-if"], { type, ...query })}>
      <span class={isShort ? "unseen" : undefined}>What if </span>{text}?<span class="unseen">{` (${about})`}</span></a>
  );
}

/** Links to the end of a row of a coach. */
export function WhatIfEnded({ visit, row }: { visit: Visit; row: string }): Child {
  const { type = "", id = "" } = splitName(row) ?? {};
  const fields: Record<string, string> = type === "coaching" ? { coaching: id } : { assignment: id };
  return <WhatIfLink visit={visit} type={`${type}.ended`} fields={fields} text="it ended" about={id} isShort />;
}
