// Every limit of models and conditions, with its unit, its effect and, where there is one, its source.

/** Maximum length of a condition's expression in a model, in bytes of UTF-8: the limit of OpenFGA's API. */
export const MAX_EXPRESSION_BYTES = 512;

/** Maximum length of a condition's expression from any source, in characters (code points). cel-go's number. */
export const MAX_EXPRESSION_CHARACTERS = 100_000;

/**
 * Maximum number of nested levels in an expression: of expressions within each other, and of operators, fields, method
 * calls and indexes applied to each other, in whatever notation. cel-go's number.
 */
export const MAX_EXPRESSION_NESTING = 250;

/** Maximum number of words of an expression. Our own number: about 5 ms to compile. OpenFGA limits only characters. */
export const MAX_EXPRESSION_WORDS = 5_000;

/** Maximum number of types within a type that an error prints. Dots stand for the rest. */
export const MAX_TYPES_PRINTED = 100;

/**
 * Maximum number of types that the check of one expression may visit, counting repeated visits. Our own number, a few
 * milliseconds: in an expression of 500 bytes a type that contains another one twice, and so on, has 2^32 types.
 */
export const MAX_TYPE_STEPS = 200_000;

/** Maximum cost of one evaluation of a condition: OpenFGA's `--max-condition-evaluation-cost`. */
export const MAX_CONDITION_COST = 100;

/**
 * Maximum number of steps of one evaluation of a condition. Steps are evaluated parts of the expression, visited
 * elements, and characters (16 per step). Our own number, a few milliseconds. Cost alone is no bound: it counts the
 * size of a text or a comparison of nested lists as one, however long they are, and a turn of a loop as nothing.
 */
export const MAX_CONDITION_STEPS = 100_000;

/** Maximum length, in characters, of a text read as a number, time, time zone or address. OpenFGA has no such limit. */
export const MAX_READ_CHARACTERS = 1_000;

/**
 * Maximum size of a regular expression: its steps, with repeats expanded (`x{100}` has 100). Our own number: 2 ms to
 * compile.
 */
export const MAX_PATTERN_SIZE = 1000;

/** Maximum number of compiled regular expressions kept for all models; the oldest is dropped. Our own number. */
export const MAX_COMPILED_PATTERNS = 256;

/** Maximum number of time zones' formats kept; the oldest is dropped. Our own number: about 50 kB each. */
export const MAX_TIME_ZONE_FORMATS = 100;

/**
 * Maximum number of compiled inline expressions kept for all models; the oldest is dropped. Our own number: some kB
 * each.
 */
export const MAX_COMPILED_EXPRESSIONS = 1024;

/**
 * Maximum length of a parameter's type in an inline expression, in characters: about 200 nested lists. Our own number.
 */
export const MAX_TYPE_CHARACTERS = 1_000;

/** Maximum number of rows for marks per model, about 5 kB each with 500 relations. Beyond it the type's row serves. */
export const MAX_ROWS_OF_MARKS = 2048;
