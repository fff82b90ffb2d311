// A live OpenFGA confirms each way of the policy, and each counterexample of a claim or a comparison.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readClaimsFile } from "../../src/analysis/claims-file.ts";
import { compareModels } from "../../src/analysis/compare-models.ts";
import { contextThatMeets } from "../../src/analysis/condition-context.ts";
import { printStory } from "../../src/analysis/example-story.ts";
import { proveClaims } from "../../src/analysis/prove-claims.ts";
import { frozen, type World } from "../../src/analysis/tuple-world.ts";
import { Unrolling } from "../../src/analysis/unroll.ts";
import { written, type WrittenWorld } from "../../src/analysis/written-world.ts";
import { runPolicy } from "../../src/cli/policy-command.ts";
import { compileModel, type Model } from "../../src/engine.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { fgaAvailable, judgeByFga } from "../corpus/judge-fga.ts";
import { OpenfgaClient, type BatchItem } from "../live/client.ts";
import { ROOT } from "../live/pins.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { MODEL, POLICY } from "../world/policy.ts";

/** Number of questions in one batch: OpenFGA's limit. */
const BATCH = 50;

/** A world with names of its own, so that many worlds fit in one store. */
function named(world: World, model: Model, mark: string): WrittenWorld {
  const own = (name: string): string => name.replace(/^([^:]+):([^*#]+)/, `$1:${mark}-$2`);
  const { tuples, user, object } = written(world, (condition) => contextThatMeets(model, condition)!);
  const marked = tuples.map((tuple): Tuple => ({ ...tuple, object: own(tuple.object), user: own(tuple.user) }));
  return { tuples: marked, user: own(user), object: own(object) };
}

/** Edits of the policy that gain or lose answers. */
const EDITS: ReadonlyArray<[string, string]> = [
  ["flagged_reader) and member from org) or auditor", "flagged_reader)) or auditor"],
  ["staff_reader but not linked_ever from athlete", "staff_reader"],
  ["staff_reader but not linked_ever from athlete", "staff_reader but not link from athlete"],
  ["row_coach from athlete and witness from under", "row_coach from athlete"],
  ["define can_manage: head_coach or", "define can_manage: coach or"],
  ["(([role#holder] or owner_role) and admin_or_office)", "(([role#holder] or full_role) and admin_or_office)"],
  ["define open: [user:*, user:* with unexpired]", "define open: [user:* with unexpired]"],
  ["define member: [user]\n", "define member: [user, role#holder]\n"],
];

/** An edit that takes answers away. */
const LOSS = ["((author or athlete_reader", "(((author and staff from org) or athlete_reader"] as const;

const unrolling = new Unrolling(MODEL);

/** Every way of the policy, with the name of its relation. */
const WAYS = MODEL.relations.flatMap((relation) =>
  unrolling.of(relation).ways.map((way) => [relation.name, way] as const));

/** Number of stores that the ways are spread over. */
const PARTS = 20;

describe.skipIf(!openfgaAvailable("any"))("OpenFGA", () => {
  let server: RunningOpenfga;
  beforeAll(async () => {
    server = await startOpenfga();
  });
  afterAll(() => server.stop());

  /** The answers to questions about worlds, all in one store. */
  async function answersOf(model: Model, worlds: readonly (readonly [string, WrittenWorld])[]): Promise<boolean[]> {
    const client = await OpenfgaClient.createStore(server.url, "ways");
    await client.writeModel(model.json);
    await client.writeAll(worlds.flatMap(([, { tuples }]) => tuples), 100);
    const items = worlds.map(([relation, { user, object }], i): BatchItem =>
      ({ user, relation, object, correlationId: String(i) }));
    const answers: boolean[] = [];
    for (let i = 0; i < items.length; i += BATCH) {
      const results = await client.batchCheck(items.slice(i, i + BATCH));
      for (const item of items.slice(i, i + BATCH)) answers.push(results[item.correlationId]?.allowed === true);
    }
    return answers;
  }

  // Its store in memory takes longer for each write the more tuples it has, so the ways are spread over many.
  test.each(Array.from({ length: PARTS }, (_, part) => [part]))("answers each way with yes: part %i", async (part) => {
    const worlds = WAYS.filter((_, i) => i % PARTS === part)
      .map(([relation, way], i) => [relation, named(frozen(way), MODEL, String(i))] as const);
    const answers = await answersOf(MODEL, worlds);
    expect(worlds.filter((_, i) => !answers[i])).toEqual([]);
    expect(answers.length).toBeGreaterThan(4_000 / PARTS - 1);
  });

  test.each(EDITS)("answers each example differently by the two models: %s", async (from, to) => {
    const after = compileModel(POLICY.replace(from, to));
    const { relations } = compareModels(MODEL, after);
    const examples = relations.flatMap(({ place, gain, loss }) => [[gain, after, MODEL], [loss, MODEL, after]]
      .flatMap(([verdict, yes, no]) => ((verdict as typeof gain).outcome !== "found" ? [] : [{
        relation: place.replace(/^.*#/, ""), world: (verdict as { example: World }).example,
        yes: yes as Model, no: no as Model,
      }])));
    expect(examples.length).toBeGreaterThan(0);
    for (const model of [MODEL, after]) {
      // A store can hold only tuples that its model admits.
      const own = examples.filter(({ yes }) => yes === model)
        .map(({ relation, world }, i) => [relation, named(world, model, String(i))] as const);
      expect(await answersOf(model, own)).toEqual(own.map(() => true));
    }
    const denied = examples.filter(({ world, no }) => isAdmitted(world, no));
    for (const model of [MODEL, after]) {
      const own = denied.filter(({ no }) => no === model)
        .map(({ relation, world }, i) => [relation, named(world, model, String(i))] as const);
      expect(await answersOf(model, own)).toEqual(own.map(() => false));
    }
  });

  test("confirms each counterexample of a claim", async () => {
    const claims = readClaimsFile(parse(readFileSync(join(ROOT, "model.claims.yaml"), "utf8")));
    let confirmed = 0;
    for (const [from, to] of [...EDITS.slice(0, 6), LOSS]) {
      const model = compileModel(POLICY.replace(from, to));
      const refuted = proveClaims(model, claims).filter(({ example }) => example !== undefined);
      const worlds = refuted.map(({ example }, i) =>
        [example!.question.place.replace(/^.*#/, ""), named(example!.world, model, String(i))] as const);
      const expected = refuted.map(({ claim }) => claim.kind !== "whoever satisfies");
      expect(await answersOf(model, worlds)).toEqual(expected);
      confirmed += worlds.length;
    }
    expect(confirmed).toBeGreaterThan(7);
  });

  test("a comparison on the tuples of its store lists who gains", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sideline-diff-"));
    try {
      const client = await OpenfgaClient.createStore(server.url, "policy-diff");
      await client.writeModel(MODEL.json);
      await client.writeAll([{ user: "user:ann", relation: "author", object: "note:1" }], 100);
      const [before, after] = ["before.fga", "after.fga"].map((name) => join(folder, name)) as [string, string];
      writeFileSync(before, POLICY);
      writeFileSync(after, POLICY.replace(...EDITS[0]!));
      const on = { openfga: server.url, storeName: "policy-diff", token: undefined };
      const both = { allowLossOnly: false, story: false, json: false };
      const { status, text } = await runPolicy({ command: "diff", before, after, ...both, on });
      expect([status, text.split("\n").slice(1)]).toEqual([1, [
        "note#can_read: 1 gained, 0 lost", "  + user:ann note:1", "",
      ]]);
      const missing = runPolicy({ command: "diff", before, after, ...both, on: { ...on, storeName: "none" } });
      await expect(missing).rejects.toThrow("no store none");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Whether a model admits every tuple of a world. */
function isAdmitted(world: World, model: Model): boolean {
  const shapes = new Set(model.json.type_definitions.flatMap((type) => Object.entries(type.metadata?.relations ?? {})
    .flatMap(([relation, { directly_related_user_types: to }]) => (to ?? []).map((each) => `${type.type}#${relation}@`
      + each.type + (each.wildcard ? ":*" : each.relation ? `#${each.relation}` : "")
      + (each.condition ? ` with ${each.condition}` : "")))));
  return world.tuples.every(({ shape }) => shapes.has(shape));
}

describe.skipIf(!fgaAvailable())("the fga command line", () => {
  test("runs an example as a story", () => {
    const [from, to] = EDITS[1]!;
    const text = POLICY.replace(from, to);
    const after = compileModel(text);
    const folder = mkdtempSync(join(tmpdir(), "sideline-example-"));
    try {
      const { gain } = compareModels(MODEL, after).relations.find(({ place }) => place === "note#can_read")!;
      const world = (gain as { example: World }).example;
      writeFileSync(join(folder, "before.fga"), POLICY);
      writeFileSync(join(folder, "after.fga"), text);
      const story = (modelFile: string, allowed: boolean): string => printStory({
        name: "example", comment: [], modelFile, model: after,
        tests: [{ name: "note#can_read", world, relation: "can_read", allowed }],
      });
      for (const [file, allowed] of [["after.fga", true], ["before.fga", false]] as const) {
        writeFileSync(join(folder, "example.fga.yaml"), story(file, allowed));
        const { judged, failures } = judgeByFga(join(folder, "example.fga.yaml"));
        expect([failures, judged.checks]).toEqual([[], 1]);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
