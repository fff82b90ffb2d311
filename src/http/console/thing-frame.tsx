// The frame of a thing's pages: its name, its tabs, and the form that asks about it.
import type { Child, PropsWithChildren } from "hono/jsx";
import { checkableOf } from "../../policy/checkable.ts";
import { AsOf } from "./page-parts.tsx";
import { relationWords, typeWords } from "./relation-words.ts";
import type { Visit } from "./visit.ts";

/** Shows the heading and the tabs of a thing, and the content of one of them (`""` is the first). */
export function ThingFrame({ visit, type, id, tab, children }: PropsWithChildren<{
  visit: Visit; type: string; id: string; tab: string;
}>) {
  const outside = visit.links.outside(type, id);
  return (
    <>
      <div class="heading">
        <p class="kind">{typeWords(type)}</p>
        <h1><span class="id">{id}</span><AsOf visit={visit} /></h1>
        {outside === undefined ? null : <p><a href={outside} rel="noreferrer">Open in the app ↗</a></p>}
      </div>
      <nav class="tabs" aria-label={`About ${typeWords(type)} ${id}`}>
        <ul>
          {tabsOf(visit, type).map(([path, text]) => (
            <li>
              <a href={visit.links.thing(type, id, path === "" ? undefined : path)}
                aria-current={path === tab ? "page" : undefined}>{text}</a>
            </li>
          ))}
          {type === "user" ? <li><a href={visit.links.page(["why"], { user: id })}>Why not?</a></li>
            : checkableOf(type) === undefined ? null
              : <li><a href={visit.links.page(["why"], { type, id })}>Why not?</a></li>}
        </ul>
      </nav>
      {visit.notice}
      {children}
    </>
  );
}

/** Returns the tabs that the key may open: what one person can see needs the scope `check`. */
function tabsOf(visit: Visit, type: string): (readonly [path: string, text: string])[] {
  const people: [string, string][] = type === "org" ? [["people", "People"], ["matrix", "Matrix"]] : [];
  const access: [string, string][] = (type === "user" && visit.may("check"))
    || checkableOf(type) !== undefined ? [["access", "Access"]] : [];
  return [["", "Overview"], ...people, ...access, ["history", "History"]];
}

/**
 * Shows a menu of relations. Each is named by what it lets somebody do; a key stands behind its words. Without
 * `chosen`, one must be chosen before the form is sent. `children`: options before the relations.
 */
export function RelationMenu({ id, type, relations, chosen, children }: PropsWithChildren<{
  id: string; type: string; relations: readonly { readonly title: string; readonly relations: readonly string[] }[];
  chosen: string | undefined;
}>): Child {
  return (
    <select id={id} name="relation" required>
      {chosen === undefined ? <option value="" selected>choose</option> : null}
      {children}
      {relations.map((group) => (
        <optgroup label={group.title}>
          {group.relations.map((relation) => {
            const { before, after } = relationWords(type, relation);
            return <option value={relation} selected={relation === chosen}>{`${before} it ${after}`.trim()}</option>;
          })}
        </optgroup>
      ))}
    </select>
  );
}
