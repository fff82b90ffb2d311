// One line of a log for every reader.

/** The characters that end a line in Unicode and stand as they are in JSON. */
const LINE_ENDS = /[\u0085\u2028\u2029]/g;

/**
 * Returns a JSON text in which no reader finds a second line: the line ends of Unicode become escapes, as in `\u2028`.
 */
export function onOneLine(json: string): string {
  return json.replace(LINE_ENDS, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
