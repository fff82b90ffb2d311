// The table of events: every event, one line each, nothing else.
import type { EventDefinition } from "./event.ts";
import { memberHatsChanged } from "./member-hats-changed.ts";

// Each definition checks its own payload; here they stand side by side.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const TABLE: readonly EventDefinition<any>[] = [
  memberHatsChanged,
];

/** Every event by its type. */
export const EVENTS: ReadonlyMap<string, EventDefinition<unknown>> = new Map(TABLE.map((e) => [e.type, e]));
