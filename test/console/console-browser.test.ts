// The console in a real browser: accessible in both schemes and at two widths, and usable without JavaScript.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { startServer, type RunningServer } from "../../src/http/server.ts";
import { chromiumAvailable, startChromium } from "../live/chromium.ts";
import { consoleOver } from "./console-over.ts";
import { KEY, openHarbour, sendEvents, type Harbour } from "./harbour-app.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const PAGES: Readonly<Record<string, string>> = {
  first: "/ui", person: "/ui/user/carl", stranger: "/ui/user/nobody", reach: "/ui/user/dora/access",
  athlete: "/ui/athlete/ada", access: "/ui/athlete/ada/access", team: "/ui/team/u18", note: "/ui/note/n1",
  readers: "/ui/note/n2/access", invite: "/ui/invite/join-u18", anybody: "/ui/invite/join-u18/access",
  row: "/ui/coaching/ada.carl", role: "/ui/role/harbour%2Fphysio", org: "/ui/org/harbour",
  people: "/ui/org/harbour/people",
  filtered: "/ui/org/harbour/people?hat=office&status=inactive", matrix: "/ui/org/harbour/matrix",
  why: "/ui/why", yes: "/ui/why?user=dora&type=note&id=n2", no: "/ui/why?user=dora&type=note&id=n1", keys: "/ui/keys",
  held: "/ui/keys?user=dora&athlete=ada", "what if": "/ui/what-if",
  tried: "/ui/what-if?type=coaching.ended&try=1&f.coaching=ada.dora", nothing: "/ui?q=nothing", key: "/ui/session",
  "a history": "/ui/user/carl/history?range=week", "an org's history": "/ui/org/harbour/history",
  nowhere: "/ui/nowhere", "no past": "/ui?as_of=2020-01-01T00:00",
};

/** How long ago the club's events happened, but for the last two, in milliseconds. */
const TEN_DAYS_MS = 10 * 86_400_000;

/** Rules of axe-core that a page breaks: the rule, and where. */
interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

declare const axe: { run: (options: object) => Promise<{ violations: Violation[] }> };

/** Runs in the page. */
async function violationsInPage(): Promise<string[]> {
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

describe.skipIf(!chromiumAvailable())("in a browser", () => {
  let harbour: Harbour;
  let server: RunningServer;
  /** A console over routes that answer about an earlier time, and about gains and losses. */
  let contract: RunningServer;
  let browser: Browser;
  beforeAll(async () => {
    let clock = Date.now() - TEN_DAYS_MS;
    harbour = await openHarbour([], () => clock);
    clock = Date.now();
    const isLate = (id: string): string => `late-${id}`;
    await sendEvents(harbour.app({ keys: undefined }), [
      ["member.hats_changed", { org: "harbour", user: "carl", hats: ["coach", "office"] }, "olivia"],
      ["member.deactivated", { org: "harbour", user: "carl" }, "olivia"],
    ], isLate);
    const { fetch } = harbour.app({ console: { link: "https://app.example/people/{id}" } });
    server = await startServer({ fetch, host: "127.0.0.1", port: 0, keepAlive: 5_000, loopbackOnly: false });
    const change = { user: "user:carl", relation: "can_view", object: "athlete:ada" };
    const access = { gained: [change], lost: [change, { ...change, relation: "sessions_read" }], complete: false };
    const over = consoleOver({
      "/users/": { landing: "coach", orgs: [] }, "/orgs/": { members: [], invites: [] },
      "/events": { status: "applied", changes: { write: [change], delete: [change] }, access },
    }).app;
    contract = await startServer({
      fetch: over.fetch, host: "127.0.0.1", port: 0, keepAlive: 5_000, loopbackOnly: true,
    });
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await contract?.stop();
    await harbour?.sidecar.close();
  });

  /** Opens a page that is logged in, in a context of its own. */
  async function open(options: Parameters<Browser["newContext"]>[0] = {}, key: string = KEY.support) {
    const context = await browser.newContext({ baseURL: server.url, ...options });
    const page = await context.newPage();
    await page.goto("/ui");
    await page.getByLabel("API key").fill(key);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("navigation", { name: "Console" }).waitFor();
    return { context, page };
  }

  const schemes = ["light", "dark"] as const;
  test.each(schemes.flatMap((scheme) => [360, 1280].map((width) => [scheme, width] as const)))(
    "axe-core finds nothing on any page: %s, %i pixels wide", async (colorScheme, width) => {
      // axe-core is injected, which the pages' own policy forbids: this context alone does without it.
      const { context, page } = await open({ colorScheme, viewport: { width, height: 800 }, bypassCSP: true });
      const found: Record<string, string[]> = {};
      const check = async (name: string): Promise<void> => {
        await page.evaluate(AXE);
        const violations = await page.evaluate(violationsInPage);
        if (violations.length > 0) found[name] = violations;
        const overflow = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
        if (Number(overflow) > 0) found[`${name} is too wide`] = [String(overflow)];
      };
      for (const [name, path] of Object.entries(PAGES)) {
        await page.goto(path);
        await page.locator("details").evaluateAll((all) => all.forEach((each) => each.setAttribute("open", "")));
        await check(name);
      }
      await page.goto(`${contract.url}/ui/org/harbour/people?as_of=2026-11-01T08:00`);
      await check("an earlier time");
      await page.goto(`${contract.url}/ui/what-if?type=coaching.ended&try=1&f.coaching=c1`);
      await check("gains and losses");
      await context.clearCookies();
      await page.goto("/ui/login");
      await check("login");
      await page.getByLabel("API key").fill("not-a-key");
      await page.getByRole("button", { name: "Log in" }).click();
      await check("failed login");
      await page.getByLabel("API key").fill(KEY.reader);
      await page.getByRole("button", { name: "Log in" }).click();
      await page.goto("/ui/note/none/history");
      await page.getByLabel("Org").waitFor();
      await check("a history that needs an org");
      expect(found).toEqual({});
      await context.close();
    });

  test("no page asks for anything from elsewhere, or breaks its own policy", async () => {
    const { context, page } = await open();
    const faults: string[] = [];
    page.on("console", (message) => faults.push(message.text()));
    page.on("request", (request) => {
      if (!request.url().startsWith(server.url)) faults.push(request.url());
    });
    for (const path of Object.values(PAGES)) await page.goto(path);
    const isExpected = (text: string): boolean => /status of 4\d\d/.test(text);
    expect(faults.filter((text) => !isExpected(text))).toEqual([]);
    await context.close();
  });

  describe("without JavaScript, a support person finds in at most four clicks", () => {
    let context: BrowserContext;
    let page: Page;
    let clicks = 0;
    beforeAll(async () => {
      ({ context, page } = await open({ javaScriptEnabled: false }));
    });
    afterAll(() => context?.close());

    const click = async (role: "link" | "button", name: string | RegExp): Promise<void> => {
      clicks += 1;
      await page.getByRole(role, { name, exact: typeof name === "string" }).first().click();
    };
    const find = async (id: string): Promise<void> => {
      clicks = 0;
      await page.goto("/ui");
      await page.getByLabel("The id of a person").fill(id);
      clicks += 1;
      await page.getByRole("main").getByRole("button", { name: "Find" }).click();
    };
    const done = async (...texts: (string | RegExp)[]): Promise<void> => {
      for (const text of texts) expect(await page.getByRole("main").getByText(text).count()).toBeGreaterThan(0);
      expect(clicks).toBeLessThanOrEqual(4);
    };

    test("why this coach cannot see this note", async () => {
      await find("n1");
      await click("link", "Why not?");
      await page.getByLabel("Person").fill("dora");
      await click("button", "Ask");
      await done("cannot read", "What ended", "coaching.ended", /a row that ended never starts again \(NP8\)/);
      expect(page.url()).toContain("/ui/why?user=dora&type=note&id=n1&relation=can_read");
    });

    test("who can see this athlete", async () => {
      await find("ada");
      await click("link", "Access");
      await done("7 people can see it", "dora", "is the coach of");
    });

    test("the matrix of this org", async () => {
      await find("harbour");
      await click("link", "Matrix");
      await done("org.billing.manage", "assistant_coach");
    });

    test("who invited this member", async () => {
      await find("dora");
      await done("Invited by");
      const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: "harbour" }) });
      expect(await row.getByRole("link", { name: "olivia", exact: true }).count()).toBe(1);
    });

    test("what happened to this member last week", async () => {
      await find("carl");
      await click("link", "History");
      await click("link", "Last 7 days");
      await done("member.hats_changed", "member.deactivated", "olivia");
      expect(await page.getByRole("main").getByText("member.added").count()).toBe(0);
      expect(page.url()).toContain("/ui/user/carl/history?range=week");
    });

    test("when this coach came to an athlete, by the event behind the fact", async () => {
      await find("ada");
      await click("link", "Access");
      await click("link", /why dora can see it/);
      clicks += 1;
      await page.getByText("The facts behind it").first().click();
      await done("coaching.started", "olivia");
      expect(await page.locator("details[open] time[datetime]").count()).toBeGreaterThan(0);
    });

    test("logs out", async () => {
      await page.getByRole("link", { name: "Your key" }).click();
      await page.getByRole("button", { name: "Log out" }).click();
      expect(page.url()).toBe(`${server.url}/ui/login`);
      await page.goto("/ui/org/harbour");
      expect(page.url()).toContain("/ui/login?next=");
    });
  });

  test("by keyboard alone: the content is one step away, and a form is sent with Enter", async () => {
    const { context, page } = await open();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type("note:n1");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/ui/note/n1");
    const outline = await page.evaluate(`(() => {
      const link = document.querySelector(".tabs a"); link.focus({ focusVisible: true });
      return getComputedStyle(link).outlineStyle; })()`);
    expect(outline).toBe("solid");
    await context.close();
  });

  /** Opens a page of another site. The caller stops its server. */
  async function openElsewhere(page: Page, html: string): Promise<RunningServer> {
    const other = await startServer({
      fetch: () => new Response(html, { headers: { "content-type": "text/html" } }),
      host: "127.0.0.1", port: 0, keepAlive: 5_000, loopbackOnly: false,
    });
    await page.goto(other.url.replace("127.0.0.1", "localhost"));
    return other;
  }

  test("a link from another site leads a visitor who is logged in to the page itself", async () => {
    const { context, page } = await open();
    const other = await openElsewhere(page, `<a href="${server.url}/ui/note/n1">ticket</a>`);
    await page.getByRole("link", { name: "ticket" }).click();
    await page.getByText("Written by").waitFor();
    expect(page.url()).toBe(`${server.url}/ui/note/n1`);
    await other.stop();
    await context.close();
  });

  test("a form of another site logs nobody in with a key of its own, and nobody out", async () => {
    const { context, page } = await open();
    for (const path of ["login", "logout"]) {
      const other = await openElsewhere(page, `<form method="post" action="${server.url}/ui/${path}">
        <input type="hidden" name="key" value="${KEY.reader}"><button>Win</button></form>`);
      await page.getByRole("button", { name: "Win" }).click();
      await page.getByText("This form was sent from another site.").waitFor();
      await other.stop();
    }
    await page.goto("/ui");
    expect(await page.getByRole("link", { name: "What if?" }).count()).toBe(1);
    await context.close();
  });
});
