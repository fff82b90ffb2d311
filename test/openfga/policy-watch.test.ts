// Which policy a sidecar answers by, and whether the store has a newer one: in the start log, /readyz and /metrics.
import { describe, expect, test } from "vitest";
import { policyOf } from "../../src/policy/version.ts";
import type { OpenfgaOptions, OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import { startOn } from "../../src/openfga/openfga-start.ts";
import { build } from "../world/policy.ts";
import { openfgaAvailable, startOpenfga } from "../live/openfga.ts";
import { isSlowness } from "../world/slow-lines.ts";
import { freshName, MODEL, openSidecar } from "./fleet.ts";
import { oneServer } from "./one-server.ts";

const OWN = policyOf(MODEL.json);

/** The policy as a newer build has it. */
const NEWER = build(OWN.version + 1);

describe.skipIf(!openfgaAvailable("fresh"))("a sidecar", () => {
  const fga = oneServer(() => startOpenfga({ logLevel: "error" }));
  const part = (sidecar: OpenfgaSidecar) => sidecar.readiness().parts.find(({ name }) => name === "policy");
  const outdated = (sidecar: OpenfgaSidecar) =>
    part(sidecar)?.figures?.find(({ name }) => name === "outdated")?.value;

  test.each([false, true])("reports its policy, and a newer one; with a model for Writes: %s", async (writeModel) => {
    const lines: [string, object, string][] = [];
    const say = (level: string) => (fields: object, message: string) => void lines.push([level, fields, message]);
    const log = { info: say("info"), warn: say("warn"), error: say("error") } as unknown as OpenfgaOptions["log"];
    const sidecar = await openSidecar(fga.url, freshName(), { log, writeModel });
    expect(lines.filter(([, fields]) => "policy" in fields).map(([, fields]) => fields))
      .toEqual([{ policy: OWN, store: sidecar.info.id }]);
    expect(part(sidecar)?.detail).toContain(OWN.digest);
    expect(part(sidecar)?.figures).toContainEqual(
      expect.objectContaining({ name: "info", labels: { version: String(OWN.version), digest: OWN.digest } }));

    await sidecar.policy.look();
    expect([part(sidecar)?.ready, outdated(sidecar)]).toEqual([true, 0]);
    await startOn(fga.server, sidecar.info.name, NEWER, { writeModel });
    for (let looks = 0; looks < 2; looks++) await sidecar.policy.look();
    expect([part(sidecar)?.ready, outdated(sidecar)]).toEqual([false, 1]);
    expect(part(sidecar)?.detail).toContain(policyOf(NEWER).digest);
    // Questions are still answered by its own policy.
    expect(sidecar.readiness().ready).toBe(true);
    const warned = (): object[] => lines.filter(([level, ...line]) => level === "warn" && !isSlowness(...line))
      .map(([, fields]) => fields);
    expect(warned()).toEqual([{ own: OWN, newest: policyOf(NEWER) }]);

    await startOn(fga.server, sidecar.info.name, MODEL.json, { replace: true, writeModel });
    await sidecar.policy.look();
    expect([part(sidecar)?.ready, outdated(sidecar), warned().length]).toEqual([true, 0, 1]);
    await sidecar.close();
  });

  test("checks by itself", async () => {
    const sidecar = await openSidecar(fga.url, freshName(), { policyInterval: 100 });
    await startOn(fga.server, sidecar.info.name, NEWER);
    await expect.poll(() => outdated(sidecar)).toBe(1);
    await sidecar.close();
  });
});
