// The sentences about what is missing. Ways of one form differ in names alone: each form is put into words once.
import { sentencesOf, tupleInWords, type Phrasebook } from "../analysis/way-words.ts";
import type { Way } from "../analysis/way.ts";
import type { TupleKey } from "../tuples/tuple.ts";
import { listOf, unifiedWay, type AskedFor } from "./reason-text.ts";
import { MAX_FORMS_OF_A_WAY } from "./reasons-limits.ts";

/** A sentence without its names: texts, and between them numbers of variables. */
type Form = readonly (string | number)[];

/** The forms of the ways of a model, by the words that they are made with. */
const knownForms = new WeakMap<Phrasebook, WeakMap<Way, Map<string, Form>>>();

/** The sentences of one explanation. */
export class MissingTexts {
  readonly #asked: AskedFor;
  readonly #book: Phrasebook;
  readonly #forms: WeakMap<Way, Map<string, Form>>;

  constructor(asked: AskedFor, book: Phrasebook) {
    this.#asked = asked;
    this.#book = book;
    this.#forms = knownForms.get(book) ?? new WeakMap();
    knownForms.set(book, this.#forms);
  }

  /**
   * Returns the sentence of a way to a yes. `names`: those of the way's variables. `isAbsent`: by tuple of the way,
   * whether it is absent, or stands under a condition that is not met. `against`: tuples that take away.
   */
  text(way: Way, names: readonly string[], isAbsent: readonly boolean[], against: readonly TupleKey[]): string {
    const { user, relation, object } = this.#asked;
    const form = this.#form(way, names.map((name) => names.indexOf(name)), isAbsent, against.length > 0);
    const taken = against.map((tuple) => tupleInWords(tuple, this.#book));
    const filled = form.map((each) => (typeof each === "string" ? each : names[each] ?? listOf(taken)));
    return `${user} would have ${relation} on ${object} if ${filled.join("")}.`;
  }

  /** `to`: for each variable the first one with its name. */
  #form(way: Way, to: readonly number[], isAbsent: readonly boolean[], isTaken: boolean): Form {
    const ofWay = this.#forms.get(way) ?? new Map<string, Form>();
    this.#forms.set(way, ofWay);
    const key = `${to.join()} ${isAbsent.map(Number).join("")} ${isTaken}`;
    const known = ofWay.get(key);
    if (known !== undefined) return known;
    const places = to.map(placeOf);
    const part = { ...way, tuples: way.tuples.filter((_, i) => isAbsent[i]), negations: [] };
    const book = { ...this.#book, pairs: { ...this.#book.pairs, ...this.#book.missingPairs } };
    const needed = sentencesOf(unifiedWay(part, places), places, book, () => false);
    const without = isTaken ? [`it were not that ${placeOf(to.length)}`] : [];
    const form = listOf([...needed, ...without]).split(MARK).map((each, i) => (i % 2 === 0 ? each : Number(each)));
    if (ofWay.size >= MAX_FORMS_OF_A_WAY) ofWay.clear();
    ofWay.set(key, form);
    return form;
  }
}

/** No phrase has it. */
const MARK = "\u0001";

/** The place of a name in a form. */
function placeOf(variable: number): string {
  return MARK + variable + MARK;
}
