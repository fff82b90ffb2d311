// A long list, a dry run and events at once: each list shows one revision, and no effect of the dry run.
import { describe, expect, test } from "vitest";
import type { Receipt } from "../../src/events/event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { World } from "../world/world.ts";
import { onOneLock } from "./on-one-lock.ts";

/** Number of notes in an org: a list of them takes several turns. */
const NOTES = 25_000;
/** Number of events in the dry run: more than fit in a turn. */
const TRIED = 300;

const ANY = { higher: false, positions: [] };
const LIST = { type: "note", relation: "can_read", user: "user:olga" };

let sent = 0;
const event = (type: string, data: object): Envelope => ({ id: `l${++sent}`, source: "/lists", type, data });
const statusOf = (outcome: Receipt | Refusal): string => (isRefusal(outcome) ? outcome.refused : outcome.status);

/** An org with many notes, its intake and checker on one lock, and the order of the answers. */
function stage() {
  const world = new World();
  world.system("org.created", { org: "fc", kind: "club", owner: "olga" });
  world.system("athlete.created", { athlete: "a", org: "fc" });
  world.system("member.added", { org: "fc", user: "ann", hats: ["coach"] });
  world.system("coaching.started", { coaching: "c", athlete: "a", coach: "ann" });
  world.system("note.created", { note: "first", athlete: "a", author: "ann", under: "coaching:c" });
  for (let n = 0; n < NOTES; n++) world.tuples.add({ object: `note:n${n}`, relation: "org", user: "org:fc" });
  const { intake, checker, order, noting } = onOneLock(world);
  const list = async (): Promise<string[]> => {
    const answer = await checker.listObjects(LIST, ANY);
    if ("error" in answer) throw new Error(answer.error.message);
    return answer.objects.sort();
  };
  const deleted = (note: string) => intake.submit(event("note.deleted", { note }), { system: true, dryRun: false });
  const tryOut = () => intake.submitAll(
    Array.from({ length: TRIED }, (_, n) =>
      event("note.created", { note: `tried-${n}`, athlete: "a", author: "ann", under: "coaching:c" })),
    { system: true, dryRun: true });
  return { world, checker, order, noting, list, deleted, tryOut, intake };
}

describe("a list that takes several turns", () => {
  test("shows neither the dry run's changes nor those of an event meanwhile", async () => {
    const { order, noting, list, deleted, tryOut } = stage();
    const dryRun = Promise.all(tryOut().map((outcome, n) => (n < TRIED - 1 ? outcome : noting("dry run", outcome))));
    const first = noting("list", list());
    const event = noting("event", deleted("first"));
    // Let the dry run begin, and ask in the middle of it.
    for (let turns = 0; turns < 3; turns++) await new Promise((done) => setImmediate(done));
    const second = noting("list", list());
    const [tried, before, during, outcome] = await Promise.all([dryRun, first, second, event]);
    const after = await list();
    expect(tried.map(statusOf)).toEqual(Array(TRIED).fill("applied"));
    expect(statusOf(outcome)).toBe("applied");
    // Dry runs and events alternate, so the second list may be computed before the event or after it.
    expect([...order].sort()).toEqual(["dry run", "event", "list", "list"]);
    expect([before.length, after.length]).toEqual([NOTES + 1, NOTES]);
    expect(during).toEqual(during.length === NOTES ? after : before);
    for (const listed of [before, during, after]) expect(listed.filter((id) => id.includes("tried"))).toEqual([]);
  });

  test("yields to a waiting event, and to no more than that", async () => {
    const { order, noting, list, deleted } = stage();
    const first = noting("first list", list());
    const event = noting("event", deleted("first"));
    await new Promise((done) => setImmediate(done));
    const later = [1, 2, 3].map(() => noting("later list", list()));
    expect(await first).toContain("note:first");
    await event;
    for (const listed of await Promise.all(later)) expect(listed).not.toContain("note:first");
    expect(order).toEqual(["first list", "event", "later list", "later list", "later list"]);
  });

  test("makes no check wait; a short list is answered at once", async () => {
    const { checker, list } = stage();
    const listing = list();
    const question = { user: "user:olga", relation: "can_read", object: "note:first" };
    expect(checker.check(question, ANY)).toEqual({ allowed: true });
    expect(checker.listObjects({ ...LIST, type: "org", relation: "member" }, ANY)).toEqual({ objects: ["org:fc"] });
    expect(await listing).toHaveLength(NOTES + 1);
  });
});
