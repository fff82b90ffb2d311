// Start on OpenFGA: which build's model is used.
import { describe, expect, test } from "vitest";
import { versionOf } from "../../src/policy/version.ts";
import type { AuthorizationModelJson } from "../../src/model/schema.ts";
import type { FoundModel } from "../../src/openfga/client.ts";
import { startOn } from "../../src/openfga/openfga-start.ts";
import { isWriteModel, writeModelOf } from "../../src/openfga/write/write-model.ts";
import { build } from "../world/policy.ts";
import { openfgaAvailable, startOpenfga } from "../live/openfga.ts";
import { freshName, MODEL } from "./fleet.ts";
import { oneServer } from "./one-server.ts";

/** The policy as builds before the first version had it. */
const UNVERSIONED = {
  ...MODEL.json, type_definitions: MODEL.json.type_definitions.filter(({ type }) => type !== "policy"),
};

test("the version of a policy is the number in the name of its relation; an older model has none", () => {
  expect([versionOf(UNVERSIONED), versionOf(build(12))]).toEqual([0, 12]);
});

describe.skipIf(!openfgaAvailable("fresh"))("on a real OpenFGA", () => {
  const fga = oneServer(() => startOpenfga({ logLevel: "error" }));
  const start = (name: string, model: AuthorizationModelJson, replace = false) =>
    startOn(fga.server, name, model, { replace });
  const startFast = (name: string) => startOn(fga.server, name, build(1), { writeModel: true });
  const modelsOf = async (name: string): Promise<FoundModel[]> =>
    fga.server.models((await fga.server.stores(name))[0]!.id);
  /** Versions of a store's models except those for Writes, newest first. */
  const versions = async (name: string): Promise<number[]> =>
    (await modelsOf(name)).filter(({ json }) => !isWriteModel(json)).map(({ json }) => versionOf(json));

  test("a build uses its own model, and writes it over one of an older version", async () => {
    const name = freshName();
    const first = await start(name, UNVERSIONED);
    const second = await start(name, build(1));
    expect(second.modelId).not.toBe(first.modelId);
    expect(await start(name, build(1))).toEqual(second);
    await start(name, build(3));
    expect(await versions(name)).toEqual([3, 1, 0]);
  });

  test("a build leaves a store with a newer model alone, even if its own is the newest there", async () => {
    const name = freshName();
    await start(name, build(2));
    await expect(start(name, build(1))).rejects.toMatchObject({ code: "MODEL_TOO_NEW" });
    expect(await versions(name)).toEqual([2]);
    const back = await start(name, build(1), true);
    expect(await start(name, build(1), true)).toEqual(back);
    await expect(start(name, build(1))).rejects.toThrow(/version 2, newer than this build's 1.*REPLACE_MODEL=true/);
    await start(name, build(2));
    expect(await versions(name)).toEqual([2, 1, 2]);
  });

  test("a different model gets a new version, even with the same policy version; our own is not replaced twice",
    async () => {
      const name = freshName();
      await start(name, build(1, "more"));
      await start(name, build(1));
      expect(await versions(name)).toEqual([1, 1]);
      await expect(start(name, build(1, "more"))).rejects.toMatchObject({ code: "MODEL_TOO_NEW" });
      await start(name, build(1));
      expect(await versions(name)).toEqual([1, 1]);
    });

  test("another program's store is left alone once it holds tuples", async () => {
    const other = { schema_version: "1.1", type_definitions: [{ type: "user" }, {
      type: "doc", relations: { owner: { this: {} } },
      metadata: { relations: { owner: { directly_related_user_types: [{ type: "user" }] } } },
    }] };
    const [empty, held] = [freshName(), freshName()];
    await start(empty, other);
    await start(empty, build(1));
    expect(await versions(empty)).toEqual([1, 0]);
    const { store, modelId } = await start(held, other);
    const tuple = { user: "user:a", relation: "owner", object: "doc:1" };
    await fga.server.write(store.id, modelId, { writes: [tuple], deletes: [] });
    await expect(start(held, build(1))).rejects.toMatchObject({ code: "MODEL_UNKNOWN" });
    expect(await versions(held)).toEqual([0]);
    await start(held, build(1), true);
    await start(held, build(1));
    expect(await versions(held)).toEqual([1, 0]);
  });

  test("builds of two versions that start at once: all newer ones run, and no older one ever after", async () => {
    for (let round = 0; round < 5; round++) {
      const name = freshName();
      await fga.server.createStore(name);
      const outcomes = await Promise.allSettled([1, 2, 1, 2].map((version) => start(name, build(version))));
      expect(outcomes.filter((_, i) => i % 2 === 1).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
      await expect(start(name, build(1))).rejects.toMatchObject({ code: "MODEL_TOO_NEW" });
    }
  });

  test("sidecars that start at once end with one store and one model", async () => {
    for (let round = 0; round < 3; round++) {
      const name = freshName();
      // Long check intervals: the sidecar that made the store has written the model by the last check, however slow it
      // is.
      const started = await Promise.all(Array.from({ length: 4 }, () =>
        startOn(fga.server, name, build(1), { look: 1000 })));
      expect(new Set(started.map(({ modelId, store }) => `${store.id} ${modelId}`)).size).toBe(1);
      expect(await fga.server.stores(name)).toHaveLength(1);
      expect(await modelsOf(name)).toHaveLength(1);
      expect(started[0]!.writeModelId).toBe(started[0]!.modelId);
    }
  });

  test("if enabled, a model for Writes is written before the whole one, which is the newest", async () => {
    const name = freshName();
    const { modelId, writeModelId } = await startFast(name);
    expect((await modelsOf(name)).map(({ id }) => id)).toEqual([modelId, writeModelId]);
    expect(await startFast(name)).toMatchObject({ modelId, writeModelId });
    expect(await start(name, build(1))).toMatchObject({ modelId, writeModelId: modelId });
  });

  test("the next start repairs one that was interrupted between the two models", async () => {
    for (const before of [[], [build(1)]]) {
      const name = freshName();
      await fga.server.createStore(name);
      const [store] = await fga.server.stores(name);
      for (const model of [...before, writeModelOf(build(1))]) await fga.server.writeModel(store!.id, model);
      const { modelId, writeModelId } = await startFast(name);
      const models = await modelsOf(name);
      expect(models.map(({ json }) => isWriteModel(json))).toEqual([false, true, ...before.map(() => false)]);
      expect([modelId, writeModelId]).toEqual([models.at(before.length === 0 ? 0 : 2)!.id, models[1]!.id]);
    }
  });

  test("a store without a model for Writes gets one if enabled; questions keep their model", async () => {
    const name = freshName();
    const { modelId } = await start(name, build(1));
    const fast = await startFast(name);
    expect(fast.modelId).toBe(modelId);
    expect(isWriteModel((await modelsOf(name)).find(({ id }) => id === fast.writeModelId)!.json)).toBe(true);
    expect(isWriteModel((await modelsOf(name))[0]!.json)).toBe(false);
  });
});
