// The JSON form of an authorization model, schema 1.1, as in OpenFGA's API.

/** The reserved condition of `with $expression`. Its CEL text is stored in the tuple; the model declares nothing. */
export const INLINE_EXPRESSION = "$expression";

/** One entry of a type restriction: `user`, `user:*` or `group#member`, optionally `with` a condition. */
export interface RelationReferenceJson {
  readonly type: string;
  readonly relation?: string | undefined;
  readonly wildcard?: object | null | undefined;
  readonly condition?: string | undefined;
}

/** A rewrite: exactly one of the fields is set. */
export interface UsersetJson {
  readonly this?: object | undefined;
  readonly computedUserset?: { readonly relation?: string } | undefined;
  readonly tupleToUserset?: {
    readonly tupleset: { readonly relation?: string };
    readonly computedUserset: { readonly relation?: string };
  } | undefined;
  readonly union?: { readonly child: readonly UsersetJson[] } | undefined;
  readonly intersection?: { readonly child: readonly UsersetJson[] } | undefined;
  readonly difference?: { readonly base: UsersetJson; readonly subtract: UsersetJson } | undefined;
}

export interface TypeDefinitionJson {
  readonly type: string;
  readonly relations?: Readonly<Record<string, UsersetJson>> | undefined;
  readonly metadata?: {
    readonly relations?: Readonly<Record<string, {
      readonly directly_related_user_types?: readonly RelationReferenceJson[] | undefined;
    }>> | undefined;
  } | null | undefined;
}

/** The type of a condition's parameter, such as `TYPE_NAME_STRING`. Maps and lists have one generic type. */
export interface ParameterTypeJson {
  readonly type_name: string;
  readonly generic_types?: readonly ParameterTypeJson[] | undefined;
}

export interface ConditionJson {
  readonly name: string;
  readonly expression: string;
  readonly parameters?: Readonly<Record<string, ParameterTypeJson>> | undefined;
}

export interface AuthorizationModelJson {
  readonly schema_version: string;
  readonly type_definitions: readonly TypeDefinitionJson[];
  readonly conditions?: Readonly<Record<string, ConditionJson>> | undefined;
}
