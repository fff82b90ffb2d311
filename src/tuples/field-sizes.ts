// The sizes that OpenFGA 1.22.1 allows for the fields of tuples and questions.

/** Maximum length of a user, in characters: OpenFGA's API definition. */
export const MAX_USER_LENGTH = 512;

/** Maximum length of the user of a stored or contextual tuple, in bytes of UTF-8: OpenFGA's API definition. */
export const MAX_USER_BYTES = 512;

/** Maximum length of an object with its type, in characters: OpenFGA's API definition. */
export const MAX_OBJECT_LENGTH = 256;

/** Maximum length of a relation's name, in characters: OpenFGA's API definition. */
export const MAX_RELATION_LENGTH = 50;

/** Maximum length of a type's name, in characters: OpenFGA's API definition. */
export const MAX_TYPE_LENGTH = 254;

/** Maximum length of a condition's name, in characters: OpenFGA's API definition. */
export const MAX_CONDITION_NAME_LENGTH = 256;
