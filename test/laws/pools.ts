// The names that events are drawn with: few, so that things collide.
import type { Draw } from "./draw.ts";

/** Everybody; `stranger` besides. */
export const USERS = ["u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8"];
/** Where ids of new things come from. */
export class Pools {
  readonly orgs = ["o1", "o2", "o3"];
  readonly roles = ["r1", "r2", "r3"];

  /** Ids such as `t4`, eight of a kind. */
  fresh(draw: Draw, letter: string): string {
    return `${letter}${1 + draw.below(8)}`;
  }
}
