// The users gathered by a forward search.
import type { EntityId } from "../memory/entity-names.ts";

export type Users = Set<EntityId>;

/** Users gathered so far, and the keys (relations to objects) already searched for them. */
export class FoundUsers {
  readonly users: Users = new Set();
  private first = -1;
  private others: Set<number> | undefined = undefined;

  /** Notes that a key is being searched. Returns false when it has been searched already. */
  begin(key: number): boolean {
    if (this.first === key) return false;
    if (this.first === -1) {
      this.first = key;
      return true;
    }
    const others = this.others ??= new Set();
    if (others.has(key)) return false;
    others.add(key);
    return true;
  }
}
