// The tables of program levels in model.fga, section 2: the shapes of the 72 lines, and the words for each resource.

/** The shape of some lines of levels: a row of the first table. */
export interface LevelShape {
  readonly name: string;
  /** `<resource>_edit_role`. */
  readonly relation: string;
  readonly definition: string;
  /** The numbers of its rules. */
  readonly rules: string;
}

/** A resource: a row of the second table. */
export interface LevelRow {
  /** Section of the matrix that it stands in. */
  readonly section: string;
  readonly resource: string;
  /** Each seeded role's relation, with its highest level as written. */
  readonly seeded: readonly (readonly [relation: string, level: string])[];
  /** Floor of View. */
  readonly viewFloor: string;
  /** Floor of Edit and Generate. */
  readonly floor: string;
  /** The numbers of the rules about its floors. */
  readonly rules: string;
}

/** Both tables. */
export interface LevelTables {
  readonly shapes: readonly LevelShape[];
  readonly rows: readonly LevelRow[];
}

/** A line as the tables give it. */
export interface LevelLine {
  readonly relation: string;
  readonly text: string;
  readonly rules: string;
  readonly shape: string;
}

const COLUMNS = 7;

/** Reads the two tables: the rows with a `|` in the comments indented as the relations of a type are. */
export function readLevelTables(text: string): LevelTables {
  const comments = text.split("\n").flatMap((line) => /^ {4}# (.*)$/.exec(line)?.[1] ?? []);
  const cells = (line: string): string[] => line.split("|").map((cell) => cell.trim());
  const shapes = comments.map(cells).flatMap(([name = "", right = "", rules = "", ...more]) => {
    const [, relation, definition] = /^([\w<>]+): (.*)$/.exec(right) ?? [];
    return relation === undefined || definition === undefined || more.length > 0 ? []
      : [{ name, relation, definition, rules }];
  });

  const from = comments.findIndex((line) => cells(line).length === COLUMNS);
  const heads = cells(comments[from] ?? "").slice(1, 4).map((role) => `${role}_role`);
  const rows: LevelRow[] = [];
  let section = "";
  for (const line of from < 0 ? [] : comments.slice(from + 1)) {
    const [resource = "", ...rest] = cells(line);
    if (rest.length === 0 && rows.length > 0 && !/^\w+$/.test(resource)) break;
    if (rest.length === 0) section = resource;
    if (rest.length !== COLUMNS - 1) continue;
    const [viewFloor = "", floor = "", rules = ""] = rest.slice(3);
    const seeded = heads.map((role, i) => [role, rest[i] ?? ""] as const);
    rows.push({ section, resource, seeded, viewFloor, floor, rules });
  }
  return { shapes, rows };
}

/** Returns the lines that the tables give, a line for each shape, resource and level that it is of. */
export function levelLines({ shapes, rows }: LevelTables, levels: readonly string[]): LevelLine[] {
  return shapes.flatMap((shape) => rows.flatMap((row) => levels.flatMap((level) => {
    const filled = (pattern: string): string =>
      pattern.replaceAll("<resource>", row.resource).replaceAll("<level>", level);
    const isOfLevel = shape.relation.includes("<level>") || shape.relation.endsWith(`_${level}_role`);
    if (!isOfLevel) return [];
    const roles = row.seeded.filter(([, highest]) => highest.toLowerCase() === level).map(([role]) => role);
    const text = filled(shape.definition).replace("<floor>", level === "view" ? row.viewFloor : row.floor)
      .replace(/ or <seeded>/, roles.map((role) => ` or ${role}`).join(""));
    const rules = shape.definition.includes("<floor>") ? `${shape.rules} ${row.rules}` : shape.rules;
    return [{ relation: filled(shape.relation), text, rules, shape: shape.name }];
  })));
}
