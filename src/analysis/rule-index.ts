// The rules of a model's lines: the numbers in the comment above each definition.

/** A rule's number: one to three capitals and digits, such as `NP3` or `AC3a`. */
const NUMBER = /\b[A-Z]{1,3}\d+[a-z]?\b/g;

/**
 * Reads the rule numbers of each relation from a model's text: those in the comment directly above its line. Lines that
 * follow one comment without a gap share it. Returns them by `type#relation`.
 *
 * @example
 * const text = "type note\n  relations\n    # NP1 The author.\n    define author: [user]\n    define reader: author";
 * readRuleIndex(text).get("note#reader") // ["NP1"]
 */
export function readRuleIndex(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  let type = "";
  let comment: string[] = [];
  let isShared = false;
  for (const line of text.split("\n")) {
    const said = /^\s*#(.*)$/.exec(line)?.[1];
    const relation = /^\s+define\s+([^\s:]+)\s*:/.exec(line)?.[1];
    if (said !== undefined) {
      if (isShared) comment = [];
      comment.push(said);
      isShared = false;
    } else if (relation !== undefined) {
      found.set(`${type}#${relation}`, [...new Set(comment.join("\n").match(NUMBER))]);
      isShared = true;
    } else {
      type = /^type\s+(\S+)/.exec(line)?.[1] ?? type;
      comment = [];
      isShared = false;
    }
  }
  return found;
}
