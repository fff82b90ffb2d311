// The judges judged: each finds nothing in a right story, and every fault in a wrong one.
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

/** The wrong assertions of the wrong story, by a word each failure line must hold. */
const FAULTS = ["reader", "editor", "owner"];

test("a story is counted by its single assertions", () => {
  expect(storyFiles(FOLDER)).toEqual([RIGHT, WRONG]);
  expect(countsOf(readStory(RIGHT))).toEqual(COUNTS);
});

describe.skipIf(!fgaAvailable())("the fga command line", () => {
  test("passes the right story", () => expect(judgeByFga(RIGHT)).toEqual({ judged: COUNTS, failures: [] }));
  test("finds each fault of the wrong one", () => {
    const { judged, failures } = judgeByFga(WRONG);
    expect(judged).toEqual(COUNTS);
    expect(failures.join("\n").match(/^ⅹ \w+\(/gm)).toEqual(["ⅹ Check(", "ⅹ ListObjects(", "ⅹ ListUsers("]);
  });
  test("tells a valid model from what is none", () => {
    expect(fgaRefusalOf(`${FOLDER}/model.fga`)).toBeUndefined();
    expect(fgaRefusalOf(RIGHT)).toBeDefined();
  });
});

describe("the evaluator", () => {
  test("passes the right story", async () => {
    expect(await judgeByEngine(readStory(RIGHT))).toEqual({ judged: COUNTS, failures: [] });
  });
  test("finds each fault of the wrong one", async () => {
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

  test("passes the right story", async () => {
    expect(await judgeByServer(server.url, readStory(RIGHT))).toEqual({ judged: COUNTS, failures: [] });
  });
  test("finds each fault of the wrong one", async () => {
    const { judged, failures } = await judgeByServer(server.url, readStory(WRONG));
    expect(judged).toEqual(COUNTS);
    expectFaults(failures);
  });
  test("logs a question whose answer depends on the engine, and the detector sees it", async () => {
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
