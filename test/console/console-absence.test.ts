// Ids that nothing has, or that something had once: no page gives an answer about nothing.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { consoleOver } from "./console-over.ts";
import { KEY, logIn, openHarbour, sendEvents, type Harbour } from "./harbour-app.ts";

let clock = Date.UTC(2026, 9, 1, 8);
let harbour: Harbour;
beforeAll(async () => {
  harbour = await openHarbour([
    ["note.created", { note: "n4", athlete: "ada", author: "dora", under: "coaching:ada.dora" }, "dora"],
    ["invite.revoked", { invite: "join-u18" }, "olivia"],
  ], () => clock);
  clock = Date.UTC(2026, 9, 20, 8);
  await sendEvents(harbour.app({ keys: undefined }), [
    ["note.deleted", { note: "n4" }, "dora"], ["athlete.deleted", { athlete: "cleo" }, "olivia"],
    ["athlete.created", { athlete: "zoe", org: "harbour" }, "olivia"],
    ["role.deleted", { org: "harbour", role: "physio" }, "olivia"],
    ["platform.superadmin_revoked", { user: "root" }],
  ], (place) => `later-${place}`);
  clock = Date.UTC(2026, 9, 30, 8);
});
afterAll(() => harbour.sidecar.close());

const BEFORE = "as_of=2026-10-10";

/** Returns a function that gets a page: its status, where it leads, and its text without tags. */
async function visitor(key: string = KEY.support) {
  const app = harbour.app();
  const headers = await logIn(app, key);
  return async (path: string) => {
    const response = await app.request(path, { headers });
    const html = await response.text();
    const main = /<main[\s\S]*<\/main>/.exec(html)?.[0] ?? "";
    return { status: response.status, to: response.headers.get("location"), html,
      text: main.replaceAll(/<[^>]+>/g, "").replaceAll(/\s+/g, " ") };
  };
}

/** Answers that must not be given about nothing. */
const ANSWERS = /Nobody can|No key|of 48 keys|cannot see|cannot read|No event matches\. *$/;

test("a row that has ended is known at every time after its end", async () => {
  const get = await visitor();
  for (const path of ["/ui/coaching/ada.carl", "/ui/coaching/ada.carl/access", "/ui/coaching/ada.carl/history"]) {
    for (const time of [BEFORE, "as_of=2026-10-25"]) {
      const { status, text } = await get(`${path}?${time}`);
      expect([path, status]).toEqual([path, 200]);
      expect(text).not.toMatch(/There was no|came later/);
    }
  }
  expect((await get(`/ui/coaching/ada.later?${BEFORE}`)).status).toBe(404);
});

test("the platform's staff are known at the time when they were, and not by the present", async () => {
  const get = await visitor();
  expect((await get(`/ui/user/root?${BEFORE}`)).text).not.toMatch(/holds nothing|held nothing|unknown here/);
  expect((await get("/ui/user/root")).text).toContain("root is in no org now, and holds nothing.");
  expect((await get("/ui/user/root?as_of=2026-10-25")).text).toContain("root was in no org then, and held nothing.");
});

describe.each([["all orgs", KEY.support], ["one org at a time", KEY.reader]])("with a key that reads %s", (_, key) => {
  test.each([
    ["/ui/athlete/ADA", "There is no athlete ADA."], ["/ui/athlete/ADA/access", "There is no athlete ADA."],
    ["/ui/athlete/ADA/history?org=harbour", "There is no athlete ADA."], ["/ui/org/zz", "There is no org zz."],
    ["/ui/org/zz/access", "There is no org zz."], ["/ui/org/zz/history", "There is no org zz."],
    ["/ui/org/zz/people", "There is no org zz."], ["/ui/team/U18/access", "There is no team U18."],
    ["/ui/coaching/none/access", "There is no coaching row none."],
    ["/ui/invite/none/access", "There is no invite none."],
    ["/ui/note/N1/access", "There is no note N1"], ["/ui/user/Dora/access", "Dora is unknown here."],
    ["/ui/why?user=dora&type=athlete&id=ADA", "There is no athlete ADA."],
    ["/ui/why?user=dora&type=note&id=N1", "There is no note N1"],
    [`/ui/athlete/zoe/access?${BEFORE}`, "There was no athlete zoe as of 10 Oct 2026, 00:00 UTC."],
    [`/ui/note/N1?${BEFORE}`, "There was no note N1 as of 10 Oct 2026, 00:00 UTC."],
  ])("%s is 404: %s", async (path, said) => {
    const { status, text } = await (await visitor(key))(path);
    expect([status, text]).toEqual([path.includes("/user/Dora/access") && key === KEY.reader ? 403 : 404,
      expect.stringContaining(said)]);
    if (!path.includes("/history")) expect(text).not.toMatch(ANSWERS);
  });

  test.each(["/ui/note/a%20b", "/ui/athlete/a%20b/access", "/ui/user/a%20b", "/ui/org/a%20b/people",
    "/ui/note/a%20b/history", "/ui/why?user=a%20b&type=note&id=n1", "/ui/why?user=dora&type=note&id=a%20b",
    "/ui/role/a/access"])("%s says which ids there can be, and no pattern", async (path) => {
    const { status, text } = await (await visitor(key))(path);
    const said = expect.stringMatching(/There is no \w+ a(?: b)?: (?:an id has|a role is)/) as string;
    expect([status, text]).toEqual([404, said]);
    expect(text).not.toMatch(/regex|pattern/);
  });

  test("an answer about a person whom nobody knows says so", async () => {
    const { status, text } = await (await visitor(key))("/ui/why?user=Dora&type=athlete&id=ada");
    expect([status, text.includes("Dora cannot see"), text.includes("Dora is unknown here.")])
      .toEqual([200, true, true]);
    expect(text).toContain("What would make it a yes for somebody new");
    expect((await (await visitor(key))("/ui/why?user=carl&type=athlete&id=ada")).text).not.toContain("unknown here");
  });

  test("a search finds what is deleted or closed but leaves a trace", async () => {
    const get = await visitor(key);
    expect((await get("/ui?q=cleo")).to).toBe("/ui/athlete/cleo");
    expect((await get("/ui?q=join-u18")).to).toBe("/ui/invite/join-u18");
    expect((await get("/ui?q=zzz")).status).toBe(404);
  });

  test("a search as of a time finds what existed then, and nothing that came later", async () => {
    const get = await visitor(key);
    expect((await get(`/ui?q=n4&${BEFORE}`)).to).toBe("/ui/note/n4?as_of=2026-10-10T00%3A00%3A00.000Z");
    const none = await get(`/ui?q=zoe&${BEFORE}`);
    expect([none.status, none.text.includes("Nothing had this id as of 10 Oct 2026, 00:00 UTC")]).toEqual([404, true]);
  });

  test("a deleted athlete says so on every tab, by whom, and its history knows the org", async () => {
    const get = await visitor(key);
    for (const tab of ["access", "history"]) {
      const { status, text } = await get(`/ui/athlete/cleo/${tab}`);
      expect([status, text]).toEqual([200, expect.stringContaining("This athlete was deleted.")]);
    }
    const { text } = await get("/ui/why?user=olivia&type=athlete&id=cleo");
    expect(text).toMatch(/olivia cannot see.*This athlete was deleted\./);
  });
});

test("effective keys: no such athlete is 404, an unknown person gets a note", async () => {
  const get = await visitor();
  const none = await get("/ui/keys?user=carl&athlete=h99");
  expect([none.status, none.text.includes("There is no athlete h99."), ANSWERS.test(none.text)])
    .toEqual([404, true, false]);
  const stranger = await get("/ui/keys?user=Carl&athlete=ada");
  expect([stranger.status, stranger.text.includes("Carl is unknown here.")]).toEqual([200, true]);
  expect((await get("/ui/keys?user=carl&athlete=ada")).text).not.toContain("unknown here");
});

describe("a deleted note", () => {
  test("is found and described by its last event; links lead to its history and to the time before", async () => {
    const get = await visitor();
    expect((await get("/ui?q=n4")).to).toBe("/ui/note/n4");
    const card = await get("/ui/note/n4");
    expect([card.status, card.text]).toEqual([200, expect.stringContaining(
      "This note was deleted. The last event about it: note.deleted by dora, 20 Oct 2026, 08:00 UTC.")]);
    expect(card.html).toContain('href="/ui/note/n4/history"');
    const before = /href="(\/ui\/note\/n4\/access\?as_of=[^"]+)"/.exec(card.html)?.[1];
    expect((await get(before!)).text).toContain("people could read it as of 20 Oct 2026, 07:59:59.999 UTC");
    expect((await get("/ui/note/n4/access")).text).toContain("This note was deleted.");
    expect((await get("/ui/why?user=dora&type=note&id=n4")).text).toMatch(/cannot read.*This note was deleted\./);
    expect((await get("/ui/role/harbour%2Fphysio")).text).toContain("This role was deleted.");
  });

  test("a key that reads one org at a time names the org", async () => {
    const get = await visitor(KEY.reader);
    const asked = await get("/ui?q=n4");
    expect([asked.status, asked.text.includes("Was it deleted?"), asked.html.includes('name="org"')])
      .toEqual([404, true, true]);
    expect((await get("/ui?q=n4&org=harbour")).to).toBe("/ui/note/n4?org=harbour");
    const card = await get("/ui/note/n4?org=harbour");
    expect([card.status, card.text.includes("note.deleted by dora")]).toEqual([200, true]);
    expect(card.html).toContain('href="/ui/note/n4/history?org=harbour"');
    const other = await get("/ui?q=n4&org=lake");
    expect([other.status, other.text.includes("Org lake has no event about it")]).toEqual([404, true]);
    const unseen = await get("/ui/note/n4");
    expect([unseen.status, unseen.text.includes("If it was deleted, the history still says so")]).toEqual([404, true]);
  });
});

test("a search that cannot look everywhere finds nothing, and says so", async () => {
  const busy = Response.json({ code: "store_unavailable", detail: "the store cannot answer now" }, { status: 503 });
  const { status, text } = await consoleOver({ "/": busy }).get("/ui?q=n1");
  expect([status, text.includes("The search is not complete"), text.includes("Nothing has")])
    .toEqual([503, true, false]);
});
