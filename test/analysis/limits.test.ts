// The limits of the analysis: at the limit it decides, one beyond it says "undecided".
import { describe, expect, test } from "vitest";
import { MAX_CONTEXTS, MAX_SEARCH_STEPS, MAX_WAYS, MAX_WORLD_TUPLES } from "../../src/analysis/analysis-limits.ts";
import { readClaimsFile } from "../../src/analysis/claims-file.ts";
import { contextThatMeets } from "../../src/analysis/condition-context.ts";
import { chased, type Invariant } from "../../src/analysis/invariants.ts";
import { listWays } from "../../src/analysis/list-ways.ts";
import { proveClaims, type ClaimOutcome } from "../../src/analysis/prove-claims.ts";
import type { World } from "../../src/analysis/tuple-world.ts";
import { compileModel, type Model } from "../../src/engine.ts";

const names = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

describe("MAX_WAYS", () => {
  const model = (count: number): Model => compileModel(`
    model
      schema 1.1
    type user
    type note
      relations
${names(count, "r").map((name) => `        define ${name}: [user]`).join("\n")}
        define any: ${names(count, "r").join(" or ")}`);

  test("ways are listed, and one more is a fault that names the relation", () => {
    const list = listWays(model(MAX_WAYS), "note#any");
    expect("ways" in list && list.ways.length).toBe(MAX_WAYS);
    expect(listWays(model(MAX_WAYS + 1), "note#any")).toEqual({ fault: `note#any has more than ${MAX_WAYS} ways` });
  });
});

const edge = "node#next@node";

/** A chain of nodes with this number of tuples. The question's object is its first node. */
function chain(tuples: number): World {
  const types = ["user", ...names(tuples + 1, "").map(() => "node")];
  return { types, user: 0, object: 1,
    tuples: names(tuples, "").map((_, i) => ({ shape: edge, object: i + 1, user: i + 2 })) };
}

/** Every node that is next to another one has a mark. */
const MARKED: Invariant = {
  name: "marked", when: { types: ["node", "node"], tuples: [{ shape: edge, object: 0, user: 1 }] },
  then: {
    kind: "tuples", pattern: { types: ["node", "node"], tuples: [{ shape: "node#mark@node", object: 0, user: 0 }] },
  },
};

describe("invariants", () => {
  test("MAX_WORLD_TUPLES: a world of this size is complete, and a larger one is too large", () => {
    const whole = chased(chain(MAX_WORLD_TUPLES / 2), [MARKED]);
    expect(typeof whole === "string" ? whole : whole.tuples.length).toBe(MAX_WORLD_TUPLES);
    expect(chased(chain(MAX_WORLD_TUPLES / 2 + 1), [MARKED])).toBe("too large");
  });

  test("a search that has no steps left is too large: it may have missed a place", () => {
    const budget = { left: MAX_SEARCH_STEPS };
    const whole = chased(chain(3), [MARKED], budget);
    const taken = MAX_SEARCH_STEPS - budget.left;
    expect(chased(chain(3), [MARKED], { left: taken + 1 })).toEqual(whole);
    expect(chased(chain(3), [MARKED], { left: taken })).toBe("too large");
  });
});

describe("MAX_SEARCH_STEPS", () => {
  /** Blocked are those who are marked at the end of a path of this many steps. */
  const model = (steps: number): Model => compileModel(`
    model
      schema 1.1
    type user
    type node
      relations
        define next: [node]
        define owner: [user]
        define p0: [user]
${names(steps, "").map((_, i) => `        define p${i + 1}: p${i} from next`).join("\n")}
        define reader: owner but not p${steps}`);
  /** Every node of a group leads to every one. No path leads from the first group to the second one's mark. */
  const groups = ["n", "m"].flatMap((group) => ["1", "2", "3", "4"].flatMap((a) => ["1", "2", "3", "4"].map((b) =>
    `node:${group}${a}#next@node:${group}${b}`)));
  const given = [...groups, "node:m1#p0@user:u"];
  const claim = { id: "c", rules: "R1", says: "It holds." };
  const decide = (steps: number, file: object): ClaimOutcome =>
    proveClaims(model(steps), readClaimsFile(file))[0]!;

  test("a `but not` that takes too long to look for leaves a claim undecided", () => {
    const file = { claims: [{ ...claim, "nobody has": "node:n1#reader@user:u", given }] };
    expect(decide(4, file).verdict).toBe("refuted");
    expect(decide(12, file)).toMatchObject({ verdict: "undecided", reason: "the search is too large" });
  });

  test("so does an invariant", () => {
    const path = (steps: number): string[] => [
      ...names(steps, "").map((_, i) => `node:x${i}#next@node:x${i + 1}`),
      "node:x0#owner@user:u", `node:x${steps}#p0@user:u`,
    ];
    const file = (steps: number): object => ({
      invariants: [{ name: "i", says: "No path.", "kept by": "src/x.ts", when: path(steps), then: "never" }],
      claims: [{ ...claim, "nobody has": "node:n1#owner@user:u", given, using: ["i"] }],
    });
    expect(decide(1, file(4)).verdict).toBe("refuted");
    expect(decide(1, file(12))).toMatchObject({ verdict: "undecided", reason: "the search is too large" });
  });
});

describe("MAX_CONTEXTS", () => {
  const parameters = names(11, "a");
  const isFalse = (number: number, i: number): boolean => (number >>> (parameters.length - 1 - i)) % 2 === 1;
  /** The context with this number in the order of trying meets the condition, and no other. True is tried first. */
  const model = (number: number): Model => compileModel(`
    model
      schema 1.1
    type user
    type note
      relations
        define reader: [user with c]
    condition c(${parameters.map((name) => `${name}: bool`).join(", ")}) {
      ${parameters.map((name, i) => (isFalse(number, i) ? `!${name}` : name)).join(" && ")}
    }`);

  test("the last context that is tried is found, and the one after it is not", () => {
    expect(contextThatMeets(model(MAX_CONTEXTS - 1), "c")).toMatchObject({ name: "c", context: { a0: false } });
    expect(contextThatMeets(model(MAX_CONTEXTS), "c")).toBeUndefined();
  });
});
