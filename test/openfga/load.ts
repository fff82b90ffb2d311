// Sends events to sidecars under a disturbance, as senders do: again until there is a receipt; and the checks
// afterwards.
import { expect, vi } from "vitest";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { OpenfgaError } from "../../src/openfga/openfga-error.ts";
import type { OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import { PATIENTLY } from "../live/patience.ts";
import { event, expectEqual, expectMarked, send, submit } from "./fleet.ts";

/** The orgs of a load. */
const ORGS = ["fc", "xo"] as const;

/** Counts of the writers' events. */
export interface Load {
  readonly acknowledged: Envelope[];
  /** Members that were added, and those of them that left again. */
  readonly joined: Map<string, Set<string>>;
  readonly left: Map<string, Set<string>>;
}

/** Sends an event until it has a receipt. Returns its status. */
async function insist(sidecar: OpenfgaSidecar, envelope: Envelope): Promise<string> {
  for (;;) {
    const outcome = await submit(sidecar, envelope);
    if (!isRefusal(outcome)) return outcome.status;
    expect(outcome.refused, outcome.detail).toBe("store_unavailable");
  }
}

/** Resolves when `events` more events are acknowledged, however long that takes. */
export async function progress({ acknowledged }: Load, events: number): Promise<void> {
  const before = acknowledged.length;
  await expect.poll(() => acknowledged.length).toBeGreaterThanOrEqual(before + events);
}

/** A sidecar's answer; undefined while it rightly gives none, because it is out of date. */
async function asked(sidecar: OpenfgaSidecar, user: string, org: string): Promise<boolean | undefined> {
  try {
    const question = { user: `user:${user}`, relation: "coach", object: `org:${org}` };
    const answer = await sidecar.checker.check(question, { higher: false, positions: [] });
    if ("error" in answer) throw new Error(answer.error.message);
    return answer.allowed;
  } catch (error) {
    expect(error).toBeInstanceOf(OpenfgaError);
    return undefined;
  }
}

/** Adds members and deactivates every second one; each answer after a receipt must reflect it. */
async function write(
  load: Load, sidecar: OpenfgaSidecar, org: string, name: string, until: () => boolean,
): Promise<void> {
  for (let n = 0; !until(); n++) {
    const user = `${name}-${n}`;
    const said = async (type: string, data: object): Promise<void> => {
      const envelope = event(type, { org, user, ...data });
      expect(["applied", "duplicate"]).toContain(await insist(sidecar, envelope));
      load.acknowledged.push(envelope);
    };
    await said("member.added", { hats: ["coach"] });
    expect([true, undefined]).toContain(await asked(sidecar, user, org));
    load.joined.get(org)?.add(user);
    if (n % 2 === 0) continue;
    await said("member.deactivated", {});
    expect([false, undefined]).toContain(await asked(sidecar, user, org));
    load.left.get(org)?.add(user);
  }
}

/**
 * Disturbs while `writers` writers send to the sidecars in turn, and they also send before and after it. Then expects
 * that every acknowledged event was applied exactly once, that each replica equals the store, and that all are ready.
 */
export async function under(
  sidecars: readonly OpenfgaSidecar[], writers: number, disturb: (load: Load) => Promise<void>,
): Promise<Load> {
  const sets = () => new Map(ORGS.map((org) => [org as string, new Set<string>()]));
  const load: Load = { acknowledged: [], joined: sets(), left: sets() };
  for (const org of ORGS) await send(sidecars[0]!, "org.created", { org, kind: "club", owner: "olga" });
  let over = false;
  const writing = Promise.all(Array.from({ length: writers }, (_, i) =>
    write(load, sidecars[i % sidecars.length]!, ORGS[i < writers / 2 ? 0 : 1]!, `w${i}`, () => over)));
  const calm = (): Promise<void> => progress(load, 2 * writers);
  await Promise.race([calm().then(() => disturb(load)).then(calm), writing]);
  over = true;
  await writing;
  await expectApplied(sidecars, load);
  return load;
}

async function expectApplied(sidecars: readonly OpenfgaSidecar[], load: Load): Promise<void> {
  const { acknowledged, joined, left } = load;
  await expectEqual(...sidecars);
  for (const sidecar of sidecars) {
    expectMarked(sidecar, acknowledged);
    const steps = ORGS.map((org) => sidecar.follower.replica.revisionOf(`ledger:org/${org}`));
    // Each event is one step in its org's order, and so is the creation of the org: none was done twice.
    expect(steps[0]! + steps[1]!).toBe(acknowledged.length + ORGS.length);
    for (const org of ORGS) {
      const question = { object: `org:${org}`, relation: "coach", userFilter: { type: "user" } };
      const coaches = await vi.waitFor(
        async () => sidecar.checker.listUsers(question, { higher: true, positions: [] }), PATIENTLY);
      const stayed = [...joined.get(org) ?? []].filter((user) => !left.get(org)?.has(user));
      const expected = [...stayed, "olga"].map((user) => `user:${user}`).sort();
      expect("users" in coaches && coaches.users.sort()).toEqual(expected);
    }
    await expect.poll(() => [sidecar.readiness().ready, sidecar.staleFor?.()]).toEqual([true, undefined]);
  }
  const sample = acknowledged.filter((_, i) => i % 7 === 0);
  for (const envelope of sample) {
    expect(await insist(sidecars.at(-1)!, envelope)).toBe("duplicate");
  }
}
