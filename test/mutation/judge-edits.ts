// Finds which edits of a model the expectations of small worlds notice.
import { editsOf, type Edit } from "./edits.ts";
import {
  arenasOf, parentsOf, plainModel, type Arena, type Definition, type Definitions, type Known, type Node,
  type PlainModel, type SmallWorld,
} from "./plain-model.ts";
import { isEqual } from "./equal-edits.ts";
import type { AuthorizationModelJson } from "../../src/model/schema.ts";

/** Outcome of the edits; each named one is `type#relation: change`. */
export interface Judgement {
  readonly edits: number;
  readonly noticed: number;
  /** Edits that make a definition recursive: the model has no recursion. */
  readonly recursive: number;
  /** Edits that no expectation noticed and whose definition is the same boolean function as before, see `isEqual`. */
  readonly equal: readonly string[];
  /** Edits that an expectation noticed although `isEqual` calls them equal: the proof would be wrong. */
  readonly misproved: readonly string[];
  /** Other edits that no expectation noticed. */
  readonly unnoticed: readonly string[];
}

interface Prepared {
  readonly arena: Arena;
  /** Every set of users under the unedited model. */
  readonly known: Map<string, number>;
  /** Expectations by the place that they ask about. */
  readonly askedOf: ReadonlyMap<string, Arena["asked"]>;
}

/** The expectations that fail under a model: `world: user relation object`. */
export function wrongExpectations(json: AuthorizationModelJson, worlds: readonly SmallWorld[]): string[] {
  const model = plainModel(json);
  return worlds.flatMap(arenasOf).flatMap((arena) => {
    const known = new Map<string, number>();
    return arena.asked.filter((one) => isWrong(arena, model, one, known))
      .map(({ user, relation, object }) => `${arena.name}: ${user} ${relation} ${object}`);
  });
}

/** Judges every edit of the relations of `types` by the expectations of the worlds. */
export function judgeEdits(
  json: AuthorizationModelJson, worlds: readonly SmallWorld[], types: ReadonlySet<string>,
): Judgement {
  const model = plainModel(json);
  const dependants = dependantsOf(model);
  const prepared = worlds.flatMap(arenasOf).map((arena) => prepare(model, arena));
  const unnoticed: string[] = [];
  let edits = 0;
  let recursive = 0;
  const equal: string[] = [];
  const misproved: string[] = [];
  for (const edit of editsOf(model, types)) {
    edits++;
    const touched = dependants.get(edit.place)!;
    if (usesOf(edit.place, edit.definition, model).some((used) => touched.has(used))) recursive++;
    else {
      const name = `${edit.place}: ${edit.change}`;
      const isProved = isEqual(edit, model);
      if (!isNoticed(edit, model, prepared, touched)) (isProved ? equal : unnoticed).push(name);
      else if (isProved) misproved.push(name);
    }
  }
  const noticed = edits - recursive - equal.length - unnoticed.length;
  return { edits, recursive, equal, misproved, noticed, unnoticed };
}

/** Evaluates everything once. */
function prepare(model: PlainModel, arena: Arena): Prepared {
  const known = new Map<string, number>();
  for (const place of model.keys()) {
    const [type = "", relation = ""] = place.split("#");
    for (const object of arena.objects.get(type) ?? []) arena.users(model, object, relation, known);
  }
  const askedOf = new Map<string, Arena["asked"][number][]>();
  for (const one of arena.asked) {
    const some = askedOf.get(one.place);
    if (some === undefined) askedOf.set(one.place, [one]);
    else some.push(one);
  }
  return { arena, known, askedOf };
}

function isNoticed(
  { place, definition }: Edit, model: PlainModel, prepared: Prepared[], touched: ReadonlySet<string>,
): boolean {
  const edited: Definitions = { get: (key) => (key === place ? definition : model.get(key)) };
  const [type = "", relation = ""] = place.split("#");
  const isTupleset = definition.restrictions.some((form) => !/^user\b/.test(form) && !form.includes("#"));
  return prepared.some(({ arena, known, askedOf }, at) => {
    const objects = [...arena.objects.get(type) ?? []];
    // Places that do not depend on the edited relation keep their users. A tupleset has no users of its own.
    const isSame = !isTupleset && objects.every((object) => {
      const key = `${object}#${relation}`;
      const before = known.get(key);
      known.delete(key);
      try {
        return arena.users(edited, object, relation, known) === before;
      } finally {
        known.set(key, before!);
      }
    });
    if (isSame) return false;
    const fresh = new Overlay(known, touched);
    const isSeen = [...touched].some((asked) =>
      askedOf.get(asked)?.some((one) => isWrong(arena, edited, one, fresh)) === true);
    // The next edit of this place is likely to be noticed here as well.
    if (isSeen && at > 0) prepared.unshift(...prepared.splice(at, 1));
    return isSeen;
  });
}

function isWrong(
  arena: Arena, model: Definitions, one: Arena["asked"][number], known: Known,
): boolean {
  return ((arena.users(model, one.object, one.relation, known) & one.bit) !== 0) !== one.expected;
}

/** Places that an edit does not affect are read from the known results; the rest are kept separately. */
class Overlay implements Known {
  readonly #known: Known;
  readonly #touched: ReadonlySet<string>;
  readonly #own = new Map<string, number>();

  constructor(known: Known, touched: ReadonlySet<string>) {
    this.#known = known;
    this.#touched = touched;
  }

  get(key: string): number | undefined {
    return this.#own.get(key) ?? (this.#touched.has(placeOf(key)) ? undefined : this.#known.get(key));
  }

  set(key: string, users: number): void {
    this.#own.set(key, users);
  }
}

const placeOf = (key: string): string => key.slice(0, key.indexOf(":")) + key.slice(key.lastIndexOf("#"));

/** For each relation, itself and every relation whose users may change with it. */
function dependantsOf(model: PlainModel): Map<string, Set<string>> {
  const usedBy = new Map<string, Set<string>>();
  for (const [place, definition] of model) {
    for (const used of usesOf(place, definition, model)) {
      usedBy.set(used, (usedBy.get(used) ?? new Set()).add(place));
    }
  }
  const closures = new Map<string, Set<string>>();
  for (const place of model.keys()) {
    const reached = new Set([place]);
    for (const each of reached) for (const user of usedBy.get(each) ?? []) reached.add(user);
    closures.set(place, reached);
  }
  return closures;
}

/** The relations that a definition refers to, including tuplesets. */
function usesOf(place: string, { node, restrictions }: Definition, model: PlainModel): string[] {
  const type = place.slice(0, place.indexOf("#"));
  const used = restrictions.filter((form) => form.includes("#")).map((form) => form.split(" ")[0] ?? "");
  const walk = (each: Node): void => {
    if (each.kind === "computed") used.push(`${type}#${each.relation}`);
    else if (each.kind === "from") {
      used.push(`${type}#${each.tupleset}`);
      used.push(...parentsOf(model, type, each.tupleset).map((parent) => `${parent}#${each.relation}`));
    } else if (each.kind === "difference") [each.base, each.subtract].forEach(walk);
    else if (each.kind !== "this") each.children.forEach(walk);
  };
  walk(node);
  return used;
}
