// Law: ending a relationship never adds access for anybody.
import { expect, test } from "vitest";
import { beyond, everyYes, setOf } from "./answers.ts";
import { holds } from "./law.ts";
import { isOwnNote } from "./own-notes.ts";
import { Play, sequences } from "./sequence.ts";

/** Events that end something and begin nothing. */
const ENDINGS = new Set([
  "platform.superadmin_revoked", "platform.admin_revoked", "member.deactivated", "role.deleted", "team.deleted",
  "team.athlete_removed", "team_assignment.ended", "athlete.deleted", "athlete.unlinked", "coaching.ended",
  "note.unshared", "note.deleted", "activity.deleted", "activity.comment_deleted", "artifact.reopened",
  "artifact.deleted", "invite.revoked",
]);
/** Those that end a link: who was the athlete of a note may then read it as a coach does (NP3). */
const UNLINKING = new Set(["member.deactivated", "athlete.deleted", "athlete.unlinked"]);

test("ending a relationship never adds access for anybody", () => {
  const seen = new Set<string>();
  let gone = 0;
  holds(sequences(40, 90), 60, (seeds) => {
    const play = new Play();
    const { world } = play;
    for (const seed of seeds) {
      const event = play.next(seed);
      const isEnding = ENDINGS.has(event.type)
        || (event.type === "team.head_coach_changed" && (event.data as { head_coach: unknown }).head_coach === null);
      if (!isEnding) {
        play.send(event);
        continue;
      }
      const { now } = world;
      const tuples = setOf(world.tuples.read({}));
      const before = everyYes(tuples, now);
      if (play.send(event) !== "applied") continue;
      const after = everyYes(world.tuples, now);
      const added = beyond(after, before).filter((yes) => !(UNLINKING.has(event.type) && isOwnNote(tuples, yes)));
      expect(added, JSON.stringify(event)).toEqual([]);
      gone += beyond(before, after).length;
      seen.add(event.type);
    }
  });
  expect([...seen].sort()).toEqual(expect.arrayContaining([...ENDINGS].sort()));
  expect(gone).toBeGreaterThan(500);
}, 300_000);
