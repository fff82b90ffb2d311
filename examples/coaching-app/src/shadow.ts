// Shadow checks: the app's old rule decides, and each answer of Sideline that differs is logged.
import type { Client, ObjectName, RelationOf, UserName } from "sideline/client";

/** Returns the answer of the old rule, and logs where Sideline gives another one. Sideline never delays a page. */
export function shadowed<Name extends ObjectName>(
  client: Pick<Client, "can">, old: boolean, user: UserName, relation: RelationOf<Name>, object: Name,
  log: (difference: object) => void,
): boolean {
  client.can(user, relation, object).then(
    (sideline) => sideline === old || log({ user, relation, object, old, sideline }),
    (error: unknown) => log({ user, relation, object, old, error: String(error) }),
  );
  return old;
}
