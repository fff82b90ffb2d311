// Users gathered by a forward search.
import type { EntityId } from "../memory/entity-names.ts";

export type Users = Set<EntityId>;

/** Users being gathered, and what was searched for them already: keys of relations to objects. */
export class Gathering {
  readonly users: Users = new Set();
  private first = -1;
  private others: Set<number> | undefined = undefined;

  /** Notes that a key is searched; false when it was already. */
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
