// Types of the longest requests, for the suite.
import type { LargeEvent } from "./large-org.d.mts";
export function eventsAtLarge(): readonly LargeEvent[];
