// The command `explain`: why an answer of a running server is yes, or what is missing for one.
import type { Command } from "commander";
import type { ExplainedTuple, MissingWay, Reason, TupleEvent } from "../client/explanation.ts";
import { explanationOf } from "../client/questions.ts";
import { whatEnded } from "../reasons/what-ended.ts";
import { addServerCommand, ask, connectionOf, EXIT, exiting, say, sayJson } from "./command-line.ts";
import { AS_OF, CONTEXT, contextOf, expectEntity, stateOf, type QuestionChoice } from "./question-commands.ts";

/** Adds the command. */
export function addExplainCommand(program: Command): void {
  addServerCommand(program, {
    usage: "explain <user> <relation> <object>", summary: "say why an answer is yes, or what is missing for one",
    details: [
      "Needs an API key of scope read. Exit status: 0 yes, 1 no, 2 wrong usage, 3 no answer.",
      "The answer names other people: it is for support and reviewers.",
    ],
    example: "sideline explain user:carl can_read note:n1\n# yes\n# 1. NP5: ...",
  }).option(...CONTEXT).option(...AS_OF).action(exiting(runExplain));
}

async function runExplain(user: string, relation: string, object: string, options: QuestionChoice): Promise<number> {
  expectEntity("user", user);
  expectEntity("object", object);
  const body = { tuple_key: { user, relation, object }, ...contextOf(options) };
  const found = explanationOf(await ask(connectionOf(options), "/explain", body, stateOf(options)));
  if (options.json === true) sayJson(found);
  else {
    say(found.allowed ? "yes" : "no");
    if (!found.allowed) for (const line of endedLines(found.missing)) say(line);
    const parts = found.allowed ? found.reasons.map(reasonLines) : found.missing.map(missingLines);
    for (const [i, lines] of parts.entries()) for (const line of lines(i + 1)) say(line);
    if (found.truncated === true) say("There may be more.");
  }
  return found.allowed ? EXIT.yes : EXIT.no;
}

/** Returns a line for everything that ended, with the event that ended it. */
function endedLines(missing: readonly MissingWay[]): string[] {
  return whatEnded(missing)
    .map(({ tuple, thing, event }) => `ended: ${thing ?? printed(tuple)}, ${factOf("by", event)}`);
}

/** Returns the lines of a numbered entry. */
type Lines = (number: number) => string[];

function reasonLines({ rules, text, tuples }: Reason): Lines {
  return (number) => [headOf(number, rules, text), ...tuples.map((tuple) => `   ${printed(tuple)}`)];
}

function missingLines({ rules, text, present, absent, against = [], events }: MissingWay): Lines {
  return (number) => [
    headOf(number, rules, text), ...present.map((tuple) => `   present: ${printed(tuple)}`),
    ...absent.map((tuple) => `   absent:  ${printed(tuple)}`),
    ...against.map((tuple) => `   against: ${printed(tuple)}`),
    ...events.map(({ type, data, who }) => `   event:   ${type} ${JSON.stringify(data)}, sent by: ${who}`),
  ];
}

function headOf(number: number, rules: readonly string[], text: string): string {
  return `${number}. ${rules.length === 0 ? "" : `${rules.join(", ")}: `}${text}`;
}

function printed({ user, relation, object, condition, since, ended }: ExplainedTuple): string {
  const on = condition === undefined ? "" : ` with ${condition.name}`;
  const facts = [factOf("since", since), factOf("ended by", ended)].filter((fact) => fact !== "");
  return [`${user} ${relation} ${object}${on}`, ...facts].join(", ");
}

function factOf(word: string, event: TupleEvent | null | undefined): string {
  if (event === undefined || event === null) return "";
  const by = event.actor === null ? "the system" : `user:${event.actor}`;
  return `${word} ${event.type}${event.time === null ? "" : ` at ${event.time}`} by ${by}`;
}
