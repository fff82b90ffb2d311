// Each test of each story as a test of its own name, so that `npm run rule` can run those of one rule.
import { describe, expect, test } from "vitest";
import { judgeByEngine } from "../corpus/judge-engine.ts";
import { countsOf, readStory, storyFiles, type Story } from "../corpus/story.ts";

describe.each(storyFiles("tuples").map(readStory).map((story) => [story.file, story] as const))("%s", (_, story) => {
  test.each(story.tests.map((each) => [each.name, { ...story, tests: [each] } satisfies Story] as const))(
    "%s", async (_name, alone) => {
      expect(await judgeByEngine(alone)).toEqual({ judged: countsOf(alone), failures: [] });
    });
});
