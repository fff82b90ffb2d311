// Histories in the console: which org they cover, and refused events, which are attempts and no deeds.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cloudEvents, type Sent } from "./harbour.ts";
import { KEY, logIn, openHarbour, type Harbour } from "./harbour-app.ts";

/** Attempts that are refused: of a coach, of the owner of another org, and one that names an address. */
const ATTEMPTS: readonly Sent[] = [
  ["athlete.deleted", { athlete: "ada" }, "dora"],
  ["coaching.started", { coaching: "ada.lars", athlete: "ada", coach: "lars" }, "lars"],
  ["member.added", { org: "harbour", user: "zoe@example.org" }, "dora"],
  ["invite.revoked", { invite: "join-u18" }, "ines"],
];

let harbour: Harbour;
beforeAll(async () => {
  harbour = await openHarbour();
  const sent = await harbour.app({ keys: undefined }).request("/events", {
    method: "POST", headers: { "content-type": "application/cloudevents-batch+json" },
    body: JSON.stringify(cloudEvents(ATTEMPTS, (n) => `try-${n}`)),
  });
  const codes = (await sent.json() as { code?: string }[]).map(({ code }) => code);
  expect(codes).toEqual(ATTEMPTS.map(() => "actor_not_allowed"));
});
afterAll(() => harbour.sidecar.close());

/** Returns a page, and its words without tags. */
async function page(path: string, key: string = KEY.reader) {
  const app = harbour.app();
  const response = await app.request(path, { headers: await logIn(app, key) });
  const text = await response.text();
  const words = text.replace(/[\s\S]*<main[^>]*>/, "").replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
  return { status: response.status, text, words };
}

describe("a refused event", () => {
  test("is an attempt: who tried what, about whom and what, and that nothing changed", async () => {
    const { words, text } = await page("/ui/org/harbour/history?outcome=refused");
    expect(words).toContain("dora tried athlete.deleted about athlete ada refused: actor_not_allowed Nothing changed. "
      + "Such an event takes an athlete off the roster and ends all rows over them.");
    expect(words)
      .toContain("lars tried coaching.started about coaching row ada.lars , athlete ada , person lars refused:");
    expect(words).toContain("dora tried member.added refused: actor_not_allowed");
    expect(words).toContain("ines tried invite.revoked refused: actor_not_allowed");
    expect(words).not.toMatch(/athlete\.deleted by|zoe|example|join-u18/);
    expect(text).toContain('href="/ui/athlete/ada"');
  });

  test("an applied one is a deed", async () => {
    const { words } = await page("/ui/org/harbour/history?outcome=applied");
    expect(words).toContain("note.shared by dora");
    expect(words).not.toMatch(/tried|Nothing changed/);
  });
});

describe("a key that reads one org at a time", () => {
  test("a person's history says which org it shows, and leads to another, where an attempt was refused", async () => {
    const own = await page("/ui/user/lars/history?outcome=refused&range=week");
    expect(own.words).toContain("Only the events of org lake . Your key reads the history of one org at a time: "
      + "what was tried in another org is in the history of that one.");
    expect(own.words).toContain("No event of org lake matches. Show everything of org lake");
    const [form = ""] = /<form class="ask"[\s\S]*?<\/form>/.exec(own.text) ?? [];
    for (const part of ['name="org" value="lake"', 'name="outcome" value="refused"', 'name="range" value="week"',
      'autocapitalize="none"']) expect(form).toContain(part);
    for (const org of ["harbour", " harbour ", "org:harbour"]) {
      const other = await page(`/ui/user/lars/history?outcome=refused&range=week&org=${encodeURIComponent(org)}`);
      expect(other.words).toContain("Only the events of org harbour .");
      expect(other.words).toContain("lars tried coaching.started about");
    }
  });

  test.each(["/ui/athlete/ada/history", "/ui/note/n1/history", "/ui/team/u18/history"])("%s as well", async (path) => {
    expect((await page(path)).words).toContain("Only the events of org harbour .");
  });

  test("an org that does not exist is not found, and not one without events", async () => {
    for (const path of ["/ui/org/zz/history", "/ui/user/lars/history?org=zz"]) {
      const { status, words } = await page(path);
      expect([status, words.includes("There is no org zz."), words.includes("No event")]).toEqual([404, true, false]);
    }
  });
});

test("a key with admin reads all orgs, and says so; of one org, the page leads back to all", async () => {
  const all = await page("/ui/user/lars/history?outcome=refused", KEY.support);
  expect(all.words).toContain("The events of all orgs.");
  expect(all.words).toContain("lars tried coaching.started");
  const one = await page("/ui/user/lars/history?org=lake", KEY.support);
  expect(one.words).toContain("Only the events of org lake . Show those of all orgs");
  expect(one.text).toContain('<a href="/ui/user/lars/history">Show those of all orgs</a>');
});
