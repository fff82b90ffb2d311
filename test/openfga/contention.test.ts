// OpenFGA's errors under contention, produced by a proxy: conflicts, faults, time-outs, before and after the commit.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import type { OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { startProxy, type Instead, type Proxied, type Proxy } from "../live/proxy.ts";
import { event, expectEqual, expectMarked, freshName, openSidecar, send, submit } from "./fleet.ts";

/** Number of concurrent events while OpenFGA returns errors. */
const EVENTS = 8;
/** Number of consecutive writes that get an error. */
const FAULTS = 3;

const saying = (status: number, code: string, message: string) => ({ status, body: JSON.stringify({ code, message }) });

/** Errors of OpenFGA 1.22.1 for a write when Postgres is contended, or down for a moment. */
const WRITE_FAULTS = {
  "409, lost to another transaction": saying(409, "Aborted",
    "transactional write failed due to conflict: one or more tuples to write were inserted by another transaction"),
  "400 with 2017": saying(400, "write_failed_due_to_invalid_input", "cannot delete a tuple which does not exist: "
    + "user: 'value:1', relation: 'at', object: 'ledger:org/fc': tuple to be written already existed or the tuple to "
    + "be deleted did not exist"),
  "500": saying(500, "internal_error", "Internal Server Error"),
  "503": saying(503, "unavailable", "connection refused"),
  "429": saying(429, "rate_limit_exceeded", "too many"),
  "a time-out inside": saying(500, "deadline_exceeded", "Request Deadline Exceeded"),
  "400, given up": saying(400, "cancelled", "Request Cancelled"),
  "an answer that is no JSON": { status: 502, body: "<html>bad gateway</html>" },
} as const;

const isWrite = ({ method, path }: Proxied): boolean => method === "POST" && path.endsWith("/write");
const isCheck = ({ path }: Proxied): boolean => path.endsWith("/check");

describe.skipIf(!openfgaAvailable("fresh"))("OpenFGA returns errors", () => {
  let openfga: RunningOpenfga;
  let proxy: Proxy;
  let sidecar: OpenfgaSidecar;
  beforeAll(async () => {
    openfga = await startOpenfga({ logLevel: "error" });
  });
  afterAll(() => openfga.stop());
  beforeEach(async () => {
    proxy = await startProxy(Number(new URL(openfga.url).port));
    sidecar = await openSidecar(proxy.url, freshName());
    await send(sidecar, "org.created", { org: "fc", kind: "club", owner: "olga" });
  });
  afterEach(async () => {
    await sidecar.close();
    await proxy.close();
  });

  /** A second sidecar that gives an event up soon. */
  const openHasty = (): Promise<OpenfgaSidecar> => openSidecar(proxy.url, sidecar.info.name, { giveUpAfter: 1000 });

  /** Answers the next requests of a kind in OpenFGA's place. */
  function amiss(times: number, of: (request: Proxied) => boolean, instead: Instead): () => number {
    let said = 0;
    proxy.answer = (request) => {
      if (!of(request) || said === times) return undefined;
      said++;
      return instead;
    };
    return () => said;
  }

  const faults = Object.entries(WRITE_FAULTS).flatMap(([title, reply]) => [
    { title, fate: "not done", instead: { ...reply, done: false } },
    { title, fate: "done all the same", instead: { ...reply, done: true } },
  ]);

  test.each(faults)("a write: $title, $fate: each event is applied once, with its receipt", async ({ instead }) => {
    const revision = sidecar.follower.replica.revisionOf("ledger:org/fc");
    const said = amiss(FAULTS, isWrite, instead);
    const events = Array.from({ length: EVENTS }, (_, n) => event("member.added", { org: "fc", user: `m${n}` }));
    const outcomes = await Promise.all(events.map((envelope) => submit(sidecar, envelope)));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: "applied" });
    expect(outcomes.map((outcome) => "written" in outcome && outcome.written > 0)).toEqual(events.map(() => true));
    expect(said()).toBeGreaterThan(0);
    await expectEqual(sidecar);
    expectMarked(sidecar, events);
    expect(sidecar.follower.replica.revisionOf("ledger:org/fc") - revision).toBe(EVENTS);
    expect(sidecar.readiness().ready).toBe(true);
  });

  test("a write that OpenFGA refuses for good fails its events at once, and the next ones continue", async () => {
    const said = amiss(2, isWrite, { ...saying(400, "validation_error", "type 'org' not found"), done: false });
    const refused = event("member.added", { org: "fc", user: "m" });
    await expect(submit(sidecar, refused)).rejects.toThrow("not found");
    expect(said()).toBe(1);
    expectMarkedNot(refused);
    proxy.answer = undefined;
    expect(await submit(sidecar, refused)).toMatchObject({ status: "applied" });
    await expectEqual(sidecar);
  });

  test("an event that no write accepts fails alone; the events that came with it are applied", async () => {
    const refusal = saying(400, "validation_error", "not a tuple of this store");
    proxy.answer = (request) =>
      isWrite(request) && request.body.includes("poison") ? { ...refusal, done: false } : undefined;
    const users = ["m1", "m2", "poison", "m3", "m4"];
    const events = users.map((user) => event("member.added", { org: "fc", user }));
    const outcomes = await Promise.allSettled(events.map((envelope) => submit(sidecar, envelope)));
    expect(outcomes.map(({ status }) => status))
      .toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expectMarked(sidecar, events.filter((_, n) => users[n] !== "poison"));
    expectMarkedNot(events[2]!);
    proxy.answer = undefined;
    expect(await submit(sidecar, events[2]!)).toMatchObject({ status: "applied" });
    await expectEqual(sidecar);
  });

  test("while every write fails the sender gets 503 in time; sent again later it is applied once", async () => {
    amiss(Infinity, isWrite, { ...WRITE_FAULTS["500"], done: false });
    const envelope = event("member.added", { org: "fc", user: "m" });
    const hasty = await openHasty();
    const outcome = await submit(hasty, envelope);
    expect(isRefusal(outcome) && outcome.refused).toBe("store_unavailable");
    await hasty.close();
    expectMarkedNot(envelope);
    proxy.answer = undefined;
    expect(await submit(sidecar, envelope)).toMatchObject({ status: "applied" });
    await expectEqual(sidecar);
    expectMarked(sidecar, [envelope]);
  });

  const expectMarkedNot = (envelope: ReturnType<typeof event>): void =>
    expect(() => expectMarked(sidecar, [envelope])).toThrow();

  /** Replies to a read, or a poll of the change feed, that are no answer. */
  const NO_PAGES = {
    "500": saying(500, "internal_error", "Internal Server Error"),
    "429": saying(429, "rate_limit_exceeded", "too many"),
    "200 with nothing": { status: 200, body: "{}" },
    "200 with null": { status: 200, body: '{"changes":null,"tuples":null,"continuation_token":""}' },
    "200 that breaks off": { status: 200, body: '{"changes":[{"tuple_key":{"user"' },
  };

  test.each(Object.entries(NO_PAGES))("a read or a poll: %s is an error and never an empty page", async (_, reply) => {
    const other = await openSidecar(openfga.url, sidecar.info.name);
    const hasty = await openHasty();
    await expectEqual(sidecar, other, hasty);
    amiss(Infinity, ({ path }) => path.includes("/changes") || path.endsWith("/read"), { ...reply, done: false });
    await send(other, "member.added", { org: "fc", user: "cora", hats: ["coach"] });
    await expect(sidecar.follower.catchUp(1500)).rejects.toThrow();
    expect(sidecar.follower.trouble).toBeDefined();
    // A poll in flight may still have received its pages, so this one comes after it.
    await expect(hasty.follower.catchUp(1500)).rejects.toThrow();
    const polls = hasty.follower.counts.polls;
    // Decisions that need the newest state are refused, not made on the old one.
    const doubtful = submit(hasty, event("member.deactivated", { org: "fc", user: "cora" }));
    const outcome = await doubtful.then((told) => (isRefusal(told) ? told.refused : told.status), () => "failed");
    expect(["store_unavailable", "failed"]).toContain(outcome);
    expect(hasty.follower.counts.polls).toBe(polls);
    proxy.answer = undefined;
    await expect.poll(() => sidecar.follower.trouble).toBeUndefined();
    expect(await submit(sidecar, event("member.deactivated", { org: "fc", user: "cora" })))
      .toMatchObject({ status: "applied" });
    await expectEqual(sidecar, other, hasty);
    for (const each of [other, hasty]) await each.close();
  });

  /** Replies to a check, from OpenFGA or from something in between, that are no answer. */
  const NO_ANSWERS: Readonly<Record<string, { status: number; body: string }>> = {
    "a time-out": saying(500, "deadline_exceeded", "Request Deadline Exceeded"),
    "a time-out inside 200": { status: 200, body: '{"error":{"internal_error":"deadline_exceeded","message":"late"}}' },
    "200 without an answer": { status: 200, body: "{}" },
    "200 with null": { status: 200, body: '{"allowed":null}' },
    "200 with a text": { status: 200, body: '{"allowed":"false"}' },
    "200 that breaks off": { status: 200, body: '{"allowed":fal' },
    "throttled": saying(422, "throttled_timeout_error", "timeout due to throttling on complex request"),
    "500": saying(500, "internal_error", "Internal Server Error"),
    "429": saying(429, "rate_limit_exceeded", "too many"),
  };

  test.each(Object.entries(NO_ANSWERS))("a check: %s is an error and never a no", async (_, reply) => {
    const app = createApp(sidecar, { keys: undefined, log: { error: () => {} } });
    const ask = async (path: string, body: object): Promise<{ status: number; body: unknown }> => {
      const headers = { "content-type": "application/json" };
      const response = await app.request(path, { method: "POST", headers, body: JSON.stringify(body) });
      return { status: response.status, body: await response.json() };
    };
    const tuple_key = { user: "user:olga", relation: "member", object: "org:fc" };
    const consistency = "HIGHER_CONSISTENCY";
    amiss(Infinity, isCheck, { ...reply, done: false });
    expect(await ask("/check", { tuple_key, consistency })).toMatchObject({ status: 503 });
    amiss(1, isCheck, { ...reply, done: false });
    const checks = Array.from({ length: 5 }, (_item, n) => ({ tuple_key, correlation_id: `c${n}` }));
    const batch = await ask("/batch-check", { checks, consistency });
    expect(JSON.stringify(batch.body)).not.toContain('"allowed":false');
    expect(batch.status).toBe(503);
    proxy.answer = undefined;
    expect(await ask("/check", { tuple_key, consistency })).toMatchObject({ status: 200, body: { allowed: true } });
    expect(await ask("/check", { tuple_key })).toMatchObject({ status: 200, body: { allowed: true } });
  });
});
