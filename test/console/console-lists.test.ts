// Long lists in the console: every entry is on a page that a link with an address of its own leads to.
import { afterAll, beforeAll, expect, test } from "vitest";
import { ENTRIES_SHOWN } from "../../src/http/console/console-limits.ts";
import type { Sent } from "./harbour.ts";
import { KEY, logIn, openHarbour, sendEvents, type Harbour } from "./harbour-app.ts";

/** One more than two pages. */
const COUNT = 2 * ENTRIES_SHOWN + 1;
const names = (start: string): string[] =>
  Array.from({ length: COUNT }, (_, i) => `${start}${String(i).padStart(3, "0")}`);

/** Bob coaches every athlete of `many`, all of them on the team `all`, and wrote many notes about the first. */
const MANY: readonly Sent[] = [
  ["org.created", { org: "many", kind: "club", owner: "bob" }, "bob"],
  ["team.created", { team: "all", org: "many", head_coach: "bob" }, "bob"],
  ...names("a").map((athlete): Sent =>
    ["athlete.created", { athlete, org: "many", coach: "bob", coaching: `${athlete}.bob`, team: "all" }, "bob"]),
  ...names("n").map((note): Sent =>
    ["note.created", { note, athlete: "a000", author: "bob", under: "coaching:a000.bob" }, "bob"]),
  ...names("t").map((team): Sent => ["team.created", { team, org: "many" }, "bob"]),
  ...names("a").slice(ENTRIES_SHOWN).map((athlete): Sent =>
    ["coaching.ended", { coaching: `${athlete}.bob` }, "bob"]),
];

let harbour: Harbour;
beforeAll(async () => {
  harbour = await openHarbour();
  const app = harbour.app({ keys: undefined });
  for (let from = 0; from < MANY.length; from += 100) {
    await sendEvents(app, MANY.slice(from, from + 100), (n) => `many-${from}-${n}`);
  }
});
afterAll(() => harbour.sidecar.close());

/** Returns what a pattern finds on a page and on those after it, and the number of pages. */
async function walk(
  path: string, pattern: RegExp, label: string, key: string = KEY.support,
): Promise<{ found: string[]; pages: number }> {
  const app = harbour.app();
  const headers = await logIn(app, key);
  const found: string[] = [];
  let pages = 0;
  const next = new RegExp(`<a rel="next" href="([^"]+)">Next 50 ${label}<`);
  for (let at: string | undefined = path; at !== undefined; pages++) {
    const response = await app.request(at, { headers });
    const text = await response.text();
    expect(response.status, at).toBe(200);
    found.push(...[...text.matchAll(pattern)].map(([, name]) => name!));
    at = next.exec(text)?.[1]?.replaceAll("&amp;", "&").replace(/#.*/, "");
  }
  return { found, pages };
}

test.each([
  ["/ui/user/bob/access", /class="thing"><a href="\/ui\/athlete\/(a\d+)"/g, "athletes", names("a")],
  ["/ui/user/bob/access", /class="thing"><a href="\/ui\/note\/(n\d+)"/g, "notes", names("n")],
  ["/ui/athlete/a000", /class="thing"><a href="\/ui\/note\/(n\d+)"/g, "notes", names("n")],
  ["/ui/team/all", /class="thing"><a href="\/ui\/athlete\/(a\d+)"/g, "athletes", names("a")],
  ["/ui/org/many", /class="thing"><a href="\/ui\/athlete\/(a\d+)"/g, "athletes", names("a")],
  ["/ui/org/many", /class="thing"><a href="\/ui\/team\/(t\d+)"/g, "teams", names("t")],
] as const)("%s lists all %s by pages of %s", async (path, pattern, label, all) => {
  const { found, pages } = await walk(path, pattern, label);
  expect([...new Set(found)].sort()).toEqual(all);
  expect(pages).toBe(3);
});

test("the rows of a person: active ones, then ended ones, each once", async () => {
  for (const key of [KEY.support, KEY.reader]) {
    const row = /<th scope="row"><span class="thing"><a href="\/ui\/coaching\/(a\d+)\.bob"/g;
    const { found } = await walk("/ui/user/bob", row, "rows", key);
    expect(found.slice(0, ENTRIES_SHOWN)).toEqual(names("a").slice(0, ENTRIES_SHOWN));
    expect(found.sort()).toEqual(names("a"));
  }
});

test("a later page of what a person can see leads back to everything", async () => {
  const app = harbour.app();
  const headers = await logIn(app);
  const get = async (path: string): Promise<string> => (await app.request(path, { headers })).text();
  const first = await get("/ui/user/bob/access");
  expect(first).toContain("Can see 50 athletes, and others");
  const next = /<a rel="next" href="([^"]+type=athlete[^"]+)"/.exec(first)![1]!.replaceAll("&amp;", "&");
  const second = await get(next);
  expect(second).toContain("Can see 50 more athletes, and others");
  expect(second).toContain('<a href="/ui/user/bob/access">Everything that bob can see</a>');
  expect(second).not.toContain('href="/ui/note/');
});
