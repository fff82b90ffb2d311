// Logins of the console: which API key a cookie stands for, and the cookie itself.
import { randomBytes } from "node:crypto";
import { MAX_SESSIONS_PER_KEY, SESSION_LIFETIME_MS } from "./console-limits.ts";

/** Name of the cookie. */
const COOKIE = "sideline_console";

/**
 * The logins of this process. A cookie holds a random id and nothing of the key. The keys stay in memory only, so a
 * restart ends every login.
 */
export class Sessions {
  readonly #sessions = new Map<string, { readonly key: string; readonly ends: number }>();

  /** Begins a login with a key at a time (milliseconds since 1970), and ends none with another key. Returns its id. */
  open(key: string, now: number): string {
    for (const [id, { ends }] of this.#sessions) {
      // A Map keeps the order of insertion, and all logins last equally long: those that follow end later.
      if (now < ends) break;
      this.#sessions.delete(id);
    }
    const same = [...this.#sessions].filter(([, session]) => session.key === key);
    if (same.length >= MAX_SESSIONS_PER_KEY) this.close(same[0]![0]);
    const id = randomBytes(32).toString("base64url");
    this.#sessions.set(id, { key, ends: now + SESSION_LIFETIME_MS });
    return id;
  }

  /** Returns the key of a login; undefined if there is no such login or its time is over. */
  keyOf(id: string, now: number): string | undefined {
    const session = this.#sessions.get(id);
    if (session === undefined || now < session.ends) return session?.key;
    this.#sessions.delete(id);
    return undefined;
  }

  /** Ends a login. */
  close(id: string): void {
    this.#sessions.delete(id);
  }
}

/** Returns the id in a Cookie header; undefined if it has none, or a cookie of another form. */
export function sessionIn(header: string | undefined): string | undefined {
  const pairs = header?.split(";").map((pair) => pair.trim()) ?? [];
  const ids = pairs.filter((pair) => pair.startsWith(`${COOKIE}=`)).map((pair) => pair.slice(COOKIE.length + 1));
  return ids.find((id) => /^[A-Za-z0-9_-]{43}$/.test(id));
}

/**
 * Returns a Set-Cookie header: the login `id`, or no login. Only pages of the console get the cookie back, and no page
 * of another site can make a browser send it.
 */
export function cookieOf(id: string | undefined, isSecure: boolean): string {
  const age = id === undefined ? 0 : SESSION_LIFETIME_MS / 1000;
  const secure = isSecure ? "; Secure" : "";
  return `${COOKIE}=${id ?? ""}; Path=/ui; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`;
}
