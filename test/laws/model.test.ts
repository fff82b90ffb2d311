// The policy's structure: what model.fga promises at its head, held on the file itself.
import { expect, test } from "vitest";
import {
  ATHLETE_KEYS, LEVELS, ORG_KEYS, relationOf, RESOURCES, ROW_ORG_KEYS,
} from "../../src/policy/permission-keys.ts";
import { seededRoles, KINDS } from "../../src/policy/seeded-roles.ts";
import { isBookkeeping } from "../../src/domain/object-names.ts";
import { MODEL, POLICY } from "../events/policy.ts";
import { World } from "../events/world.ts";
import { CONTRACT } from "./names.ts";

const TYPES = MODEL.json.type_definitions;
const EXCLUDES = '"difference"';

test("there is one exclusion, of a note's athlete (NP3, S21), and one wildcard, on an open invite (S9)", () => {
  const all = TYPES.flatMap((type) => Object.entries(type.relations ?? {})
    .map(([relation, rewrite]) => [`${type.type}#${relation}`, JSON.stringify(rewrite)] as const));
  expect(all.filter(([, rewrite]) => rewrite.includes(EXCLUDES)).map(([name]) => name)).toEqual([
    "note#unflagged_reader",
  ]);
  // The order of writes (events/write-order.ts) rests on it that these alone are subtracted.
  const note = TYPES.find(({ type }) => type === "note")?.relations?.["unflagged_reader"];
  expect(note?.difference?.subtract).toEqual({
    tupleToUserset: { tupleset: { relation: "athlete" }, computedUserset: { relation: "linked_ever" } },
  });
  const athlete = TYPES.find(({ type }) => type === "athlete")?.relations;
  const linkedEver = { union: { child: [{ this: {} }, { computedUserset: { relation: "link" } }] } };
  expect(athlete?.["linked_ever"]).toEqual(linkedEver);
  expect(athlete?.["link"]).toEqual({ this: {} });
  const wild = TYPES.flatMap((type) => Object.entries(type.metadata?.relations ?? {})
    .filter(([, { directly_related_user_types: to }]) => (to ?? []).some((each) => each.wildcard))
    .map(([relation]) => `${type.type}#${relation}`));
  expect(wild.sort()).toEqual(["invite#open", "invite#reopened"]);
});

test("every relation of the contract exists", () => {
  for (const [type, relations] of Object.entries(CONTRACT)) {
    const found = MODEL.types.get(type)?.relations;
    expect(relations.filter((relation) => found?.has(relation) !== true), type).toEqual([]);
  }
});

test("no relation of access refers to a type of bookkeeping", () => {
  const access = TYPES.filter((type) => !isBookkeeping(`${type.type}:`));
  const named = access.flatMap((type) => Object.values(type.metadata?.relations ?? {}))
    .flatMap(({ directly_related_user_types: to }) => (to ?? []).map((each) => each.type));
  expect(named.filter((type) => isBookkeeping(`${type}:`) || type === "value")).toEqual([]);
  const lastSection = POLICY.slice(POLICY.indexOf("# ---- 8 Bookkeeping"));
  expect([...lastSection.matchAll(/^type (\w+)$/gm)].map(([, type]) => type).sort())
    .toEqual(["value", ...TYPES.map(({ type }) => type).filter((type) => isBookkeeping(`${type}:`))].sort());
});

test("every relation of access is of the contract or used by another one", () => {
  const lines = POLICY.replaceAll(/^ *#.*$/gm, "");
  const count = (name: string): number => lines.match(new RegExp(`\\b${name}\\b`, "g"))?.length ?? 0;
  for (const [type, { relations }] of MODEL.types) {
    if (isBookkeeping(`${type}:`)) continue;
    for (const name of relations.keys()) {
      const kept = CONTRACT[type]?.includes(name) === true || name === "role" || name === "team";
      expect(kept || count(name) > 1, `${type}#${name} is used`).toBe(true);
    }
  }
});

test.each(KINDS)("the keys of the seeded org roles are what the model answers, %s", (kind) => {
  for (const role of seededRoles(kind).filter(({ scope, id }) => scope === "org" && id !== "player")) {
    const world = new World();
    world.system("org.created", { org: "o", kind, owner: "boss" });
    const hats = ["admin"];
    world.system("member.added", { org: "o", user: "u", hats, role: role.id });
    const org = MODEL.types.get("org")!.relations;
    for (const key of [...seededRoles(kind).find(({ id }) => id === "owner")!.keys]) {
      const isAlso = role.keys.includes("athletes.assign_coaches") || role.keys.includes(key);
      const byRoster = key === "athletes.create" && role.keys.some((held) => /^roster\.(?:edit|generate)$/.test(held));
      if (org.has(relationOf(key))) {
        const wanted = (key === "org.billing.manage" ? role.keys.includes(key) : isAlso) || byRoster;
        expect(world.can("u", relationOf(key), "org:o"), `${role.id} ${key}`).toBe(wanted);
      }
    }
  }
});

test.each(KINDS)("the keys of the seeded athlete roles are what the model answers on a row, %s", (kind) => {
  for (const role of seededRoles(kind).filter(({ scope }) => scope === "athlete")) {
    const world = new World();
    world.system("org.created", { org: "o", kind, owner: "boss" });
    world.system("member.added", { org: "o", user: "u", hats: ["coach"] });
    world.system("athlete.created", { athlete: "a", org: "o" });
    world.system("athlete.created", { athlete: "other", org: "o" });
    world.system("coaching.started", { coaching: "c", athlete: "a", coach: "u", role: role.id });
    const held = ATHLETE_KEYS.filter((key) => world.can("u", relationOf(key), "athlete:a"));
    expect(held, `${role.id} on its athlete`).toEqual(ATHLETE_KEYS.filter((key) => role.keys.includes(key)));
    expect(ATHLETE_KEYS.filter((key) => world.can("u", relationOf(key), "athlete:other")), role.id).toEqual([]);
    for (const key of ROW_ORG_KEYS) {
      expect(world.can("u", relationOf(key), "org:o"), `${role.id} ${key}`)
        .toBe(role.keys.includes(key) || (kind === "program" && key === "athletes.create"));
    }
    world.system("coaching.ended", { coaching: "c" });
    expect(ATHLETE_KEYS.filter((key) => world.can("u", relationOf(key), "athlete:a")), role.id).toEqual([]);
  }
});

test("of levels the seeded player has View on the playbook and on what is finalized, and no key beside them", () => {
  const world = new World();
  world.system("org.created", { org: "o", kind: "program", owner: "boss" });
  world.system("member.added", { org: "o", user: "p", hats: ["athlete"] });
  const levels = RESOURCES.flatMap((resource) => LEVELS.map((level) => `${resource}.${level}`));
  expect(levels.filter((level) => world.can("p", relationOf(level), "org:o"))).toEqual(["playbook.view"]);
  expect(ORG_KEYS.filter((key) => world.can("p", relationOf(key), "org:o"))).toEqual([]);
  for (const artifact of ["practice_plan:x1", "game_brief:x1"]) {
    world.system("artifact.created", { artifact, org: "o" });
    expect(world.can("p", "can_view", artifact)).toBe(false);
    world.system("artifact.finalized", { artifact });
    expect(["can_view", "can_edit", "can_generate"].filter((each) => world.can("p", each, artifact)))
      .toEqual(["can_view"]);
  }
});
