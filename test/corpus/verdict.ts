// A judge's verdict on a story: how much it evaluated, and each assertion that it finds wrong, as one line of text.
import type { CheckCase, Counts, ListObjectsCase, ListUsersCase, Story, StoryTest } from "./story.ts";

export interface Verdict {
  readonly judged: Counts;
  readonly failures: readonly string[];
}

/** Answers the questions of one test; an error is also an answer, but never the expected one. */
export interface Witness {
  check(question: CheckCase): Promise<boolean | Error>;
  listObjects(question: ListObjectsCase): Promise<readonly string[] | Error>;
  listUsers(question: ListUsersCase): Promise<readonly string[] | Error>;
}

/** Asks a witness every question of a story. `witnessOf` prepares the world of one test. */
export async function judge(story: Story, witnessOf: (test: StoryTest) => Promise<Witness>): Promise<Verdict> {
  const judged = { tests: 0, checks: 0, listObjects: 0, listUsers: 0 };
  const failures: string[] = [];
  for (const test of story.tests) {
    const witness = await witnessOf(test);
    const note = (question: object, got: unknown): void => {
      const said = got instanceof Error ? String(got) : JSON.stringify(got);
      failures.push(`${test.name}: ${JSON.stringify(question)}, got ${said}`);
    };
    await Promise.all(test.checks.map(async (question) => {
      const got = await witness.check(question);
      if (got !== question.expected) note(question, got);
      judged.checks++;
    }));
    await Promise.all(test.listObjects.map(async (question) => {
      const got = await witness.listObjects(question);
      if (!sameMembers(got, question.expected)) note(question, got);
      judged.listObjects++;
    }));
    await Promise.all(test.listUsers.map(async (question) => {
      const got = await witness.listUsers(question);
      if (!sameMembers(got, question.expected)) note(question, got);
      judged.listUsers++;
    }));
    judged.tests++;
  }
  return { judged, failures };
}

/** Lists are compared without order; a repeated entry counts as a difference. */
function sameMembers(got: readonly string[] | Error, expected: readonly string[]): boolean {
  if (got instanceof Error || got.length !== expected.length) return false;
  const sorted = [...expected].sort();
  return [...got].sort().every((entry, i) => entry === sorted[i]);
}
