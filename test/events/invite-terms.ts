// Shared parts of the tests of invites at the club: a link, an invitation, dates, and whether an invite is open.
import type { World } from "../world/world.ts";

/** A day, in milliseconds. */
export const DAY = 24 * 60 * 60 * 1000;

/** A link to the team blue. */
export const LINK = { invite: "i1", org: "fc", team: "blue" };

/** An invitation of one person. */
export const MAIL = { invite: "i1", org: "fc", email: "Bob@Mail.example" };

/** A time in milliseconds since 1970 in the payload's format. */
export const at = (time: number): string => new Date(time).toISOString();

/** Whether anybody may redeem an invite. */
export const open = (world: World, id = "i1"): boolean => world.can("nobody", "can_redeem", `invite:${id}`);
