// Rows of a store's log, and the keys under which each is found: of its tuples, and of the lists they belong to.
import { crc32 } from "node:zlib";
import { typeOf, type TupleCondition } from "../tuples/tuple.ts";
import { keyOfText } from "./key-hash.ts";

/** A tuple in a row: object, relation, user and, for a write, the condition's name and context. */
type LoggedTuple = readonly [
  object: string, relation: string, user: string, condition?: string, context?: Readonly<Record<string, unknown>>,
];

/**
 * A row: its number (from 1), milliseconds since 1970, and its deletes, its writes and, where it is known, the number
 * of events that have all of their rows.
 */
export type PastRow = readonly [
  seq: number, at: number,
  delta: readonly [deletes: readonly LoggedTuple[], writes: readonly LoggedTuple[], events?: number],
];

/** Version of the keys: an index with other keys is made again. */
export const KEYS_VERSION = 3;

/** Returns the key of a tuple. `seed`, here and below: that of the index. */
export function keyOfTuple(seed: number, object: string, relation: string, user: string): number {
  return keyOfText(seed, `t ${object} ${relation} ${user}`);
}

/** Returns the key of the users of a relation of an object: of the usersets among them, or of the others. */
export function keyOfUsers(seed: number, object: string, relation: string, usersets: boolean): number {
  return keyOfText(seed, `${usersets ? "s" : "u"} ${object} ${relation}`);
}

/** Returns the key of the objects of a type on which a user has a relation. */
export function keyOfObjects(seed: number, type: string, relation: string, user: string): number {
  return keyOfText(seed, `o ${type} ${relation} ${user}`);
}

/** Whether a user is a userset: `type:id#relation`. */
export function isUsersetName(user: string): boolean {
  return user.includes("#");
}

/** Returns the keys of a row. The records of events, which nothing looks up in the past, have none. */
export function keysOfRow(seed: number, [, , [deletes, writes]]: PastRow): number[] {
  const keys: number[] = [];
  for (const tuples of [deletes, writes]) {
    for (const [object, relation, user] of tuples) {
      if (relation === "applied" && object.startsWith("event:")) continue;
      keys.push(keyOfTuple(seed, object, relation, user), keyOfUsers(seed, object, relation, isUsersetName(user)),
        keyOfObjects(seed, typeOf(object), relation, user));
    }
  }
  return keys;
}

/** A write or a delete of one tuple. */
export interface TupleChange {
  readonly object: string;
  readonly relation: string;
  readonly user: string;
  readonly isWrite: boolean;
  /** The condition of a write; a delete does not repeat it. */
  readonly condition: TupleCondition | undefined;
}

/** Returns the changes of a row, each of another tuple. */
export function changesIn([, , [deletes, writes]]: PastRow): TupleChange[] {
  return [
    ...deletes.map(([object, relation, user]) => ({ object, relation, user, isWrite: false, condition: undefined })),
    ...writes.map(([object, relation, user, name, context]) => {
      const condition = name === undefined ? undefined : { name, context: context ?? {} };
      return { object, relation, user, isWrite: true, condition };
    }),
  ];
}

/** Returns a checksum of a row. */
export function markOfRow(row: PastRow): number {
  return crc32(JSON.stringify(row));
}
