// The policy against the published one: its version rises with every change, and the changelog names each one.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compareModels, type Verdict } from "../../src/analysis/compare-models.ts";
import { compileModel, type Model } from "../../src/engine.ts";
import { CHECKABLE } from "../../src/policy/checkable.ts";
import { ATHLETE_KEYS, relationOf } from "../../src/policy/permission-keys.ts";
import { policyOf } from "../../src/policy/version.ts";
import { ROOT } from "../live/pins.ts";
import { POLICY } from "./policy-text.ts";

const RELEASED = readFileSync(join(ROOT, "test/released/model.fga"), "utf8");
const CHANGELOG = readFileSync(join(ROOT, "CHANGELOG.md"), "utf8");
const released = compileModel(RELEASED);
const current = compileModel(POLICY);

/** The sentence of an entry for a change that changes no answer. */
const EQUAL = "The two are equal for all tuple sets.";

/** The part of the changelog about the policy since the published one; undefined without one. */
function entryIn(changelog: string): string | undefined {
  const unreleased = changelog.split(/^## /m).find((part) => part.startsWith("[Unreleased]")) ?? "";
  return unreleased.split(/^### /m).find((part) => part.startsWith("Policy\n"))?.replaceAll(/\s+/g, " ");
}

/** The relations that an entry names as gaining or losing. `athlete#<key>` stands for every key. */
function namedIn(entry: string, heading: "Gains" | "Losses"): string[] {
  const [, list = ""] = new RegExp(`- ${heading}: ((?:\`[^\`]+\`(?:, )?)+)`).exec(entry) ?? [];
  return [...list.matchAll(/`([^`]+)`/g)].flatMap(([, place = ""]) => (place === "athlete#<key>"
    ? ATHLETE_KEYS.map((key) => `athlete#${relationOf(key)}`) : [place])).sort();
}

/** The relations that an app may check and that gain, lose, or may do so. */
function changed(before: Model, after: Model, of: "gain" | "loss"): string[] {
  const checkable = Object.entries(CHECKABLE).flatMap(([type, all]) => all.map((relation) => `${type}#${relation}`));
  const verdicts = new Map(compareModels(before, after).relations
    .map((each): [string, Verdict] => [each.place, each[of]]));
  return checkable.filter((place) => (verdicts.get(place)?.outcome ?? "none") !== "none").sort();
}

/** The faults of a changelog about a change of the policy. */
function faultsOf(changelog: string, before: Model, after: Model): string[] {
  const [old, fresh] = [policyOf(before.json), policyOf(after.json)];
  const entry = entryIn(changelog);
  if (old.digest === fresh.digest) return entry === undefined ? [] : ["there is an entry without a change"];
  if (entry === undefined) return ["there is no entry about the policy"];
  const both = (["Gains", "Losses"] as const).map((heading) => namedIn(entry, heading));
  const real = (["gain", "loss"] as const).map((of) => changed(before, after, of));
  const isSame = JSON.stringify(both) === JSON.stringify(real);
  return [
    ...(entry.includes(`Version ${old.version} `) && entry.includes(`version ${fresh.version}`) ? []
      : ["the entry does not name both versions"]),
    ...(isSame ? [] : [`the entry names ${JSON.stringify(both)}, the comparison finds ${JSON.stringify(real)}`]),
    ...(entry.includes(EQUAL) === (real.flat().length === 0) ? [] : ["`equal for all tuple sets` is said wrongly"]),
  ];
}

/** The fault of a version that does not rise. */
function versionFault(before: Model, after: Model): string | undefined {
  const [old, fresh] = [policyOf(before.json), policyOf(after.json)];
  if (old.digest === fresh.digest) return old.version === fresh.version ? undefined : "a version without a change";
  return fresh.version > old.version ? undefined : `the policy differs from the published version ${old.version}`;
}

describe("the policy since the published one", () => {
  test("the changelog names every relation that an app may check and that gains or loses", () => {
    expect(faultsOf(CHANGELOG, released, current)).toEqual([]);
  });

  test("its version has risen", () => expect(versionFault(released, current)).toBeUndefined());
});

describe("a later change", () => {
  const changelog = (...lines: readonly string[]): string =>
    ["# Changelog", "## [Unreleased]", "### Policy", "", ...lines, "", "## [0.1.0]", ""].join("\n");
  const version = policyOf(current.json).version;
  /** The policy with the next version and one text replaced. */
  const next = (from = "", to = "", number = version + 1): Model =>
    compileModel(POLICY.replace(`define version_${version}:`, `define version_${number}:`).replace(from, to));
  const head = `Version ${version} became version ${version + 1}.`;
  const share = "define share_reader: shared_with and staff from org";
  const wider = next(share, share.replace("staff", "member"));

  test("of comments alone needs neither a version nor an entry", () => {
    const commented = compileModel(`# A comment.\n${POLICY}`);
    expect([versionFault(current, commented), faultsOf("", current, commented)]).toEqual([undefined, []]);
    expect(faultsOf(changelog(head, EQUAL), current, commented)).toEqual(["there is an entry without a change"]);
  });

  test("of one line needs the next version, whatever it changes", () => {
    const same = share.replace("shared_with and staff from org", "staff from org and shared_with");
    for (const text of [share.replace("staff", "member"), same]) {
      expect(versionFault(current, next(share, text, version))).toContain("differs from the published version");
      expect(versionFault(current, next(share, text))).toBeUndefined();
    }
  });

  test("that changes no answer says so", () => {
    const same = next(share, "define share_reader: staff from org and shared_with");
    expect(faultsOf(changelog(head, EQUAL), current, same)).toEqual([]);
    expect(faultsOf(changelog(head), current, same)).toEqual(["`equal for all tuple sets` is said wrongly"]);
    expect(faultsOf(changelog(EQUAL), current, same)).toEqual(["the entry does not name both versions"]);
    expect(faultsOf("# Changelog\n", current, same)).toEqual(["there is no entry about the policy"]);
  });

  test("that gives answers names them, and nothing else", () => {
    const gains = "- Gains: `note#can_read`. Any member reads a shared note.";
    expect(faultsOf(changelog(head, gains), current, wider)).toEqual([]);
    for (const wrong of [[], [EQUAL], [gains, EQUAL], ["- Losses: `note#can_read`."],
      ["- Gains: `note#can_read`, `note#can_edit`."]]) {
      expect(faultsOf(changelog(head, ...wrong), current, wider)).not.toEqual([]);
    }
  });
});
