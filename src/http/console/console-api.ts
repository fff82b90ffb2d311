// Asks the app's own routes in this process with the caller's key, so that scopes hold as everywhere.
import { spread } from "../long-answer.ts";
import { parseLong } from "./long-json.ts";

/** An answer of a route, or its refusal. `Body` is the shape that the reference gives for the route. */
export type Reply<Body> =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly status: number; readonly code: string; readonly detail: string };

/** A refusal of a route. */
export type Refused = Extract<Reply<never>, { ok: false }>;

/** Answers a request as the app does. */
export type Ask = (path: string, init: RequestInit) => Response | Promise<Response>;

/** The routes as one caller may ask them. */
export interface Api {
  get<Body>(path: string): Promise<Reply<Body>>;
  post<Body>(path: string, body: object): Promise<Reply<Body>>;
  /** How far answers may be behind the store, in seconds, as the last answers said; undefined if they are not. */
  readonly staleFor: string | undefined;
  /** Why no question can be asked about the time looked at, as an answer said; undefined if none did. */
  readonly timeRefused: string | undefined;
}

/** How one caller asks. */
export interface Asking {
  /** API key; undefined on a server without keys. */
  readonly key: string | undefined;
  /** Time at which the state is looked at, in RFC 3339; undefined for the present. */
  readonly asOf: string | undefined;
  /** Id of the page's own request, which the log then shows for each of its questions. */
  readonly requestId: string | undefined;
}

/** Returns the routes as a caller may ask them. */
export function apiOf(ask: Ask, { key, asOf, requestId }: Asking): Api {
  const headers: Record<string, string> = {
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(asOf === undefined ? {} : { "sideline-as-of": asOf }),
    ...(requestId === undefined ? {} : { "x-request-id": requestId }),
  };
  let staleFor: string | undefined;
  let timeRefused: string | undefined;
  const send = async <Body>(path: string, init: RequestInit): Promise<Reply<Body>> => {
    const response = await ask(path, init);
    staleFor = response.headers.get("sideline-stale") ?? staleFor;
    const body = await bodyOf(await response.text());
    if (response.ok && body !== undefined) return { ok: true, body: body as Body };
    const refused = refusalOf(response.status, body);
    timeRefused ??= refused.status === 400 ? TIME_REFUSED.exec(refused.detail)?.[1] : undefined;
    return refused;
  };
  return {
    get: (path) => send(path, { method: "GET", headers }),
    post: (path, body) => send(path, {
      method: "POST", headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body),
    }),
    get staleFor() {
      return staleFor;
    },
    get timeRefused() {
      return timeRefused;
    },
  };
}

/** The beginning of a refusal of the time, and its reason. */
const TIME_REFUSED = /^Sideline-As-Of: (.*)$/s;

/** Returns the JSON of an answer; undefined for another text, such as the page of a proxy. */
async function bodyOf(text: string): Promise<unknown> {
  try {
    return await spread(parseLong(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Reads a refusal: a problem has `detail`, an error of the OpenFGA API `message`. */
function refusalOf(status: number, body: unknown): Refused {
  const { code, detail, message } = (body ?? {}) as Partial<Record<"code" | "detail" | "message", unknown>>;
  return { ok: false, status, code: String(code ?? "internal_error"), detail: String(detail ?? message ?? "") };
}
