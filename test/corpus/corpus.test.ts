// The corpus: three judges evaluate every story under tuples/, and each must have evaluated all of it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { judgeByEngine } from "./judge-engine.ts";
import { fgaAvailable, fgaRefusalOf, judgeByFga } from "./judge-fga.ts";
import { divergences, judgeByServer } from "./judge-openfga.ts";
import { countsOf, readStory, storyFiles } from "./story.ts";

const files = storyFiles("tuples");

test("stories exist, and each can be read", () => {
  expect(files.length).toBeGreaterThan(0);
  expect(files.map(readStory).filter((story) => countsOf(story).checks === 0)).toEqual([]);
});

describe.skipIf(!fgaAvailable())("judged by the fga command line", () => {
  test("the model is valid", () => expect(fgaRefusalOf("model.fga")).toBeUndefined());
  test.each(files)("%s", (file) => {
    expect(judgeByFga(file)).toEqual({ judged: countsOf(readStory(file)), failures: [] });
  });
});

const engines: ReadonlyArray<[string, readonly string[]]> = [
  ["the default engine", []],
  ["the weighted graph engine", ["weighted_graph_check"]],
];
describe.skipIf(!openfgaAvailable("fresh")).each(engines)("judged by a live OpenFGA with %s", (_, experimentals) => {
  let server: RunningOpenfga;
  beforeAll(async () => {
    server = await startOpenfga({ logLevel: "info", experimentals });
  });
  afterAll(() => server?.stop());

  test.each(files)("%s", async (file) => {
    const story = readStory(file);
    expect(await judgeByServer(server.url, story)).toEqual({ judged: countsOf(story), failures: [] });
  });
  test("the server logged no question whose answer changes with the engine", () => {
    expect(server.logs()).toContain('"grpc_method":"Check"');
    expect(server.logs().includes("weighted_graph_check")).toBe(experimentals.length > 0);
    expect(divergences(server.logs())).toEqual([]);
  });
});

describe("judged by Sideline's evaluator", () => {
  test.each(files)("%s", async (file) => {
    const story = readStory(file);
    expect(await judgeByEngine(story)).toEqual({ judged: countsOf(story), failures: [] });
  });
});
