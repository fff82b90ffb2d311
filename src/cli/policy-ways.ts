// The command `sideline policy ways`: every way in which a model gives a relation.
import { listWays, type WrittenWay } from "../analysis/list-ways.ts";
import { readRuleIndex } from "../analysis/rule-index.ts";
import { Unrolling } from "../analysis/unroll.ts";
import type { Model } from "../model/rewrite.ts";
import { wordsOf } from "../analysis/way-words.ts";
import { countOf, jsonOf, linesOf, SAME, type NamedModel, type Output } from "./policy-output.ts";
import { phrasesOf } from "./policy-words.ts";

/** Arguments of the command. */
export interface WaysArguments {
  readonly model: NamedModel<Model>;
  /** `type#relation`; a type for all of its relations; undefined for the number of ways of each relation. */
  readonly relation: string | undefined;
  readonly json: boolean;
}

const WRONG_USAGE = 2;

/**
 * Prints the ways of a relation, those of fewest tuples first: each minimal pattern of tuples that gives it, the
 * negations it must avoid, a sentence in words, and the rules of the lines that it passes through. `user:u` is the user
 * of the question. Status 2 if the model has no such relation.
 */
export function policyWays({ model: { model, text }, relation, json }: WaysArguments): Output {
  const chosen = model.relations.map(({ type, name }) => `${type.name}#${name}`)
    .filter((place) => isChosen(place, relation));
  if (chosen.length === 0) return noRelation(relation);
  const rules = readRuleIndex(text);
  const unrolling = new Unrolling(model);
  const found = chosen.map((place) => ({ place, list: spokenWays(place, unrolling) }));
  if (json) {
    return { status: SAME, text: jsonOf(found.map(({ place, list }) => ("fault" in list ? { relation: place, ...list }
      : { relation: place, bound: list.bound ?? null,
        ways: list.ways.map((way) => ({ ...way, rules: rulesOf(way, rules) })) }))) };
  }
  return { status: SAME, text: linesOf(found.flatMap(({ place, list }) => {
    if ("fault" in list) return [`${place}: ${list.fault}`];
    const heading = `${place}: ${countOf(list.ways.length, "way")}${boundNote(list.bound)}`;
    return relation === undefined ? [heading] : [heading, ...list.ways.flatMap((way, i) => wayLines(way, i, rules))];
  })) };
}

/** A way with a sentence that says it in words. */
type SpokenWay = WrittenWay & { readonly says: string };

/** Lists the ways of a relation, fewest tuples first, or returns the reason why they cannot be listed. */
function spokenWays(
  place: string, unrolling: Unrolling,
): { readonly ways: readonly SpokenWay[]; readonly bound: number | undefined } | { readonly fault: string } {
  const { model } = unrolling;
  const list = listWays(model, place, unrolling);
  if ("fault" in list) return list;
  const [type = "", name = ""] = place.split("#");
  const { ways } = unrolling.of(model.types.get(type)!.relations.get(name)!);
  const book = phrasesOf(model);
  const spoken = list.ways.map((way, i): SpokenWay => ({ ...way, says: wordsOf(ways[i]!, book).join("; ") }));
  return { ways: spoken.sort((a, b) => a.tuples.length - b.tuples.length), bound: list.bound };
}

/** Whether an argument chooses a relation: `type#relation`, a type for all of its relations, or none for all. */
export function isChosen(place: string, argument: string | undefined): boolean {
  return argument === undefined || place === argument || place.slice(0, place.indexOf("#")) === argument;
}

/** Returns the output for an argument that chooses no relation: wrong usage. */
export function noRelation(argument: string | undefined): Output {
  const text = argument === undefined ? "the model has no relations" : `the model has no relation '${argument}'`;
  return { status: WRONG_USAGE, text: linesOf([text]) };
}

/** Returns the note on a result about a recursive definition, or an empty text. */
export function boundNote(bound: number | undefined): string {
  return bound === undefined ? "" : ` (up to ${bound} passes through a recursive definition)`;
}

function wayLines(way: SpokenWay, i: number, rules: ReadonlyMap<string, readonly string[]>): string[] {
  const numbers = rulesOf(way, rules);
  return [
    `${String(i + 1).padStart(4)}  ${way.tuples.join(", ")}`,
    ...way.unless.map((negation) => `      unless ${negation}`),
    `      ${way.says}`,
    `      through ${way.lines.join(" -> ")}`,
    ...(numbers.length === 0 ? [] : [`      rules ${numbers.join(" ")}`]),
  ];
}

function rulesOf({ lines }: WrittenWay, rules: ReadonlyMap<string, readonly string[]>): string[] {
  return [...new Set(lines.flatMap((line) => rules.get(line) ?? []))];
}
