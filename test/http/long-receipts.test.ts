// Receipts of dry runs with very many changes are printed over several turns, to the same text as at once.
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { ENTRIES_AT_A_TIME } from "../../src/http/http-limits.ts";
import { appOf, receiptOf, send } from "./world.ts";

const EVENT = { specversion: "1.0", id: "e", source: "/crm", type: "team.deleted", data: { team: "t" } };
const TUPLES = Array.from({ length: 10 * ENTRIES_AT_A_TIME }, (_, n) =>
  ({ user: `user:u${n}`, relation: "member", object: "org:o" }));

/** The answer to a dry run whose receipt lists some changes, and the number of turns of the event loop that it took. */
async function answered(body: unknown, count: number) {
  const { app } = appOf({
    submit: async (envelope) => ({
      ...receiptOf(envelope), dry_run: true, changes: { write: TUPLES.slice(0, count), delete: [] },
    }),
  });
  let [turns, isDone] = [0, false];
  const answer = send(app, "POST", "/events?dry_run=true", body).finally(() => (isDone = true));
  for (; !isDone; turns++) await nextTurn();
  return { ...await answer, turns };
}

test.each([["an event", EVENT], ["a batch", [EVENT]]])("%s", async (_, body) => {
  const few = await answered(body, 2);
  const many = await answered(body, TUPLES.length);
  expect([few.status, many.status, many.headers.get("content-type")]).toEqual([200, 200, "application/json"]);
  const receiptIn = (answer: typeof few) => (Array.isArray(body) ? answer.body[0] : answer.body);
  expect(receiptIn(many)).toEqual({ ...receiptIn(few), changes: { write: TUPLES, delete: [] } });
  expect(many.turns - few.turns).toBeGreaterThanOrEqual(8);
});
