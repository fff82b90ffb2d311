// Second judge: a live OpenFGA server, asked over HTTP.
import { transformer } from "@openfga/syntax-transformer";
import { OpenfgaClient } from "../live/client.ts";
import type { Story, StoryTest } from "./story.ts";
import { judge, type Verdict, type Witness } from "./verdict.ts";

/** Asks a server every question of a story; each test has a store of its own, as with `fga model test`. */
export async function judgeByServer(url: string, story: Story): Promise<Verdict> {
  const model = transformer.transformDSLToJSONObject(story.model);
  const worlds = new Map<string, Promise<OpenfgaClient>>();
  return judge(story, async (test) => {
    const key = JSON.stringify(test.tuples);
    const world = worlds.get(key) ?? makeWorld(url, model, test);
    worlds.set(key, world);
    return witness(await world);
  });
}

/** A store with the model and the tuples of one test; tests with the very same tuples share it. */
async function makeWorld(url: string, model: object, test: StoryTest): Promise<OpenfgaClient> {
  const client = await OpenfgaClient.createStore(url, "story");
  await client.writeModel(model);
  await client.writeAll(test.tuples);
  return client;
}

function witness(client: OpenfgaClient): Witness {
  const asked = async <T>(answer: Promise<T>): Promise<T | Error> => answer.catch((error: Error) => error);
  return {
    check: ({ context, expected: _, ...question }) => asked(client.check(question, contextOf(context))),
    listObjects: ({ context, expected: _, ...question }) => asked(bothLists(client, question, contextOf(context))),
    listUsers: ({ context, expected: _, ...question }) => asked(client.listUsers(question, contextOf(context))),
  };
}

/** The plain list, which must be what the stream gives too. */
async function bothLists(
  client: OpenfgaClient,
  question: Parameters<OpenfgaClient["listObjects"]>[0],
  extras: Parameters<OpenfgaClient["listObjects"]>[1],
): Promise<string[]> {
  const plain = await client.listObjects(question, extras);
  const streamed = await client.streamedListObjects(question, extras);
  if ([...plain].sort().join() !== [...streamed].sort().join()) {
    throw new Error(`list [${plain.join()}] differs from stream [${streamed.join()}]`);
  }
  return plain;
}

function contextOf(context: Readonly<Record<string, unknown>> | undefined): { context?: typeof context & object } {
  return context === undefined ? {} : { context };
}

/** Lines of a server's log in which it says that its two check engines may answer a question differently. */
export function divergences(log: string): string[] {
  return log.split("\n").filter((line) => line.includes("breaking change"));
}
