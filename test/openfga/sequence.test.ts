// Law: any events, spread over four sidecars in any way, have the outcomes that they have in memory.
import { afterAll, describe, expect, test } from "vitest";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { isBookkeeping, textOf } from "../../src/domain/object-names.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { everyYes, printed } from "../laws/answers.ts";
import { SEED } from "../laws/law.ts";
import { FOUNDING, Play } from "../laws/sequence.ts";
import { GROUNDS, type Opened } from "../world/grounds.ts";

/** Number of events drawn for a sequence. */
const LENGTH = 120;
/** Events whose size grows with the data go to sidecars with this many tuples per write, so that they take several. */
const FEW = 12;
const GROWING = new Set(["role.updated", "role.deleted", "team.deleted", "athlete.deleted", "member.deactivated",
  "member.hats_changed", "coaching.role_changed", "coaching.overrides_set", "note.deleted"]);

/** Tuples of access: bookkeeping differs by hashes, clocks and the number of writes. */
const access = (tuples: Iterable<Tuple>): string[] =>
  printed([...tuples].filter(({ object, user }) => !isBookkeeping(object) && !isBookkeeping(user)));

/** The sum of the revisions of all orgs and of the platform. */
const revisionsIn = (tuples: Iterable<Tuple>): number => [...tuples]
  .filter(({ object, relation }) => object.startsWith("ledger:") && relation === "at")
  .reduce((sum, { user }) => sum + Number(textOf(user)), 0);

describe.each(GROUNDS.slice(1))("$name", (ground) => {
  afterAll(() => ground.stop());

  const declared = test.skipIf(!ground.available);
  declared.each([SEED, SEED + 1])("a sequence by four sidecars in turn, seed %i", async (seed) => {
    const play = new Play();
    let now = play.world.now;
    const warned: object[] = [];
    const name = `sequence-${process.pid}-${seed}`;
    const open = (maxTuples: number): Promise<Opened> =>
      ground.open({ name, maxTuples, now: () => now, warn: (fields) => void warned.push(fields) });
    const sidecars = [await open(100), await open(100), await open(FEW), await open(FEW)];
    const send = async (n: number, event: Envelope): Promise<string> => {
      const { intake } = sidecars[n % 2 + (GROWING.has(event.type) ? 2 : 0)]!;
      const outcome = await intake.submit(event, { system: true, dryRun: false });
      return isRefusal(outcome) ? outcome.refused : outcome.status;
    };
    for (const [n, event] of FOUNDING.entries()) {
      expect(await send(n, { id: `f${n}`, source: "/founding", ...event })).toBe("applied");
    }
    // In memory each event is one write, and one revision of its org; an event of several writes has more.
    const isChained = (): boolean =>
      sidecars.slice(2).some(({ tuples }) => revisionsIn(tuples.read({})) > revisionsIn(play.world.tuples.read({})));
    for (let n = 0; n < LENGTH || !isChained(); n++) {
      now = play.world.now;
      const event = play.next(Math.imul(n + seed * 1_009, 7_919) >>> 0);
      const expected = play.send(event);
      expect([event, await send(n, event)]).toEqual([event, expected]);
    }
    for (const sidecar of sidecars) {
      const newest = { higher: true, positions: [] };
      await sidecar.checker.listObjects({ user: "user:u1", relation: "member", type: "org" }, newest);
      expect(access(sidecar.tuples.read({}))).toEqual(access(play.world.tuples.read({})));
      expect(everyYes(sidecar.tuples, now)).toEqual(everyYes(play.world.tuples, now));
    }
    const whole = sidecars.map((sidecar) => printed(sidecar.tuples.read({})));
    expect(whole.slice(1)).toEqual([whole[0], whole[0], whole[0]]);
    expect(isChained()).toBe(true);
    expect(warned).toEqual([]);
    for (const sidecar of sidecars) await sidecar.close();
  });
});
