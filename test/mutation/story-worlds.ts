// The stories of tuples/ as small worlds: one for each test and each moment it asks about.
import { readStory, storyFiles } from "../corpus/story.ts";
import type { Expectation, SmallWorld } from "./plain-model.ts";

/** The plain checks of every story; lists and usersets belong to the corpus. */
export function storyWorlds(): SmallWorld[] {
  return storyFiles("tuples").map(readStory).flatMap(({ file, tests }) => tests.flatMap((test) => {
    const moments = new Map<number, Expectation[]>();
    for (const { user, relation, object, expected, context } of test.checks) {
      if (user.includes("#") || user.endsWith(":*")) continue;
      const now = Date.parse(String(context?.["current_time"] ?? "1970-01-01T00:00:00Z"));
      moments.set(now, [...moments.get(now) ?? [], { user, relation, object, expected }]);
    }
    return [...moments].map(([now, expectations]) =>
      ({ name: `${file}: ${test.name}`, tuples: test.tuples, expectations, now }));
  }));
}
