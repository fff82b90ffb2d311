// The figures of docs/assurance.md are those of the project.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readClaimsFile } from "../../src/analysis/claims-file.ts";
import { Unrolling } from "../../src/analysis/unroll.ts";
import { copyWithSwitches } from "../explore/guard-copy.ts";
import { ANSWER_ONLY } from "../explore/answer-only-guards.ts";
import { INVARIANTS } from "../explore/invariants.ts";
import { pinnedVersion, ROOT } from "../live/pins.ts";
import { MODEL } from "../world/policy.ts";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const page = read("docs/assurance.md").replaceAll(/\s+/g, " ");
const { claims, invariants } = readClaimsFile(parse(read("model.claims.yaml")));
const text = (count: number): string => count.toLocaleString("en");

test("ways and claims", () => {
  const unrolling = new Unrolling(MODEL);
  const ways = MODEL.relations.reduce((sum, relation) => sum + unrolling.of(relation).ways.length, 0);
  const readers = unrolling.of(MODEL.types.get("note")!.relations.get("can_read")!).ways.length;
  const relying = claims.filter(({ using }) => using.length > 0);
  const relations = MODEL.relations.length;
  expect(page).toContain(`each of its ${relations} relations has finitely many ways, ${text(ways)} in all`);
  expect(page).toContain(`\`note#can_read\` has ${readers}.`);
  expect(page).toContain(`has ${claims.length} claims`);
  expect(page).toContain(`${claims.length - relying.length} of them need nothing but the policy's text; `
    + `${relying.length} need the invariants below`);
  expect(page).toContain(`| claims | ${claims.length} proved, 0 refuted, 0 undecided |`);
  for (const { id } of relying) expect(page).toContain(`\`${id}\``);
});

test("invariants, each with the files that keep it", () => {
  for (const { says, keptBy } of invariants) {
    expect(page).toContain(`| ${says} | ${keptBy.map((path) => `\`${path}\``).join(", ")} |`);
  }
  expect(page).toContain(`together with ${INVARIANTS.length - invariants.length} other invariants`);
});

test("guards, and faults in the analysis", async () => {
  const copy = await copyWithSwitches();
  copy.remove();
  const listed = Object.keys(ANSWER_ONLY).length;
  expect(page).toContain(`of ${copy.guards.length - listed} that do not only choose an error code`);
  expect(page).toContain(`| guards that only choose an error code, each with its reason | ${listed} |`);
  const faults = read("test/analysis/judges/faults.test.ts").match(/^ {2}\{ name: "/gm) ?? [];
  expect(page).toContain(`${faults.length} faults are seeded into the analysis itself`);
});

test("edits, as the README counts them", () => {
  const readme = read("README.md").replaceAll(/\s+/g, " ");
  const [, edits = ""] = /Each of the ([\d,]+) one-place edits/.exec(readme) ?? [];
  const [, equal = ""] = /The exception is (\d+) edits/.exec(readme) ?? [];
  expect(page).toContain(`| one-place edits of \`model.fga\` | ${edits}: all noticed but ${equal}, proved equal,`);
});

/** Returns the number that a source file states, as the page prints it. */
function figure(path: string, pattern: RegExp): string {
  const [, digits] = pattern.exec(read(path)) ?? [];
  expect(digits, `${path} ${pattern}`).toBeDefined();
  return text(Number(digits!.replaceAll("_", "")));
}

test("sizes of the short and the long forms", () => {
  const states = figure("test/explore/explore.test.ts", /^const STATES = ([\d_]+);$/m);
  const asked = figure("scripts/explore-wanted.mjs", /SIDELINE_EXPLORE_STATES: states = ([\d_]+) /);
  expect(page).toContain(`| explored states | ${states} | ${asked} |`);
  const judges = "test/analysis/judges/judges.test.ts";
  const pairs = [/n < runsOr\((\d+), \d+\)/, /n < runsOr\(\d+, (\d+)\)/].map((each) => figure(judges, each));
  expect(page).toContain(`| pairs of edited models that analysis, z3 and brute force decide | ${pairs.join(" | ")} |`);
  expect(figure(judges, /own\.filter\(\(_, i\) => i % (\d+) === 0\)/)).toBe("40");
  expect(page).toContain("| each of a claim with few, else every fortieth | all |");
  const drawn = figure("test/explore/guards.test.ts", /^const DRAWN = (\d+);$/m);
  expect(page).toContain(`that do not only choose an error code | ${drawn}, drawn | all |`);
  const brute = "test/analysis/judges/brute-judge.ts";
  const [full, short] = [/MAX_CANDIDATES = FULL \? (\d+) :/, /MAX_CANDIDATES = FULL \? \d+ : (\d+);/]
    .map((each) => figure(brute, each));
  expect(page).toContain(`over all subsets of up to ${full} candidate tuples, ${short} in a short run`);
  expect(page).toContain(`| OpenFGA ${pinnedVersion("openfga")} |`);
});

test("the judges share types alone with the program", () => {
  const folder = "test/analysis/judges";
  // These draw models and plant faults: they decide nothing.
  const others = /\.test\.ts$|^edited-models\.ts$|^seeded-faults\.ts$/;
  const judges = readdirSync(join(ROOT, folder)).filter((name) => !others.test(name))
    .map((name) => `${folder}/${name}`);
  expect(judges).toEqual(expect.arrayContaining([`${folder}/z3-judge.ts`, `${folder}/brute-judge.ts`]));
  for (const path of [...judges, "test/mutation/plain-model.ts"]) {
    const imports = read(path).match(/^(?:import|export) [^;]*from "(?:\.\.\/)+src\/[^;]*;$/gm) ?? [];
    expect(imports.filter((line) => !line.startsWith("import type ")), path).toEqual([]);
  }
});
