// `sideline migrate` as a real process, from a folder to a real OpenFGA and back: complete, interrupted and refused.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrate } from "../../src/cli/migrate.ts";
import { OpenfgaServer } from "../../src/openfga/client.ts";
import { startOn } from "../../src/openfga/openfga-start.ts";
import { OpenfgaStore } from "../../src/openfga/write/openfga-store.ts";
import { openEmbeddedStore } from "../../src/embedded/embedded-store.ts";
import type { Store } from "../../src/tuples/store.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { MODEL, PATIENT } from "../openfga/fleet.ts";
import { buildCommand, type Command } from "./command.ts";

let command: Command;
let folder: string;
let fga: RunningOpenfga;

beforeAll(async () => {
  command = buildCommand();
  folder = command.folder;
  if (openfgaAvailable("fresh")) fga = await startOpenfga({ logLevel: "error" });
});
afterAll(async () => {
  await fga?.stop();
  command.remove();
});

const sideline = (...args: string[]): ReturnType<Command["run"]> => command.run(...args);

/** 250 tuples and a ledger: more than two writes. */
const TUPLES: Tuple[] = [
  { object: "ledger:org/a", relation: "at", user: "value:7" },
  ...Array.from({ length: 250 }, (_, i): Tuple => ({ object: `ledger:org/${i + 1}`, relation: "at", user: "value:1" })),
];

async function fill(name: string): Promise<string> {
  const path = join(folder, name);
  const store = openEmbeddedStore(path);
  for (let i = 0; i < TUPLES.length; i += 100) await store.apply([{ writes: TUPLES.slice(i, i + 100), deletes: [] }]);
  await store.close();
  return path;
}

async function textsOf(store: Pick<Store, "read">): Promise<string[]> {
  const texts: string[] = [];
  for await (const { object, relation, user } of store.read()) texts.push(`${object}#${relation}@${user}`);
  return texts.sort();
}

async function openOn(name: string): Promise<OpenfgaStore> {
  const server = new OpenfgaServer({ url: fga.url, token: undefined, ...PATIENT });
  const { store, modelId } = await startOn(server, name, MODEL.json);
  return new OpenfgaStore(server, store.id, modelId);
}

test("wrong usage exits with 2 and says why", () => {
  const wrong = [
    [[], "--from <place>"], [["--from", "x", "--to", "x"], "the same place"],
    [["--from", "x", "--to", "y", "--nonsense"], "--nonsense"],
    [["--from", "x", "--to", "y", "--repair"], "--repair"],
  ] as const;
  for (const [args, words] of wrong) {
    expect(sideline("migrate", ...args)).toEqual({ code: 2, said: expect.stringContaining(words) });
  }
});

describe.skipIf(!openfgaAvailable("fresh"))("on a real OpenFGA", () => {
  test("a dry run writes nothing, --yes copies everything, and so does the way back", async () => {
    const from = await fill("there");
    const to = ["--to", fga.url, "--store", "there"];
    const dry = sideline("migrate", "--from", from, ...to);
    expect(dry).toMatchObject(
      { code: 0, said: expect.stringContaining("251 to write") });
    expect(await new OpenfgaServer({ url: fga.url, token: undefined, ...PATIENT }).stores("there")).toEqual([]);
    expect(sideline("migrate", "--from", from, ...to, "--yes").said).toContain("all 251 verified");
    const back = join(folder, "back");
    const again = sideline("migrate", "--from", fga.url, "--store", "there", "--to", back, "--yes");
    expect([again.code, again.said.includes("all 251 verified")]).toEqual([0, true]);
    const [a, b] = [openEmbeddedStore(from), openEmbeddedStore(back)];
    expect(await textsOf(b)).toEqual(await textsOf(a));
    await Promise.all([a.close(), b.close()]);
  });

  test("the next run continues one that was interrupted", async () => {
    const from = await fill("cut");
    const target = await openOn("cut");
    const source = openEmbeddedStore(from);
    const cut = migrate(source, target, true, () => {
      throw new Error("cut off");
    });
    await expect(cut).rejects.toThrow("cut off");
    expect(await textsOf(target)).toHaveLength(100);
    await source.close();
    const { code, said } = sideline("migrate", "--from", from, "--to", fga.url, "--store", "cut", "--yes");
    expect([code, said.includes("151 tuples written"), said.includes("100 existed")]).toEqual([0, true, true]);
    expect(await textsOf(target)).toHaveLength(251);
    await target.close();
  });

  test("a target that holds anything else is refused and stays as it is", async () => {
    const from = await fill("other");
    const target = await openOn("other");
    await target.apply([{ writes: [{ object: "ledger:org/a", relation: "at", user: "value:8" }], deletes: [] }]);
    const { code, said } = sideline("migrate", "--from", from, "--to", fga.url, "--store", "other", "--yes");
    expect([code, said.includes("ledger:org/a#at@value:8")]).toEqual([3, true]);
    expect(await textsOf(target)).toHaveLength(1);
    await target.close();
  });

  test("a missing source is an error, and so is an OpenFGA that does not answer", async () => {
    expect(sideline("migrate", "--from", join(folder, "none"), "--to", fga.url, "--yes").code).toBe(3);
    const from = await fill("alone");
    expect(sideline("migrate", "--from", from, "--to", "http://127.0.0.1:9", "--yes").code).toBe(3);
  });
});
