// The teams that an athlete is on, read from the tuples.
import { orgOf } from "../../src/domain/relationship-rows.ts";
import type { Reader } from "../../src/tuples/delta.ts";
import { idOf } from "../../src/tuples/tuple.ts";

/** Returns the ids of the teams an athlete is on, without deleted ones. */
export function teamsOf(reader: Reader, athleteId: string): string[] {
  return reader.users(`athlete:${athleteId}`, "team").filter((on) => orgOf(reader, on) !== undefined).map(idOf);
}
