// Law: ending a relationship, a membership, a hat or a link adds access for nobody, but `mistaken: true` (S21).
import { expect, test } from "vitest";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { normalizeKeys } from "../../src/policy/permission-keys.ts";
import { memberOf, type Member } from "../../src/domain/members.ts";
import { findRole, keysOf } from "../../src/domain/roles.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { beyond, everyYes, partsOf, setOf, type Yes } from "./answers.ts";
import { Draw } from "./draw.ts";
import { covered, holds } from "./law.ts";
import { isOwnNote, OWN_NOTES, UNLINKING } from "./own-notes.ts";
import { fixedSeeds, FOUNDING, Play, sequences } from "./sequence.ts";

/** Events that end something and begin nothing. */
const ENDINGS = new Set([
  "platform.superadmin_revoked", "platform.admin_revoked", "member.deactivated", "role.deleted", "team.deleted",
  "team.athlete_removed", "team_assignment.ended", "athlete.deleted", "athlete.unlinked", "coaching.ended",
  "note.unshared", "note.deleted", "activity.deleted", "activity.comment_deleted", "artifact.reopened",
  "artifact.deleted", "invite.revoked",
]);
/** Events that end something for certain payloads. */
const SOMETIMES = ["team.head_coach_changed", "note.visibility_changed", "role.updated", "member.hats_changed"];

type Data = Readonly<Record<string, unknown>>;

/** The keys of the role that an event names, with all keys that they include. */
function keysNamed(tuples: TupleSet, data: Data): string[] {
  const found = findRole(tuples, String(data["org"]), String(data["role"]));
  return found === undefined ? [] : keysOf(tuples, found);
}

const memberNamed = (tuples: TupleSet, data: Data): Member | undefined =>
  memberOf(tuples, String(data["org"]), String(data["user"]));

/** True for an event that ends something and begins nothing, judged by the states before and after it. */
function isEnding(event: Envelope, before: TupleSet, after: TupleSet): boolean {
  if (ENDINGS.has(event.type)) return true;
  const data = event.data as Data;
  switch (event.type) {
    case "team.head_coach_changed":
      return data["head_coach"] === null;
    case "note.visibility_changed":
      return data["visible_to_athlete"] === false;
    case "role.updated": {
      const had = keysNamed(before, data);
      return keysNamed(after, data).every((key) => normalizeKeys([...had, key]).join() === normalizeKeys(had).join());
    }
    case "member.hats_changed": {
      const had = memberNamed(before, data);
      const has = memberNamed(after, data);
      return had?.role === has?.role && has?.hats.every((hat) => had?.hats.includes(hat)) === true;
    }
    default:
      return false;
  }
}

/** S21: the one ending that can add access, for the named account on the notes about that athlete. */
function liftsMark(event: Envelope, yes: Yes, before: TupleSet): boolean {
  const { user, athlete, mistaken } = event.data as { user?: string; athlete?: string; mistaken?: boolean };
  const parts = partsOf(yes);
  return event.type === "athlete.unlinked" && mistaken === true && parts.user === `user:${user}`
    && before.has(parts.object, "athlete", `athlete:${athlete}`) && isOwnNote(before, yes);
}

/** Sequences in which a mistaken link ends, and with it the mark on notes about that athlete. */
const MISTAKEN = [89, 127].map((number) => fixedSeeds(number, 65));

test("ending a relationship, a membership, a hat or a link adds access for nobody, but `mistaken: true` (S21)", () => {
  const seen = new Set<string>();
  let gone = 0;
  let lifted = 0;
  holds(sequences(40, 90), 60, (seeds) => {
    const play = new Play(new Map(), [...FOUNDING, ...OWN_NOTES]);
    const { world } = play;
    const draw = new Draw(seeds[0] ?? 0);
    const unlinksAt = draw.below(8);
    for (const [i, seed] of seeds.entries()) {
      const event = i === unlinksAt ? { ...draw.pick(UNLINKING), id: "unlink", source: "/laws" } : play.next(seed);
      if (!ENDINGS.has(event.type) && !SOMETIMES.includes(event.type)) {
        play.send(event);
        continue;
      }
      const { now } = world;
      const tuples = setOf(world.tuples.read({}));
      if (play.send(event) !== "applied" || !isEnding(event, tuples, world.tuples)) continue;
      const before = everyYes(tuples, now);
      const after = everyYes(world.tuples, now);
      const added = beyond(after, before);
      expect(added.filter((yes) => !liftsMark(event, yes, tuples)), JSON.stringify(event)).toEqual([]);
      gone += beyond(before, after).length;
      lifted += added.length;
      seen.add(event.type);
    }
  }, 60, MISTAKEN);
  console.log(`${gone} answers ended, ${lifted} were added by lifting a mark`);
  covered(() => {
    expect(seen.size).toBeGreaterThan(15);
    expect(gone).toBeGreaterThan(500);
    expect(lifted).toBeGreaterThan(0);
  });
});
