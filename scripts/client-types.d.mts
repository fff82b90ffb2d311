// Types of scripts/client-types.mjs, for its test.

/** An event as the client's types describe it. */
export interface EventTable {
  readonly type: string;
  readonly does: string;
  readonly actor: string;
  readonly fields: readonly {
    readonly name: string; readonly means: string; readonly isRequired: boolean; readonly default: unknown;
    readonly schema: unknown;
  }[];
}

/** The tables that the client's types are made of. */
export interface ClientTables {
  readonly checkable: Readonly<Record<string, readonly string[]>>;
  readonly events: readonly EventTable[];
  readonly keys: Readonly<Record<"org" | "athlete" | "levels", readonly string[]>>;
  readonly artifacts: readonly string[];
  readonly finalizable: readonly string[];
  readonly problems: readonly {
    readonly code: string; readonly status: number; readonly means: string; readonly action: string;
    readonly isFinal: boolean;
  }[];
  /** The codes with which an event is refused. */
  readonly refusals: readonly string[];
  readonly limits: readonly { readonly name: string; readonly value: number; readonly means: string }[];
}

/** Returns the text of each generated file by its path. `model` is the text of model.fga. */
export function printClientTypes(tables: ClientTables, model: string): Map<string, string>;
