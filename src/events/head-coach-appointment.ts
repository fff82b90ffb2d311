// S15: making somebody the head coach of a team starts an assignment, or promotes the one they have.
import { assignment } from "../domain/object-names.ts";
import { putAssignmentRole, startAssignment } from "../domain/row-changes.ts";
import { assignmentsOn, startOf } from "../domain/relationship-rows.ts";
import type { Draft } from "../tuples/delta.ts";
import type { Scene } from "./event.ts";
import { isRefusal, refuse, type Refusal } from "./refusal.ts";
import { claimForGood } from "./ids.ts";
import { coachFault } from "./guards/references.ts";
import { newAssignmentId } from "./guards/row-ids.ts";

/** The role of a head coach's assignment. No other assignment has it. */
export const HEAD_COACH = "head_coach";

/** The appointment of a coach as the head of a team. */
export interface Appointment {
  readonly org: string;
  readonly team: string;
  readonly coach: string;
  /** Id of the assignment, if the event names one. */
  readonly assignment: string | undefined;
}

/**
 * Drafts a coach as the head of a team that has no head in the draft: promotes the coach's oldest active assignment
 * there, whose notes stay open, or starts one. If it returns a refusal, the caller must discard the draft.
 */
export function appoint(draft: Draft, scene: Scene, to: Appointment): Refusal | undefined {
  const { tuples } = scene.view;
  const fault = coachFault(tuples, to.org, to.coach);
  if (fault !== undefined) return fault;
  const [oldest] = assignmentsOn(tuples, to.team, to.coach)
    .sort((a, b) => startOf(tuples, a) - startOf(tuples, b));
  if (oldest !== undefined) {
    if (to.assignment !== undefined && to.assignment !== oldest.id) {
      const detail = `${to.coach} has the assignment ${oldest.id} on ${to.team}, which is promoted: name no other one`;
      return refuse("relationship_mismatch", detail);
    }
    putAssignmentRole(draft, oldest, HEAD_COACH, true);
    return undefined;
  }
  const id = newAssignmentId(tuples, to.org, to.assignment, `${to.team}.${to.coach}`);
  if (typeof id !== "string" && isRefusal(id)) return id;
  claimForGood(draft, assignment(id), to.org);
  const { org, team, coach } = to;
  startAssignment(draft, { id, org, team, coach, role: HEAD_COACH, head: true }, scene.revision);
  return undefined;
}
