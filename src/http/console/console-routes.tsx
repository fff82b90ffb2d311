// The routes of the console: logins, and one page for each address below /ui.
import type { Context } from "hono";
import type { Keys } from "../api-keys.ts";
import { readBody } from "../body.ts";
import { headerOf } from "../header.ts";
import { requestFields } from "../request-id.ts";
import type { Caller, Route } from "../route.ts";
import { assetAt, isFromOwnPage, isOtherSite, pageHeaders, redirectTo, returnAddress } from "./console-answers.ts";
import { apiOf, type Ask } from "./console-api.ts";
import { MAX_FORM_BYTES } from "./console-limits.ts";
import { address, Links, type Query } from "./console-links.ts";
import { readQuery } from "./console-query.ts";
import { cookieOf, sessionIn, Sessions } from "./console-session.ts";
import { keysPage } from "./keys-page.tsx";
import { arrivalPage, loginPage, noTimePage, nowherePage, sessionPage } from "./login-page.tsx";
import { printPage } from "./page-frame.tsx";
import { sentenceOf } from "./page-parts.tsx";
import { readPageTime, type TimeFault } from "./page-time.ts";
import { CARD_TYPES } from "./relation-words.ts";
import { searchPage } from "./search-page.tsx";
import { thingPage } from "./thing-page.tsx";
import type { Page, Visit } from "./visit.ts";
import { whatIfPage } from "./what-if-page.tsx";
import { whyPage } from "./why-page.tsx";

/** The parts of the app that the console needs. */
export interface ConsoleOptions {
  /** API keys; undefined: no login is needed. */
  readonly keys: Keys | undefined;
  /** Answers a request as the app does. */
  readonly ask: Ask;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** Id of the one store. */
  readonly store: string;
  /** Address by which clients reach the server. */
  readonly url: string | undefined;
  /** The operator's link to a thing, with `{id}` and perhaps `{type}`. */
  readonly link: string | undefined;
}

/** Somebody who looks at a page: their key, undefined on a server without keys, and its rights. */
interface Visitor {
  readonly key: string | undefined;
  readonly caller: Caller;
}

const ANYBODY: Visitor = { key: undefined, caller: { has: () => true, maySendAs: () => true } };

/** Returns the routes of the console. They are open: the console has logins of its own. */
export function consoleRoutes(options: ConsoleOptions): Route[] {
  const console = new Console(options);
  return [
    { method: "GET", path: "/ui/*", handle: (c) => console.show(c) },
    { method: "POST", path: "/ui/*", handle: (c) => console.receive(c) },
  ];
}

class Console {
  readonly #options: ConsoleOptions;
  readonly #sessions = new Sessions();

  constructor(options: ConsoleOptions) {
    this.#options = options;
  }

  /** Answers a GET. */
  async show(c: Context): Promise<Response> {
    const url = new URL(c.req.url);
    const path = partsOf(url.pathname);
    const asset = assetAt(path?.join("/") ?? "");
    if (asset !== undefined) return asset;
    const visitor = this.#visitorOf(c);
    if (path?.join("/") === "login") {
      const back = returnAddress(url.searchParams.get("next"));
      // A cookie that stands for no login is one whose login has ended: logging out takes it from the browser.
      const hasEnded = sessionIn(headerOf(c, "cookie")) !== undefined;
      return visitor === undefined ? answerPage(loginPage(back, { hasEnded }), undefined, true) : redirectTo(back);
    }
    const query = readQuery(url.searchParams);
    const here = address(["ui", ...path ?? []], query);
    if (visitor === undefined) {
      if (isOtherSite(headerOf(c, "sec-fetch-site"))) return answerPage(arrivalPage(here));
      return redirectTo(url.pathname === "/ui" ? "/ui/login" : `/ui/login?next=${encodeURIComponent(here)}`);
    }
    const visit = this.#visitOf(c, visitor, path ?? [], query);
    if ("refused" in visit) return answerPage(visit.refused, visit.without);
    const page = path === undefined ? nowherePage(visit) : await pageAt(visit);
    const { timeRefused } = visit.api;
    if (timeRefused !== undefined) {
      const present = this.#visitAt(c, visitor, path ?? [], visit.query, undefined);
      return answerPage(noTimePage(present, sentenceOf(timeRefused)), present);
    }
    return page.goTo === undefined ? answerPage(page, visit, path?.[0] === "session") : redirectTo(page.goTo);
  }

  /** Answers a POST: a login, or its end. */
  async receive(c: Context): Promise<Response> {
    const { keys, now, url } = this.#options;
    const path = partsOf(new URL(c.req.url).pathname)?.join("/");
    if (keys === undefined || (path !== "login" && path !== "logout")) return redirectTo("/ui");
    const host = headerOf(c, "host") ?? new URL(c.req.url).host;
    if (!isFromOwnPage({ origin: headerOf(c, "origin"), site: headerOf(c, "sec-fetch-site"), host }, url)) {
      return answerPage(loginPage("/ui", { fault: FOREIGN_FORM, status: 403 }), undefined, true);
    }
    const open = sessionIn(headerOf(c, "cookie"));
    const endOpen = (): void => {
      if (open !== undefined) this.#sessions.close(open);
    };
    if (path === "logout") {
      endOpen();
      return redirectTo("/ui/login", { "set-cookie": cookieOf(undefined, this.#isSecure(c)) });
    }
    const form = await readForm(c);
    if (typeof form === "number") {
      return answerPage(loginPage("/ui", { fault: FORM_FAULT, status: form }), undefined, true);
    }
    const back = returnAddress(form.get("next"));
    const key = form.get("key")?.trim() ?? "";
    const caller = keys.callerOf(key);
    const fault = caller === undefined ? "This key is unknown or has expired."
      : caller.has("read") ? undefined : "This key lacks the scope read, which the console needs.";
    if (fault !== undefined) return answerPage(loginPage(back, { fault }), undefined, true);
    endOpen();
    const cookie = cookieOf(this.#sessions.open(key, now()), this.#isSecure(c));
    return redirectTo(back, { "set-cookie": cookie });
  }

  /** Returns who looks; undefined without a login, or when its key is no longer one that reads. */
  #visitorOf(c: Context): Visitor | undefined {
    const { keys, now } = this.#options;
    if (keys === undefined) return ANYBODY;
    const id = sessionIn(headerOf(c, "cookie"));
    const key = id === undefined ? undefined : this.#sessions.keyOf(id, now());
    const caller = key === undefined ? undefined : keys.callerOf(key);
    if (caller?.has("read") === true) return { key, caller };
    if (id !== undefined) this.#sessions.close(id);
    return undefined;
  }

  #visitOf(
    c: Context, visitor: Visitor, path: readonly string[], { as_of_time: hour = "", ...query }: Query,
  ): Visit | { readonly refused: Page; readonly without: Visit } {
    const { as_of: asked = "" } = query;
    const read = asked === "" && hour === "" ? { time: undefined } : readPageTime(asked, hour, this.#options.now());
    if ("time" in read) return this.#visitAt(c, visitor, path, query, read.time);
    const without = this.#visitAt(c, visitor, path, query, undefined);
    return { refused: noTimePage(without, TIME_FAULTS[read.fault]), without };
  }

  /** Returns the visit of a page at a time (RFC 3339), or in the present. */
  #visitAt(
    c: Context, { key, caller }: Visitor, path: readonly string[], { as_of: _, ...query }: Query,
    asOf: string | undefined,
  ): Visit {
    const { ask, keys, link, now, store } = this.#options;
    const requestId = requestFields(c).request_id;
    const presentApi = apiOf(ask, { key, asOf: undefined, requestId });
    return {
      api: asOf === undefined ? presentApi : apiOf(ask, { key, asOf, requestId }), presentApi,
      links: new Links(asOf, link), may: (scope) => caller.has(scope), hasLogin: keys !== undefined, asOf,
      now: now(), path, query: asOf === undefined ? query : { ...query, as_of: asOf }, store,
    };
  }

  /** Whether the browser came by https: directly, through a proxy that says so, or by the server's public address. */
  #isSecure(c: Context): boolean {
    return new URL(c.req.url).protocol === "https:" || headerOf(c, "x-forwarded-proto") === "https"
      || this.#options.url?.startsWith("https:") === true;
  }
}

function answerPage(page: Page, visit?: Visit, hasPostForm = false): Response {
  return new Response(printPage(page, visit), { status: page.status ?? 200, headers: pageHeaders(hasPostForm) });
}

/** Returns the parts of a path below `/ui`, decoded; undefined if it is malformed. */
function partsOf(path: string): string[] | undefined {
  try {
    return path.split("/").slice(2).map(decodeURIComponent).filter((each, i, all) => i < all.length - 1 || each !== "");
  } catch {
    return undefined;
  }
}

const FOREIGN_FORM = "This form was sent from another site. Log in here.";
const FORM_FAULT = "The form could not be read. Enter the key again.";

/** Reads the fields of a posted form, or returns the status of the refusal. */
async function readForm(c: Context): Promise<URLSearchParams | 400 | 413 | 415> {
  if (!/^application\/x-www-form-urlencoded(?:;|$)/i.test(headerOf(c, "content-type") ?? "")) return 415;
  const body = await readBody(c, MAX_FORM_BYTES);
  if (body === "too_large") return 413;
  return typeof body === "string" ? 400 : new URLSearchParams(new TextDecoder().decode(body));
}

const TIME_FAULTS: Readonly<Record<TimeFault, string>> = {
  malformed: "The time must be one of the calendar, like 2026-11-30 or 2026-11-30T08:00 (UTC).",
  ahead: "This time has not come yet.",
};

/** Pages that stand by themselves, by their path. */
const PAGES: Readonly<Record<string, (visit: Visit) => Page | Promise<Page>>> = {
  why: whyPage, keys: keysPage, "what-if": whatIfPage, session: sessionPage,
};

/** Returns the page of a path. */
async function pageAt(visit: Visit): Promise<Page> {
  const [first, id, tab, ...more] = visit.path;
  if (first === undefined) return searchPage(visit);
  if (id === undefined && Object.hasOwn(PAGES, first)) return await PAGES[first]!(visit);
  if (id === undefined || more.length > 0 || !CARD_TYPES.includes(first)) return nowherePage(visit);
  return await thingPage(visit, first, id, tab);
}
