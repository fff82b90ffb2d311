// The pointers in model.fga's comments: `-> a -> b` names lines that exist and that are used, and ends at what decides.
import { describe, expect, test } from "vitest";
import { check, compileModel, createTupleSet } from "../../src/engine.ts";
import type { AuthorizationModelJson } from "../../src/model/schema.ts";
import { POLICY, readPolicyText } from "./policy-text.ts";

const model = compileModel(POLICY);
const { definitions, comments } = readPolicyText(POLICY);
const uses = usesOf(model.json);

/** The relations that each relation's definition names, in its own type and in the types it leads to. */
function usesOf({ type_definitions: types }: AuthorizationModelJson): ReadonlyMap<string, ReadonlySet<string>> {
  const places = new Set(types.flatMap(({ type, relations }) =>
    Object.keys(relations ?? {}).map((relation) => `${type}#${relation}`)));
  return new Map(definitions.map(({ place, type, text }) => {
    const leadsTo = (tupleset: string): string[] =>
      [...(definitions.find((line) => line.place === `${type}#${tupleset}`)?.text ?? "").matchAll(/[[ ](\w+)[\],]/g)]
        .map(([, to = ""]) => to);
    const direct = [...text.matchAll(/\w+#\w+/g)].map(([userset]) => userset);
    const from = [...text.matchAll(/(\w+) from (\w+)/g)].flatMap(([, relation = "", tupleset = ""]) =>
      [`${type}#${tupleset}`, ...leadsTo(tupleset).map((to) => `${to}#${relation}`)]);
    const own = text.replace(/\[.*?\]|\w+ from \w+/g, "").match(/\w+/g) ?? [];
    const named = [...direct, ...from, ...own.map((relation) => `${type}#${relation}`)];
    return [place, new Set(named.filter((each) => places.has(each)))];
  }));
}

/** Everything that a relation's answer can depend on. */
function reachOf(place: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const next = [place];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    for (const to of uses.get(at) ?? []) {
      if (seen.has(to)) continue;
      seen.add(to);
      next.push(to);
    }
  }
  return seen;
}

/** The paths of a comment, each as its hops; a line break inside one does not matter. */
function pathsIn(comment: string): string[][] {
  return [...comment.matchAll(/(?:->\s+\w+#\w+\s*)+/g)].map(([path]) => path.match(/\w+#\w+/g) ?? []);
}

/** Faults of the pointers above a line: of a run of lines, one that uses each path's first hop is enough. */
function faultsOf(comment: string, places: readonly string[]): string[] {
  return pathsIn(comment).flatMap((path) => path.flatMap((hop, i) => {
    const from = i === 0 ? places : [path[i - 1] ?? ""];
    return from.some((place) => reachOf(place).has(hop)) ? [] : [`${from.join()} does not use ${hop}`];
  }));
}

test("each pointer names a line that the lines below it use", () => {
  const places = new Map<string, string[]>();
  for (const { place, type, comment } of definitions) {
    const above = `${type}\n${comment}`;
    places.set(above, [...(places.get(above) ?? []), place]);
  }
  expect([...places].flatMap(([comment, lines]) => faultsOf(comment, lines))).toEqual([]);
  const all = pathsIn(comments.replaceAll(/^\s*#|`[^`]*`/gm, ""));
  expect(all.flat().filter((place) => !uses.has(place))).toEqual([]);
  expect(all.length).toBeGreaterThan(40);
});

test("a pointer to a line that is not used, or does not exist, is a fault", () => {
  expect(faultsOf("x -> note#row_reader -> coaching#active_on.", ["note#can_read"])).toEqual([]);
  expect(faultsOf("x -> note#row_reader -> seat#team.", ["note#can_read"])).toEqual([
    "note#row_reader does not use seat#team",
  ]);
  expect(faultsOf("x -> note#nobody", ["note#can_read"])).toHaveLength(1);
});

type Key = readonly [user: string, relation: string, object: string];

/** A note about Ann, whom Cara and Nils coach; Aki assists on Ann's team; Hana is a member it is shared with. */
const WORLD: readonly Key[] = [
  ...["ann", "aki", "cara", "hana", "nils", "olaf"].map((name): Key => [`user:${name}`, "member", "org:o"]),
  ...["aki", "cara", "nils"].map((name): Key => [`user:${name}`, "coach_hat", "org:o"]),
  ["user:hana", "office_hat", "org:o"], ["user:ann", "athlete_hat", "org:o"], ["user:olaf", "admin_hat", "org:o"],
  ["org:o", "org", "athlete:ann"], ["user:ann", "link", "athlete:ann"],
  ["org:o", "org", "team:t"], ["team:t", "team", "athlete:ann"], ["team:t", "team", "seat:t/ann"],
  ...["cara", "nils"].flatMap((name): Key[] => [
    [`user:${name}`, "coach", `coaching:${name}`], ["athlete:ann", "active_on", `coaching:${name}`],
    [`coaching:${name}`, "coaching", "athlete:ann"],
  ]),
  ...["aki", "nils"].flatMap((name): Key[] => [
    [`user:${name}`, "coach", `team_assignment:${name}`], ["team:t", "active_on", `team_assignment:${name}`],
    [`team_assignment:${name}`, "assignment", "team:t"],
  ]),
  ...["row", "team"].flatMap((id): Key[] => [
    ["org:o", "org", `note:${id}`], ["athlete:ann", "athlete", `note:${id}`], ["user:nils", "author", `note:${id}`],
    ["athlete:ann", "visible_to", `note:${id}`], ["user:hana", "shared_with", `note:${id}`],
  ]),
  ["coaching:nils", "under", "note:row"], ["team_assignment:nils", "under", "note:team"],
  ["seat:t/ann", "seat", "note:team"],
];

/** Whom note#can_read stops: the words of its comment, the path, a reader and a note, and the tuple that is missing. */
const STOPS: ReadonlyArray<readonly [words: string, path: string, user: string, note: string, missing: Key]> = [
  ["an assistant whose assignment ended", "note#team_reader team_assignment#active_on", "aki", "team",
    ["team:t", "active_on", "team_assignment:aki"]],
  ["a coach of a team that the athlete left", "note#team_reader seat#team", "aki", "team",
    ["team:t", "team", "seat:t/ann"]],
  ["the team, once the writer's assignment ended", "note#team_reader team_assignment#witness", "aki", "team",
    ["team:t", "active_on", "team_assignment:nils"]],
  ["a coach whose coaching row ended", "note#row_reader coaching#active_on", "cara", "row",
    ["athlete:ann", "active_on", "coaching:cara"]],
  ["the next coach, once the writer's row ended", "note#row_reader coaching#witness", "cara", "row",
    ["athlete:ann", "active_on", "coaching:nils"]],
  ["a deactivated member", "org#member", "cara", "row", ["user:cara", "member", "org:o"]],
  ["a coach of another org", "org#member", "nils", "row", ["user:nils", "member", "org:o"]],
  ["an athlete, if the note is not flagged", "note#athlete_reader note#visible_to", "ann", "row",
    ["athlete:ann", "visible_to", "note:row"]],
  ["a member it is shared with, without a staff hat", "note#share_reader org#staff", "hana", "row",
    ["user:hana", "office_hat", "org:o"]],
  ["an office member with every org key", "org#auditor", "olaf", "row", ["user:olaf", "admin_hat", "org:o"]],
];

const reads = (name: string, note: string, tuples: readonly Key[]): boolean => {
  const set = createTupleSet();
  for (const [user, relation, object] of tuples) set.add({ user, relation, object });
  const answer = check(model, set, { user: `user:${name}`, relation: "can_read", object: `note:${note}` });
  return "allowed" in answer && answer.allowed;
};

describe("from note#can_read it takes at most two jumps to the deciding line", () => {
  const { comment } = definitions.find(({ place }) => place === "note#can_read")!;

  test.each(STOPS)("%s", (words, path, user, note, missing) => {
    const row = comment.split("\n").find((line) => line.startsWith(`${words} `)) ?? "";
    const hops = path.split(" ");
    expect(pathsIn(row)).toEqual([hops]);
    expect(hops.length).toBeLessThanOrEqual(2);
    expect(reads(user, note, WORLD)).toBe(true);
    expect(reads(user, note, WORLD.filter((tuple) => tuple.join() !== missing.join()))).toBe(false);
  });

  test("that athlete, who also coaches", () => {
    const [words, path] = ["that athlete, who also coaches", "note#unflagged_reader athlete#linked_ever"];
    const row = comment.split("\n").find((line) => line.startsWith(`${words} `)) ?? "";
    expect(pathsIn(row)).toEqual([path.split(" ")]);
    const unflagged = WORLD.filter(([, relation]) => relation !== "visible_to");
    expect(reads("cara", "row", unflagged)).toBe(true);
    expect(reads("cara", "row", [...unflagged, ["user:cara", "linked_ever", "athlete:ann"]])).toBe(false);
  });

  test("the comment has no other row", () => {
    expect(comment.split("\n").filter((line) => line.includes("->"))).toHaveLength(STOPS.length + 1);
  });

  test.each(["note#team_reader", "note#row_reader", "note#share_reader", "note#unflagged_reader"])(
    "the comment of %s has the second jump itself", (place) => {
      const second = STOPS.flatMap(([, path]) => path.split(" ")[0] === place ? [path.split(" ")[1]] : []);
      const own = pathsIn(definitions.find((line) => line.place === place)?.comment ?? "").flat();
      expect(second.filter((hop) => !own.includes(hop ?? ""))).toEqual([]);
      expect(own.length).toBeGreaterThan(0);
    });
});
