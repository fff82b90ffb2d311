// Many events: cut into requests that the server takes, each event with an outcome, those that failed for now again.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SidelineEvent } from "../../src/client/create-client.ts";
import { MAX_EVENTS_BYTES, MAX_EVENTS_PER_BATCH } from "../../src/http/http-limits.ts";
import { startSideline } from "../../src/testing/start-sideline.ts";
import { json, problem, staged, type Scripted, type Sent } from "./stage.ts";

const deleted = (note: string): SidelineEvent => ({ type: "note.deleted", data: { note }, actor: "carl", id: note });
const notes = (n: number): SidelineEvent[] => Array.from({ length: n }, (_, i) => deleted(`n${i}`));

const applied = ({ id, source, type }: { id: string; source: string; type: string }): object =>
  ({ id, source, type, status: "applied", token: "t", written: 0, deleted: 1 });
/** Applies every event but those that `refuse` has a problem for. */
const batch = (refuse: (id: string) => object | undefined = () => undefined): Scripted => ({ body }: Sent) =>
  json(body.map((event: { id: string; source: string; type: string }) => refuse(event.id) ?? applied(event)));

const busy = { code: "store_unavailable", status: 503, detail: "later" };

beforeEach(() => void vi.spyOn(Math, "random").mockReturnValue(0));
afterEach(() => void vi.restoreAllMocks());

test("requests have as many events, and as many bytes, as the server takes", async () => {
  const { client, sent } = staged([batch()]);
  await client.sendAll(notes(2 * MAX_EVENTS_PER_BATCH + 1));
  expect(sent.map(({ body }) => body.length)).toEqual([MAX_EVENTS_PER_BATCH, MAX_EVENTS_PER_BATCH, 1]);
  const large = staged([batch()]);
  await large.client.sendAll(notes(40).map((event) => ({ ...event, subject: "ü".repeat(25_000) })));
  const sizes = large.sent.map(({ init }) => Buffer.byteLength(init.body as string));
  expect(sizes.length).toBe(2);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_EVENTS_BYTES);
  expect(Math.max(...sizes)).toBeGreaterThan(0.9 * MAX_EVENTS_BYTES);
  expect(large.sent.flatMap(({ body }) => body)).toHaveLength(40);
});

test("no events are no request", async () => {
  const { client, sent } = staged([batch()]);
  expect([await client.sendAll([]), sent.length]).toEqual([[], 0]);
});

test("a refused event leaves the others alone, and says why", async () => {
  const refused = { code: "actor_not_allowed", status: 403, detail: "no" };
  const { client, sent } = staged([batch((id) => (id === "n1" ? refused : undefined))]);
  const outcomes = await client.sendAll(notes(3));
  expect(outcomes.map(({ status }) => status)).toEqual(["applied", "refused", "applied"]);
  expect(outcomes[1]).toMatchObject({
    id: "n1", source: "/app", type: "note.deleted",
    error: { code: "actor_not_allowed", isFinal: true, event: { id: "n1", source: "/app" } },
  });
  expect(sent).toHaveLength(1);
});

test("events that failed for now are sent again alone, in order; receipts of the others stay", async () => {
  const script = [batch((id) => (id === "n0" || id === "n2" ? busy : undefined)), batch()];
  const { client, sent } = staged(script);
  expect((await client.sendAll(notes(4))).map(({ status }) => status)).toEqual(Array(4).fill("applied"));
  const ids = sent.map(({ body }) => body.map(({ id }: { id: string }) => id));
  expect(ids).toEqual([["n0", "n1", "n2", "n3"], ["n0", "n2"]]);
  const lasting = staged([batch(() => busy)], { retries: 1 });
  expect(await lasting.client.sendAll(notes(1))).toMatchObject([{ status: "refused", error: { isFinal: false } }]);
  expect(lasting.sent).toHaveLength(2);
});

test("where an event fails for now to the end, no event behind it is sent, and each has that error", async () => {
  const { client, sent } = staged([batch((id) => (Number(id.slice(1)) >= 999 ? busy : undefined))], { retries: 1 });
  const outcomes = await client.sendAll(notes(2 * MAX_EVENTS_PER_BATCH));
  expect(sent.map(({ body }) => body.length)).toEqual([MAX_EVENTS_PER_BATCH, 1]);
  expect(outcomes.slice(0, 999).map(({ status }) => status)).toEqual(Array(999).fill("applied"));
  expect(outcomes[999]).toMatchObject({ error: { code: "store_unavailable", event: { id: "n999" } } });
  for (const [i, outcome] of outcomes.slice(1000).entries()) {
    const error = { code: "store_unavailable", isFinal: false, isVerdict: false, event: { id: `n${1000 + i}` } };
    expect(outcome).toMatchObject({ status: "refused", error });
  }
});

test("an event refused behind one that fails for now to the end is not judged; an applied one is", async () => {
  const unknown = { code: "unknown_entity", status: 404, detail: "no note" };
  const { client } = staged([batch((id) => ({ n0: unknown, n1: busy, n2: unknown })[id])], { retries: 1 });
  const outcomes = await client.sendAll(notes(4));
  expect(outcomes).toMatchObject([
    { error: { code: "unknown_entity", isVerdict: true } }, { error: { code: "store_unavailable", isVerdict: false } },
    { error: { code: "store_unavailable", isVerdict: false, event: { id: "n2" } } }, { status: "applied" },
  ]);
});

test("a refusal that may come of an event that failed for now is judged again", async () => {
  const unknown = { code: "unknown_entity", status: 404, detail: "no note" };
  const late = (id: string) => ({ n0: unknown, n1: busy, n3: unknown })[id];
  const { client, sent } = staged([batch(late), batch()]);
  const outcomes = await client.sendAll(notes(4));
  expect(outcomes.map(({ status }) => status)).toEqual(["refused", "applied", "applied", "applied"]);
  expect(sent[1]!.body.map(({ id }: { id: string }) => id)).toEqual(["n1", "n3"]);
});

test("a request that fails as a whole names the fate of each of its events, and nothing is sent after it", async () => {
  const { client, sent } = staged([batch(), problem("unauthenticated", 401)]);
  const outcomes = await client.sendAll(notes(2 * MAX_EVENTS_PER_BATCH + 1));
  expect(sent).toHaveLength(2);
  expect(outcomes.filter(({ status }) => status === "applied")).toHaveLength(MAX_EVENTS_PER_BATCH);
  expect(outcomes.at(-1)).toMatchObject({ id: "n2000", error: { code: "unauthenticated", event: { id: "n2000" } } });
  for (const answer of [json([]), json({}), json([{}, applied(deleted("n1") as never)])]) {
    const [first] = await staged([answer]).client.sendAll(notes(2));
    expect(first).toMatchObject({ status: "refused", error: { code: "unreadable_answer" } });
  }
});

test("a running Sideline takes the largest batch, in order, and a dry run of it changes nothing", async () => {
  await using sideline = await startSideline();
  const { client } = sideline;
  await sideline.send("org.created", { org: "fc", kind: "club", owner: "olga" });
  const events = Array.from({ length: MAX_EVENTS_PER_BATCH }, (_, i): SidelineEvent =>
    ({ type: "member.added", data: { org: "fc", user: `u${i}` }, actor: "olga", id: `e${i}` }));
  const dry = await client.sendAll(events, { dryRun: true });
  expect(new Set(dry.map((outcome) => "dry_run" in outcome && outcome.dry_run))).toEqual(new Set([true]));
  await sideline.expectCannot("user:u999", "member", "org:fc");
  const once = await client.sendAll(events);
  expect(new Set(once.map(({ status }) => status))).toEqual(new Set(["applied"]));
  await sideline.expectCan("user:u999", "member", "org:fc");
  const again = await client.sendAll([...events.slice(0, 2), { ...events[2]!, actor: "u1", id: "x" }]);
  expect(again.map(({ status }) => status)).toEqual(["duplicate", "duplicate", "refused"]);
});

test("a verdict is the server's answer to one event; a failure that would meet any event is none", async () => {
  const codeOf = async (answer: Scripted): Promise<unknown> => {
    const sent = staged([answer], { retries: 0 }).client.send("note.deleted", { note: "n1" }, { actor: "carl" });
    const { code, isFinal, isVerdict } = await sent.catch((error) => error);
    return [code, isFinal, isVerdict];
  };
  for (const [code, status] of [["actor_not_allowed", 403], ["last_admin", 409], ["invalid_event", 400],
    ["unknown_entity", 404], ["stale_event", 409]] as const) {
    expect(await codeOf(problem(code, status))).toEqual([code, true, true]);
  }
  for (const [code, status] of [["unauthenticated", 401], ["scope_missing", 403], ["source_not_allowed", 403],
    ["actor_required", 403], ["unknown_event_type", 400], ["not_found", 404], ["wrong_host", 421]] as const) {
    expect(await codeOf(problem(code, status))).toEqual([code, true, false]);
  }
  expect(await codeOf(new Response("<h1>Not found</h1>", { status: 404 }))).toEqual(["unreadable_answer", true, false]);
  expect(await codeOf(problem("store_unavailable", 503))).toEqual(["store_unavailable", false, false]);

  const verdicts = async (answer: Scripted): Promise<unknown[]> => (await staged([answer]).client.sendAll(notes(2)))
    .map((outcome) => (outcome.status === "refused" ? outcome.error.isVerdict : undefined));
  expect(await verdicts(batch(() => ({ code: "not_shareable", status: 409, detail: "no" })))).toEqual([true, true]);
  // A refusal of the whole request names no event.
  expect(await verdicts(problem("invalid_event", 400))).toEqual([false, false]);
});
