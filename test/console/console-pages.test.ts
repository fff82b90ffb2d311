// The console's pages: their headers, what they show to whom, that everything is escaped, and that no link is dead.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Hono } from "hono";
import { PEOPLE_PER_PAGE, USERS_PER_PAGE } from "../../src/http/console/console-limits.ts";
import type { Sent } from "./harbour.ts";
import { KEY, logIn, openHarbour, sendEvents, type Harbour } from "./harbour-app.ts";

/** A text from outside that would be a script, an attribute or a header if it were not escaped. */
const HOSTILE = `"'><script>alert(1)</script>&\r\nset-cookie: x=1`;

/** Members of `big`, so that a page of people and one of an access list are full. */
const big = (size: number): Sent[] => Array.from({ length: size }, (_, i): Sent =>
  ["member.added", { org: "big", user: `m${String(i).padStart(3, "0")}`, hats: ["coach"] }, "bea"]);

let harbour: Harbour;
beforeAll(async () => {
  harbour = await openHarbour([
    ["member.professional_area_set", { org: "harbour", user: "dora", professional_area: "<img src=x onerror=y>" },
      "olivia"],
    ["org.created", { org: "big", kind: "club", owner: "bea" }, "bea"], ...big(PEOPLE_PER_PAGE - 1),
    ["org.created", { org: "bigger", kind: "club", owner: "bea" }, "bea"],
    ["platform.admin_granted", { user: "a.b|c@d+e~f" }],
  ]);
});
afterAll(() => harbour.sidecar.close());

/** Returns a function that gets a page with a login. */
async function visitor(key: string = KEY.support, app: Hono = harbour.app()) {
  const headers = await logIn(app, key);
  return async (path: string): Promise<{ status: number; text: string; headers: Headers }> => {
    const response = await app.request(path, { headers });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
}

/** Every kind of page, with its status. */
const PAGES: readonly (readonly [path: string, status: number])[] = [
  ["/ui", 200], ["/ui?q=harbour", 303], ["/ui?q=nothing", 404], ["/ui/session", 200], ["/ui/login", 303],
  ["/ui/user/carl", 200], ["/ui/user/nobody", 404], ["/ui/user/carl/access", 200], ["/ui/athlete/ada", 200],
  ["/ui/athlete/ada/access", 200], ["/ui/athlete/none", 404], ["/ui/team/u18", 200], ["/ui/team/u18/access", 200],
  ["/ui/note/n1", 200], ["/ui/note/n1/access", 200], ["/ui/note/none", 404], ["/ui/invite/join-u18", 200],
  ["/ui/coaching/ada.carl", 200], ["/ui/role/harbour%2Fphysio", 200], ["/ui/org/harbour", 200],
  ["/ui/org/harbour/people", 200], ["/ui/org/harbour/matrix", 200], ["/ui/org/none/matrix", 404],
  ["/ui/org/harbour/people?hat=x", 400], ["/ui/keys", 200], ["/ui/keys?user=dora&athlete=ada", 200],
  ["/ui/user/carl/history", 200], ["/ui/org/harbour/history?range=month&outcome=refused", 200],
  ["/ui/coaching/ada.carl/history", 200], ["/ui/why", 200], ["/ui/why?user=dora&type=note&id=n1", 200],
  ["/ui/why?user=dora&type=note&id=n2", 200],
  ["/ui/what-if", 200], ["/ui/what-if?type=coaching.ended", 200],
  ["/ui/what-if?type=coaching.ended&try=1&f.coaching=ada.dora", 200], ["/ui/nowhere", 404], ["/ui/a/b/c/d", 404],
  ["/ui/%ff", 404], ["/ui/note/n1/nothing", 404], ["/ui/constructor/a", 404], ["/ui/constructor", 404],
];

describe("every page", () => {
  test.each(PAGES)("%s is %i, loads nothing from elsewhere, and is kept nowhere", async (path, expected) => {
    const { status, headers } = await (await visitor())(path);
    expect(status).toBe(expected);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("referrer-policy")).toBe(path === "/ui/session" ? "same-origin" : "no-referrer");
    if (status === 303) return;
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(headers.get("content-security-policy")).toBe("default-src 'none'; style-src 'self'; img-src 'self'; "
      + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-request-id")).not.toBeNull();
  });

  const given = encodeURIComponent(HOSTILE);
  test.each([
    `/ui?q=${given}`, `/ui/user/${given}`, `/ui/${given}/${given}`, `/ui/note/${given}/access?relation=${given}`,
    `/ui/athlete/${given}`, `/ui/role/${given}`, `/ui/org/${given}/people?hat=${given}&after=${given}`,
    `/ui/why?user=${given}&type=${given}&id=${given}&relation=${given}`, `/ui/keys?user=${given}&athlete=${given}`,
    `/ui/why?user=dora&id=note:${given}`, `/ui/what-if?type=coaching.ended&try=1&f.coaching=${given}&actor=${given}`,
    `/ui/what-if?type=${given}`, `/ui?as_of=${given}`,
    "/ui/user/dora", "/ui/org/harbour/people",
    `/ui/what-if?type=member.professional_area_set&try=1&source=${given}`,
  ])("%s shows what comes from outside as text", async (path) => {
    const { status, text, headers } = await (await visitor())(path);
    expect(status).toBeLessThan(500);
    expect(text.replaceAll("&lt;", "")).not.toMatch(/<(?:script|img)/i);
    expect(text).not.toMatch(/[\w-]=""[^>\s/]/);
    expect(headers.get("set-cookie")).toBeNull();
    expect(headers.get("location") ?? "").not.toMatch(/[\r\n"'<>]/);
  });

  test("the login shows what comes from outside as text", async () => {
    const response = await harbour.app().request(`/ui/login?next=${encodeURIComponent(`/ui/x?q=${HOSTILE}`)}`);
    const text = await response.text();
    expect([response.status, text.includes('name="next" value="/ui/x?q=%22%27%3E%3Cscript%3E')]).toEqual([200, true]);
    expect(text).not.toMatch(/<script|[\w-]=""[^>\s/]/i);
    expect(await (await harbour.app().request(`/ui/login?next=${given}`)).text()).toContain('name="next" value="/ui"');
  });

  test("a text that is stored is escaped and shown", async () => {
    expect((await (await visitor())("/ui/user/dora")).text).toContain("&lt;img src=x onerror=y&gt;");
  });

  test("odd characters of ids are found, linked and led back to", async () => {
    const get = await visitor();
    const { headers } = await get(`/ui?q=${encodeURIComponent("a.b|c@d+e~f")}`);
    expect(headers.get("location")).toBe("/ui/user/a.b%7Cc%40d%2Be~f");
    expect((await get(headers.get("location")!)).text).toContain("A platform admin");
  });
});

test("no link is dead: whatever a page leads to is a page", async () => {
  const get = await visitor();
  const seen = new Set<string>();
  const next = ["/ui", ...PAGES.filter(([, status]) => status === 200).map(([path]) => path)];
  const dead: string[] = [];
  for (let path = next.shift(); path !== undefined; path = next.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const { status, text } = await get(path);
    if (status >= 400) dead.push(`${path} ${status}`);
    const links = [...text.matchAll(/<a [^>]*href="([^"#]*)/g)].map(([, href]) => href!.replaceAll("&amp;", "&"));
    next.push(...links.filter((href) => href.startsWith("/ui") && !seen.has(href)));
  }
  expect(dead).toEqual([]);
  expect(seen.size).toBeGreaterThan(150);
});

describe("a page shows what the key may read", () => {
  test("a key with read alone gets access lists and reasons; the rest says which right is missing", async () => {
    const get = await visitor(KEY.reader);
    const access = await get("/ui/note/n2/access");
    expect(access.text).toContain("people can read it");
    expect((await get("/ui/why?user=dora&type=note&id=n1")).text).toContain("What ended");
    for (const path of ["/ui/keys?user=dora&athlete=ada", "/ui/user/dora/access"]) {
      const { status, text } = await get(path);
      expect([status, text.includes("Your API key lacks this right")]).toEqual([403, true]);
    }
  });

  test("the history of a deleted thing asks a key without admin for the org, and keeps the filters", async () => {
    const other = await openHarbour([
      ["note.created", { note: "gone", athlete: "ada", author: "dora", under: "coaching:ada.dora" }, "dora"],
      ["note.deleted", { note: "gone" }, "dora"],
    ]);
    const get = await visitor(KEY.reader, other.app());
    const asked = await get("/ui/note/gone/history?range=all&outcome=applied");
    expect([asked.status, asked.text.includes("Name the org that it was in."), asked.text.includes("No answer")])
      .toEqual([200, true, false]);
    const [form] = /<form class="ask"[\s\S]*?<\/form>/.exec(asked.text) ?? [""];
    for (const part of ['action="/ui/note/gone/history"', 'name="org"', 'name="range" value="all"',
      'name="outcome" value="applied"']) expect(form).toContain(part);
    const named = await get("/ui/note/gone/history?range=all&outcome=applied&org=harbour");
    expect([named.status, named.text.includes("note.deleted"), named.text.includes('value="harbour"')])
      .toEqual([200, true, true]);
    const unknown = await get("/ui/note/gone/history?org=lake");
    expect([unknown.status, unknown.text.includes("note.deleted"), unknown.text.includes('name="org"')])
      .toEqual([200, false, true]);
    const admin = await (await visitor(KEY.support, other.app()))("/ui/note/gone/history");
    expect([admin.text.includes("note.deleted"), admin.text.includes('name="org"')]).toEqual([true, false]);
    await other.sidecar.close();
  });

  test("without the scope events there is no What if", async () => {
    const get = await visitor(KEY.reader);
    expect((await get("/ui")).text).not.toContain("/ui/what-if");
    expect((await get("/ui/what-if?type=coaching.ended&try=1&f.coaching=ada.dora")).status).toBe(403);
    expect((await get("/ui/why?user=dora&type=note&id=n1")).text).not.toContain("/ui/what-if");
  });

  test("an event that is tried shows who would lose what, and is not sent", async () => {
    const get = await visitor();
    const size = harbour.sidecar.tuples.size;
    const { text } = await get("/ui/what-if?type=coaching.ended&try=1&f.coaching=ada.dora&dry_run=false");
    expect(text).toContain("It would apply");
    expect(text.replaceAll(/<[^>]+>/g, "").replaceAll(/\s+/g, " "))
      .toMatch(/Losses \(\d+\).*dora on athlete ada: could no longer see it, .*use 47 keys/);
    expect((await get("/ui/what-if?type=member.added&try=1&f.org=harbour&f.user=newcomer&f.hats=coach,admin")).text)
      .toContain("It would apply");
    expect((await get("/ui/what-if?type=coaching.ended&try=1&actor=carl&f.coaching=ada.dora")).text)
      .toContain("actor_not_allowed");
    expect(harbour.sidecar.tuples.size).toBe(size);
    expect((await get("/ui/what-if?type=invite.created")).text).not.toContain('name="f.email"');
    for (const path of ["/ui/what-if?type=invite.created", "/ui/org/harbour?x=1", "/ui/what-if?type=none"]) {
      const page = await get(`${path}&f.email=ada@mail.example&f.hat=coach&as_of=2036-01-01T00:00`);
      expect(page.text).not.toContain("mail.example");
      for (const name of ["email", "mail", "e", "F.email"]) {
        const plain = await get(`${path}&${name}=ada%40mail.example&f.hat=coach`);
        expect(plain.text).not.toContain("mail.example");
      }
    }
  });

  test("the operator's link leads to people, or to every thing where it names the type", async () => {
    const page = async (link: string): Promise<string> =>
      (await (await visitor(KEY.support, harbour.app({ console: { link } })))("/ui/user/carl")).text;
    const people = await page("https://app.example/people/{id}");
    expect(people).toContain('href="https://app.example/people/carl"');
    expect(people).not.toContain("https://app.example/people/harbour");
    expect(await page("https://app.example/{type}?id={id}")).toContain('href="https://app.example/org?id=harbour"');
    expect((await (await visitor())("/ui/user/carl")).text).not.toContain("https://");
  });
});

describe("an earlier time", () => {
  test("a page shows what was, and a ticket's address keeps it", async () => {
    let clock = Date.UTC(2026, 10, 1, 8);
    const past = await openHarbour([], () => clock);
    const then = new Date(clock).toISOString();
    clock += 60_000;
    const later: Sent = ["coaching.ended", { coaching: "ada.dora" }, "olivia"];
    await sendEvents(past.app({ keys: undefined }), [later], () => "later");
    const get = await visitor(KEY.support, past.app());
    const why = "/ui/why?user=dora&type=athlete&id=ada&relation=can_view";
    expect((await get(why)).text).toContain("What ended");
    const before = await get(`${why}&as_of=${then}`);
    expect(before.text).toContain("You are looking at");
    expect(before.text).toContain('<p class="word">Yes</p>');
    expect((await get(`/ui/athlete/ada?as_of=${then}`)).text).toContain("1 overridden");
    // The state as of the very time of an event counts it once that millisecond is over, and so does the history.
    const end = new Date(clock++).toISOString();
    expect((await get(`${why}&as_of=${end}`)).text).toContain("What ended");
    expect((await get(`/ui/coaching/ada.dora/history?as_of=${end}`)).text).toContain("coaching.ended");
    expect((await get(`/ui/coaching/ada.dora/history?as_of=${then}`)).text).not.toContain("coaching.ended");
    expect((await get("/ui?as_of=2020-01-01T00:00")).status).toBe(200);
    expect((await get("/ui/org/harbour?as_of=2020-01-01T00:00")).status).toBe(400);
    expect((await get("/ui/org/harbour?as_of=2036-01-01T00:00")).status).toBe(400);
    await past.sidecar.close();
  });
});

describe("long lists come in pages", () => {
  const shown = (text: string): number => text.match(/<th scope="row"><span class="thing"><a href="\/ui\/user/g)?.length
    ?? 0;

  test("50 people; one more makes a second page", async () => {
    const get = await visitor();
    expect(PEOPLE_PER_PAGE).toBe(50);
    const full = await get("/ui/org/big/people");
    expect([shown(full.text), full.text.includes('rel="next"')]).toEqual([50, false]);
    await sendEvents(harbour.app({ keys: undefined }),
      [["member.added", { org: "big", user: "zoe", hats: ["coach"] }, "bea"]], () => "one-more");
    const more = await get("/ui/org/big/people");
    expect(shown(more.text)).toBe(50);
    const next = /<a rel="next" href="([^"]+)"/.exec(more.text)?.[1]?.replaceAll("&amp;", "&");
    const second = await get(next!);
    expect([shown(second.text), second.text.includes("zoe")]).toEqual([1, true]);
  });

  test("20 users of an access list, and the next ones", async () => {
    const get = await visitor();
    const link = /class="who"><span class="thing"><a href="\/ui\/user\/(\w+)"/g;
    const users = (text: string): string[] => [...text.matchAll(link)].map(([, user]) => user!);
    expect(USERS_PER_PAGE).toBe(20);
    const all: string[] = [];
    let path: string | undefined = "/ui/org/big/access?relation=coach";
    while (path !== undefined) {
      const { text } = await get(path);
      expect(users(text).length).toBeLessThanOrEqual(USERS_PER_PAGE);
      all.push(...users(text));
      path = /<a rel="next" href="([^"]+)"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
    }
    expect(all.length).toBe(51);
    expect(all).toEqual([...new Set(all)].sort());
  });
});
