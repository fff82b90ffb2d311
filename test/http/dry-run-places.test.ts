// Dry runs have places of their own: no number of them refuses an event, and each gives its places back.
import { describe, expect, test } from "vitest";
import { MAX_DRY_RUN_EVENTS_AT_ONCE, MAX_EVENTS_PER_BATCH, MAX_EVENTS_WAITING } from "../../src/http/http-limits.ts";
import { Places } from "../../src/http/places.ts";
import { appOf, receiptOf, send } from "./world.ts";

const EVENT = { specversion: "1.0", id: "e", source: "/crm", type: "team.deleted", data: { team: "t" } };
const BATCH = Array.from({ length: MAX_EVENTS_PER_BATCH }, () => EVENT);
const TOO_MANY = [429, "too_many_events", "1"];

/** An app whose intake answers no dry run before `release`, or all others before it. */
function stage(kept: "dry runs" | "events") {
  const waiting: (() => void)[] = [];
  const { app, sidecar, logged } = appOf({
    submit: (envelope, { dryRun }) => new Promise((done) => {
      const answer = (): void => done(receiptOf(envelope));
      if (dryRun === (kept === "dry runs")) waiting.push(answer);
      else answer();
    }),
  });
  const ask = async (query: string, body: unknown) => {
    const answer = await send(app, "POST", `/events${query}`, body);
    return [answer.status, answer.body.code, answer.headers.get("retry-after")];
  };
  const release = (): void => waiting.splice(0).forEach((answer) => answer());
  const fill = async (query: string, events: number) => {
    const asked = Array.from({ length: events / BATCH.length }, () => send(app, "POST", `/events${query}`, BATCH));
    await expect.poll(() => waiting.length).toBe(events);
    return asked;
  };
  return { app, sidecar, logged, ask, release, fill };
}

const OK = [200, undefined, null];

describe("places", () => {
  test(`of dry runs are ${MAX_DRY_RUN_EVENTS_AT_ONCE}; events have others`, async () => {
    const { ask, fill, release } = stage("dry runs");
    const asked = await fill("?dry_run=true", MAX_DRY_RUN_EVENTS_AT_ONCE);
    for (const query of ["?dry_run=true", "?dry_run=true&atomic=true", "?dry_run=access"]) {
      expect(await ask(query, EVENT)).toEqual(TOO_MANY);
    }
    expect(await ask("", EVENT)).toEqual(OK);
    expect(await ask("?atomic=true", [EVENT])).toEqual(OK);
    release();
    for (const { status } of await Promise.all(asked)) expect(status).toBe(200);
    const again = ask("?dry_run=true", EVENT);
    await new Promise((done) => setTimeout(done, 50));
    release();
    expect(await again).toEqual(OK);
  });

  test("of events leave those of dry runs free", async () => {
    const { ask, fill, release } = stage("events");
    const asked = await fill("", MAX_EVENTS_WAITING);
    expect(await ask("", EVENT)).toEqual(TOO_MANY);
    expect(await ask("?dry_run=true", EVENT)).toEqual(OK);
    release();
    await Promise.all(asked);
  });

  test("are given back when a dry run fails", async () => {
    // The changes of these receipts cannot be read.
    const broken = appOf({
      submit: (envelope) => Promise.resolve({ ...receiptOf(envelope), changes: 1 as never, dry_run: true }),
    });
    for (let n = 0; n <= MAX_DRY_RUN_EVENTS_AT_ONCE / BATCH.length; n++) {
      expect((await send(broken.app, "POST", "/events?dry_run=access", BATCH)).status).toBe(500);
    }
  });

  test("are the number that may be taken at a time, whatever the work does", async () => {
    const places = new Places(3);
    let end = (): void => {};
    const first = places.run(2, () => new Promise<void>((done) => (end = done)));
    expect(places.run(2, () => expect.fail("there is one place"))).toBeUndefined();
    await expect(places.run(1, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    await expect(places.run(1, () => {
      throw new Error("broken at once");
    })).rejects.toThrow("broken at once");
    end();
    await first;
    expect(await places.run(3, async () => "three")).toBe("three");
    expect(places.run(4, async () => "four")).toBeUndefined();
  });
});
