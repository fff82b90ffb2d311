// Two judges that share no code with the analysis, z3 and brute force, come to its verdicts.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readClaimsFile } from "../../../src/analysis/claims-file.ts";
import { compareModels, type Verdict } from "../../../src/analysis/compare-models.ts";
import { proveClaims } from "../../../src/analysis/prove-claims.ts";
import { written } from "../../../src/analysis/written-world.ts";
import { buildModel, compileModel } from "../../../src/engine.ts";
import { ROOT } from "../../live/pins.ts";
import { Draw } from "../../laws/draw.ts";
import { FULL, runsOr, SEED } from "../../laws/law.ts";
import { MODEL, POLICY } from "../../world/policy.ts";
import { bruteExample, isTrue } from "./brute-judge.ts";
import { contestsOf } from "./claim-contests.ts";
import { drawPair } from "./edited-models.ts";
import { groundOf, termOf } from "./ground-tuples.ts";
import { contestsBetween } from "./model-contests.ts";
import { Z3Judge } from "./z3-judge.ts";

const FILE = parse(readFileSync(join(ROOT, "model.claims.yaml"), "utf8")) as unknown;

/** Number of random candidate sets that brute force tries for each contest. */
const TRIES = FULL ? 60 : 4;

let z3: Z3Judge;
beforeAll(() => {
  z3 = new Z3Judge();
});
afterAll(() => z3.stop());

describe("the claims of the policy", () => {
  const contests = contestsOf(FILE, MODEL.json);
  const outcomes = proveClaims(MODEL, readClaimsFile(FILE));
  const decided = { contests: 0, undecided: 0 };

  test.each(outcomes.map((outcome) => [outcome.claim.id, outcome] as const))("%s", async (id, outcome) => {
    const own = contests.get(id)!;
    expect(own.length).toBeGreaterThan(0);
    // Contests about keys are alike: in the short form every fortieth one, and each of a claim with few.
    const chosen = own.length <= 20 || FULL ? own : own.filter((_, i) => i % 40 === 0);
    const draw = new Draw(SEED);
    for (const contest of chosen) {
      const verdict = await z3.decide(contest);
      decided.contests += 1;
      if (verdict === "undecided") decided.undecided += 1;
      if (outcome.verdict === "proved") expect([id, verdict]).not.toEqual([id, "exists"]);
      if (outcome.verdict !== "proved") continue;
      for (let i = 0; i < TRIES; i++) expect(bruteExample(contest, draw)).toBe(undefined);
    }
  });

  test("z3 runs out of time on few", () => {
    expect(decided.contests).toBeGreaterThan(200);
    expect(decided.undecided).toBeLessThan(decided.contests / 20);
  });

  test.each([
    ["athlete-reads-only-flagged", "staff_reader but not linked_ever from athlete", "staff_reader"],
    ["note-readers-are-members", "flagged_reader) and member from org) or auditor", "flagged_reader)) or auditor"],
    ["author-reads", "((author or athlete_reader", "(((author and staff from org) or athlete_reader"],
    ["billing-is-the-owners", "or owner_role) and admin_or_office)", "or full_role) and admin_or_office)"],
  ])("%s is refuted by both for a policy that breaks it", async (id, from, to) => {
    const [contest] = contestsOf(FILE, compileModel(POLICY.replace(from, to)).json).get(id)!;
    expect(await z3.decide(contest!)).toBe("exists");
    const draw = new Draw(SEED);
    const tries = Array.from({ length: 400 }, () => () => bruteExample(contest!, draw));
    expect(tries.some((attempt) => attempt() !== undefined)).toBe(true);
  });
});

describe("random pairs of edited models", () => {
  test("the verdicts on each relation agree", async () => {
    const counts = { found: 0, none: 0, undecided: 0, z3: 0 };
    console.log(`seed ${SEED} (SIDELINE_TEST_SEED)`);
    for (let n = 0; n < runsOr(25, 500); n++) {
      const draw = new Draw(SEED + n * 7_919);
      const { before, after } = drawPair(draw);
      const { relations } = compareModels(buildModel(before), buildModel(after));
      for (const { place, gain, loss } of relations) {
        const name = `${place} of ${JSON.stringify({ before, after })}`;
        for (const [verdict, yes, no] of [[gain, after, before], [loss, before, after]] as const) {
          counts[verdict.outcome] += 1;
          if (await agrees(name, verdict, contestsBetween(yes, no, place), draw)) counts.z3 += 1;
        }
      }
    }
    console.log(`verdicts: ${JSON.stringify(counts)}`);
    if (process.env["SIDELINE_TEST_RUNS"] !== undefined) return;
    expect(counts.found).toBeGreaterThan(10);
    expect(counts.none).toBeGreaterThan(10);
    expect(counts.z3).toBeGreaterThan((counts.found + counts.none) * 0.9);
    expect(counts.undecided).toBeLessThan((counts.found + counts.none) * 0.2);
  });
});

/** Expects that the judges agree with a verdict. Returns true if z3 decided each contest. */
async function agrees(
  name: string, verdict: Verdict, contests: ReturnType<typeof contestsBetween>, draw: Draw,
): Promise<boolean> {
  const decided = await Promise.all(contests.map((contest) => z3.decide(contest)));
  if (verdict.outcome === "found") {
    const { tuples, user, object } = written(verdict.example);
    const facts = tuples.map(groundOf);
    const own = contests.find((contest) => contest.user.type === termOf(user).type)!;
    const renamed = facts.map((fact) => rename(rename(fact, termOf(user), own.user), termOf(object), own.object));
    expect([isTrue(own.left, renamed, own), isTrue(own.right, renamed, own)], name).toEqual([true, false]);
    expect(decided.some((each) => each !== "none"), name).toBe(true);
  } else if (verdict.outcome === "none") {
    expect(decided, name).not.toContain("exists");
    for (const contest of contests) {
      for (let i = 0; i < TRIES; i++) expect(bruteExample(contest, draw), name).toBe(undefined);
    }
  }
  return !decided.includes("undecided");
}

function rename(
  fact: ReturnType<typeof groundOf>, from: ReturnType<typeof termOf>, to: ReturnType<typeof termOf>,
): ReturnType<typeof groundOf> {
  const renamed = (term: typeof from): typeof from => (term.type === from.type && term.name === from.name ? to : term);
  return { ...fact, object: renamed(fact.object), user: fact.user === "*" ? "*" : renamed(fact.user) };
}
