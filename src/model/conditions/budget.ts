// Bounds on the work of one evaluation: cel-go's cost, which OpenFGA limits, and the steps that the work is counted in.
import { Abort, isList, isMap, type Value } from "./values.ts";

/** Cost of one evaluation beyond which OpenFGA gives up: its `--max-condition-evaluation-cost`. */
const MAX_COST = 100;
/**
 * Steps of one evaluation: parts of the expression that it evaluates, elements that it goes through, and characters, of
 * which 16 are one step. Our own number, a few milliseconds: the cost counts the size of a text or a comparison of
 * nested lists as one, however long they are, and a turn of a loop as nothing.
 */
export const MAX_STEPS = 100_000;
/** Characters that count as one step, and noted values that are looked through. */
export const CHARACTERS_PER_STEP = 16;
const NOTED_PER_STEP = 16;

/** What one evaluation has used, and the values that cel-go's cost is worked out from. */
export class Budget {
  private cost = 0;
  private steps = 0;
  private remembered = 0;
  private bounded = 0;
  private counted: Set<object> | undefined = undefined;
  private readonly ids: number[] = [];
  private readonly values: Value[] = [];

  /** Steps that count toward the limit: the same whenever the same is evaluated. */
  get taken(): number {
    return this.steps;
  }

  /** Steps of work that was done this time. */
  get work(): number {
    return this.steps - this.remembered + this.bounded;
  }

  /** Values that are noted. */
  get height(): number {
    return this.ids.length;
  }

  /** Counts elements that are gone through. */
  walk(elements: number): void {
    this.steps += elements;
    if (this.steps > MAX_STEPS) throw new Abort(`it takes more than ${MAX_STEPS} steps`);
  }

  /** Counts steps toward the limit whose work was done before, and is remembered. */
  recall(steps: number): void {
    this.remembered += steps;
    this.walk(steps);
  }

  /** Counts work that has a bound of its own. */
  add(steps: number): void {
    this.bounded += steps;
  }

  /** Counts work on one thing, which need be done once however often it comes. */
  addOnce(thing: object, steps: number): void {
    this.counted ??= new Set();
    if (!this.counted.has(thing)) this.bounded += steps;
    this.counted.add(thing);
  }

  /** Counts characters or bytes that are gone through. */
  read(characters: number): void {
    this.walk(characters / CHARACTERS_PER_STEP);
  }

  /** Adds cost. Throws once it is beyond the limit. */
  charge(cost: number): void {
    this.cost += cost;
    if (this.cost > MAX_COST) throw new Abort(`it costs more than ${MAX_COST}`);
  }

  /** Notes what a part of the expression came to: a step. */
  push(id: number, value: Value): Value {
    this.walk(1);
    this.ids.push(id);
    this.values.push(value);
    return value;
  }

  /** Forgets what a part came to, and everything noted since; nothing when it is not noted. */
  drop(id: number): void {
    const at = this.find(id);
    if (at >= 0) this.cut(at);
  }

  /** Forgets all that was noted since so many values were. */
  cut(height: number): void {
    this.ids.length = height;
    this.values.length = height;
  }

  /**
   * What the arguments of a call came to, which are then forgotten; undefined when one is not noted. (cel-go finds them
   * by id from the top. What a turn of a loop noted is forgotten after it: no later turn looks for that.)
   */
  take(ids: readonly number[]): Value[] | undefined {
    const found = new Array<Value>(ids.length);
    for (let i = ids.length - 1; i >= 0; i--) {
      const at = this.find(ids[i]!);
      if (at < 0) return undefined;
      found[i] = this.values[at]!;
      this.cut(at);
    }
    return found;
  }

  /** The size that cel-go counts: characters, bytes, elements, entries; one for anything else. */
  sizeOf(value: Value): number {
    if (typeof value === "string") return this.charactersOf(value);
    if (isList(value) || value instanceof Uint8Array) return value.length;
    return isMap(value) ? value.size : 1;
  }

  /** The number of characters (code points) of a text. */
  charactersOf(text: string): number {
    this.read(text.length);
    let size = text.length;
    for (let i = 1; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0xdc00 && code <= 0xdfff && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800) size--;
    }
    return size;
  }

  private find(id: number): number {
    const at = this.ids.lastIndexOf(id);
    this.walk(Math.floor((this.ids.length - Math.max(at, 0)) / NOTED_PER_STEP));
    return at;
  }
}

/** Cost per character of a text that is gone through, and per character of a regular expression. */
const TEXT_FACTOR = 0.1;
const REGEX_FACTOR = 0.25;

const ORDERED_TEXT = /^(?:less|greater)(?:_equals)?_(?:string|bytes)$/;

/** What a call costs, by what its arguments came to. */
export type CallCost = (args: readonly Value[], budget: Budget) => number;

const ofText = (index: 0 | 1): CallCost => (args, budget) => Math.ceil(budget.sizeOf(args[index]!) * TEXT_FACTOR);
const ONE: CallCost = () => 1;

/** How calls are charged for by cel-go's runtime cost model (0.31), by the only overload that their types allow. */
export function costOfCall(overload: string): CallCost {
  switch (overload) {
    case "starts_with_string": case "ends_with_string":
      return ofText(1);
    case "string_to_bytes": case "bytes_to_string":
      return ofText(0);
    case "in_list":
      return ([, list], budget) => budget.sizeOf(list!);
    case "add_string": case "add_bytes":
      return ([one, other], budget) => Math.ceil((budget.sizeOf(one!) + budget.sizeOf(other!)) * TEXT_FACTOR);
    case "matches": case "matches_string":
      return ([text, pattern], budget) => Math.ceil((1 + budget.sizeOf(text!)) * TEXT_FACTOR)
        * Math.ceil(budget.sizeOf(pattern!) * REGEX_FACTOR);
    case "contains_string":
      return (args, budget) => ofText(0)(args, budget) * ofText(1)(args, budget);
    default:
      return overload !== "equals" && overload !== "not_equals" && !ORDERED_TEXT.test(overload) ? ONE
        : ([one, other], budget) => Math.ceil(Math.min(budget.sizeOf(one!), budget.sizeOf(other!)) * TEXT_FACTOR);
  }
}
