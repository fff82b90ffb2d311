// Builds the moves of a slice from lists of alternatives.
import type { Move } from "./move.ts";

export type Data = Readonly<Record<string, unknown>>;

/** Returns every combination of one part of each list, merged into one payload. */
export function combine(...lists: readonly (readonly Data[])[]): Data[] {
  return lists.reduce<Data[]>((all, list) => all.flatMap((data) => list.map((part) => ({ ...data, ...part }))), [{}]);
}

/** Returns one field with each of these values. */
export const of = (field: string, ...values: readonly unknown[]): Data[] => values.map((value) => ({ [field]: value }));

/** Returns the events of a type with every combination of these parts. */
export const every = (type: string, ...lists: readonly (readonly Data[])[]): Move[] =>
  combine(...lists).map((data) => ({ type, data }));

/** Returns one event of a founding, by the system or an actor. */
export const first = (type: string, data: Data, actor?: string): Move =>
  ({ type, data, ...actor === undefined ? {} : { actor } });

/** Returns the same moves by the system and by each actor. */
export const by = (actors: readonly string[], moves: readonly Move[]): Move[] =>
  [...moves, ...actors.flatMap((actor) => moves.map((move) => ({ ...move, actor })))];

/** The org of most slices. */
export const ORG: Data = { org: "o1" };

/** Returns the founding of that org with an owner, olga, and members. */
export const founded = (
  kind: string, ...members: readonly (readonly [user: string, hats: readonly string[], role?: string])[]
): Move[] => [
  first("org.created", { ...ORG, kind, owner: "olga" }),
  ...members.map(([user, hats, role]) =>
    first("member.added", { ...ORG, user, hats, ...role === undefined ? {} : { role } })),
];
