// The sidecar port: what the HTTP face needs of the rest, whichever store is underneath.
import type { Checker } from "../checks/checker.ts";
import type { Intake } from "../events/event.ts";
import type { StateLock } from "./state-lock.ts";
import type { AuthorizationModelJson } from "../model/schema.ts";
import type { View } from "../domain/state-view.ts";
import type { Store } from "../tuples/store.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";

/** The one store, as OpenFGA's API names it. Ids are ULIDs; times are milliseconds since 1970. */
export interface StoreInfo {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  /** The model every question is answered by. */
  readonly modelId: string;
  readonly model: AuthorizationModelJson;
}

/** A number of a part: a counter grows as long as the process runs, and ends in `_total`. Its name tells the unit. */
export interface Figure {
  readonly name: string;
  readonly kind: "counter" | "gauge";
  /** A sentence for a person. */
  readonly help: string;
  readonly value: number;
  /** Labels of the metric, such as a version. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A part by name, with a sentence for a person. Neither that nor the figures name a user or an object. */
export interface Part {
  readonly name: string;
  readonly ready: boolean;
  readonly detail: string;
  readonly figures?: readonly Figure[];
}

/** Whether requests can be answered, and how each part fares: one that is not ready need not keep the whole from it. */
export interface Readiness {
  readonly ready: boolean;
  readonly parts: readonly Part[];
}

/** Builds a gauge. */
export function gaugeOf(name: string, help: string, value: number, labels?: Figure["labels"]): Figure {
  return labels === undefined ? { name, kind: "gauge", help, value } : { name, kind: "gauge", help, value, labels };
}

/** Builds a counter. */
export function counterOf(name: string, help: string, value: number): Figure {
  return { name, kind: "counter", help, value };
}

/** A consistent copy of the store, made already and ready to be streamed. */
export interface Backup {
  /** Length of the content. */
  readonly bytes: number;
  /** SHA-256 of the content, in base64. */
  readonly sha256: string;
  readonly content: ReadableStream<Uint8Array>;
}

/** Why no backup was made: another one is being made, or the disk refused it. */
export interface BackupRefusal {
  readonly refused: "running" | "failed";
  /** A sentence for a person. */
  readonly detail: string;
}

/** A running Sideline without its HTTP face. */
export interface Sidecar {
  readonly intake: Intake;
  readonly checker: Checker;
  readonly changes: Store["changes"];
  /** Cursor of the first change at a time (milliseconds since 1970) or later, where the store has an index of times. */
  readonly cursorAt?: (time: number) => Promise<string>;
  /** Holds the state at one revision for answers that take several turns. */
  readonly lock: StateLock;
  readonly info: StoreInfo;
  /** The tuples as they are now, for who looks in from within the process. */
  readonly tuples: TupleSet;
  /** A state that the checker gave out, as events see it: what the model allows on it. */
  readonly viewOf: (tuples: TupleSet) => View;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  readonly readiness: () => Readiness;
  /** Seconds that answers may be behind the store, while it cannot be asked; undefined while it can. */
  readonly staleFor?: () => number | undefined;
  /** Copies the store while it runs; absent where the store is none that Sideline can copy. */
  readonly backup?: () => Promise<Backup | BackupRefusal>;
}
