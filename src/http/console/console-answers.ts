// The console's answers: the headers of its pages, its style sheet, its icon, and where a login may return to.
import { MAX_RETURN_LENGTH } from "./console-limits.ts";
import { readQuery } from "./console-query.ts";
import { STYLE } from "./console-style.ts";

/** Nothing but the console's own style sheet and icon may load, and its forms go nowhere else. */
const POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
  + "frame-ancestors 'none'";

const SHARED = { "content-security-policy": POLICY, "x-content-type-options": "nosniff" };

/**
 * Returns the headers of a page. A browser that sends no referrer sends the origin `null` with a POST, which the
 * console refuses: pages whose forms post send the referrer to the console itself, and to no other site.
 */
export function pageHeaders(hasPostForm: boolean): Record<string, string> {
  return {
    ...SHARED, "content-type": "text/html; charset=utf-8", "cache-control": "no-store",
    "referrer-policy": hasPostForm ? "same-origin" : "no-referrer", "cross-origin-resource-policy": "same-origin",
    vary: "Cookie",
  };
}

/** Returns an answer that sends the browser to another page of the console. */
export function redirectTo(address: string, more: Readonly<Record<string, string>> = {}): Response {
  const headers = { location: address, "cache-control": "no-store", "referrer-policy": "no-referrer", ...more };
  return new Response(null, { status: 303, headers });
}

const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" '
  + 'fill="#0b5c47"/><path d="M9 5v22M9 16h14" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>';

/** Returns a file of the console; undefined for a path that names none. */
export function assetAt(path: string): Response | undefined {
  const [text, type] = path === "style.css" ? [STYLE, "text/css"] : path === "icon.svg" ? [ICON, "image/svg+xml"] : [];
  if (text === undefined || type === undefined) return undefined;
  const headers = { ...SHARED, "content-type": `${type}; charset=utf-8`, "cache-control": "public, max-age=86400" };
  return new Response(text, { headers });
}

/** True for a Sec-Fetch-Site of a page of another origin, such as the http page of a host that serves https. */
export function isOtherSite(site: string | undefined): boolean {
  return site === "cross-site" || site === "same-site";
}

/** Returns the address that a login returns to: a page of the console, or its first page in place of anything else. */
export function returnAddress(given: string | null | undefined): string {
  const base = "http://console.invalid";
  if (given === null || given === undefined || given.length > MAX_RETURN_LENGTH || !URL.canParse(given, base)) {
    return "/ui";
  }
  const { origin, pathname, searchParams } = new URL(given, base);
  if (origin !== base || !/^\/ui(?:\/|$)/.test(pathname)) return "/ui";
  const query = new URLSearchParams(readQuery(searchParams)).toString();
  return query === "" ? pathname : `${pathname}?${query}`;
}

/** The headers of a POST that say which page sent it. */
export interface PostedFrom {
  /** The Origin, which a browser sends with every POST. */
  readonly origin: string | undefined;
  /** The Sec-Fetch-Site; a browser sends none to a server that it reaches over http. */
  readonly site: string | undefined;
  readonly host: string | undefined;
}

/** True for a POST from a page of this server. `own` is the address by which clients reach the server. */
export function isFromOwnPage({ origin, site, host }: PostedFrom, own: string | undefined): boolean {
  if (origin === undefined || !URL.canParse(origin) || isOtherSite(site)) return false;
  const from = new URL(origin);
  return (host !== undefined && from.host === host.toLowerCase())
    || (own !== undefined && from.origin === new URL(own).origin);
}
