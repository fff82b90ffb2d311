// An intake over a replica whose Writes a test makes itself.
import type { Follower } from "../../src/openfga/follow/follower.ts";
import { OpenfgaIntake } from "../../src/openfga/write/openfga-intake.ts";
import { viewOf } from "../../src/domain/state-view.ts";
import type { Delta } from "../../src/tuples/delta.ts";
import { emailHash, MODEL, START } from "../world/world.ts";

/** Creates an intake that decides on a follower's replica and hands each delta to `write`. */
export function intakeOn(follower: Follower, write: (delta: Delta) => Promise<{ ok: boolean }>): OpenfgaIntake {
  const { replica } = follower;
  return new OpenfgaIntake({
    store: { write } as never, follower, view: viewOf(MODEL, replica.tuples, () => START),
    revisionOf: async (ledger) => replica.revisionOf(ledger), now: () => START, emailHash, writer: "w",
    failed: () => undefined,
  });
}
