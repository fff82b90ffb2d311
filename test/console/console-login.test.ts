// Logins of the console: who gets in, for how long, and that no other site can use a login.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Keys } from "../../src/http/api-keys.ts";
import { MAX_FORM_BYTES, MAX_RETURN_LENGTH, MAX_SESSIONS_PER_KEY, SESSION_LIFETIME_MS } from
  "../../src/http/console/console-limits.ts";
import { isFromOwnPage, returnAddress } from "../../src/http/console/console-answers.ts";
import { sessionIn, Sessions } from "../../src/http/console/console-session.ts";
import { KEY, keyFile, logIn, openHarbour, postForm, type Harbour } from "./harbour-app.ts";

let clock = Date.UTC(2026, 10, 30, 9);
let harbour: Harbour;
beforeAll(async () => {
  harbour = await openHarbour([], () => clock);
});
afterAll(() => harbour.sidecar.close());

describe("without a login", () => {
  test("a page leads to the login, and back", async () => {
    const app = harbour.app();
    const response = await app.request("/ui/note/n1?relation=can_read");
    expect([response.status, response.headers.get("location")])
      .toEqual([303, "/ui/login?next=%2Fui%2Fnote%2Fn1%3Frelation%3Dcan_read"]);
    const login = await (await app.request(response.headers.get("location")!)).text();
    expect(login).toContain('value="/ui/note/n1?relation=can_read"');
    const back = await postForm(app, "/ui/login", { key: KEY.support, next: "/ui/note/n1?relation=can_read" });
    expect(back.headers.get("location")).toBe("/ui/note/n1?relation=can_read");
  });

  test("a link from another site arrives: the cookie comes only with the next request", async () => {
    const app = harbour.app();
    const headers = { "sec-fetch-site": "cross-site" };
    const response = await app.request('/ui/note/n1?relation="b', { headers });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('http-equiv="refresh" content="0;url=/ui/note/n1?relation=%22b"');
    const then = await app.request("/ui/note/n1", { headers: { "sec-fetch-site": "same-origin" } });
    expect(then.status).toBe(303);
    const loggedIn = await app.request("/ui/note/n1", { headers: { ...headers, ...await logIn(app) } });
    expect(await loggedIn.text()).toContain("Written by");
  });

  test("no email address of an event is repeated", async () => {
    const app = harbour.app();
    for (const headers of [{}, { "sec-fetch-site": "cross-site" }]) {
      const path = "/ui/what-if?type=invite.created&f.hat=coach&f.email=ada%40mail.example&mail=ada%40mail.example";
      const response = await app.request(path, { headers });
      const said = `${response.headers.get("location")} ${await response.text()}`;
      expect(said).not.toContain("mail.example");
      expect(said).toMatch(/f\.hat(?:=|%3D)coach/);
    }
    const login = await app.request(`/ui/login?next=${encodeURIComponent("/ui/why?email=ada@mail.example&user=u")}`);
    const text = await login.text();
    expect([text.includes("mail.example"), text.includes("/ui/why?user=u")]).toEqual([false, true]);
  });

  test("the style sheet, the icon and the login page are open, and nothing else", async () => {
    const app = harbour.app();
    const statuses = await Promise.all(["style.css", "icon.svg", "login", "constructor", "org/harbour/people", "why"]
      .map(async (path) => (await app.request(`/ui/${path}`)).status));
    expect(statuses).toEqual([200, 200, 200, 303, 303, 303]);
  });
});

describe("a login", () => {
  test.each([["wrong-key-0123456789-0123456789", "unknown"], [KEY.checker, "lacks the scope read"], ["", "unknown"]])(
    "with %s is refused", async (key, why) => {
      const response = await postForm(harbour.app(), "/ui/login", { key });
      expect([response.status, response.headers.get("set-cookie")]).toEqual([401, null]);
      const text = await response.text();
      expect(text).toContain(why);
      for (const part of ["<title>Login failed", 'aria-invalid="true"', 'autofocus=""']) expect(text).toContain(part);
    });

  test("that has ended leads to a form that says so, in the same words for every cause", async () => {
    let keys = keyFile("support", "reader");
    const changing: Keys = { callerOf: (key) => keys.callerOf(key), signerOf: (name) => keys.signerOf(name) };
    const app = harbour.app({ keys: changing });
    const login = await logIn(app);
    const formOf = async (cookie: Record<string, string>): Promise<string> => {
      const away = await app.request("/ui/note/n1", { headers: cookie });
      expect(away.headers.get("location")).toBe("/ui/login?next=%2Fui%2Fnote%2Fn1");
      return await (await app.request(away.headers.get("location")!, { headers: cookie })).text();
    };
    keys = keyFile("reader");
    const ended = await formOf(login);
    expect(ended).toContain("Your login has ended");
    expect(await formOf({ cookie: `sideline_console=${"a".repeat(43)}` })).toBe(ended);
    const fresh = await formOf({});
    expect([fresh.includes("has ended"), fresh.includes("aria-invalid")]).toEqual([false, false]);
  });

  test("gives a cookie that no script, no other site and no other path gets", async () => {
    const response = await postForm(harbour.app(), "/ui/login", { key: KEY.support });
    const cookie = response.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^sideline_console=[\w-]{43}; Path=\/ui; Max-Age=36000; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(KEY.support);
    expect(response.headers.get("location")).toBe("/ui");
  });

  test.each<[string, Record<string, string>, string | undefined]>([
    ["a proxy says https", { "x-forwarded-proto": "https" }, undefined],
    ["the public address is https", {}, "https://sideline.test"],
  ])("is Secure where %s", async (_, headers, url) => {
    const app = harbour.app(url === undefined ? {} : { url });
    const response = await postForm(app, "/ui/login", { key: KEY.support }, headers);
    expect(response.headers.get("set-cookie")).toContain("; Secure");
  });

  test("ends by logging out, also for a copy of its cookie", async () => {
    const app = harbour.app();
    const login = await logIn(app);
    expect((await app.request("/ui/session", { headers: login })).status).toBe(200);
    const out = await postForm(app, "/ui/logout", {}, login);
    expect([out.status, out.headers.get("location")]).toEqual([303, "/ui/login"]);
    expect(out.headers.get("set-cookie")).toContain("sideline_console=; Path=/ui; Max-Age=0");
    expect((await app.request("/ui", { headers: login })).status).toBe(303);
  });

  test("ends with its key, and does not come back with it", async () => {
    let keys = keyFile("support", "reader");
    const changing: Keys = { callerOf: (key) => keys.callerOf(key), signerOf: (name) => keys.signerOf(name) };
    const app = harbour.app({ keys: changing });
    const [support, reader] = [await logIn(app), await logIn(app, KEY.reader)];
    keys = keyFile("reader");
    expect((await app.request("/ui", { headers: support })).status).toBe(303);
    expect((await app.request("/ui", { headers: reader })).status).toBe(200);
    keys = keyFile("support", "reader");
    expect((await app.request("/ui", { headers: support })).status).toBe(303);
  });

  test("ends with its time, to the millisecond", async () => {
    const app = harbour.app();
    const login = await logIn(app);
    const began = clock;
    const statusAt = async (time: number): Promise<number> => {
      clock = time;
      return (await app.request("/ui", { headers: login })).status;
    };
    expect(SESSION_LIFETIME_MS).toBe(36_000_000);
    expect([await statusAt(began + SESSION_LIFETIME_MS - 1), await statusAt(began + SESSION_LIFETIME_MS)])
      .toEqual([200, 303]);
    clock = began;
  });

  test("a new login ends the one before it in the same browser", async () => {
    const app = harbour.app();
    const first = await logIn(app);
    await postForm(app, "/ui/login", { key: KEY.reader }, first);
    expect((await app.request("/ui", { headers: first })).status).toBe(303);
  });

  test.each<[string, string, Record<string, string>]>([
    ["a wrong key", "wrong-key-0123456789-0123456789", {}], ["a key without read", KEY.checker, {}],
    ["a form that cannot be read", KEY.reader, { "content-type": "text/plain" }],
  ])("stays after a failed one with %s", async (_, key, headers) => {
    const app = harbour.app();
    const first = await logIn(app);
    expect((await postForm(app, "/ui/login", { key }, { ...first, ...headers })).status).toBeGreaterThanOrEqual(400);
    expect((await app.request("/ui", { headers: first })).status).toBe(200);
  });

  test("with one key: 100 at a time; one more ends the oldest of them, and no login with another key", () => {
    const sessions = new Sessions();
    const other = sessions.open("other", 0);
    const ids = Array.from({ length: MAX_SESSIONS_PER_KEY }, () => sessions.open("key", 0));
    const alive = (): number => ids.filter((id) => sessions.keyOf(id, 0) === "key").length;
    expect([MAX_SESSIONS_PER_KEY, alive()]).toEqual([100, 100]);
    const next = sessions.open("key", 0);
    expect([alive(), sessions.keyOf(ids[0]!, 0), sessions.keyOf(next, 0)]).toEqual([99, undefined, "key"]);
    for (let i = 0; i < 1_000; i++) sessions.open("key", 0);
    expect([alive(), sessions.keyOf(other, 0)]).toEqual([0, "other"]);
  });

  test("leaves the memory when its time is over, whether or not its browser comes back", () => {
    const sessions = new Sessions();
    const [first, second] = [sessions.open("key", 0), sessions.open("key", 1)];
    sessions.open("other", SESSION_LIFETIME_MS);
    expect([sessions.keyOf(first, 0), sessions.keyOf(second, 0)]).toEqual([undefined, "key"]);
  });

  test("a cookie of another form is none", () => {
    const id = "a".repeat(43);
    expect(sessionIn(`theme=dark; sideline_console=${id}`)).toBe(id);
    for (const header of [undefined, "", `xsideline_console=${id}`, `sideline_console=${id}a`, "sideline_console="]) {
      expect(sessionIn(header)).toBeUndefined();
    }
  });
});

describe("a form of another site", () => {
  test.each<[string, Record<string, string>]>([
    ["another origin", { origin: "https://evil.test" }], ["the origin null", { origin: "null" }],
    ["an origin that begins like ours", { origin: "https://sideline.test.evil.test" }],
    ["our origin on another port", { origin: "https://sideline.test:8443" }], ["an empty origin", { origin: "" }],
    ["our host by http, to a server by https", { origin: "http://sideline.test", "sec-fetch-site": "cross-site" }],
    ["the fetch site same-site", { "sec-fetch-site": "same-site" }],
  ])("with %s neither logs in nor out", async (_, headers) => {
    const app = harbour.app();
    const login = await logIn(app);
    const response = await postForm(app, "/ui/login", { key: KEY.support }, headers);
    expect([response.status, response.headers.get("set-cookie")]).toEqual([403, null]);
    expect((await postForm(app, "/ui/logout", {}, { ...headers, ...login })).status).toBe(403);
    expect((await app.request("/ui", { headers: login })).status).toBe(200);
  });

  test("without any header that names its page neither logs in nor out", async () => {
    const app = harbour.app();
    const login = await logIn(app);
    const post = async (path: string, more: Record<string, string>): Promise<[number, string | null]> => {
      const response = await app.request(path, { method: "POST", body: `key=${KEY.support}`,
        headers: { host: "sideline.test", "content-type": "application/x-www-form-urlencoded", ...more } });
      return [response.status, response.headers.get("set-cookie")];
    };
    expect(await post("/ui/login", {})).toEqual([403, null]);
    expect(await post("/ui/login", { "sec-fetch-site": "none" })).toEqual([403, null]);
    expect(await post("/ui/logout", login)).toEqual([403, null]);
    expect((await app.request("/ui", { headers: login })).status).toBe(200);
  });

  test("is known by the Host, or by the public address behind a proxy that changes it, and the fetch site", () => {
    const isOwn = (origin: string | undefined, host: string | undefined, own?: string, site?: string): boolean =>
      isFromOwnPage({ origin, host, site }, own);
    expect(isOwn("https://a.test", "a.test")).toBe(true);
    expect(isOwn("http://a.test:8090", "A.test:8090")).toBe(true);
    expect(isOwn("https://a.test", "inner:8090", "https://a.test/sideline")).toBe(true);
    expect(isOwn("http://a.test", "inner:8090", "https://a.test")).toBe(false);
    expect(isOwn("https://a.test", undefined)).toBe(false);
    expect(isOwn(undefined, "a.test", "https://a.test")).toBe(false);
    expect(["same-origin", "none", "same-site", "cross-site"].map((site) =>
      isOwn("https://a.test", "a.test", "https://a.test", site))).toEqual([true, true, false, false]);
  });
});

describe("the form of a login", () => {
  test("returns to a page of the console only", () => {
    const foreign = [
      "https://evil.test/ui", "https://evil.test/ui/x", "//evil.test/ui", "/\\evil.test/ui", "/ui/../events", "/uix",
      "javascript:1", "", "/\t/evil.test", "ui", "http://", null,
    ];
    expect(foreign.map(returnAddress)).toEqual(foreign.map(() => "/ui"));
    expect(returnAddress("/ui/user/%0d%0aset-cookie:x?q=%0a")).toBe("/ui/user/%0d%0aset-cookie:x?q=%0A");
    const long = (length: number): string => `/ui/${"a".repeat(length - 4)}`;
    expect(MAX_RETURN_LENGTH).toBe(2048);
    expect([returnAddress(long(2048)).length, returnAddress(long(2049))]).toEqual([2048, "/ui"]);
  });

  test("has at most 8,192 bytes, and one content type", async () => {
    const app = harbour.app();
    const body = (length: number): string => `key=${KEY.support}&x=`.padEnd(length, "a");
    const post = async (text: string, type = "application/x-www-form-urlencoded"): Promise<number> =>
      (await app.request("/ui/login", { method: "POST", body: text,
        headers: { host: "a.test", origin: "http://a.test", "content-type": type } })).status;
    expect(MAX_FORM_BYTES).toBe(8192);
    expect([await post(body(MAX_FORM_BYTES)), await post(body(MAX_FORM_BYTES + 1))]).toEqual([303, 413]);
    expect([await post(body(100), "text/plain"), await post("{}", "application/json")]).toEqual([415, 415]);
  });
});

describe("a server without keys", () => {
  test("needs no login and offers none", async () => {
    const app = harbour.app({ keys: undefined });
    const response = await app.request("/ui");
    const text = await response.text();
    expect([response.status, text.includes("Your key"), text.includes("What if?")]).toEqual([200, false, true]);
    expect((await postForm(app, "/ui/login", { key: "x" })).headers.get("location")).toBe("/ui");
  });
});

test("a server without the console has nothing at /ui", async () => {
  const app = harbour.app({ console: undefined });
  for (const path of ["/ui", "/ui/login", "/ui/style.css"]) expect((await app.request(path)).status).toBe(404);
  expect((await postForm(app, "/ui/login", { key: KEY.support })).status).toBe(404);
});
