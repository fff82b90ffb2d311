// The pages around a login: the form for an API key, the key's rights with the way out, and the page in between.
import { SCOPES, type Scope } from "../scope.ts";
import { address } from "./console-links.ts";
import { atAnotherTime } from "./console-query.ts";
import type { Page, Visit } from "./visit.ts";

/** The sentence above the form for a browser whose login has ended. It is the same for every cause. */
const ENDED = "Your login has ended: its time was over, its key is no longer valid, or the server was restarted. "
  + "Log in again.";

/**
 * Returns the login page. `back`: the address that the login returns to. `hasEnded`: an earlier login is over. `fault`:
 * why the last attempt failed.
 */
export function loginPage(
  back: string, { fault, status = 401, hasEnded = false }: {
    fault?: string | undefined; status?: NonNullable<Page["status"]>; hasEnded?: boolean;
  } = {},
): Page {
  return {
    title: fault === undefined ? "Log in" : "Login failed", ...(fault === undefined ? {} : { status }),
    content: (
      <div class="hero">
        <h1>Who may do what, and why?</h1>
        <form action="/ui/login" method="post">
          {fault === undefined ? null : <p class="refused" role="alert" id="fault">{fault}</p>}
          {hasEnded && fault === undefined ? <p class="notice" id="ended">{ENDED}</p> : null}
          <label for="key">API key with the scope <code>read</code></label>
          <div class="line">
            <input id="key" name="key" type="password" required autofocus autocomplete="current-password"
              aria-invalid={fault === undefined ? undefined : "true"}
              aria-describedby={fault !== undefined ? "fault hint" : hasEnded ? "ended hint" : "hint"} />
            <input type="hidden" name="next" value={back} />
            <button type="submit">Log in</button>
          </div>
          <p class="quiet" id="hint">The key stays on the server. Your browser gets a cookie that ends with the day,
            with the key, or when you log out.</p>
        </form>
      </div>
    ),
  };
}

const MEANS: Readonly<Record<Scope, string>> = {
  check: "ask what somebody can do, and list what they reach",
  "check:contextual": "ask the same with facts that are not stored",
  events: "try events of a person (What if?)",
  "events:system": "try events of the system",
  read: "read the directory, the facts, and reasons",
  admin: "read across all orgs",
};

/** Returns the page about the visitor's key: its rights, and the way out. */
export function sessionPage(visit: Visit): Page {
  return {
    title: "Your key",
    content: (
      <>
        <h1>Your key</h1>
        <p class="lead">The console shows what your API key may read, and nothing else.</p>
        <ul class="rights">
          {SCOPES.map((scope) => (
            <li class={visit.may(scope) ? "has" : "not"}>
              <code>{scope}</code> {MEANS[scope]}: <b>{visit.may(scope) ? "yes" : "no"}</b>
            </li>
          ))}
        </ul>
        <form action="/ui/logout" method="post"><button type="submit">Log out</button></form>
      </>
    ),
  };
}

/**
 * Returns the page that a link from another site leads to. Browsers send a SameSite=Strict cookie only with requests
 * that a page of this site makes, so this page asks for the address again.
 */
export function arrivalPage(to: string): Page {
  return {
    title: "One moment",
    content: (
      <>
        <meta http-equiv="refresh" content={`0;url=${to}`} />
        <p><a href={to}>Continue to the console</a></p>
      </>
    ),
  };
}

/** Returns the page for a time that no page can look at. */
export function noTimePage(visit: Visit, why: string): Page {
  return {
    title: "No such time", status: 400,
    content: (
      <>
        <h1>No such time</h1>
        <p>{why}</p>
        <p>Choose another time below, or{" "}
          <a href={address(["ui", ...visit.path], atAnotherTime(visit.query))}>look at the present</a>.</p>
      </>
    ),
  };
}

/** Returns the page for an address that leads nowhere. */
export function nowherePage(visit: Visit): Page {
  return {
    title: "No such page", status: 404,
    content: (
      <>
        <h1>No such page</h1>
        <p>Find a thing by its id above, or <a href={visit.links.page([])}>start from the first page</a>.</p>
      </>
    ),
  };
}
