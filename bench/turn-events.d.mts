// Types of the longest events, for the suite.
import type { LargeEvent } from "./large-org.d.mts";
export function eventsAtLarge(): readonly LargeEvent[];
