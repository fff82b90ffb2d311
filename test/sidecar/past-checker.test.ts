// Lists of the past are made in small parts, so that few parts read more of the log than a turn has time for.
import { expect, test } from "vitest";
import type { Moment } from "../../src/checks/checker.ts";
import type { Parts } from "../../src/checks/parts.ts";
import type { PastState } from "../../src/history/past-states.ts";
import { PastChecker } from "../../src/sidecar/past-checker.ts";
import { ServerTime } from "../../src/sidecar/server-time.ts";
import { PAST_STEPS_PER_PART } from "../../src/sidecar/sidecar-limits.ts";
import { club } from "../world/club.ts";
import { MODEL, START } from "../world/world.ts";

const MOMENT: Moment = { number: 1, at: START };
const ATHLETES = 2000;

test.each([
  ["of objects", (checker: PastChecker) =>
    checker.listObjects({ user: "user:olga", relation: "can_view", type: "athlete" }, MOMENT)],
  ["of objects, in pages", (checker: PastChecker) => checker.objectPage(
    { user: "user:olga", relation: "can_view", type: "athlete", after: "", size: 10_000 }, MOMENT)],
  ["of users", (checker: PastChecker) => checker.listUsers(
    { object: "org:fc", relation: "member", userFilter: { type: "user" } }, MOMENT)],
])("a list %s takes a part for about 500 steps", async (_, ask) => {
  expect(PAST_STEPS_PER_PART).toBe(500);
  const { tuples } = club();
  for (let n = 0; n < ATHLETES; n++) {
    tuples.add({ object: `athlete:x${n}`, relation: "org", user: "org:fc" });
    tuples.add({ object: "org:fc", relation: "member", user: `user:x${n}` });
  }
  let parts = 0;
  const past = {
    momentOf: () => expect.fail("the moment is known"),
    answer: async <T>(_moment: Moment, begin: (state: PastState) => Parts<T>): Promise<T> => {
      for (const work = begin({ tuples } as unknown as PastState); ;) {
        parts++;
        const part = work.next();
        if (part.done === true) return part.value;
      }
    },
  };
  const answer = await ask(new PastChecker(MODEL, new ServerTime(MODEL, () => START), past));
  const found = "objects" in answer ? answer.objects : "users" in answer ? answer.users : [];
  expect(found.length).toBeGreaterThan(ATHLETES);
  expect(parts).toBeGreaterThan(ATHLETES / PAST_STEPS_PER_PART);
});
