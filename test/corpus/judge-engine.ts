// Third judge: Sideline's own evaluator, in this process.
import { check, compileModel, createTupleSet, listObjects, listUsers } from "../../src/engine.ts";
import type { Story } from "./story.ts";
import { judge, type Verdict } from "./verdict.ts";

/** Compiled models by their text, which stories share. */
const models = new Map<string, ReturnType<typeof compileModel>>();

/** Asks the evaluator every question of a story; each test has its own tuple set. */
export function judgeByEngine(story: Story): Promise<Verdict> {
  const model = models.get(story.model) ?? compileModel(story.model);
  models.set(story.model, model);
  return judge(story, async (test) => {
    const tuples = createTupleSet();
    for (const tuple of test.tuples) {
      if (!tuples.add(tuple)) throw new Error(`${story.file}, ${test.name}: a tuple is there twice`);
    }
    return {
      check: async ({ expected: _, ...question }) => {
        const answer = check(model, tuples, question);
        return "error" in answer ? failure(answer.error) : answer.allowed;
      },
      listObjects: async ({ expected: _, ...question }) => {
        const answer = listObjects(model, tuples, question);
        return "error" in answer ? failure(answer.error) : answer.objects;
      },
      listUsers: async ({ expected: _, ...question }) => {
        const answer = listUsers(model, tuples, question);
        return "error" in answer ? failure(answer.error) : answer.users;
      },
    };
  });
}

function failure({ code, message }: { code: string; message: string }): Error {
  return new Error(`${code}: ${message}`);
}
