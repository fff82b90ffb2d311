// All slices of the exploration.
import { CLUB_SLICES } from "./club-slices.ts";
import type { Slice } from "./explorer.ts";
import { ORG_SLICES } from "./org-slices.ts";
import { STRAY_SLICES } from "./stray-slices.ts";

/** Every slice; together they play every type of event. */
export const SLICES: readonly Slice[] = [...CLUB_SLICES, ...STRAY_SLICES, ...ORG_SLICES];
