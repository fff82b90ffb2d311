// A live OpenFGA judges the ways from a no to a yes: the absent tuples as contextual ones suffice, and no part of them.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explain } from "../../src/reasons/explain.ts";
import { policyNotes } from "../../src/reasons/policy-notes.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";
import { isBookkeeping } from "../../src/domain/object-names.ts";
import { FULL, runsOr } from "../laws/law.ts";
import { OpenfgaClient, type BatchItem } from "../live/client.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { MODEL, POLICY } from "../world/policy.ts";
import { questionsOf, type Question } from "./questions.ts";

/** Number of questions in one batch: OpenFGA's limit. */
const BATCH = 50;
/** Number of batches asked at the same time. */
const BATCHES_AT_ONCE = 4;
/** Number of sets judged for a question; in the full form all are. */
const SETS = FULL ? Infinity : 3;
/** Sets up to this size are judged with each of their parts; of a larger one, those that lack one tuple. */
const ALL_PARTS = 4;
const NOTES = policyNotes(POLICY);

/** A question with contextual tuples, and the answer that it must have. */
interface Item {
  readonly label: string;
  readonly isYes: boolean;
  readonly item: Omit<BatchItem, "correlationId">;
}

/** Returns the parts of a set that are not the whole. */
function partsOf(set: readonly Tuple[]): Tuple[][] {
  if (set.length > ALL_PARTS) return set.map((left) => set.filter((tuple) => tuple !== left));
  return Array.from({ length: 2 ** set.length - 1 }, (_, bits) => set.filter((_each, i) => (bits >> i) % 2 === 1));
}

describe.skipIf(!openfgaAvailable("any"))("OpenFGA", () => {
  let server: RunningOpenfga;
  beforeAll(async () => {
    server = await startOpenfga();
  });
  afterAll(() => server.stop());

  /** Returns the answers to some questions, by label. Some batches are asked at once. */
  async function answersOf(client: OpenfgaClient, items: readonly Item[]): Promise<Map<string, boolean>> {
    const found = new Map<string, boolean>();
    const batches = Array.from({ length: Math.ceil(items.length / BATCH) }, (_, i) =>
      items.slice(i * BATCH, (i + 1) * BATCH));
    const ask = async (): Promise<void> => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        const results = await client.batchCheck(batch.map(({ item }, i): BatchItem =>
          ({ ...item, correlationId: String(i) })));
        for (const [i, { label }] of batch.entries()) {
          expect(results[i]?.error).toBeUndefined();
          found.set(label, results[i]?.allowed === true);
        }
      }
    };
    await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, ask));
    return found;
  }

  /** Returns the sets of a question with their parts. Sets have parts in common: each is asked about once. */
  function itemsOf(question: Question, missing: readonly Tuple[][]): Item[] {
    const items = missing.flatMap((absent) => [absent, ...partsOf(absent)].map((contextualTuples): Item => ({
      label: [question.user, question.relation, question.object, ...contextualTuples.map(printTuple).sort()].join(" "),
      isYes: contextualTuples === absent,
      item: { ...question, ...(contextualTuples.length === 0 ? {} : { contextualTuples }) },
    })));
    const unique = new Map(items.map((item) => [item.label, item]));
    // No set is part of another one.
    for (const { label, isYes } of items) expect([label, unique.get(label)!.isYes]).toEqual([label, isYes]);
    return [...unique.values()];
  }

  test("says yes with the absent tuples, and no with any part of them", async () => {
    let [asked, checks] = [0, 0];
    for (const { world, questions } of questionsOf(runsOr(200, 10_000), false, 20_000)) {
      const client = await OpenfgaClient.createStore(server.url, "reasons");
      await client.writeModel(MODEL.json);
      await client.writeAll([...world.tuples.read({})].filter(({ object }) => !isBookkeeping(object)), 100);
      const items = questions.flatMap((question) => {
        const found = explain(MODEL, world.tuples, question, NOTES);
        if (!("missing" in found)) throw new Error(`not a no: ${JSON.stringify(question)}`);
        // OpenFGA cannot be asked without a stored tuple, nor with another condition in its place.
        const judged = found.missing.filter(({ absent, against }) =>
          against === undefined && absent.every(({ condition }) => condition === undefined));
        return itemsOf(question, judged.slice(0, SETS).map(({ absent }) => [...absent]));
      });
      const answers = await answersOf(client, items);
      const wrong = items.filter(({ label, isYes }) => answers.get(label) !== isYes)
        .map(({ label, isYes }) => [label, isYes]);
      expect(wrong).toEqual([]);
      asked += questions.length;
      checks += items.length;
    }
    console.log(`${asked} no answers, ${checks} checks by OpenFGA`);
  });
});
