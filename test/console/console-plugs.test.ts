// The console over routes that answer as the contract says: history, an earlier time, who gains and who loses.
import { describe, expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKABLE } from "../../src/policy/checkable.ts";
import { relationGroups, relationWords } from "../../src/http/console/relation-words.ts";
import { RULE_WORDS } from "../../src/http/console/rule-words.ts";
import { apiOf } from "../../src/http/console/console-api.ts";
import { USERS_PER_PAGE } from "../../src/http/console/console-limits.ts";
import { ROOT } from "../live/pins.ts";
import { consoleOver } from "./console-over.ts";

const TUPLE = { user: "user:carl", relation: "coach", object: "coaching:ada.carl" };
const EVENTS = [
  { type: "coaching.ended", actor: "olivia", source: "/app", id: "17", org: "harbour", revision: 12,
    time: "2026-11-28T10:00:00.000Z", recorded: "2026-11-28T10:00:01.000Z", outcome: "applied",
    changes: { write: [], delete: [TUPLE] } },
  { type: "coaching.started", actor: null, source: null, id: null, org: null, revision: null, time: null,
    recorded: "2026-11-27T10:00:01.000Z", outcome: "refused", code: "actor_not_allowed",
    changes: { write: [], delete: [] } },
];

const SPACES = {
  landing: "coach", orgs: [{ org: "harbour", hats: [], role: null, status: "active", landing: "coach" }],
};

describe("history", () => {
  const answers = { "/history": { events: EVENTS, continuation_token: "next&1" }, "/users/": SPACES };

  test("shows events with their changes, refused ones with their code, and leads on", async () => {
    const { get } = consoleOver(answers);
    const { status, text } = await get("/ui/user/carl/history?range=week");
    expect(status).toBe(200);
    for (const part of ["coaching.ended", "28 Nov 2026, 10:00 UTC", 'datetime="2026-11-28T10:00:01.000Z"',
      "refused: actor_not_allowed", "the system", "What it changed (1)",
      "since=2026-11-23T09%3A30%3A00.000Z&amp;token=next%261"]) {
      expect(text).toContain(part);
    }
  });

  test.each<[string, Record<string, string>]>([
    ["/ui/user/carl/history", { user: "carl", page_size: "25" }],
    ["/ui/org/harbour/history", { org: "harbour", page_size: "25" }],
    ["/ui/note/n1/history?org=harbour&outcome=refused&token=t",
      { object: "note:n1", org: "harbour", outcome: "refused", continuation_token: "t", page_size: "25" }],
    ["/ui/user/carl/history?range=week", { user: "carl", since: "2026-11-23T09:30:00.000Z", page_size: "25" }],
    ["/ui/org/harbour/history?range=week&as_of=2026-11-20T08:00",
      { org: "harbour", since: "2026-11-13T08:00:00.000Z", until: "2026-11-20T08:00:00.001Z", page_size: "25" }],
  ])("%s asks for what it shows", async (path, expected) => {
    const { get, asked } = consoleOver(answers);
    await get(path);
    const query = new URLSearchParams(asked.findLast((each) => each.path.startsWith("/history"))?.path.split("?")[1]);
    expect(Object.fromEntries(query)).toEqual(expected);
  });

  test("that cannot be read at the moment says why, and stays in the tabs; the next page asks again", async () => {
    const reading = () => Response.json({ code: "store_unavailable", detail: "the history is still being read" },
      { status: 503 });
    const changing: Record<string, object> = { ...answers, "/history": reading() };
    const { get } = consoleOver(changing);
    const { status, text } = await get("/ui/user/carl/history");
    expect([status, text.includes("The history is still being read."), text.includes(">History</a>")])
      .toEqual([503, true, true]);
    changing["/history"] = answers["/history"];
    expect((await get("/ui/user/carl/history")).status).toBe(200);
  });

  test.each(["/ui/note/n1/history", "/ui/user/carl/history"])("%s says why no org can be found now", async (path) => {
    const busy = Response.json({ code: "store_unavailable", detail: "the store is being read" }, { status: 503 });
    const routes = { "/stores/S/read": busy, "/users/carl/workspaces": busy, "/history": answers["/history"]! };
    const { status, text } = await consoleOver(routes, (scope) => scope === "read").get(path);
    expect([status, text.includes("The store is being read."), text.includes("no org of")]).toEqual([503, true, false]);
    // A key that reads all orgs needs none.
    expect((await consoleOver(routes).get(path)).status).toBe(200);
  });

  test("of nothing says so, with a way on", async () => {
    const { get } = consoleOver({ ...answers, "/history": { events: [], continuation_token: "" } });
    const { text } = await get("/ui/user/carl/history?range=week");
    expect(text).toContain("No event matches.");
    expect(text).toContain("Show everything");
  });
});

describe("as of an earlier time", () => {
  const answers = { "/users/": SPACES, "/orgs/": { members: [], invites: [] } };

  test("every question of a page is asked as of then, and its links stay there", async () => {
    const { get, asked } = consoleOver(answers);
    const { text } = await get("/ui/org/harbour/people?as_of=2026-11-01T08:00");
    expect(text).toContain("You are looking at");
    expect(text).toContain('href="/ui/org/harbour/matrix?as_of=2026-11-01T08%3A00%3A00.000Z"');
    expect(text).toContain('<a href="/ui/org/harbour/people">Back to now</a>');
    const questions = asked.filter(({ path }) => path.startsWith("/orgs/"));
    expect(questions.map(({ asOf }) => asOf)).toEqual(["2026-11-01T08:00:00.000Z"]);
    for (const part of ['name="as_of" value="2026-11-01"', 'name="as_of_time" value="08:00"']) {
      expect(text).toContain(part);
    }
  });

  test.each([
    "yesterday", "2026-13-01T08:00", "1", "2026-09-31T00:00", "2026-09-31", "2026-11-01T24:00", "2025-02-29",
    "2026-11-01T08:00+24:00", "2026-11-01&as_of_time=25:00", "2026-11-01T08:00&as_of_time=08:00", "&as_of_time=08:00",
  ])("%s is refused", async (time) => {
    const { get, asked } = consoleOver(answers);
    expect((await get(`/ui/org/harbour/people?as_of=${time}`)).status).toBe(400);
    expect(asked.filter(({ path }) => path.startsWith("/orgs/"))).toEqual([]);
  });

  test("the stored facts are those of the present: a card of then does not show them", async () => {
    const { get, asked } = consoleOver(answers);
    const { status, text } = await get("/ui/note/n1?as_of=2026-11-01T08:00");
    expect([status, text.includes("listed for the present only")]).toEqual([200, true]);
    expect(text).toContain('<a href="/ui/note/n1">See them as they are now</a>');
    expect(asked.filter(({ path }) => path.startsWith("/stores/"))).toEqual([]);
  });

  test("is never answered with the present: a refusal is shown, and the next page asks again", async () => {
    const refusal = Response.json({ code: "store_unavailable", detail: "the feed is still being read" },
      { status: 503 });
    const changing: Record<string, object> = { "/orgs/": refusal };
    const { get, asked } = consoleOver(changing);
    const path = "/ui/org/harbour/people?as_of=2026-11-01T08:00";
    const { status, text } = await get(path);
    expect([status, text.includes("The feed is still being read."), text.includes('type="date"')])
      .toEqual([503, true, true]);
    changing["/orgs/"] = { members: [], invites: [] };
    expect((await get(path)).status).toBe(200);
    expect(asked.map(({ asOf }) => asOf)).toEqual(["2026-11-01T08:00:00.000Z", "2026-11-01T08:00:00.000Z"]);
  });
});

describe("an access list", () => {
  const because = (user: string) => ({ rules: [], tuples: [],
    text: `${user} has can_read on note:n because ${user} wrote note:n.` });
  const listed = (id: string, reasons: object[], more: object = {}) =>
    ({ object: { type: "user", id }, reasons, ...more });

  test("asks for the reasons that the list leaves out, and for no others", async () => {
    const users = [listed("a", [because("user:a")]), listed("b", [], { truncated: true })];
    const { get, asked } = consoleOver({
      "/list-users": { users }, "/explain": { allowed: true, token: "t", reasons: [because("user:b")] },
    });
    const { text } = await get("/ui/note/n/access");
    expect([text.includes("This changed"), text.match(/wrote/g)?.length]).toEqual([false, 2]);
    expect(asked.filter(({ path }) => path === "/explain").map(({ body }) => JSON.parse(body).tuple_key.user))
      .toEqual(["user:b"]);
  });

  test.each<[object, string]>([
    [{ allowed: false, token: "t", missing: [] }, "This changed while the page was made."],
    [{ allowed: true, token: "t", reasons: [], truncated: true }, "The server found no reason within its limits."],
  ])("says what it knows of a user without a reason: %o", async (answer, words) => {
    const users = [listed("b", [], { truncated: true })];
    const { get } = consoleOver({ "/list-users": { users }, "/explain": answer });
    expect((await get("/ui/note/n/access")).text).toContain(words);
  });

  test("counts no person where anybody can", async () => {
    const anybody = { wildcard: { type: "user" }, reasons: [because("user:*")] };
    const words = async (users: object[]): Promise<string> => {
      const { get } = consoleOver({ "/list-users": { users } });
      return (await get("/ui/invite/i/access")).text;
    };
    const open = await words([anybody]);
    expect([/One person|people can/.test(open), open.includes("Anybody can redeem it")]).toEqual([false, true]);
    expect(open).toContain("Anybody who knows its id");
    expect(open).not.toContain("user=*");
    const both = await words([anybody, listed("b", [because("user:b")])]);
    expect([both.includes("Anybody can redeem it"), both.includes("One person can redeem it")]).toEqual([true, true]);
  });

  test("says that anybody can on its later pages as well", async () => {
    const names = Array.from({ length: USERS_PER_PAGE + 1 }, (_, i) => `u${String(i).padStart(3, "0")}`);
    const users = [{ wildcard: { type: "user" }, reasons: [because("user:*")] },
      ...names.map((name) => listed(name, [because(`user:${name}`)]))];
    const { text } = await consoleOver({ "/list-users": { users } }).get("/ui/invite/i/access?after=u019");
    const shown = ["Anybody can redeem it", "21 people can redeem it", "/ui/user/u020", "/ui/user/u019"]
      .map((part) => text.includes(part));
    expect(shown).toEqual([true, true, true, false]);
  });
});

describe("what would change", () => {
  const receipt = { status: "applied", changes: { write: [TUPLE], delete: [] } };
  const access = {
    gained: [{ user: "user:carl", relation: "can_read", object: "note:n1" }],
    lost: ["can_view", "sessions_read", "sessions_write"]
      .map((relation) => ({ user: "user:dora", relation, object: "athlete:ada" })), complete: false,
  };

  test("shows who gains and who loses what", async () => {
    const { get, asked } = consoleOver({ "/events?dry_run=access": { ...receipt, access } });
    const { text } = await get("/ui/what-if?type=coaching.ended&try=1&actor=olivia&f.coaching=c1");
    const words = text.replaceAll(/<[^>]+>/g, " ").replaceAll(/ +/g, " ");
    for (const part of ["Gains (1) carl on note n1 : could read it", "There are more gains and losses",
      "Losses (3) dora on athlete ada : could no longer see it, use 2 keys The keys sessions.read , sessions.write"]) {
      expect(words).toContain(part);
    }
    const sent = asked.filter(({ path }) => path.startsWith("/events"));
    expect(sent.map(({ path }) => path)).toEqual(["/events?dry_run=access"]);
    expect(JSON.parse(sent[0]!.body))
      .toMatchObject({ type: "coaching.ended", actor: "olivia", data: { coaching: "c1" } });
  });

  test("shows the server's own refusal, and never asks without dry_run=access", async () => {
    const { get, asked } = consoleOver({ "/events?dry_run=true": receipt });
    const { status, text } = await get("/ui/what-if?type=coaching.ended&try=1&f.coaching=c1");
    expect([status, text.includes("The event would be refused")]).toEqual([400, true]);
    expect(asked.filter(({ path }) => path.startsWith("/events")).map(({ path }) => path))
      .toEqual(["/events?dry_run=access"]);
  });

  test.each([[409, "already_exists"], [413, "batch_too_large"], [503, "store_unavailable"]])(
    "a refusal has its own status: %i", async (status, code) => {
      const { get } = consoleOver({ "/events": Response.json({ code, detail: "no" }, { status }) });
      const page = await get("/ui/what-if?type=coaching.ended&try=1&f.coaching=c1");
      expect([page.status, page.text.includes(code)]).toEqual([status, true]);
    });

  test("reads lists, flags and maps by their schemas", async () => {
    const dataOf = async (query: string): Promise<unknown> => {
      const { get, asked } = consoleOver({ "/events?dry_run=access": receipt });
      await get(`/ui/what-if?try=1&${query}`);
      return JSON.parse(asked.find(({ path }) => path.startsWith("/events"))!.body).data;
    };
    expect(await dataOf("type=member.added&f.org=o&f.user=1&f.hats=coach, admin&f.role="))
      .toEqual({ org: "o", user: "1", hats: ["coach", "admin"] });
    expect(await dataOf("type=member.professional_area_set&f.org=o&f.user=u&f.professional_area=null"))
      .toEqual({ org: "o", user: "u", professional_area: null });
    expect(await dataOf('type=coaching.overrides_set&f.coaching=c&f.overrides={"journal.read":false}'))
      .toEqual({ coaching: "c", overrides: { "journal.read": false } });
    expect(await dataOf("type=note.visibility_changed&f.note=n&f.visible_to_athlete=true"))
      .toEqual({ note: "n", visible_to_athlete: true });
    expect(await dataOf("type=invite.created&f.invite=i&f.org=o&f.email=a@b.example"))
      .toEqual({ invite: "i", org: "o" });
  });
});

test("a page says how far its answers may be behind the store", async () => {
  const stale = new Response(JSON.stringify({ members: [], invites: [] }), { headers: { "sideline-stale": "12" } });
  const { text } = await consoleOver({ "/orgs/": stale }).get("/ui/org/harbour/people");
  expect(text).toContain('aria-label="Freshness"');
  expect(text).toMatch(/may\s+be 12 seconds old/);
});

test("an answer that is no JSON, or a failure, is a refusal", async () => {
  const api = (response: Response) => apiOf(() => response, { key: undefined, asOf: undefined, requestId: undefined });
  expect(await api(new Response("<html>", { status: 502 })).get("/x")).toMatchObject({ ok: false, status: 502 });
  expect(await api(Response.json({ code: "c", message: "m" }, { status: 400 })).get("/x"))
    .toEqual({ ok: false, status: 400, code: "c", detail: "m" });
});

describe("words", () => {
  test("every rule of docs/rules.md has a sentence, and no other number has", () => {
    const numbers = [...readFileSync(join(ROOT, "docs/rules.md"), "utf8").matchAll(/^\*\*([A-Z]+\d+a?)\*\*/gm)]
      .map(([, number]) => number!);
    expect(numbers.length).toBeGreaterThan(60);
    expect(Object.keys(RULE_WORDS).sort()).toEqual(numbers.sort());
  });

  test("every relation that can be asked about is in one group of the menu, with words", () => {
    for (const [type, relations] of Object.entries(CHECKABLE)) {
      expect(relationGroups(type).flatMap((group) => group.relations).sort()).toEqual([...relations].sort());
      for (const relation of relations) {
        const { before, key } = relationWords(type, relation);
        expect(key !== undefined || before !== `use ${relation} on`, `${type}#${relation}`).toBe(true);
      }
    }
    expect(relationWords("org", "practice_plans_edit")).toMatchObject({ before: "edit the practice plans of" });
    expect(relationWords("athlete", "sessions_read")).toMatchObject({ before: "use sessions.read on" });
  });
});
