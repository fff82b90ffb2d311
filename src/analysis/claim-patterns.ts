// Reads the patterns of claims: tuples with variables, and sentences that stand for alternatives of such tuples.
import { readShape, WILDCARD, type Pattern, type TuplePattern } from "./way.ts";

/** An error in a claims file; its message names the place. */
export class ClaimError extends Error {}

/** Tuples with variables, as `org:o#member@user:u`. `type:name` is the same variable wherever it stands. */
export type Clause = readonly string[];

/** Alternatives of a pattern: each is one atom or a list of atoms, all of which hold. */
export type Alternatives = readonly (string | readonly string[])[];

/** A sentence, `user:u is a member of org:o`, and the alternatives that it stands for. */
export interface Word {
  readonly say: string;
  readonly means: Alternatives;
}

const VARIABLE = /\b([a-z][\w-]*):([a-z]\w*)/g;
const TUPLE = /^([^#@:\s]+:[^#@:\s]+)#([^#@:\s]+)@([^#@:\s]+:(?:\*|[^#@:\s]+))(?:#([^#@:\s]+))?( with \S+)?$/;

/** The sentences of a claims file. Each may use those before it. */
export class Vocabulary {
  readonly #known = new Map<string, { readonly variables: readonly string[]; readonly clauses: readonly Clause[] }>();
  #fresh = 0;

  /** Throws a ClaimError for a sentence that is defined twice or uses an unknown one. */
  constructor(words: readonly Word[]) {
    for (const { say, means } of words) {
      const key = templateOf(say);
      if (this.#known.has(key)) throw new ClaimError(`'${say}' is defined twice`);
      const variables = [...say.matchAll(VARIABLE)].map(([text]) => text);
      if (new Set(variables).size < variables.length) throw new ClaimError(`'${say}' names a variable twice`);
      this.#known.set(key, { variables, clauses: this.clausesOf(means) });
    }
  }

  /** Returns alternatives as lists of tuples. Throws a ClaimError for an unknown sentence. */
  clausesOf(alternatives: Alternatives): Clause[] {
    return alternatives.flatMap((each) => this.#all(typeof each === "string" ? [each] : each));
  }

  /** Returns the alternatives in which all atoms hold. */
  #all(atoms: readonly string[]): Clause[] {
    let found: Clause[] = [[]];
    for (const atom of atoms) {
      const meant = this.#meaning(atom.trim());
      found = found.flatMap((clause) => meant.map((more) => [...clause, ...more]));
    }
    return found;
  }

  #meaning(atom: string): readonly Clause[] {
    if (TUPLE.test(atom)) return [[atom]];
    const word = this.#known.get(templateOf(atom));
    if (word === undefined) throw new ClaimError(`'${atom}' is neither a tuple nor a sentence of the file`);
    const given = [...atom.matchAll(VARIABLE)].map(([text]) => text);
    return word.clauses.map((clause) => {
      const fresh = ++this.#fresh;
      return clause.map((tuple) => tuple.replace(VARIABLE, (text) => {
        const at = word.variables.indexOf(text);
        return at < 0 ? `${text}_${fresh}` : given[at]!;
      }));
    });
  }
}

/** Returns a sentence with types in place of variables. */
function templateOf(sentence: string): string {
  return sentence.trim().replace(/\s+/g, " ").replace(VARIABLE, "<$1>");
}

/** Numbers of variables, by name; the types of the variables by number. */
export class Variables {
  readonly types: string[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(names: readonly string[] = []) {
    for (const name of names) this.number(name);
  }

  /** Returns variables with the same numbers, to which others can be added. */
  copy(): Variables {
    return new Variables([...this.#numbers.keys()]);
  }

  /** Returns the number of a variable, a new one for a new name. */
  number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.types.push(name.slice(0, name.indexOf(":"))) - 1;
    this.#numbers.set(name, number);
    return number;
  }
}

/** Returns a clause as a pattern. Adds its variables to `variables`. `admits` says whether the model has a shape. */
export function patternOf(clause: Clause, variables: Variables, admits: (shape: string) => boolean): Pattern {
  const tuples = clause.map((text): TuplePattern => {
    const [, object = "", relation = "", user = "", userset, condition = ""] = TUPLE.exec(text) ?? [];
    const isWildcard = user.endsWith(":*");
    const userType = user.slice(0, user.indexOf(":"));
    const kind = isWildcard ? user : userset === undefined ? userType : `${userType}#${userset}`;
    const shape = `${object.slice(0, object.indexOf(":"))}#${relation}@${kind}${condition}`;
    if (!admits(shape)) throw new ClaimError(`the model admits no tuple '${text}' (${shape})`);
    readShape(shape);
    return { shape, object: variables.number(object), user: isWildcard ? WILDCARD : variables.number(user) };
  });
  return { types: [...variables.types], tuples };
}
