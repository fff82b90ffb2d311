// The types of events: what each event file exports, what an event is decided on, and its outcome and receipt.
import { z } from "zod";
import { relationOf, type OrgKey } from "../policy/permission-keys.ts";
import { HATS } from "../policy/seeded-roles.ts";
import { org } from "../domain/object-names.ts";
import { Draft, NOTHING, type Delta } from "../tuples/delta.ts";
import type { View } from "../domain/state-view.ts";
import type { TupleKey } from "../tuples/tuple.ts";
import type { Envelope } from "../ledger/envelope.ts";
import type { Refusal } from "./refusal.ts";
import { MAX_ID_LENGTH, MAX_ORG_ID_LENGTH } from "../domain/event-limits.ts";

/** The basis of a decision: the state of one revision, the actor (undefined: the system), and the time (S13). */
export interface Scene {
  readonly view: View;
  readonly actor: string | undefined;
  /** Milliseconds since 1970: the clock, or the `time` of the system's own event if that is earlier (S13). */
  readonly now: number;
  /** Revision of the org after this event is applied. */
  readonly revision: number;
  /** Maximum number of tuples in one write. A decision that drafts more may leave the rest to the next write. */
  readonly room: number;
  /** How far the earlier writes of this event came: the last one's `left`; "" in the first write. */
  readonly from: string;
  /** True if the event has had a write: the right of its actor and of an invite's maker was judged before that. */
  readonly resuming: boolean;
  /** Trims, lower-cases and hashes an email address with the key; undefined if the installation has no key. */
  readonly emailHash?: ((email: string) => string) | undefined;
}

/**
 * The changes of an event. `end` is disjoint from the rest. If one write cannot hold everything, `end` is part of the
 * last write: until then, each decision finds the event undone, as the first one did.
 */
export interface Outcome extends Delta {
  readonly end?: Delta;
  /**
   * The point at which the decision was cut, because the rest is too much for one turn: the next write continues after
   * it. Undefined if the decision is complete.
   */
  readonly left?: string | undefined;
  /** Returns the rows that the whole event ends, besides those in the delta. Called in the first write. */
  readonly rows?: () => Iterable<string>;
}

/** One kind of event. Each has its own file, named after the type. */
export interface EventDefinition<Data> {
  readonly type: string;
  readonly data: z.ZodType<Data>;
  /** Returns the org in whose order the event stands (PLATFORM: the platform); undefined if the object is unknown. */
  readonly org: (data: Data, view: View) => string | undefined;
  /** True if that org can change: the event's object can be deleted, and then any org can take its id. */
  readonly freesId?: boolean;
  /** True if the model gives the actor the right. Not called for the system's own events. */
  readonly may: (data: Data, actor: string, view: View, org: string | undefined) => boolean;
  /**
   * Returns the delta or a refusal; NOTHING means that all of it holds already (`unchanged`). Order of the checks
   * inside: entities, wrong_org, unchanged, exceeds_own_permissions, other guards.
   */
  readonly decide: (data: Data, scene: Scene) => Outcome | Refusal;
}

/** Returns the definition with its type: the compiler checks its functions against the payload. */
export function defineEvent<Data>(definition: EventDefinition<Data>): EventDefinition<Data> {
  return definition;
}

/** The outcome of an event that says what holds already. */
export const UNCHANGED: Outcome = NOTHING;

/** Returns the changes that `draw` drafts on the state. */
export function change({ view }: Scene, draw: (draft: Draft) => void): Delta {
  const draft = new Draft(view.tuples);
  draw(draft);
  return draft.delta();
}

/** Returns the right to send an event: an org key in the event's org. Nobody has it where the org is unknown. */
export function needs(key: OrgKey) {
  return (_data: unknown, actor: string, view: View, inOrg: string | undefined): boolean =>
    inOrg !== undefined && view.allowed(actor, relationOf(key), org(inOrg));
}

/** The answer to the sender of an event that was applied, is unchanged or is a duplicate. */
export interface Receipt {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly status: "applied" | "unchanged" | "duplicate";
  /** Opaque: a check that carries it sees this event. */
  readonly token: string;
  /** Number of access tuples written and deleted, without bookkeeping. */
  readonly written: number;
  readonly deleted: number;
  /** Relationship rows started, promoted or ended, as `type:id`, sorted; the first 100 if there are more. */
  readonly rows?: readonly string[];
  /** Number of all such rows, if `rows` does not name all of them. */
  readonly rows_total?: number;
  readonly dry_run?: true;
  readonly changes?: { readonly write: readonly TupleKey[]; readonly delete: readonly TupleKey[] };
  /** The answers that a dry run would change, if it was asked for them; see reasons/access-answer.ts. */
  readonly access?: {
    readonly gained: readonly TupleKey[]; readonly lost: readonly TupleKey[]; readonly complete: boolean;
  };
}

/** Options of a submission: whether the caller may act as the system, and whether it is a dry run. */
export interface Submission {
  /** True if the caller is trusted with events without an actor. */
  readonly system: boolean;
  readonly dryRun: boolean;
  /** Returns true once nobody waits for the outcomes: a dry run then ends early. Absent: somebody always does. */
  readonly isGone?: (() => boolean) | undefined;
}

/** The refusal of an atomic batch: the index of its first refused event, undefined where the batch as a whole is. */
export interface AtomicRefusal {
  readonly index: number | undefined;
  readonly refusal: Refusal;
}

/** The port that accepts events. */
export interface Intake {
  /** Submits an event. Resolves when it is durable or refused. */
  submit(envelope: Envelope, submission: Submission): Promise<Receipt | Refusal>;
  /**
   * Submits several events. Each is decided on a state that includes the events before it, whatever their orgs; in a
   * dry run, on the state that those would leave. Returns one promise for each event, in the same order. Several events
   * may become durable together. Once an event fails with `store_unavailable`, so do the later ones of its org.
   */
  submitAll(envelopes: readonly Envelope[], submission: Submission): readonly Promise<Receipt | Refusal>[];
  /**
   * Submits events of one org as a whole. Resolves to a receipt for each once all are durable, or to a refusal: then
   * none was applied. An event that was applied before is a duplicate and stops nothing.
   */
  submitTogether(envelopes: readonly Envelope[], submission: Submission): Promise<readonly Receipt[] | AtomicRefusal>;
}

/** Grammar of an id: a letter, a digit, `_` or `-`, then more characters; among all of them a letter or a digit. */
const ID = /^(?:[_-][_.|@+~-]*)?[A-Za-z0-9][A-Za-z0-9_.|@+~-]*$/;

/** Returns the rule of an id with at most `length` characters, as a fault quotes it. */
function idRule(length: number): string {
  return `an id has 1 to ${length} of the characters A-Z a-z 0-9 _ . | @ + ~ -, begins with a letter, a digit, _ or -, `
    + "and has at least one letter or digit";
}

/** Rule of an id of a user, an athlete and the like, as a fault quotes it. */
export const ID_RULE = idRule(MAX_ID_LENGTH);

/** Returns the schema of an id with at most `length` characters. */
const idUpTo = (length: number) =>
  z.string().max(length, `an id has at most ${length} characters`).regex(ID, idRule(length));

/** Returns the schema of a payload. An unknown field is a fault: a misspelt `role` must not fall back to a default. */
export function fields<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape);
}

/** An id of a user, team, athlete, row, note, activity, comment, artifact or invite. */
export const id = idUpTo(MAX_ID_LENGTH);
/** An id of an org or a role. */
export const orgId = idUpTo(MAX_ORG_ID_LENGTH);

/** A non-empty set of hats, in any order. */
export const hats = z.array(z.enum(HATS)).min(1, "must name at least one hat")
  .refine((given) => new Set(given).size === given.length, "names a hat twice");

/** True for a well-formed id of at most 128 characters. */
export function isId(text: string): boolean {
  return text.length <= MAX_ID_LENGTH && ID.test(text);
}
