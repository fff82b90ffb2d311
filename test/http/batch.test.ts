// Batches of POST /events: events are independent, a problem names its event, long batches are cut into turns.
import { expect, test } from "vitest";
import { appOf, receiptOf, refusal, send } from "./world.ts";
import { MAX_EVENT_BYTES } from "../../src/http/http-limits.ts";

const EVENT = {
  specversion: "1.0", id: "e1", source: "/crm", type: "org.created", actor: "ann", sequence: "0001", subject: "org/o",
  time: "2026-03-01T12:00:00Z", data: { org: "o", kind: "club", owner: "ann" },
};

test("a batch returns each outcome in its place, and events are independent", async () => {
  const { app, sidecar } = appOf({
    submit: async (envelope) => (envelope.id === "no" ? refusal("wrong_org") : receiptOf(envelope)),
  });
  const batch = [{ ...EVENT, id: "a" }, 5, { ...EVENT, id: "no" }, { ...EVENT, type: "" }, { ...EVENT, id: "b" }];
  const { status, body } = await send(app, "POST", "/events", batch);
  expect(status).toBe(200);
  expect(body).toMatchObject([
    { id: "a", status: "applied" }, { code: "invalid_event", status: 400 },
    { code: "wrong_org", status: 409, id: "no", source: "/crm" },
    { code: "invalid_event", status: 400, errors: [{ path: "type" }], id: "e1", source: "/crm" },
    { id: "b", status: "applied" },
  ]);
  expect(Object.keys(body[1])).not.toContain("id");
  expect(sidecar.submitted.map(({ envelope }) => envelope.id)).toEqual(["a", "no", "b"]);
});

test("a problem in a batch names its event, if that could be read", async () => {
  const { app } = appOf({ submit: async () => refusal("unknown_entity") });
  const tooLong = { ...EVENT, id: "long", data: "x".repeat(MAX_EVENT_BYTES) };
  const batch = [{ ...EVENT, id: 5 }, { ...EVENT, source: null }, { ...EVENT, actor: null }, tooLong, [], EVENT];
  const { body } = await send(app, "POST", "/events", batch);
  const names = (body as { code: string; id?: string; source?: string }[]).map((of) => [of.code, of.id, of.source]);
  expect(names).toEqual([
    ["invalid_event", undefined, "/crm"], ["invalid_event", "e1", undefined], ["invalid_event", "e1", "/crm"],
    ["body_too_large", "long", "/crm"], ["invalid_event", undefined, undefined], ["unknown_entity", "e1", "/crm"],
  ]);
  const single = await send(app, "POST", "/events", EVENT);
  expect([single.body.code, single.body.id]).toEqual(["unknown_entity", undefined]);
});

const LONG = { object: `athlete:${"x".repeat(100)}`, relation: "org", user: "org:o" };

test("a long batch is read, and a long answer printed, in turns: others are answered in between", async () => {
  const changes = { write: Array.from({ length: 200 }, () => LONG), delete: [] };
  const { app } = appOf({ submit: async (envelope) => ({ ...receiptOf(envelope), changes }) });
  let turns = 0;
  let done = false;
  const count = (): void => {
    turns++;
    if (!done) setImmediate(count);
  };
  const batch = Array.from({ length: 1000 }, (_, n) => ({ ...EVENT, id: `e${n}`, data: { pad: "y".repeat(700) } }));
  const sent = send(app, "POST", "/events", batch);
  setImmediate(count);
  const { headers, body } = await sent;
  done = true;
  expect(headers.get("content-type")).toBe("application/json");
  expect((body as { id: string }[]).map(({ id }) => id)).toEqual(batch.map(({ id }) => id));
  // 0.9 MB are read and 20 MB printed, 256 KiB a turn.
  expect(turns).toBeGreaterThan(50);
});

test("a batch is submitted whole before the first outcome is awaited", async () => {
  let handedIn = 0;
  const seen: number[] = [];
  const { app } = appOf({
    submit: async (envelope) => {
      handedIn++;
      await new Promise((turn) => setImmediate(turn));
      seen.push(handedIn);
      return receiptOf(envelope);
    },
  });
  await send(app, "POST", "/events", [EVENT, EVENT, EVENT]);
  expect(seen).toEqual([3, 3, 3]);
});
