// Types of the longest events, for the test suite.
import type { LargeEvent } from "./large-org.d.mts";
export function eventsAtLarge(): readonly LargeEvent[];
