// Checks that OpenFGA answers itself: a few at a time, so that they leave each other connections to its datastore.
import { setImmediate } from "node:timers/promises";
import type { OpenFgaApi } from "@openfga/sdk";
import { expect, test } from "vitest";
import { askOpenfga, type ModelAt } from "../../src/openfga/ask.ts";
import type { OpenfgaServer } from "../../src/openfga/client.ts";

test("a batch of 50 keeps OpenFGA busy with 4 at a time, and each is answered, one that fails included", async () => {
  let now = 0;
  let most = 0;
  const check = async (_: string, { tuple_key: { user } }: { tuple_key: { user: string } }): Promise<object> => {
    most = Math.max(most, ++now);
    await setImmediate();
    now--;
    if (user === "user:7") throw new Error("no answer");
    return { allowed: user === "user:3" };
  };
  const ask: OpenfgaServer["ask"] = (call) => call({ check } as unknown as OpenFgaApi, {});
  const at: ModelAt = { server: { ask } as OpenfgaServer, storeId: "s", modelId: "m" };
  const asked = Array.from({ length: 50 }, (_, n) =>
    askOpenfga(at, { user: `user:${n}`, relation: "member", object: "org:o" }));
  const answers = await Promise.allSettled(asked);
  expect(most).toBe(4);
  const said = answers.map((answer) => (answer.status === "rejected" ? "failed" : answer.value));
  const no = { allowed: false };
  expect(said.slice(0, 9)).toEqual([no, no, no, { allowed: true }, no, no, no, "failed", no]);
});
