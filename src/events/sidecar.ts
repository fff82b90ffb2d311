// The sidecar port: what the HTTP face needs of the rest, whichever store is underneath.
import type { Checker } from "../checks/checker.ts";
import type { Intake } from "./event.ts";
import type { AuthorizationModelJson } from "../model/schema.ts";
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

/** Whether requests can be answered: each part by name, with a sentence for a person. */
export interface Readiness {
  readonly ready: boolean;
  readonly parts: readonly { readonly name: string; readonly ready: boolean; readonly detail: string }[];
}

/** A running Sideline without its HTTP face. */
export interface Sidecar {
  readonly intake: Intake;
  readonly checker: Checker;
  readonly changes: Store["changes"];
  readonly info: StoreInfo;
  /** The state the directory is read from. */
  readonly tuples: TupleSet;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  readonly readiness: () => Readiness;
  /** Seconds that answers may be behind the store, while it cannot be asked; undefined while it can. */
  readonly staleFor?: () => number | undefined;
}
