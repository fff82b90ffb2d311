// Tests of the judges: each accepts a correct story, and finds every fault in a wrong one.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OpenfgaClient } from "../live/client.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { judgeByEngine } from "./judge-engine.ts";
import { fgaAvailable, fgaRefusalOf, judgeByFga } from "./judge-fga.ts";
import { divergences, judgeByServer } from "./judge-openfga.ts";
import { countsOf, readStory, storyFiles } from "./story.ts";

const FOLDER = "test/corpus/fixtures";
const RIGHT = `${FOLDER}/right.fga.yaml`;
const WRONG = `${FOLDER}/wrong.fga.yaml`;
const COUNTS = { tests: 2, checks: 10, listObjects: 3, listUsers: 2 };

/** The wrong assertions of the wrong story, as a word that each failure line must contain. */
const FAULTS = ["reader", "editor", "owner"];

test("a story's size is its number of single assertions", () => {
  expect(storyFiles(FOLDER)).toEqual([RIGHT, WRONG]);
  expect(countsOf(readStory(RIGHT))).toEqual(COUNTS);
});

describe.skipIf(!fgaAvailable())("the fga command line", () => {
  test("accepts the correct story", () => expect(judgeByFga(RIGHT)).toEqual({ judged: COUNTS, failures: [] }));
  test("finds each fault of the wrong story", () => {
    const { judged, failures } = judgeByFga(WRONG);
    expect(judged).toEqual(COUNTS);
    expect(failures.join("\n").match(/^ⅹ \w+\(/gm)).toEqual(["ⅹ Check(", "ⅹ ListObjects(", "ⅹ ListUsers("]);
  });
  test("distinguishes a valid model from an invalid one", () => {
    expect(fgaRefusalOf(`${FOLDER}/model.fga`)).toBeUndefined();
    expect(fgaRefusalOf(RIGHT)).toBeDefined();
  });
});

describe("the evaluator", () => {
  test("accepts the correct story", async () => {
    expect(await judgeByEngine(readStory(RIGHT))).toEqual({ judged: COUNTS, failures: [] });
  });
  test("finds each fault of the wrong story", async () => {
    const { judged, failures } = await judgeByEngine(readStory(WRONG));
    expect(judged).toEqual(COUNTS);
    expectFaults(failures);
  });
});

describe.skipIf(!openfgaAvailable("fresh"))("a live OpenFGA", () => {
  let server: RunningOpenfga;
  beforeAll(async () => {
    server = await startOpenfga({ logLevel: "info" });
  });
  afterAll(() => server?.stop());

  test("accepts the correct story", async () => {
    expect(await judgeByServer(server.url, readStory(RIGHT))).toEqual({ judged: COUNTS, failures: [] });
  });
  test("finds each fault of the wrong story", async () => {
    const { judged, failures } = await judgeByServer(server.url, readStory(WRONG));
    expect(judged).toEqual(COUNTS);
    expectFaults(failures);
  });
  test("logs a question whose answer depends on the engine, and the detector finds it", async () => {
    const client = await OpenfgaClient.createStore(server.url, "divergence");
    const before = divergences(server.logs()).length;
    await client.writeModel({
      schema_version: "1.1",
      type_definitions: [{ type: "user" }, {
        type: "doc",
        relations: {
          blocked: { this: {} },
          seen: { difference: { base: { this: {} }, subtract: { computedUserset: { relation: "blocked" } } } },
        },
        metadata: { relations: {
          blocked: { directly_related_user_types: [{ type: "user" }] },
          seen: { directly_related_user_types: [{ type: "user", wildcard: {} }] },
        } },
      }],
    });
    await client.write([{ user: "user:*", relation: "seen", object: "doc:1" }], []);
    await client.listObjects({ user: "user:*", relation: "seen", type: "doc" });
    expect(divergences(server.logs()).length).toBe(before + 1);
  });
});

function expectFaults(failures: readonly string[]): void {
  expect(failures).toHaveLength(FAULTS.length);
  for (const [i, word] of FAULTS.entries()) expect(failures[i]).toContain(`"relation":"${word}"`);
}
