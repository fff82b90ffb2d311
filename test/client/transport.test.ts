// Requests that fail: which are sent again and when, and that no failure ever counts as a yes.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createClient, SidelineError } from "../../src/client/create-client.ts";
import { json, problem, receipt, staged, type Scripted } from "./stage.ts";

/** Time-outs of the client under test, in milliseconds of the timers that the tests move. */
const SOON_MS = 400;
const NONE_MS = 0;

const YES = json({ allowed: true });
const BROKEN = new TypeError("fetch failed");
const ask = ({ client }: ReturnType<typeof staged>) => client.can("user:a", "can_read", "note:n1");
const codeOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(() => "answered", (error: unknown) => (error instanceof SidelineError ? error.code : error));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Runs the timers until a promise is settled. */
async function inTime<T>(promise: Promise<T>): Promise<T> {
  let settled = false;
  const end = (): void => void (settled = true);
  promise.then(end, end);
  while (!settled) await vi.advanceTimersByTimeAsync(50);
  return promise;
}

describe("a request is sent again", () => {
  test.each([
    ["no connection", BROKEN], ["503", problem("store_unavailable", 503)], ["429", problem("too_many_events", 429)],
    ["a gateway's page", new Response("<html>", { status: 502 })], ["500", problem("internal_error", 500)],
  ] as const)("after %s, and the next answer counts", async (_, failure) => {
    const stage = staged([failure, failure, YES]);
    expect(await inTime(ask(stage))).toBe(true);
    expect(stage.sent).toHaveLength(3);
    const last = staged([failure]);
    await inTime(codeOf(ask(last)));
    expect(last.sent).toHaveLength(3);
    expect((await inTime(ask(staged([failure], { retries: 0 })).catch((error) => error))).isFinal).toBe(false);
  });

  test.each([
    ["400", problem("invalid_request", 400)], ["401", problem("unauthenticated", 401)],
    ["403", problem("scope_missing", 403)], ["409", problem("last_admin", 409)],
    ["a redirect", new Response(null, { status: 307, headers: { location: "http://elsewhere.test/" } })],
    ["no JSON", new Response("yes")], ["another 200", json(["yes"])],
  ] as const)("not after %s", async (_, failure) => {
    const stage = staged([failure, YES]);
    expect(await codeOf(ask(stage))).not.toBe("answered");
    expect(stage.sent).toHaveLength(1);
  });

  test("an event keeps its id, its body and its place over all attempts", async () => {
    const { client, sent } = staged([BROKEN, problem("store_unavailable", 503), (each) => receipt(each)]);
    const sending = client.send("note.deleted", { note: "n1" }, { actor: "carl", time: new Date(0) });
    const { id, status } = await inTime(sending);
    expect([id, status]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), "applied"]);
    const bodies = new Set(sent.map(({ init }) => init.body));
    expect([sent.length, bodies.size]).toEqual([3, 1]);
    expect(sent[0]!.body).toEqual({
      specversion: "1.0", datacontenttype: "application/json", id, source: "/app", type: "note.deleted", actor: "carl",
      time: "1970-01-01T00:00:00.000Z", data: { note: "n1" },
    });
  });

  test("an event whose fate is unknown is named", async () => {
    const { client } = staged([BROKEN], { retries: 0, source: "/scores" });
    const error = await client.send("note.deleted", { note: "n1" }, { actor: "carl" }).catch((caught) => caught);
    expect(error).toMatchObject({
      name: "SidelineError", code: "no_answer", isFinal: false, cause: BROKEN,
      event: { source: "/scores", id: expect.any(String) },
    });
  });
});

describe("the wait before it is sent again", () => {
  const waits = async (script: readonly Scripted[]): Promise<number> => {
    const began = Date.now();
    await inTime(codeOf(ask(staged(script))));
    return Date.now() - began;
  };

  test("is at least Retry-After seconds", async () => {
    const wait = await waits([problem("store_unavailable", 503, { "retry-after": "7" }), YES]);
    expect(wait).toBeGreaterThanOrEqual(7_000);
    expect(wait).toBeLessThan(7_500);
  });

  test("ends at the date of Retry-After at the earliest", async () => {
    vi.setSystemTime(Date.UTC(2026, 2, 1, 12));
    const at = new Date(Date.UTC(2026, 2, 1, 12, 0, 9)).toUTCString();
    expect(await waits([problem("store_unavailable", 503, { "retry-after": at }), YES])).toBeGreaterThanOrEqual(9_000);
  });

  test("is none where the server asks for more than half a minute: the error is the caller's", async () => {
    const stage = staged([problem("too_many_events", 429, { "retry-after": "31" }), YES]);
    const error = await ask(stage).catch((caught) => caught);
    expect([error.code, error.retryAfter, stage.sent.length]).toEqual(["too_many_events", 31, 1]);
  });

  test("is drawn at random otherwise, and grows", async () => {
    const drawn = vi.spyOn(Math, "random").mockReturnValue(0.999);
    const long = await waits([BROKEN, BROKEN, YES]);
    drawn.mockReturnValue(0);
    const short = await waits([BROKEN, BROKEN, YES]);
    expect(long).toBeGreaterThan(250);
    expect(short).toBeLessThanOrEqual(100);
  });
});

describe("an attempt ends", () => {
  const never: Scripted = () => new Promise<Response>(() => {});

  test("at the time-out, even if fetch ignores its signal", async () => {
    const stage = staged([never], { timeout: SOON_MS, retries: 1 });
    expect(await inTime(codeOf(ask(stage)))).toBe("timed_out");
    expect(stage.sent).toHaveLength(2);
    expect(stage.sent.map(({ init }) => init.signal?.aborted)).toEqual([true, true]);
  });

  test("at the time-out, also while the body is read", async () => {
    const endless: Scripted = () => new Response(new ReadableStream({ start: (c) => c.enqueue(new Uint8Array(1)) }));
    expect(await inTime(codeOf(ask(staged([endless], { timeout: SOON_MS, retries: 0 }))))).toBe("timed_out");
  });

  test("when the caller's signal ends it, during the request or a wait, with the caller's reason", async () => {
    for (const script of [[never], [problem("store_unavailable", 503, { "retry-after": "20" })]]) {
      const ending = new AbortController();
      const { client, sent } = staged(script);
      const asked = codeOf(client.can("user:a", "can_read", "note:n1", { signal: ending.signal }));
      await vi.advanceTimersByTimeAsync(1_000);
      ending.abort("enough");
      expect([await asked, sent.length]).toEqual(["enough", 1]);
    }
    const gone = staged([YES]);
    const signal = AbortSignal.abort("before");
    expect(await codeOf(gone.client.can("user:a", "can_read", "note:n1", { signal }))).toBe("before");
    expect(gone.sent).toHaveLength(0);
  });
});

describe("fails closed", () => {
  test.each([
    [{ allowed: "true" }], [{ allowed: 1 }], [{}], [null], [true], [{ allowed: null }], [{ error: {}, allowed: true }],
  ])("%j is neither a yes nor a no", async (answer) => {
    expect(await codeOf(ask(staged([json(answer)])))).toBe("unreadable_answer");
  });

  test("an answer 201 with a yes in it is none", async () => {
    expect(await codeOf(ask(staged([json({ allowed: true }, 201)])))).toBe("unreadable_answer");
  });

  test("a receipt of another event is none", async () => {
    for (const answer of [{}, { id: "x", source: "/app", status: "applied", token: "t" }, { status: "applied" }]) {
      const { client } = staged([json(answer)]);
      expect(await codeOf(client.send("note.deleted", { note: "n1" }, { actor: "a" }))).toBe("unreadable_answer");
    }
  });
});

test("the key, the path of the address and signatures are sent; redirects are not followed", async () => {
  const signed: unknown[] = [];
  const { client, sent } = staged([BROKEN, (each) => receipt(each)], {
    url: "https://auth.example.org/sideline/", key: "the-key",
    sign: async (message) => {
      signed.push(message);
      return { "webhook-id": message.id, "webhook-timestamp": String(signed.length) };
    },
  });
  await inTime(client.send("note.deleted", { note: "n1" }, { actor: "a", id: "e1" }));
  const body = sent[0]!.init.body;
  expect(signed).toEqual([{ id: "e1", body }, { id: "e1", body }]);
  expect(sent.map(({ url }) => url)).toEqual(Array(2).fill("https://auth.example.org/sideline/events"));
  expect(sent.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer the-key", "Bearer the-key"]);
  expect(sent.map(({ headers }) => headers.get("webhook-timestamp"))).toEqual(["1", "2"]);
  expect(sent.map(({ init }) => init.redirect)).toEqual(["manual", "manual"]);
});

test("a sender that signs names its entry of the server's key file", async () => {
  const { client, sent } = staged([receipt], { sign: () => ({ "webhook-id": "e1" }), signedBy: "app & co" });
  await client.send("note.deleted", { note: "n1" }, { actor: "a", id: "e1" });
  await client.send("note.deleted", { note: "n1" }, { actor: "a", id: "e1", dryRun: true });
  expect(sent.map(({ path }) => path)).toEqual(
    ["/events?signed_by=app%20%26%20co", "/events?dry_run=true&signed_by=app%20%26%20co"]);
});

test.each([
  [{ url: "sideline" }], [{ url: "ftp://a.test" }], [{ url: "http://a.test/?x=1" }],
  [{ url: "http://a.test", timeout: NONE_MS }], [{ url: "http://a.test", timeout: Number.NaN }],
  [{ url: "http://a.test", retries: -1 }],
  [{ url: "http://a.test", retries: 1.5 }],
])("%j is refused at once", (options) => {
  expect(() => createClient(options)).toThrow(TypeError);
});
