// The sidecar port: everything the HTTP layer needs from the rest, whichever store is underneath.
import type { Checker } from "../checks/checker.ts";
import type { Intake } from "../events/event.ts";
import type { EventHistory } from "../history/event-history.ts";
import type { PastAnswers } from "./past-checker.ts";
import type { StateLock } from "./state-lock.ts";
import type { Model } from "../model/rewrite.ts";
import type { AuthorizationModelJson } from "../model/schema.ts";
import type { TupleOrigins } from "../reasons/tuple-origins.ts";
import type { RowTimes } from "../domain/relationships.ts";
import type { LiveView } from "../domain/state-view.ts";
import type { Vocabulary } from "../policy/checkable.ts";
import type { Store } from "../tuples/store.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";

/** The only store, as OpenFGA's API describes it. Ids are ULIDs; times are in milliseconds since 1970. */
export interface StoreInfo {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  /** The model that answers every check. */
  readonly modelId: string;
  readonly model: AuthorizationModelJson;
}

/** A number that a part reports. A counter only grows while the process runs; its name ends in `_total`. */
export interface Figure {
  /** Includes the unit, if there is one. */
  readonly name: string;
  readonly kind: "counter" | "gauge";
  /** A sentence for a human reader. */
  readonly help: string;
  readonly value: number;
  /** Labels of the metric, such as a version. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A named part, with a detail for a human reader. Neither the detail nor the figures name a user or an object. */
export interface Part {
  readonly name: string;
  readonly ready: boolean;
  readonly detail: string;
  readonly figures?: readonly Figure[];
}

/** Whether requests can be answered, and the status of each part. The whole can be ready while a part is not. */
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

/** A consistent copy of the store, complete and ready to be streamed. */
export interface Backup {
  /** Length of the content. */
  readonly bytes: number;
  /** SHA-256 of the content, in base64. */
  readonly sha256: string;
  readonly content: ReadableStream<Uint8Array>;
}

/** Why no backup was made: another one is running, or the disk refused it. */
export interface BackupRefusal {
  readonly refused: "running" | "failed";
  /** A sentence for a human reader. */
  readonly detail: string;
}

/** A running Sideline without its HTTP layer. */
export interface Sidecar {
  readonly intake: Intake;
  readonly checker: Checker;
  readonly changes: Store["changes"];
  /** Cursor of the first change at or after a time (milliseconds since 1970); absent if the store has no time index. */
  readonly cursorAt?: (time: number) => Promise<string>;
  /** Times of relationship rows; absent if the store cannot look them up. */
  readonly rowTimes?: RowTimes;
  /** The events behind tuples; absent if the store cannot look them up. */
  readonly origins?: TupleOrigins;
  /** The applied and refused events; absent if the store cannot list them. */
  readonly history?: EventHistory;
  /** Answers as of moments of the past; absent if the store has no log of its changes. */
  readonly past?: PastAnswers;
  /** Keeps the state at one revision for answers that take several turns of the event loop. */
  readonly lock: StateLock;
  readonly info: StoreInfo;
  /** The compiled model of `info`. */
  readonly model: Model;
  /** The present tuples, for callers in this process. */
  readonly tuples: TupleSet;
  /**
   * Returns the view that events have of a state from the checker: its tuples, and what the model allows on them.
   * `at`: the time of a state of the past, in milliseconds since 1970.
   */
  readonly viewOf: (tuples: TupleSet, at?: number) => LiveView;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  readonly readiness: () => Readiness;
  /** How far answers may be behind the store while it is unreachable, in seconds; undefined while it is reachable. */
  readonly staleFor?: () => number | undefined;
  /** True if the state never changes: events are refused. */
  readonly isReadOnly?: boolean;
  /** The names that questions may use; absent: those of Sideline's own policy. */
  readonly vocabulary?: Vocabulary;
  /** Copies the store while it runs; absent if Sideline cannot copy this kind of store. */
  readonly backup?: () => Promise<Backup | BackupRefusal>;
}
