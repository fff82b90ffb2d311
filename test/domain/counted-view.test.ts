// The count of work on a state: each look-up and each tuple that it finds, each change, each question.
import { expect, test } from "vitest";
import { countedView } from "../../src/domain/counted-view.ts";
import { club } from "../world/club.ts";

test("each look-up counts, and each tuple that it finds", () => {
  const { tuples, steps } = countedView(club().view);
  const cost = (work: () => unknown): number => {
    const before = steps();
    work();
    return steps() - before;
  };
  const each = cost(() => tuples.has("team:red", "org", "org:xo"));
  expect(each).toBeGreaterThan(0);
  expect(tuples.users("org:fc", "coach_hat").length).toBeGreaterThan(3);
  expect(cost(() => tuples.users("org:fc", "coach_hat"))).toBe(each + tuples.users("org:fc", "coach_hat").length);
  expect(cost(() => tuples.objects("athlete", "org", "org:fc"))).toBe(each + 3);
  expect(cost(() => [...tuples.read({ object: "org:fc", relation: "admin_hat" })])).toBe(each + 2);
});

test("each change and each question counts", () => {
  const { tuples, allowed, steps } = countedView(club().view);
  const tuple = { object: "team:red", relation: "org", user: "org:xo" };
  const counts = [steps()];
  for (const work of [
    () => tuples.add(tuple), () => tuples.delete(tuple), () => allowed("hana", "head_coach", "team:red"),
  ]) {
    work();
    counts.push(steps());
  }
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(new Set(counts).size).toBe(4);
});
