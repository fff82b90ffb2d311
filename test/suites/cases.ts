// Turns the cases of a port into tests on one kind of store: one club for all of them, and a reason for each skip.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Club } from "../world/running-club.ts";
import type { Ground } from "../world/grounds.ts";

/** Cases by their title. */
export type Cases = Readonly<Record<string, (club: Club, ground: Ground) => Promise<void>>>;
/** Cases that an implementation cannot pass, title to reason. */
export type Skips = Readonly<Record<string, string>>;

/** Declares the tests of a suite on a ground; `after` checks the club when all have run. */
export function describeCases(
  title: string, ground: Ground, cases: Cases, skips: Skips = {}, after: (club: Club) => void = () => {},
): void {
  describe.skipIf(!ground.available)(title, () => {
    let club: Club;
    beforeAll(async () => {
      club = await Club.found(ground);
    });
    afterAll(async () => {
      after(club);
      await club.close();
      await ground.stop();
    });

    test("each skip names a case", () => {
      expect(Object.keys(skips).filter((each) => !(each in cases))).toEqual([]);
    });
    for (const [name, body] of Object.entries(cases)) {
      test(name, async (context) => {
        const reason = skips[name];
        if (reason !== undefined) context.skip(reason);
        await body(club, ground);
      });
    }
  });
}
