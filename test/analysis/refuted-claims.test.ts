// No claim of the policy is empty: an edit refutes it, and it needs each of its alternatives and invariants.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readClaimsFile, type WrittenClaim } from "../../src/analysis/claims-file.ts";
import { proveClaims, type ClaimOutcome } from "../../src/analysis/prove-claims.ts";
import { isYes } from "../../src/analysis/written-world.ts";
import { ROOT } from "../live/pins.ts";
import { editedModel } from "../mutation/edited-model.ts";
import { editsOf } from "../mutation/edits.ts";
import { plainModel } from "../mutation/plain-model.ts";
import { MODEL } from "../world/policy.ts";
import { REFUTING_EDITS } from "./refuting-edits.ts";

const FILE = readClaimsFile(parse(readFileSync(join(ROOT, "model.claims.yaml"), "utf8")));
const PLAIN = plainModel(MODEL.json);
const TYPES = new Set(MODEL.json.type_definitions.map(({ type }) => type));
const EDITS = new Map([...editsOf(PLAIN, TYPES)].map((edit) => [`${edit.place}: ${edit.change}`, edit]));

/** The outcome of one claim for the policy. */
function decide(claim: WrittenClaim, model = MODEL): ClaimOutcome {
  return proveClaims(model, { ...FILE, claims: [claim] })[0]!;
}

test("every claim has an edit, and no edit is for a claim that the file lacks", () => {
  expect(Object.keys(REFUTING_EDITS).sort()).toEqual(FILE.claims.map(({ id }) => id).sort());
});

test.each(FILE.claims.map((claim) => [claim.id, REFUTING_EDITS[claim.id] ?? "", claim] as const))(
  "%s is refuted by %s", (_, name, claim) => {
    const edit = EDITS.get(name);
    expect(edit, `there is no edit '${name}'`).toBeDefined();
    const model = editedModel(MODEL.json, edit!);
    const { verdict, example } = decide(claim, model);
    expect(verdict).toBe("refuted");
    const relation = example!.question.place.replace(/^.*#/, "");
    const isPermission = claim.kind === "whoever satisfies";
    expect([isYes(model, example!.world, relation), isYes(MODEL, example!.world, relation)])
      .toEqual([!isPermission, isPermission]);
  });

describe("without one of its parts a claim is refuted", () => {
  const parts = FILE.claims.flatMap((claim) => (["alternatives", "exceptions", "using", "given"] as const)
    .flatMap((field) => claim[field].map((part, i) => {
      const rest = { ...claim, [field]: claim[field].toSpliced(i, 1) } as WrittenClaim;
      return { id: claim.id, field, part: String(part), rest, claim };
    })))
    // A claim about those who satisfy something is weaker without an alternative, and a limit stronger.
    .filter(({ claim, field }) => !(claim.kind === "whoever satisfies" && field === "alternatives"));

  test("each alternative of a limit, each exception, each invariant is needed", () => {
    const idle = parts.filter(({ field, rest }) => field !== "given" && decide(rest).verdict === "proved");
    expect(idle.map(({ id, field, part }) => `${id}: ${field}: ${part}`)).toEqual([]);
  });

  test("each alternative of a permission, with its lists, is a set of tuples that the policy answers with yes", () => {
    const permissions = FILE.claims.filter(({ kind }) => kind === "whoever satisfies");
    const nobody = (claim: WrittenClaim, alternative: WrittenClaim["alternatives"][number]): WrittenClaim => ({
      ...claim, kind: "nobody has", alternatives: [], exceptions: [],
      given: typeof alternative === "string" ? [alternative] : [...alternative],
    });
    const single = permissions.flatMap((claim) => claim.alternatives.map((each) => nobody(claim, each)));
    const decided = single.flatMap((claim) => {
      try {
        return [decide(claim)];
      } catch (error) {
        // A word with alternatives of its own cannot be given.
        expect(String(error)).toContain("has alternatives");
        return [];
      }
    });
    expect(decided.filter(({ verdict }) => verdict !== "refuted").map(({ claim }) => claim.id)).toEqual([]);
    expect(decided.length).toBeGreaterThan(permissions.length / 2);
  });
});
