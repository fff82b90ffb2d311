// NP3, S21: the one way in which fewer tuples can give more access: a coach who stops being a note's athlete may read
// it.
import { check } from "../../src/checks/evaluate.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { MODEL } from "../world/world.ts";
import { partsOf, type Yes } from "./answers.ts";

/**
 * Events after the founding that make this case likely. u3, coach and athlete of o1, is the account of a4 and an
 * assistant on a4's team. u2's notes about a4 are shared with u3, belong to that team, or are flagged. u3 was once the
 * account of a2.
 */
export const OWN_NOTES: readonly Omit<Envelope, "id" | "source">[] = [
  { type: "athlete.created", data: { athlete: "a4", org: "o1", team: "t1", user: "u3", coach: "u2" } },
  { type: "team_assignment.started", data: { assignment: "s1", team: "t1", coach: "u3" } },
  { type: "note.created", data: { note: "n1", athlete: "a4", author: "u2", under: "coaching:a4.u2" } },
  { type: "note.shared", data: { note: "n1", user: "u3" } },
  { type: "note.created", data: { note: "n2", athlete: "a4", author: "u2", under: "team_assignment:t1.u2" } },
  { type: "note.created",
    data: { note: "n3", athlete: "a4", author: "u2", under: "coaching:a4.u2", visible_to_athlete: true } },
  { type: "athlete.unlinked", data: { athlete: "a4", user: "u3" } },
  { type: "athlete.linked", data: { athlete: "a2", user: "u3" } },
  { type: "note.created", data: { note: "n4", athlete: "a2", author: "u2", under: "coaching:a2.u2" } },
  { type: "note.shared", data: { note: "n4", user: "u3" } },
  { type: "athlete.unlinked", data: { athlete: "a2", user: "u3" } },
  { type: "athlete.linked", data: { athlete: "a4", user: "u3" } },
];

/** Events that end the link of u3 to a4. */
export const UNLINKING: readonly Omit<Envelope, "id" | "source">[] = [
  { type: "athlete.unlinked", data: { athlete: "a4", user: "u3" } },
  { type: "athlete.unlinked", data: { athlete: "a4", user: "u3", mistaken: true } },
  { type: "athlete.deleted", data: { athlete: "a4" } },
  { type: "member.hats_changed", data: { org: "o1", user: "u3", hats: ["coach"] } },
  { type: "member.hats_changed", data: { org: "o1", user: "u3", hats: ["office"] } },
  { type: "member.deactivated", data: { org: "o1", user: "u3" } },
];

/** True for a yes on a note about an athlete whose account the person is or was in the state before. */
export function isOwnNote(before: TupleSet, yes: Yes): boolean {
  const { user, relation, object } = partsOf(yes);
  if (!object.startsWith("note:") || relation !== "can_read") return false;
  return before.users(object, "athlete").some((athlete) => {
    const answer = check(MODEL, before, { user, relation: "linked_ever", object: athlete });
    return "allowed" in answer && answer.allowed;
  });
}
