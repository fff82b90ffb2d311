// The envelope of an event, what each event file exports, and what comes of an event.
import { z } from "zod";
import { HATS } from "../policy/seeded-roles.ts";
import type { Delta } from "../tuples/delta.ts";
import type { View } from "../domain/state-view.ts";
import type { TupleKey } from "../tuples/tuple.ts";
import type { Envelope } from "../ledger/envelope.ts";
import type { Refusal } from "./refusal.ts";

/** What an event is decided on: the state of one revision, who does it (undefined: the system), and the time (S13). */
export interface Scene {
  readonly view: View;
  readonly actor: string | undefined;
  /** Milliseconds since 1970: the clock, or for the system's own event its `time` where that is earlier (S13). */
  readonly now: number;
  /** Revision the org will be at when this event is applied. */
  readonly revision: number;
  /** Tuples of one write. A decision that drafts more than these may leave the rest to the next write. */
  readonly room: number;
  /** How far the writes before this one came: what the last one said by `left`; "" in the first. */
  readonly from: string;
  /** Keyed hash of an email address (trimmed and lower-cased by it); undefined where the installation has no key. */
  readonly emailHash?: ((email: string) => string) | undefined;
}

/**
 * What an event changes. `end` is disjoint from the rest and is written with the last of it, where one write does not
 * hold the whole: until then the event is decided as if it were the first time.
 */
export interface Outcome extends Delta {
  readonly end?: Delta;
  /**
   * Where the decision was cut, since the rest is too much for one turn: the next write goes on behind this. What is
   * decided to the end has none.
   */
  readonly left?: string | undefined;
  /** Rows that the whole event ends, besides those that the delta tells; asked for in the first write. */
  readonly rows?: () => Iterable<string>;
}

/** One kind of event. One file each, named after the type. */
export interface EventDefinition<Data> {
  readonly type: string;
  readonly data: z.ZodType<Data>;
  /** Id of the org in whose order it stands; PLATFORM for the platform's; undefined where the object does not exist. */
  readonly org: (data: Data, view: View) => string | undefined;
  /** True where that may become another org: what it is about can be deleted, and its id is free for any org then. */
  readonly freesId?: boolean;
  /** The actor's right, as the model has it. Not asked for the system's own events. */
  readonly may: (data: Data, actor: string, view: View, org: string | undefined) => boolean;
  /**
   * The delta, or why not; NOTHING says that all of it holds already (`unchanged`). Order inside: entities, wrong_org,
   * unchanged, exceeds_own_permissions, other guards.
   */
  readonly decide: (data: Data, scene: Scene) => Outcome | Refusal;
}

/** Types an event definition; the compiler checks the payload against the functions. */
export function defineEvent<Data>(definition: EventDefinition<Data>): EventDefinition<Data> {
  return definition;
}

/** An applied (or unchanged, or duplicate) event, as answered to its sender. */
export interface Receipt {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly status: "applied" | "unchanged" | "duplicate";
  /** Opaque: a check that carries it sees this event. */
  readonly token: string;
  /** Tuples of access written and deleted; bookkeeping is not counted. */
  readonly written: number;
  readonly deleted: number;
  /** Relationship rows started, promoted or ended, as `type:id`, sorted; the first 100 where there are more. */
  readonly rows?: readonly string[];
  /** How many rows there are, where `rows` does not name all of them. */
  readonly rows_total?: number;
  readonly dry_run?: true;
  readonly changes?: { readonly write: readonly TupleKey[]; readonly delete: readonly TupleKey[] };
}

/** How an event is submitted: whether the caller may speak as the system, and whether to write at all. */
export interface Submission {
  /** The caller is trusted for events without an actor. */
  readonly system: boolean;
  readonly dryRun: boolean;
}

/** The port events come in by. */
export interface Intake {
  /** Resolves when the event is durable, or refused. */
  submit(envelope: Envelope, submission: Submission): Promise<Receipt | Refusal>;
  /**
   * Submits events, each of which is decided on a state that has the ones before it, whatever their orgs; in a dry run,
   * on the state that the ones before it would leave. A promise for each, in their order; they may be durable together.
   */
  submitAll(envelopes: readonly Envelope[], submission: Submission): readonly Promise<Receipt | Refusal>[];
}

const ID = /^[A-Za-z0-9][A-Za-z0-9_.|@+~-]*$/;

/** Longest id, in characters. */
export const MAX_ID_LENGTH = 128;
/** Longest org or role id, in characters: a role object holds both. */
export const MAX_ORG_ID_LENGTH = 100;

/** An id of the given length at most. */
const idUpTo = (length: number) => z.string().max(length, `at most ${length} characters`).regex(ID, "not an id");

/** An id of a user, team, athlete, row, note, activity, comment, artifact or invite. */
export const id = idUpTo(MAX_ID_LENGTH);
/** An id of an org or a role. */
export const orgId = idUpTo(MAX_ORG_ID_LENGTH);

/** A set of hats, never empty; the order does not matter. */
export const hats = z.array(z.enum(HATS)).min(1, "at least one hat")
  .refine((given) => new Set(given).size === given.length, "the same hat twice");

/** True for a well-formed id of 128 characters at most. */
export function isId(text: string): boolean {
  return text.length <= MAX_ID_LENGTH && ID.test(text);
}
