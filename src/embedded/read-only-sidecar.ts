// Serves given tuples under any model, in memory: questions are answered, and events are refused.
import { vocabularyOf } from "../policy/checkable.ts";
import type { Sidecar } from "../sidecar/sidecar.ts";
import type { Tuple } from "../tuples/tuple.ts";
import { openEmbeddedSidecar, type EmbeddedOptions, type EmbeddedSidecar } from "./embedded-sidecar.ts";

/** Options of a sidecar that serves given tuples. */
export interface ReadOnlyOptions extends Pick<EmbeddedOptions, "storeName" | "model" | "log" | "now" | "fatal"> {
  /** Tuples that the model admits, each with its own key. */
  readonly tuples: readonly Tuple[];
}

/** Opens the sidecar. Nothing is written to disk. */
export async function openReadOnlySidecar({ tuples, ...options }: ReadOnlyOptions): Promise<EmbeddedSidecar> {
  const open = await openEmbeddedSidecar({
    ...options, folder: ":memory:", emailKey: undefined, initialTuples: tuples,
  });
  const readOnly: Pick<Sidecar, "isReadOnly" | "vocabulary"> = {
    isReadOnly: true, vocabulary: vocabularyOf(options.model),
  };
  return { ...open, ...readOnly };
}
