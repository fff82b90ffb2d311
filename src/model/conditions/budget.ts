// Bounds on the work of one evaluation: cel-go's cost, which OpenFGA limits, and the steps that the cost leaves out.
import { Abort, isList, isMap, type Value } from "./values.ts";

/** Cost of one evaluation beyond which OpenFGA gives up: its `--max-condition-evaluation-cost`. */
const MAX_COST = 100;
/**
 * Steps of one evaluation: elements that it goes through, and characters, of which 16 are one step. Our own number,
 * a few milliseconds: the cost counts the size of a text or a comparison of nested lists as one, however long they are.
 */
export const MAX_STEPS = 100_000;
/** Characters that count as one step. */
export const CHARACTERS_PER_STEP = 16;

/** What one evaluation has used, and the values that cel-go's cost is worked out from. */
export class Budget {
  private cost = 0;
  private steps = 0;
  private readonly ids: number[] = [];
  private readonly values: Value[] = [];

  /** Counts elements that are gone through. */
  walk(elements: number): void {
    this.steps += elements;
    if (this.steps > MAX_STEPS) throw new Abort(`it takes more than ${MAX_STEPS} steps`);
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

  /** Notes what a part of the expression came to. */
  push(id: number, value: Value): Value {
    this.ids.push(id);
    this.values.push(value);
    return value;
  }

  /** Forgets what a part came to, and everything noted since; nothing when it is not noted. */
  drop(id: number): void {
    const at = this.ids.lastIndexOf(id);
    if (at >= 0) this.cut(at);
  }

  /**
   * What the arguments of a call came to, which are then forgotten; undefined when one is not noted. (cel-go finds them
   * by id from the top, so that one that was not evaluated this time may be found from an earlier turn of a loop.)
   */
  take(ids: readonly number[]): Value[] | undefined {
    const found = new Array<Value>(ids.length);
    for (let i = ids.length - 1; i >= 0; i--) {
      const at = this.ids.lastIndexOf(ids[i]!);
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

  private cut(length: number): void {
    this.ids.length = length;
    this.values.length = length;
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
