// The tables of model.fga whose rows give lines their shape: athlete keys in section 3, artifacts in section 6.

/** The shape of some lines: a row of such a table. */
export interface Shape {
  /** Its name without a number: the type of the lines that have it, or in section 6 their relation. */
  readonly of: string;
  /** `org 1`. */
  readonly name: string;
  /** The definition, with `<key>` or `<resource>` where that name stands. */
  readonly definition: string;
  /** Those that have it, as written: names, patterns with `*`, `all`, or `all others`. */
  readonly members: string;
  /** The numbers of its rules. */
  readonly rules: string;
}

/**
 * Reads the shapes of each table, in order: the lines with a `|` below a table's rule. A shape begins with its name and
 * its definition; the lines below have its rules on the left and its members on the right. Throws if a table begins
 * otherwise.
 */
export function readShapeTables(comments: readonly string[]): Shape[][] {
  const rules = comments.flatMap((line, i) => (/^# -+\+-+$/.test(line) ? [i + 1] : []));
  return rules.map((from) => {
    const length = comments.slice(from).findIndex((line) => !line.includes("|"));
    return shapesOf(comments.slice(from, from + length));
  });
}

function shapesOf(rows: readonly string[]): Shape[] {
  const shapes: Shape[] = [];
  for (const line of rows) {
    const [left = "", right = ""] = line.replace(/^#/, "").split(/\|(.*)/).map((each) => each.trim());
    if (/^[a-z]/.test(left)) {
      const definition = right.replace(/^<key>: /, "");
      shapes.push({ of: left.replace(/ \d+$/, ""), name: left, definition, members: "", rules: "" });
      continue;
    }
    const last = shapes.pop();
    if (last === undefined) throw new Error(`a table of shapes begins with ${line}`);
    shapes.push({ ...last, rules: `${last.rules} ${left}`.trim(), members: `${last.members} ${right}`.trim() });
  }
  return shapes;
}

/** Which name has which shape, among shapes of one type or relation, and the faults of their lists of members. */
export interface Sharing {
  readonly shapeOf: ReadonlyMap<string, Shape>;
  readonly faults: readonly string[];
}

/** Gives each name the shape that lists it. A word that means none, a second shape and an unused one are faults. */
export function shareOut(shapes: readonly Shape[], names: readonly string[]): Sharing {
  const faults: string[] = [];
  const shapeOf = new Map<string, Shape>();
  const listed = new Set(shapes.filter(({ members }) => members !== "all others").flatMap((shape) =>
    wordsOf(shape).flatMap((word) => meant(word, names))));
  for (const shape of shapes) {
    const words = shape.members === "all others" ? names.filter((name) => !listed.has(name)) : wordsOf(shape);
    if (words.length === 0) faults.push(`${shape.name} has no member`);
    for (const word of words) {
      if (meant(word, names).length === 0) faults.push(`${shape.name}: ${word} means nothing`);
      for (const name of meant(word, names)) {
        if (shapeOf.has(name)) faults.push(`${name} has two shapes: ${shapeOf.get(name)?.name} and ${shape.name}`);
        shapeOf.set(name, shape);
      }
    }
  }
  return { shapeOf, faults };
}

function wordsOf({ members }: Shape): string[] {
  return members.split(/,\s*/).filter((word) => word !== "");
}

function meant(word: string, names: readonly string[]): string[] {
  const pattern = new RegExp(`^${word === "all" ? "\\w+" : word.replaceAll("*", "\\w+")}$`);
  return names.filter((name) => pattern.test(name));
}
