// Generated: the payloads of all events.
import type { ContentEvents } from "./content-events.ts";
import type { OrgEvents } from "./org-events.ts";
import type { RosterEvents } from "./roster-events.ts";

/** Payloads by event. */
export interface EventData extends OrgEvents, RosterEvents, ContentEvents {}
