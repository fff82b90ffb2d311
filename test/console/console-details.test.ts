// Details of pages: the legend of the matrix, the maker of an invite, and tabs that a key cannot open.
import { afterAll, beforeAll, expect, test } from "vitest";
import { STYLE } from "../../src/http/console/console-style.ts";
import { KEY, logIn, openHarbour, type Harbour } from "./harbour-app.ts";

let harbour: Harbour;
beforeAll(async () => {
  harbour = await openHarbour([
    ["invite.created", { invite: "of-system", org: "harbour", hat: "athlete", team: "u18" }],
  ]);
});
afterAll(() => harbour.sidecar.close());

async function page(path: string, key: string = KEY.support) {
  const app = harbour.app();
  const text = await (await app.request(path, { headers: await logIn(app, key) })).text();
  return { text, words: text.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ") };
}

test("the matrix has a legend that can be seen", async () => {
  const { text, words } = await page("/ui/org/harbour/matrix");
  expect(words).toContain("An empty cell: no role on an athlete can have it.");
  expect(text).toMatch(/<p class="legend">[\s\S]*class="not"[\s\S]*<\/p>/);
});

test("the card of an invite names who made it", async () => {
  const of = async (invite: string): Promise<string> => (await page(`/ui/invite/${invite}`)).words;
  expect(await of("join-u18")).toContain("Made or last resent by olivia");
  expect(await of("of-system")).toContain("Made or last resent by the system");
});

test("a key with read alone is offered no page that it cannot open", async () => {
  const paths = ["/ui", "/ui/user/dora", "/ui/athlete/ada", "/ui/org/harbour/matrix"];
  for (const path of paths) {
    const app = harbour.app();
    const headers = await logIn(app, KEY.reader);
    const links = [...(await page(path, KEY.reader)).text.matchAll(/<a [^>]*href="(\/ui[^"#]*)/g)]
      .map(([, href]) => href!.replaceAll("&amp;", "&"));
    for (const href of new Set(links)) expect((await app.request(href, { headers })).status, href).not.toBe(403);
  }
  expect((await page("/ui/user/dora")).text).toContain('href="/ui/user/dora/access"');
  expect((await page("/ui/user/dora")).text).toContain('href="/ui/keys"');
});

test("a link to the app is large enough to hit, and ids in tables break only where they are very long", () => {
  expect(STYLE).toMatch(/\.thing \.outside\{[^}]*min-width:24px;min-height:24px/);
  expect(STYLE).toMatch(/td \.thing b,th \.thing b\{[^}]*max-width:18rem;overflow-wrap:break-word/);
});
