// PR7: in a program, a coach can become an admin and the reverse; no member becomes a player or stops being one.
import type { Kind } from "../../policy/seeded-roles.ts";
import { isPlayer, type Member } from "../../domain/members.ts";
import { refuse, type Refusal } from "../refusal.ts";
import type { Standing } from "./escalation.ts";

/** Refuses a change that makes a player something else, or a member a player. Applies to programs only. */
export function exchangeFault(kind: Kind, before: Member, after: Standing): Refusal | undefined {
  if (kind !== "program") return undefined;
  if (isPlayer(before.hats)) {
    return refuse("player_role_immutable", `${before.user} is a player of ${before.org} and stays one`);
  }
  const becomesOne = isPlayer(after.hats) || (after.role === "player" && before.role !== "player");
  return becomesOne
    ? refuse("role_not_exchangeable", `${before.user} is a member of ${before.org} already and cannot become a player`)
    : undefined;
}
