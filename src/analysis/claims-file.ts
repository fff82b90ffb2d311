// Reads a claims file: what a model must guarantee for every set of tuples, in sentences that a program can prove.
import { z } from "zod";
import type { Alternatives, Word } from "./claim-patterns.ts";
import { ClaimError } from "./claim-patterns.ts";

const text = z.string().min(1);
const texts = z.union([text.transform((one) => [one]), z.array(text).min(1)]);
const alternatives = z.union([
  text.transform((one): Alternatives => [one]),
  z.array(z.union([text, z.array(text).min(1)])),
]);

const claim = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  rules: text,
  says: text,
  "whoever has": texts.optional(),
  "nobody has": texts.optional(),
  given: texts.optional(),
  satisfies: alternatives.optional(),
  "whoever satisfies": alternatives.optional(),
  unless: alternatives.optional(),
  has: texts.optional(),
  using: z.array(text).min(1).optional(),
});

const invariant = z.strictObject({
  name: text,
  says: text,
  "kept by": texts,
  when: texts,
  then: z.union([z.literal("never"), z.strictObject({ same: z.tuple([text, text]) }), texts]),
});

const word = z.strictObject({ say: text, means: alternatives });

const file = z.strictObject({
  lists: z.record(text, z.array(text).min(1)).default({}),
  words: z.array(word).default([]),
  invariants: z.array(invariant).default([]),
  claims: z.array(claim).min(1),
});

/** An invariant as written: the guards that keep it, and what it says about tuples. */
export interface WrittenInvariant {
  readonly name: string;
  readonly says: string;
  /** Paths of the files that keep it. */
  readonly keptBy: readonly string[];
  readonly when: readonly string[];
  readonly then: readonly string[] | { readonly same: readonly [string, string] } | "never";
}

/**
 * One claim as written. The question is a tuple, `note:n#can_read@user:u`.
 * - `whoever has`: each user who has the question, in worlds with `given`, satisfies one of the alternatives.
 * - `nobody has`: the same without alternatives.
 * - `whoever satisfies`: each user who satisfies one of the alternatives has every question, or satisfies one of
 *   `exceptions`.
 */
export interface WrittenClaim {
  readonly id: string;
  /** Numbers of the rules, such as `NP3`. */
  readonly rules: readonly string[];
  readonly says: string;
  readonly kind: "whoever has" | "nobody has" | "whoever satisfies";
  readonly questions: readonly string[];
  readonly given: readonly string[];
  readonly alternatives: Alternatives;
  readonly exceptions: Alternatives;
  /** Names of the invariants that its proof may use. */
  readonly using: readonly string[];
}

/** The content of a claims file. */
export interface ClaimsFile {
  /** Names that stand for each other in one place of a claim: `athlete:a#<key>@user:u`. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly words: readonly Word[];
  readonly invariants: readonly WrittenInvariant[];
  readonly claims: readonly WrittenClaim[];
}

/**
 * Reads the content of a claims file, parsed from YAML or JSON. Throws a ClaimError that names the fault.
 *
 * @example
 * const claim = { id: "readers", rules: "R1", says: "Only the author reads.",
 *   "whoever has": "note:n#reader@user:u", satisfies: "note:n#author@user:u" };
 * readClaimsFile({ claims: [claim] }).claims[0].kind // "whoever has"
 * readClaimsFile({ claims: [{ ...claim, has: "note:n#reader@user:u" }] }) // throws is none of
 */
export function readClaimsFile(content: unknown): ClaimsFile {
  const parsed = file.safeParse(content);
  if (!parsed.success) throw new ClaimError(`the claims file is not as expected: ${z.prettifyError(parsed.error)}`);
  const { lists, words, invariants, claims } = parsed.data;
  const ids = claims.map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) throw new ClaimError(`two claims have the id '${twice}'`);
  return {
    lists, words,
    invariants: invariants.map(({ "kept by": keptBy, ...rest }) => ({ ...rest, keptBy })),
    claims: claims.map(readClaim),
  };
}

function readClaim(written: z.infer<typeof claim>): WrittenClaim {
  const { id, rules, says, given = [], using = [], satisfies, has, unless: exceptions = [] } = written;
  const both = { id, rules: rules.split(/[\s,]+/), says, given, exceptions, using };
  const [whoever, nobody, satisfying] = [written["whoever has"], written["nobody has"], written["whoever satisfies"]];
  const isLimit = !satisfying && !has && exceptions.length === 0;
  if (isLimit && whoever !== undefined && satisfies !== undefined && satisfies.length > 0 && !nobody) {
    return { ...both, kind: "whoever has", questions: whoever, alternatives: satisfies };
  }
  if (isLimit && nobody !== undefined && !whoever && !satisfies) {
    return { ...both, kind: "nobody has", questions: nobody, alternatives: [] };
  }
  if (satisfying !== undefined && has !== undefined && !whoever && !nobody && !satisfies && given.length === 0) {
    return { ...both, kind: "whoever satisfies", questions: has, alternatives: satisfying };
  }
  throw new ClaimError(`claim '${id}' is none of: whoever has ... satisfies; nobody has ... given; `
    + "whoever satisfies ... has ... unless");
}
