// The pools of names for drawn events: small, so that names collide.
import type { Draw } from "./draw.ts";

/** All users; `stranger` is extra. */
export const USERS = ["u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8"];
/** Source of ids for new objects. */
export class Pools {
  readonly orgs = ["o1", "o2", "o3"];
  readonly roles = ["r1", "r2", "r3"];

  /** Ids such as `t4`, eight of each kind. */
  fresh(draw: Draw, letter: string): string {
    return `${letter}${1 + draw.below(8)}`;
  }
}
