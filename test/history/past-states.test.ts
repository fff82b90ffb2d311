// States of the past while the index of the log is not there: a question waits for it, and is then refused.
import { expect, test } from "vitest";
import { TurnOver } from "../../src/history/as-of-tuples.ts";
import { MAX_PAST_RESTARTS, PAST_INDEX_WAIT_MS } from "../../src/history/history-limits.ts";
import { PastStates, type PastLog } from "../../src/history/past-states.ts";
import { PostingIndex } from "../../src/history/posting-index.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import { isStoreError } from "../../src/tuples/store.ts";
import { MODEL, START } from "../world/world.ts";

const TOO_COMPLEX = "authorization_model_resolution_too_complex";

const statesOf = (whole: () => Promise<PostingIndex | undefined>, waitMs = PAST_INDEX_WAIT_MS): PastStates => {
  const past: PastLog = {
    log: { whole, follow: () => expect.fail("the index is not there"), faulty: () => false }, waitMs, seed: 5,
    row: () => undefined, numberAt: async () => 1, recordedAt: async () => START, eventOf: () => undefined,
  };
  return new PastStates(MODEL, createTupleSet(), past, () => START + 1.9);
};

const failureOf = (states: PastStates): Promise<unknown> =>
  states.answer({ number: 1, at: START }, () => expect.fail("nothing is answered")).catch((error: unknown) => error);

test("an index that takes too long to complete, and one that cannot be read, are failures of the store", async () => {
  expect(PAST_INDEX_WAIT_MS).toBe(5000);
  const late = await failureOf(statesOf(() => new Promise(() => undefined), 5));
  expect(isStoreError(late)).toBe(true);
  expect(String(late)).toContain("not complete yet");
  const broken = await failureOf(statesOf(async () => undefined));
  expect(isStoreError(broken)).toBe(true);
  expect(String(broken)).toContain("cannot be read now");
});

test("a time needs no index, and an event of a token does", async () => {
  const states = statesOf(async () => undefined);
  expect(await states.momentOf(new Date(START).toISOString())).toEqual({ number: 1, at: START });
  await expect(states.momentOf("WyJmYyIsMV0")).rejects.toThrow("cannot be read now");
});

test("a question begins again in a thousand turns, and is then too complex", async () => {
  expect(MAX_PAST_RESTARTS).toBe(1000);
  const states = statesOf(async () => new PostingIndex(":memory:", "none"));
  for (const [restarts, answer] of [[1000, "answered"], [1001, "too complex"]] as const) {
    let left: number = restarts;
    const answered = await states.answer({ number: 1, at: START }, function* () {
      if (left-- > 0) throw new TurnOver();
      return "answered";
    });
    const code = typeof answered === "string" ? undefined : answered.error.code;
    expect([restarts, code ?? answered]).toEqual([restarts, answer === "answered" ? answer : TOO_COMPLEX]);
  }
});

test("a time is no moment until its millisecond is over: another event may be recorded in it", async () => {
  const states = statesOf(async () => undefined);
  const notOver = { code: "validation_error", message: expect.stringContaining("its millisecond is not over yet") };
  expect(await states.momentOf(new Date(START + 1).toISOString())).toEqual(notOver);
  expect(await states.momentOf(new Date(START).toISOString().replace("Z", "999999Z"))).toMatchObject({ at: START });
  expect(await states.momentOf(new Date(START + 2).toISOString())).toEqual(notOver);
});
