// Asks the evaluator and a live OpenFGA the same questions, and compares the answers in one form.
import {
  check, listObjects, listUsers, type Failure, type Model, type Tuple, type TupleSet,
} from "../../src/engine.ts";
import { OpenfgaError, type Extras, type OpenfgaClient } from "../live/client.ts";

interface Circumstances {
  readonly contextualTuples?: readonly Tuple[];
  readonly context?: Readonly<Record<string, unknown>>;
}
export interface Check extends Circumstances {
  readonly ask: "check";
  readonly user: string;
  readonly relation: string;
  readonly object: string;
}
interface ListObjects extends Circumstances {
  readonly ask: "list-objects";
  readonly user: string;
  readonly relation: string;
  readonly type: string;
}
interface ListUsers extends Circumstances {
  readonly ask: "list-users";
  readonly object: string;
  readonly relation: string;
  /** `user` or `group#member`. */
  readonly filter: string;
}
export type Question = Check | ListObjects | ListUsers;

/** `yes`, `no`, a sorted list in brackets, or `error <code>`. */
export type Answer = string;

/** A question to both, and the answer of each. */
export interface Disagreement {
  readonly question: Question;
  readonly engine: Answer;
  readonly server: Answer;
}

/** Number of questions in one batch-check: OpenFGA's limit. */
const BATCH = 50;
/** Number of concurrent requests. */
const IN_FLIGHT = 6;

/** How long an OpenFGA with GIVES_UP searches for a list, in milliseconds, before it returns a part. */
export const LIST_DEADLINE_MS = 8_000;

/** Flags for an OpenFGA that gives up on a question it cannot answer; some random models keep it busy for minutes. */
export const GIVES_UP: readonly string[] = [
  "--request-timeout", "10s", "--http-upstream-timeout", "10s",
  "--listObjects-deadline", `${LIST_DEADLINE_MS}ms`, "--listUsers-deadline", `${LIST_DEADLINE_MS}ms`,
];

/** OpenFGA gave up on a question: there is nothing to compare. */
export class Unanswered extends Error {}

/** The evaluator's answer. */
export function askEngine(model: Model, tuples: TupleSet, question: Question): Answer {
  if (question.ask === "check") {
    const answer = check(model, tuples, question);
    return "error" in answer ? printError(answer.error) : printBoolean(answer.allowed);
  }
  if (question.ask === "list-objects") {
    const answer = listObjects(model, tuples, question);
    return "error" in answer ? printError(answer.error) : printList(answer.objects);
  }
  const answer = listUsers(model, tuples, { ...question, userFilter: filterOf(question) });
  return "error" in answer ? printError(answer.error) : printList(answer.users);
}

/** A server, and how long it searches for a list, in milliseconds. */
interface Peer {
  readonly client: OpenfgaClient;
  readonly listDeadline: number;
}

/** The server's answers, in the order of the questions; checks go in batches. */
async function askServer(peer: Peer, questions: readonly Question[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  const checks = [...questions.keys()].filter((i) => questions[i]?.ask === "check");
  const jobs: (() => Promise<void>)[] = [];
  for (let at = 0; at < checks.length; at += BATCH) {
    const part = checks.slice(at, at + BATCH);
    jobs.push(() => askBatch(peer, questions, part, answers));
  }
  for (const [i, question] of questions.entries()) {
    if (question.ask !== "check") jobs.push(async () => void (answers[i] = await askOne(peer, question)));
  }
  const worker = async (): Promise<void> => {
    for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) await job();
  };
  // If one request fails, the others finish first, so that the next world finds the server idle.
  const ended = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, worker));
  const failed = ended.find((each) => each.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return answers;
}

/** Asks both and returns the differences. Throws Unanswered if a list took `listDeadline` ms or OpenFGA gave up. */
export async function disagreements(
  model: Model, tuples: TupleSet, client: OpenfgaClient, questions: readonly Question[],
  listDeadline = Infinity,
): Promise<Disagreement[]> {
  const server = await askServer({ client, listDeadline }, questions);
  return questions.map((question, i) => ({ question, engine: askEngine(model, tuples, question), server: server[i]! }))
    .filter((each) => each.engine !== each.server);
}

/**
 * All answers of one batch. An entry with an error is asked again as a single check, because only then it has its code.
 */
async function askBatch(
  peer: Peer, questions: readonly Question[], part: readonly number[], answers: Answer[],
): Promise<void> {
  const items = part.map((i) => {
    const { user, relation, object, ...rest } = questions[i] as Check;
    return { correlationId: String(i), user, relation, object, ...extrasOf(rest) };
  });
  const results = await peer.client.batchCheck(items);
  for (const i of part) {
    const result = results[String(i)];
    answers[i] = result?.error === undefined ? printBoolean(result?.allowed === true)
      : await askOne(peer, questions[i]!);
  }
}

async function askOne({ client, listDeadline }: Peer, question: Question): Promise<Answer> {
  const asked = performance.now();
  const answer = await answerOf(client, question);
  const isPart = question.ask !== "check" && performance.now() - asked >= listDeadline;
  if (isPart || answer === "error deadline_exceeded") throw new Unanswered(JSON.stringify(question));
  return answer;
}

async function answerOf(client: OpenfgaClient, question: Question): Promise<Answer> {
  try {
    const extras = extrasOf(question);
    if (question.ask === "check") return printBoolean(await client.check(question, extras));
    if (question.ask === "list-objects") {
      const { user, relation, type } = question;
      return printList(await client.listObjects({ user, relation, type }, extras));
    }
    const { object, relation } = question;
    return printList(await client.listUsers({ object, relation, userFilter: filterOf(question) }, extras));
  } catch (error) {
    if (error instanceof OpenfgaError) return `error ${error.code}`;
    throw error;
  }
}

function extrasOf({ contextualTuples, context }: Circumstances): Extras {
  return {
    ...(contextualTuples === undefined ? {} : { contextualTuples }),
    ...(context === undefined ? {} : { context }),
  };
}

function filterOf({ filter }: ListUsers): { type: string; relation?: string } {
  const [type = "", relation] = filter.split("#");
  return relation === undefined ? { type } : { type, relation };
}

function printBoolean(allowed: boolean): Answer {
  return allowed ? "yes" : "no";
}

function printList(list: readonly string[]): Answer {
  return `[${[...list].sort().join(" ")}]`;
}

function printError(error: Failure): Answer {
  return `error ${error.code}`;
}
