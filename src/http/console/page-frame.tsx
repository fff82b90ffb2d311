// The frame of the console's pages: header, navigation, the time looked at, and the footer.
import type { Child } from "hono/jsx";
import { address } from "./console-links.ts";
import { atAnotherTime } from "./console-query.ts";
import { asOfWords } from "./page-time.ts";
import { readableTime } from "./page-parts.tsx";
import type { Page, Visit } from "./visit.ts";
import { STYLE_VERSION } from "./console-style.ts";

/** Prints a whole page. Without a visit there is no navigation: nobody is logged in. */
export function printPage(page: Page, visit?: Visit): string {
  const frame = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${page.title}${titleTime(visit)} – Sideline`}</title>
        <link rel="stylesheet" href={`/ui/style.css?v=${STYLE_VERSION}`} />
        <link rel="icon" type="image/svg+xml" href="/ui/icon.svg" />
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header class="bar">
          <a class="name" href={visit?.links.page([]) ?? "/ui"}>Sideline</a>
          {visit === undefined ? null : <Navigation visit={visit} />}
        </header>
        {visit?.asOf === undefined ? null : <Past visit={visit} asOf={visit.asOf} />}
        {visit?.api.staleFor === undefined ? null
          : <aside class="notice" aria-label="Freshness">The store cannot be reached. What you see may
            be {visit.api.staleFor} seconds old.</aside>}
        <main id="content" tabindex={-1}>{page.content}</main>
        {visit === undefined ? null : <Footer visit={visit} />}
      </body>
    </html>
  );
  return `<!doctype html>${String(frame)}`;
}

/** Pages that do not change with the time looked at. */
const OF_THE_PRESENT: readonly (string | undefined)[] = ["what-if", "session"];

function titleTime(visit: Visit | undefined): string {
  return visit?.asOf === undefined || OF_THE_PRESENT.includes(visit.path[0]) ? "" : ` (${asOfWords(visit.asOf)})`;
}

function Navigation({ visit }: { visit: Visit }) {
  const { links } = visit;
  // The first page has a larger form of its own.
  const isStart = visit.path.length === 0 && (visit.query["q"] ?? "").trim() === "";
  const entry = (path: string, text: string): Child => (
    <li><a href={links.page([path])} aria-current={visit.path[0] === path ? "page" : undefined}>{text}</a></li>
  );
  return (
    <>
      {isStart ? null : <form class="find" action="/ui" method="get" role="search">
        <label class="unseen" for="find">Find an id</label>
        <input id="find" name="q" type="search" placeholder="Find an id" autocomplete="off"
          autocapitalize="none" spellcheck={false} value={visit.path.length === 0 ? visit.query["q"] : undefined} />
        {visit.asOf === undefined ? null : <input type="hidden" name="as_of" value={visit.asOf} />}
        <button type="submit">Find</button>
      </form>}
      <nav aria-label="Console">
        <ul>
          {entry("why", "Why?")}
          {visit.may("check") ? entry("keys", "Keys") : null}
          {visit.may("events") ? entry("what-if", "What if?") : null}
          {visit.hasLogin ? entry("session", "Your key") : null}
        </ul>
      </nav>
    </>
  );
}

/** Says that the page shows an earlier time, and leads back. */
function Past({ visit, asOf }: { visit: Visit; asOf: string }) {
  const time = <time datetime={asOf}>{readableTime(asOf)}</time>;
  return (
    <aside class="notice" aria-label="Time of this page">
      {OF_THE_PRESENT.includes(visit.path[0]) ? <>This page is of the present; its links lead to {time}.</>
        : <>You are looking at {time}, under today's policy.</>}{" "}
      <a href={address(["ui", ...visit.path], atAnotherTime(visit.query))}>Back to now</a>
    </aside>
  );
}

function Footer({ visit }: { visit: Visit }) {
  const { asOf, now } = visit;
  return (
    <footer>
      <form method="get" action={address(["ui", ...visit.path])}>
        {Object.entries(atAnotherTime(visit.query)).map(([name, value]) =>
          <input type="hidden" name={name} value={value} />)}
        <label for="as-of">Show this page as of</label>
        <input id="as-of" type="date" name="as_of" value={asOf?.slice(0, 10)}
          max={new Date(now).toISOString().slice(0, 10)} required />
        <label for="as-of-time">at (UTC; empty: 00:00)</label>
        <input id="as-of-time" type="time" name="as_of_time" value={asOf?.slice(11, 16)} />
        <button type="submit" class="second">Show</button>
      </form>
      <p class="quiet">Every time is UTC. Every page has its own address, fit for a ticket unless it names an open
        invite.{" "}
        <a href="/reference">API reference</a></p>
    </footer>
  );
}
