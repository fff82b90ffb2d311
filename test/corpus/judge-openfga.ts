// Second judge: a live OpenFGA server, asked over HTTP.
import { transformer } from "@openfga/syntax-transformer";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { OpenfgaClient } from "../live/client.ts";
import type { Story } from "./story.ts";
import { judge, type Verdict, type Witness } from "./verdict.ts";

/** Number of tuples per write request; OpenFGA accepts at most 100. */
const CHUNK = 100;

/** Asks a server every question of a story. The story has one store, whose tuples are replaced between tests. */
export async function judgeByServer(url: string, story: Story): Promise<Verdict> {
  const client = await OpenfgaClient.createStore(url, "story");
  await client.writeModel(jsonOf(story.model));
  let stored = new Map<string, Tuple>();
  return judge(story, async (test) => {
    stored = await exchange(client, stored, test.tuples);
    return witness(client);
  });
}

/** Models in their JSON form by their text, which stories share. */
const models = new Map<string, object>();

function jsonOf(model: string): object {
  const json = models.get(model) ?? transformer.transformDSLToJSONObject(model);
  models.set(model, json);
  return json;
}

/** Changes the stored tuples into the wanted ones, deletes first. Returns the stored tuples. */
async function exchange(
  client: OpenfgaClient,
  stored: ReadonlyMap<string, Tuple>,
  wanted: readonly Tuple[],
): Promise<Map<string, Tuple>> {
  const next = new Map(wanted.map((tuple) => [JSON.stringify(tuple), tuple]));
  if (next.size < wanted.length) throw new Error("a tuple is there twice");
  const gone = [...stored].filter(([key]) => !next.has(key)).map(([, tuple]) => tuple);
  const fresh = [...next].filter(([key]) => !stored.has(key)).map(([, tuple]) => tuple);
  for (let i = 0; i < gone.length; i += CHUNK) await client.write([], gone.slice(i, i + CHUNK));
  await client.writeAll(fresh, CHUNK);
  return next;
}

function witness(client: OpenfgaClient): Witness {
  const asked = async <T>(answer: Promise<T>): Promise<T | Error> => answer.catch((error: Error) => error);
  return {
    check: ({ context, expected: _, ...question }) => asked(client.check(question, contextOf(context))),
    listObjects: ({ context, expected: _, ...question }) => asked(bothLists(client, question, contextOf(context))),
    listUsers: ({ context, expected: _, ...question }) => asked(client.listUsers(question, contextOf(context))),
  };
}

/** The plain list, which must equal the streamed one. */
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

/** Lines of a server's log which say that its two check engines may answer a question differently. */
export function divergences(log: string): string[] {
  return log.split("\n").filter((line) => line.includes("breaking change"));
}
