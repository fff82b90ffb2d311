// The figures of docs/assurance.md are those of the project.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readClaimsFile } from "../../src/analysis/claims-file.ts";
import { Unrolling } from "../../src/analysis/unroll.ts";
import { copyWithSwitches } from "../explore/guard-copy.ts";
import { ANSWER_ONLY } from "../explore/answer-only-guards.ts";
import { INVARIANTS } from "../explore/invariants.ts";
import { ROOT } from "../live/pins.ts";
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
