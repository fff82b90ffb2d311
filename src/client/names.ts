// The names that questions are made of: users, objects, and the relations that an object's type has.
import type { Relations } from "./generated/relations.ts";

/** A user as `user:<id>`. */
export type UserName = `user:${string}`;

/** A type with relations that an app may check. */
export type ObjectType = keyof Relations;

/** An object as `<type>:<id>`. */
export type ObjectName<Type extends ObjectType = ObjectType> = `${Type}:${string}`;

/** The type of an object: `"note"` of `note:n1`. */
type TypeOf<Name extends string> = Name extends `${infer Type extends ObjectType}:${string}` ? Type : never;

/**
 * The relations that an app may check on an object. For a union of types: the relations that all of them have.
 * Example:
 *     RelationOf<"activity:a1"> // "can_view" | "can_comment"
 */
export type RelationOf<Name extends ObjectName> = keyof Relations[TypeOf<Name>] & string;

/** The relations that an app may check on objects of a type. */
export type RelationOfType<Type extends ObjectType> = keyof Relations[Type] & string;

/** A relation that an app may check on objects of some type. */
export type AnyRelation = { readonly [Type in ObjectType]: RelationOfType<Type> }[ObjectType];

/**
 * The objects of the types that have a relation.
 * Example:
 *     ObjectWith<"can_redeem"> // `invite:${string}`
 */
export type ObjectWith<Relation extends AnyRelation> = {
  readonly [Type in ObjectType]: Relation extends keyof Relations[Type] ? ObjectName<Type> : never;
}[ObjectType];

/** The permissions of a user on an object: `true` under each relation that they have. */
export type Permissions<Name extends ObjectName> = { readonly [Each in keyof Relations[TypeOf<Name>]]?: true };

/** One check: does this user have this relation to this object? */
export interface Check {
  readonly user: UserName;
  readonly relation: string;
  readonly object: ObjectName;
}
