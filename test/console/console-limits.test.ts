// The limits of the console's pages, each at its number and at one more.
import { describe, expect, test } from "vitest";
import {
  ENTRIES_SHOWN, EVENTS_PER_PAGE, EXPLANATIONS_SHOWN, FACTS_PER_EVENT, FACTS_PER_HISTORY, MEMBERSHIPS_SHOWN,
  PEOPLE_PER_PAGE, PRESENCE_HISTORY_PAGES, ROLES_PER_PAGE,
} from "../../src/http/console/console-limits.ts";
import { consoleOver } from "./console-over.ts";

const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const id = (i: number): string => `x${String(i).padStart(3, "0")}`;
const parts = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

test("their numbers", () => {
  expect([ENTRIES_SHOWN, EVENTS_PER_PAGE, EXPLANATIONS_SHOWN, MEMBERSHIPS_SHOWN, ROLES_PER_PAGE])
    .toEqual([50, 25, 20, 10, 30]);
  expect([FACTS_PER_EVENT, FACTS_PER_HISTORY]).toEqual([10, 100]);
});

describe.each([[0], [1]])("with %i more than fits", (more) => {
  test("roles of the matrix come in pages, and of an org's card the first ones", async () => {
    const roles = (count: number) => many(count, (i) => (
      { role: id(i), scope: "org", system: false, locked: false, keys: [], holders: 1 }));
    const { get } = consoleOver({ "/orgs/": { roles: roles(ROLES_PER_PAGE + more), sections: {} } });
    const { text } = await get("/ui/org/o/matrix");
    expect([parts(text, /id="role-/g), parts(text, /rel="next"/g)]).toEqual([ROLES_PER_PAGE, more]);
    const next = await get(`/ui/org/o/matrix?after=${id(ROLES_PER_PAGE - 1)}`);
    expect([parts(next.text, /id="role-/g), parts(next.text, /rel="next"/g)]).toEqual([more, 0]);
    const card = await consoleOver({ "/orgs/": { roles: roles(ENTRIES_SHOWN + more), sections: {} } }).get("/ui/org/o");
    expect([parts(card.text, /<th scope="row">/g), parts(card.text, /There are more/g)]).toEqual([ENTRIES_SHOWN, more]);
  });

  test("open invitations of an org, by their place: their ids are secrets", async () => {
    const invite = (i: number) => ({ invite: id(i), hat: "coach", team: null, athlete: null, invited_by: null,
      expires_at: null, maker_may: true });
    const count = 2 * PEOPLE_PER_PAGE + more;
    const { get, asked } = consoleOver({ "/orgs/": { members: [], invites: many(count, invite) } });
    const shown = (text: string): string[] =>
      [...text.matchAll(/href="\/ui\/invite\/(\w+)"/g)].map(([, name]) => name!);
    const pages: string[][] = [];
    for (let path: string | undefined = "/ui/org/o/people?hat=coach"; path !== undefined;) {
      const { text } = await get(path);
      pages.push(shown(text));
      path = /<a rel="next" href="([^"]+)"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
    }
    expect(pages.map(({ length }) => length))
      .toEqual([PEOPLE_PER_PAGE, PEOPLE_PER_PAGE, ...(more === 0 ? [] : [more])]);
    expect(pages.flat()).toEqual(many(count, id));
    expect([...new Set(asked.map(({ path }) => path))]).toEqual(["/orgs/o/members?hat=coach"]);
    for (const odd of ["-1", "1e3", "999999", "x"]) {
      expect(shown((await get(`/ui/org/o/people?invites=${odd}`)).text)).toEqual(many(PEOPLE_PER_PAGE, id));
    }
  });

  test("athletes of a team's card", async () => {
    const team = { team: "t", org: "o", head_coach: null, athletes: many(ENTRIES_SHOWN + more, id) };
    const none = { relationships: [], continuation_token: "" };
    const { get } = consoleOver({ "/teams/t/relationships": none, "/teams/t": team, "/stores/": { tuples: [] } });
    const { text } = await get("/ui/team/t");
    expect([parts(text, /href="\/ui\/athlete\//g), parts(text, /rel="next"/g)]).toEqual([ENTRIES_SHOWN, more]);
  });

  test("memberships of a person's card", async () => {
    const space = (i: number) => ({ org: id(i), hats: [], role: null, status: "active", landing: "coach" });
    const { get } = consoleOver({
      "/users/u/relationships": { relationships: [], continuation_token: "" }, "/stores/": { tuples: [] },
      "/users/": { landing: "coach", orgs: many(MEMBERSHIPS_SHOWN + more, space) },
      "/orgs/": { athlete: null, professional_area: null, invited_by: null },
    });
    const { text } = await get("/ui/user/u");
    expect([parts(text, /<th scope="row">/g), parts(text, /The first 10 of 11 orgs/g)])
      .toEqual([MEMBERSHIPS_SHOWN, more]);
  });

  test("explanations of an answer", async () => {
    const reason = { rules: [], text: "user:u has can_read on note:n because user:u wrote note:n.", tuples: [] };
    const answer = { allowed: true, token: "t", reasons: many(EXPLANATIONS_SHOWN + more, () => reason) };
    const { text } = await consoleOver({ "/explain": answer }).get("/ui/why?user=u&type=note&id=n");
    expect([parts(text, />Because/g), parts(text, /The first 20 of 21/g)]).toEqual([EXPLANATIONS_SHOWN, more]);
  });

  test("gains of access, by person and thing", async () => {
    const gained = many(ENTRIES_SHOWN + more, (i) => (
      { user: `user:${id(i)}`, relation: "can_read", object: "note:n" }));
    const { get } = consoleOver({ "/events": { status: "applied", access: { gained, lost: [], complete: true } } });
    const { text } = await get("/ui/what-if?type=note.deleted&try=1&f.note=n");
    expect([parts(text, /could read it/g), parts(text, /And for 1 more pair of a person and a thing/g)])
      .toEqual([ENTRIES_SHOWN, more]);
  });

  test("rows of a card: active ones first, then ended ones", async () => {
    const rows = (status: string, count: number) => many(count, (i) => ({ row: `coaching:${status}${i}`, role: null,
      overrides: {}, status, started_at: null, ended_at: null, athlete: "a", coach: "c", org: "o" }));
    const shown = async (active: number, ended: number) => {
      const page = (status: string, count: number, size = ENTRIES_SHOWN) => (
        { relationships: rows(status, Math.min(count, size)), continuation_token: count > size ? "t" : "" });
      const { get, asked } = consoleOver({
        "/users/u/relationships?status=active&page_size=50": page("active", active),
        "/users/u/relationships?status=ended": page("ended", ended, Math.max(1, ENTRIES_SHOWN - active)),
        "/stores/": { tuples: [] }, "/users/u/workspaces": { landing: "coach", orgs: [] },
        "/list-users": { users: [{ object: { type: "user", id: "c" } }] },
      });
      const { text } = await get("/ui/user/u");
      const sizes = asked.flatMap(({ path }) => /status=ended&page_size=(\d+)/.exec(path)?.[1] ?? []);
      return [parts(text, /"chip yes">active/g), parts(text, /"chip">ended/g), parts(text, /Next 50 rows/g), ...sizes];
    };
    expect(await shown(ENTRIES_SHOWN + more, 1)).toEqual([ENTRIES_SHOWN, 0, 1, ...(more === 0 ? ["1"] : [])]);
    expect(await shown(ENTRIES_SHOWN, 0)).toEqual([ENTRIES_SHOWN, 0, 0, "1"]);
    expect(await shown(20, 30 + more)).toEqual([20, 30, more, "30"]);
  });

  const event = (writes: number, deletes: number) => ({
    type: "note.shared", actor: null, source: null, id: null, org: "o", revision: 1, time: null,
    recorded: "2026-11-28T10:00:01.000Z", outcome: "applied", changes: {
      write: many(writes, (i) => ({ user: `user:${id(i)}`, relation: "r", object: "note:n" })),
      delete: many(deletes, (i) => ({ user: `user:${id(i)}`, relation: "r", object: "note:n" })),
    },
  });
  const historyOf = async (...events: object[]): Promise<string> =>
    (await consoleOver({ "/history": { events, continuation_token: "" } }).get("/ui/org/o/history")).text;
  const facts = (text: string) => [parts(text, /class="added"/g), parts(text, /class="taken"/g)];

  test("the facts of one event", async () => {
    const text = await historyOf(event(FACTS_PER_EVENT + more, 0));
    expect([facts(text), parts(text, /And 1 more/g)]).toEqual([[FACTS_PER_EVENT, 0], more]);
    expect(facts(await historyOf(event(20, 20)))).toEqual([5, 5]);
    expect(facts(await historyOf(event(20, 3)))).toEqual([7, 3]);
    expect(facts(await historyOf(event(2, 20)))).toEqual([2, 8]);
  });

  test("the facts of a page of history", async () => {
    const full = many(FACTS_PER_HISTORY / FACTS_PER_EVENT, () => event(FACTS_PER_EVENT, 0));
    const text = await historyOf(...full, event(more, 0));
    expect([facts(text), parts(text, /And 1 more/g)]).toEqual([[FACTS_PER_HISTORY, 0], more]);
  });

  test("the facts that an event would change", async () => {
    const { get } = consoleOver({ "/events": { status: "applied", ...event(ENTRIES_SHOWN + more, ENTRIES_SHOWN) } });
    const { text } = await get("/ui/what-if?type=note.deleted&try=1&f.note=n");
    expect([facts(text), parts(text, /And 1 more/g)]).toEqual([[ENTRIES_SHOWN, ENTRIES_SHOWN], more]);
  });
});

test("a search looks at one type of thing in a turn of the event loop", async () => {
  const none = Response.json({ code: "unknown_entity", detail: "there is none" }, { status: 404 });
  const { get, asked } = consoleOver({
    "/stores/S/read": { tuples: [], continuation_token: "" }, "/users/nobody/workspaces": { orgs: [] },
    "/users/nobody/relationships": { relationships: [], continuation_token: "" }, "/athletes/": none, "/teams/": none,
    "/invites/": none, "/explain": { allowed: false, token: "t", missing: [] },
    "/history": { events: [], continuation_token: "" },
  });
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  expect((await get("/ui?q=nobody")).status).toBe(404);
  isOver = true;
  expect(asked.filter(({ path }) => path.endsWith("/read")).length).toBeGreaterThan(5);
  expect(turns).toBeGreaterThanOrEqual(asked.filter(({ path }) => path.endsWith("/read")).length - 1);
});

test.each([[0], [1]])("pages of history in which a deleted thing is looked for, with %i more", async (more) => {
  const event = { type: "note.deleted", actor: "dora", org: "o", recorded: "2026-11-28T10:00:01.000Z" };
  const pages = many(PRESENCE_HISTORY_PAGES + more, (i) => (i < PRESENCE_HISTORY_PAGES + more - 1
    ? { events: [], continuation_token: id(i) } : { events: [event], continuation_token: "" }));
  const answers: Record<string, object> = { "/stores/S/read": { tuples: [], continuation_token: "" } };
  pages.slice(1).forEach((page, i) => {
    answers[`/history?object=note%3An&outcome=applied&page_size=1&continuation_token=${id(i)}`] = page;
  });
  const { get, asked } = consoleOver({ ...answers, "/history": pages[0]! });
  const { text } = await get("/ui/note/n");
  expect(PRESENCE_HISTORY_PAGES).toBe(10);
  expect([text.includes("was deleted."), text.includes("There is no note n now.")]).toEqual([more === 0, more === 1]);
  expect(asked.filter(({ path }) => path.startsWith("/history")).length).toBe(PRESENCE_HISTORY_PAGES);
});
