// The command `compare`: asks the checks of a file, and reports each answer that differs from the expected one.
import type { Command } from "commander";
import { readAllowed } from "../client/check-gathering.ts";
import { MAX_CHECKS_PER_REQUEST } from "../client/generated/request-limits.ts";
import { recordOf, SidelineError } from "../client/sideline-error.ts";
import type { Transport } from "../client/transport.ts";
import { COMPARE_REQUESTS_IN_FLIGHT } from "./command-limits.ts";
import {
  addServerCommand, connectionOf, EXIT, exiting, isAboutContent, say, sayJson, sentenceOf, transportTo,
  type ServerChoice,
} from "./command-line.ts";
import { ExpectedAnswers, type ExpectedAnswer, type UnreadLine } from "./expected-answers.ts";
import { bytesOf, linesOf, sourceOf, type LineSource } from "./line-splitter.ts";
import { printNumber, ProgressLine } from "./progress-line.ts";

/** A line whose answer differs. */
interface Difference {
  readonly line: number;
  readonly user: string;
  readonly relation: string;
  readonly object: string;
  readonly expected: boolean;
  readonly answered: boolean;
}

/** A line without an answer: it holds no check, or the server cannot answer it. */
interface Unanswered extends UnreadLine {
  readonly code: string;
}

/** The answer to a line. */
type Compared = "same" | Difference | Unanswered;

/** Adds the command. */
export function addCompareCommand(program: Command): void {
  addServerCommand(program, {
    usage: "compare <file>", summary: "compare the answers of a server with expected ones (- is standard input)",
    details: [
      "The file has a check in each line: JSON with user, relation, object and allowed, or CSV with these columns.",
      "Exit status: 0 every answer is as expected, 1 a line differs or has no answer, 2 wrong usage, 3 failed.",
    ],
    example: "sideline compare answers.ndjson\n"
      + "# line 7: user:carl can_read note:n1: expected yes, answered no",
  }).action(exiting(runCompare));
}

async function runCompare(file: string, options: ServerChoice): Promise<number> {
  const connection = connectionOf(options);
  const source = sourceOf(file);
  const transport = transportTo(connection);
  const line = new ProgressLine();
  const differences: Difference[] = [];
  const unanswered: Unanswered[] = [];
  let compared = 0;
  const failed = (error: SidelineError): never => {
    throw new Error(sentenceOf(error, connection.url), { cause: error });
  };
  for await (const answers of answersTo(source, transport, failed)) {
    for (const answer of answers) {
      compared++;
      if (answer === "same") continue;
      if ("code" in answer) unanswered.push(answer);
      else differences.push(answer);
      if (options.json !== true) {
        line.clear();
        say(printed(answer));
      }
    }
    const apart = differences.length + unanswered.length;
    line.show(() => `${printNumber(compared)} lines compared${apart === 0 ? "" : `, ${printNumber(apart)} differ`}`);
  }
  line.clear();
  if (compared === 0) throw new Error(`${file} holds no check: nothing was compared`);
  const same = compared - differences.length - unanswered.length;
  if (options.json === true) sayJson({ compared, same, differences, unanswered });
  else {
    const counts = [`${printNumber(same)} as expected`, `${printNumber(differences.length)} differ`,
      `${printNumber(unanswered.length)} without an answer`];
    say(`${printNumber(compared)} compared: ${counts.join(", ")}`);
  }
  return same === compared ? EXIT.yes : EXIT.no;
}

function printed(answer: Difference | Unanswered): string {
  if ("code" in answer) return `line ${answer.line}: ${answer.code}: ${answer.detail}`;
  const { line, user, relation, object, expected, answered } = answer;
  const word = (allowed: boolean): string => (allowed ? "yes" : "no");
  return `line ${line}: ${user} ${relation} ${object}: expected ${word(expected)}, answered ${word(answered)}`;
}

/** Yields the answers in the order of the lines, with several requests in flight. */
async function* answersTo(
  source: LineSource, transport: Transport, failed: (error: SidelineError) => never,
): AsyncGenerator<readonly Compared[]> {
  const flying: Promise<readonly Compared[]>[] = [];
  for await (const group of groupsOf(source)) {
    const answers = askGroup(group, transport, failed);
    // A failure is reported when its turn comes.
    answers.catch(() => {});
    flying.push(answers);
    if (flying.length >= COMPARE_REQUESTS_IN_FLIGHT) yield await flying.shift()!;
  }
  for (const answers of flying) yield await answers;
}

type Group = readonly (ExpectedAnswer | UnreadLine)[];

async function* groupsOf(source: LineSource): AsyncGenerator<Group> {
  const expected = new ExpectedAnswers();
  let group: (ExpectedAnswer | UnreadLine)[] = [];
  for await (const lines of linesOf(bytesOf(source))) {
    for (const line of lines) {
      const read = expected.read(line);
      if (read !== undefined) group.push(read);
      if (group.length < MAX_CHECKS_PER_REQUEST) continue;
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}

async function askGroup(
  group: Group, transport: Transport, failed: (error: SidelineError) => never,
): Promise<readonly Compared[]> {
  const checks = group.filter((each): each is ExpectedAnswer => "user" in each);
  const answers = new Map<number, Compared>();
  await askAll(checks, transport, answers, failed);
  return group.map((each) => ("user" in each ? answers.get(each.line)!
    : { line: each.line, code: "malformed_line", detail: each.detail }));
}

/** Asks checks in one request; in halves where the server refuses the request because of one of them. */
async function askAll(
  checks: readonly ExpectedAnswer[], transport: Transport, answers: Map<number, Compared>,
  failed: (error: SidelineError) => never,
): Promise<void> {
  const [only] = checks;
  if (only === undefined) return;
  const body = JSON.stringify({ checks: checks.map(({ user, relation, object, context }, i) =>
    ({ tuple_key: { user, relation, object }, correlation_id: String(i), ...(context && { context }) })) });
  let result: Readonly<Record<string, unknown>>;
  try {
    const headers = { "content-type": "application/json" };
    result = recordOf(recordOf(await transport.request({ path: "/batch-check", body, headers }))["result"]);
  } catch (error) {
    if (!(error instanceof SidelineError)) throw error;
    if (!isAboutContent(error)) failed(error);
    if (checks.length === 1) return void answers.set(only.line, unansweredBy(error, only));
    const half = Math.ceil(checks.length / 2);
    await askAll(checks.slice(0, half), transport, answers, failed);
    return askAll(checks.slice(half), transport, answers, failed);
  }
  for (const [i, check] of checks.entries()) answers.set(check.line, compare(check, result[String(i)]));
}

function compare(check: ExpectedAnswer, answer: unknown): Compared {
  const { line, user, relation, object, allowed: expected } = check;
  try {
    const answered = readAllowed(answer);
    return answered === expected ? "same" : { line, user, relation, object, expected, answered };
  } catch (error) {
    if (error instanceof SidelineError) return unansweredBy(error, check);
    throw error;
  }
}

function unansweredBy({ code, detail }: SidelineError, { line }: ExpectedAnswer): Unanswered {
  return { line, code, detail };
}
