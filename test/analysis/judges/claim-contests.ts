// The judges' own reading of model.claims.yaml: each claim as contests of two formulas. Shares no code with
// src/analysis.
import type { AuthorizationModelJson } from "../../../src/model/schema.ts";
import { and, ModelReader, not, or, some, type Contest, type Fact, type Formula, type Term } from "./formula.ts";

/** A claim as parsed from YAML. */
interface Claim {
  readonly id: string;
  readonly using?: readonly string[];
  readonly [field: string]: unknown;
}

interface File {
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly words: readonly { readonly say: string; readonly means: unknown }[];
  readonly invariants: readonly { readonly name: string; readonly when: unknown; readonly then: unknown }[];
  readonly claims: readonly Claim[];
}

const LETTERS = /([a-z_]+):([a-z]\w*)/g;

/** The contests of each claim of a parsed claims file, by the claim's id. A claim is true if none has a world. */
export function contestsOf(file: unknown, json: AuthorizationModelJson): ReadonlyMap<string, Contest[]> {
  const reader = new ClaimReader(file as File, json);
  return new Map((file as File).claims.map((claim) => [claim.id, reader.contests(claim)]));
}

class ClaimReader {
  readonly #file: File;
  readonly #model: ModelReader;
  #variables = 0;

  constructor(file: File, json: AuthorizationModelJson) {
    this.#file = file;
    this.#model = new ModelReader(json);
  }

  contests(claim: Claim): Contest[] {
    const asking = ["whoever has", "nobody has", "has"].find((field) => claim[field] !== undefined)!;
    const fields = [asking, "given", "satisfies", "whoever satisfies", "unless"];
    // Each question is filled by itself: lists that it is not about would only repeat it.
    const filled = listOf(claim[asking]).flatMap((question) => {
      const text = JSON.stringify([question, ...fields.slice(1).map((field) => claim[field] ?? null)]);
      return Object.entries(this.#file.lists).reduce((texts, [list, values]) => texts.flatMap((each) =>
        (each.includes(`<${list}>`) ? values.map((value) => each.split(`<${list}>`).join(value)) : [each])), [text]);
    });
    const axioms = (claim.using ?? []).map((name) => this.#axiom(name));
    return filled.map((text) => JSON.parse(text) as unknown[]).flatMap((values) =>
      this.#filled(Object.fromEntries(fields.map((field, i) => [field, values[i]])), axioms));
  }

  #filled(claim: Record<string, unknown>, axioms: readonly Formula[]): Contest[] {
    const questions = listOf(claim["whoever has"] ?? claim["nobody has"] ?? claim["has"]);
    return questions.flatMap((text): Contest[] => {
      const [object, relation, user] = partsOf(text as string);
      const asked = this.#model.relation(object!, relation!, user!);
      const free = [user!, object!];
      if (claim["has"]) {
        return alternativesOf(claim["whoever satisfies"]).map((atoms) => {
          const names = [...free, ...termsIn(atoms)];
          const exceptions = alternativesOf(claim["unless"]).map((each) => this.#closed(each, names));
          const outside = names.slice(2);
          return { user: user!, object: object!, axioms, right: or(),
            left: quantified(outside, and(this.#all(atoms, names), not(asked), not(or(...exceptions)))) };
        });
      }
      const given = listOf(claim["given"]) as string[];
      const names = [...free, ...termsIn(given)];
      const right = alternativesOf(claim["satisfies"]).map((each) => this.#closed(each, names));
      return [{ user: user!, object: object!, axioms, right: or(),
        left: quantified(names.slice(2), and(asked, this.#all(given, names), not(or(...right)))) }];
    });
  }

  /** All atoms hold for some values of the variables that are not among `outside`. */
  #closed(atoms: readonly string[], outside: readonly Term[]): Formula {
    const inner = termsIn(atoms).filter((term) => !outside.some((each) => isSame(each, term)));
    return quantified(inner, this.#all(atoms, [...outside, ...inner]));
  }

  #all(atoms: readonly string[], scope: readonly Term[]): Formula {
    return and(...atoms.map((atom) => (atom.includes("@") ? factOf(atom) : this.#sentence(atom, scope))));
  }

  #sentence(sentence: string, scope: readonly Term[]): Formula {
    const word = this.#file.words.find(({ say }) => blank(say) === blank(sentence));
    if (word === undefined) throw new Error(`no word '${sentence}'`);
    const [own, given] = [[...word.say.matchAll(LETTERS)], [...sentence.matchAll(LETTERS)]].map((all) =>
      all.map(([, type = "", name = ""]) => ({ type, name })));
    // Every variable gets a new name, so that none of the sentence's own meets one of the claim.
    const fresh = ++this.#variables;
    const renamed = (text: string): string => text.replace(LETTERS, (_, type: string, name: string) => {
      const at = own!.findIndex((term) => isSame(term, { type, name }));
      return at < 0 ? `${type}:${name}q${fresh}` : `${type}:${given![at]!.name}`;
    });
    return or(...alternativesOf(word.means).map((atoms) => this.#closed(atoms.map(renamed), [...scope, ...given!])));
  }

  #axiom(name: string): Formula {
    const found = this.#file.invariants.find((each) => each.name === name)!;
    const when = listOf(found.when) as string[];
    const terms = termsIn(when);
    const { then } = found;
    if (then === "never") return not(quantified(terms, this.#all(when, terms)));
    const same = (then as { same?: readonly [string, string] }).same;
    const follows: Formula = same === undefined ? this.#closed(listOf(then) as string[], terms)
      : { kind: "same", a: termOf(same[0]), b: termOf(same[1]) };
    return not(quantified(terms, and(this.#all(when, terms), not(follows))));
  }
}

const blank = (text: string): string => text.replace(LETTERS, "$1:").trim();
const isSame = (a: Term, b: Term): boolean => a.type === b.type && a.name === b.name;

function quantified(terms: readonly Term[], formula: Formula): Formula {
  return terms.reduce((inner, term) => some(term, inner), formula);
}

function listOf(value: unknown): readonly unknown[] {
  return value === null || value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function alternativesOf(value: unknown): string[][] {
  return listOf(value).map((each) => listOf(each) as string[]);
}

function termOf(text: string): Term {
  const [type = "", name = ""] = text.split(":");
  return { type, name };
}

function termsIn(atoms: readonly string[]): Term[] {
  const found = new Map(atoms.flatMap((atom) => [...atom.matchAll(LETTERS)]).map(([text]) => [text, termOf(text)]));
  return [...found.values()];
}

function partsOf(text: string): [Term, string, Term] {
  const [, object = "", relation = "", user = ""] = /^(.+)#(.+)@(.+)$/.exec(text) ?? [];
  return [termOf(object), relation, termOf(user)];
}

function factOf(atom: string): Formula {
  const [text = "", condition = ""] = atom.split(" with ");
  const [left = "", right = ""] = text.split("@");
  const [object = "", relation = ""] = left.split("#");
  const [who = "", userset = ""] = right.split("#");
  const [userType = ""] = who.split(":");
  const user = who.endsWith(":*") ? "*" as const : termOf(who);
  const fact: Fact = { object: termOf(object), relation, user, userType, userset, condition };
  return { kind: "fact", fact };
}
