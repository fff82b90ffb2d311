// Sends a request by fetch: with a time-out for each attempt, and again where a failure is temporary.
import { errorOfAnswer, SidelineError } from "./sideline-error.ts";

/** A function with the form of `fetch`; the `request` of a Hono app is one. */
export type Fetch = (url: string, init: RequestInit) => Response | Promise<Response>;

/** Returns the headers that sign a body, such as those of Standard Webhooks. `id` stays the same over retries. */
export type Sign = (message: { readonly id: string; readonly body: string }) =>
  Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

/** How requests are sent. */
export interface TransportOptions {
  /** Address of the server, such as `http://127.0.0.1:8090`; it may have a path. */
  readonly url: string;
  /** API key. */
  readonly key?: string | undefined;
  /** Default: the `fetch` of the platform. */
  readonly fetch?: Fetch | undefined;
  /** How long one attempt may take, in milliseconds. Default: 10,000. */
  readonly timeout?: number | undefined;
  /** How often a request is sent again after a temporary failure. Default: 2. */
  readonly retries?: number | undefined;
}

/** A request: POST, or GET without a body. The body and the headers are the same in every attempt. */
export interface Outgoing {
  readonly path: string;
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Headers made for each attempt: a signature holds the time at which it was made. */
  readonly sign?: (() => ReturnType<Sign>) | undefined;
  /** Ends the request, and with it the retries. */
  readonly signal?: AbortSignal | undefined;
}

/** The way to one server. */
export interface Transport {
  /** Returns the JSON of an answer 200. Rejects with a SidelineError, or with the reason of the signal. */
  request(request: Outgoing): Promise<unknown>;
  readonly retries: number;
  /** Waits before the retry after an attempt (from 0). */
  pause(attempt: number, signal: AbortSignal | undefined): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_RETRIES = 2;
/** Longest wait before the first retry, in milliseconds; it doubles with each one. The wait is drawn at random. */
const FIRST_WAIT_MS = 100;
/** Longest wait of the client's own choice, in milliseconds. */
const LONGEST_WAIT_MS = 5_000;
/** Longest `Retry-After` that is waited for, in milliseconds. After a longer one the error is the caller's. */
const LONGEST_RETRY_AFTER_MS = 30_000;

/** Returns the way to a server. Throws a TypeError for an address, a time-out or retries that are none. */
export function transportOf(options: TransportOptions): Transport {
  const { key, timeout = DEFAULT_TIMEOUT_MS, retries = DEFAULT_RETRIES } = options;
  const base = baseOf(options.url);
  if (!(timeout > 0)) throw new TypeError("timeout is a number of milliseconds above 0");
  if (!Number.isInteger(retries) || retries < 0) throw new TypeError("retries is a whole number, 0 or more");
  // The platform's fetch must be called as a function of its own: as a method of options, browsers refuse it.
  const send: Fetch = options.fetch ?? ((url, init) => fetch(url, init));
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };

  const request: Transport["request"] = async ({ path, body, headers, sign, signal }) => {
    for (let attempt = 0; ; attempt++) {
      const signed = await sign?.();
      const init: RequestInit = {
        // A redirect could lead the key and the events elsewhere. Workers know no redirect mode "error".
        ...(body === undefined ? { method: "GET" } : { method: "POST", body }),
        headers: { ...authorization, ...headers, ...signed }, redirect: "manual",
      };
      const run = (ending: AbortSignal) => exchange(send, base + path, { ...init, signal: ending });
      const answer = await attemptOf(run, timeout, signal);
      if (!(answer instanceof SidelineError)) return answer.json;
      const wait = waitAfter(answer.retryAfter, attempt);
      if (answer.isFinal || attempt >= retries || wait === undefined) throw answer;
      await sleep(wait, signal);
    }
  };
  return { request, retries, pause: (attempt, signal) => sleep(waitAfter(undefined, attempt) ?? 0, signal) };
}

function baseOf(url: string): string {
  const { protocol, search, hash } = new URL(url);
  if (!/^https?:$/.test(protocol) || search !== "" || hash !== "") {
    throw new TypeError("url is an http:// or https:// address without a query");
  }
  return url.replace(/\/+$/, "");
}

/** The JSON of an answer 200. */
interface Answer {
  readonly json: unknown;
}

/** Sends a request once. */
async function exchange(send: Fetch, url: string, init: RequestInit): Promise<Answer | SidelineError> {
  let status: number;
  let retryAfter: number | undefined;
  let text: string;
  try {
    const response = await send(url, init);
    status = response.status;
    retryAfter = secondsOf(response.headers.get("retry-after"));
    text = await response.text();
  } catch (cause) {
    return new SidelineError("no_answer", "the server cannot be reached, or the connection broke", { cause });
  }
  const json = parsed(text);
  if (status !== 200) return errorOfAnswer(status, json, retryAfter);
  return json === undefined ? new SidelineError("unreadable_answer", "the answer is not JSON", { status }) : { json };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns the seconds of a Retry-After header, which is a number or a date; undefined where it is neither. */
function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - Date.now()) / 1000);
}

/**
 * Runs an attempt for at most `timeout` milliseconds. A fetch that ignores its signal is left behind. Rejects with the
 * reason of the caller's signal.
 */
async function attemptOf(
  run: (signal: AbortSignal) => Promise<Answer | SidelineError>, timeout: number, signal: AbortSignal | undefined,
): Promise<Answer | SidelineError> {
  signal?.throwIfAborted();
  const ending = new AbortController();
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(signal?.reason);
      ending.abort(signal?.reason);
    };
    const timer = setTimeout(() => {
      resolve(new SidelineError("timed_out", `no answer came in ${timeout} ms`));
      ending.abort();
    }, timeout);
    signal?.addEventListener("abort", stop, { once: true });
    void run(ending.signal).then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    });
  });
}

/** Returns how long to wait after a failed attempt, in milliseconds; undefined where the server asks for too long. */
function waitAfter(retryAfter: number | undefined, attempt: number): number | undefined {
  const jitter = Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  if (retryAfter === undefined) return jitter;
  const wait = retryAfter * 1000;
  return wait > LONGEST_RETRY_AFTER_MS ? undefined : wait + jitter;
}

function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted === true) return stop();
    signal?.addEventListener("abort", stop, { once: true });
  });
}
