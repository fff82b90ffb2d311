// The parts that all commands share: exit statuses, wrong usage, help, the server's options, and the two outputs.
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { transportOf, type Transport } from "../client/transport.ts";
import { SidelineError } from "../client/sideline-error.ts";
import { DEFAULT_SERVER_URL, readClientConfig, type ClientConfig } from "../config.ts";
import { QUESTION_RETRIES, REQUEST_TIMEOUT_OF_COMMAND_MS } from "./command-limits.ts";

/** Exit statuses of every command: yes or done, no or differences, wrong usage, failed. */
export const EXIT = { yes: 0, no: 1, usage: 2, failed: 3 } as const;

/** An error in the command line. The message is one sentence. */
export class UsageError extends Error {}

/** The name, the purpose and an example of a command, as its help shows them. */
export interface CommandHelp {
  /** Name and arguments, such as `check <user> <relation> <object>`. */
  readonly usage: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** Sentences about details, one a line. */
  readonly details?: readonly string[];
  /** Example commands, one a line; a line that begins with `#` shows an output. */
  readonly example: string;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
}

/** Options of a command that asks a running server. */
export interface ServerChoice extends CommonOptions {
  readonly url?: string;
  readonly keyFile?: string;
}

/** Adds a command with its help and the option --json. */
export function addCommand(parent: Command, { usage, summary, details = [], example }: CommandHelp): Command {
  const lines = example.split("\n").map((line) => `  ${line}`).join("\n");
  return parent.command(usage).summary(summary).description([summary, ...details].join("\n"))
    .option("--json", "print the result as JSON").addHelpText("after", `\nExample:\n${lines}`);
}

/** Adds a command that asks a running server: also with --url and --key-file. */
export function addServerCommand(parent: Command, help: CommandHelp): Command {
  return addCommand(parent, help)
    .option("--url <url>", `address of the server (default: SIDELINE_URL, or ${DEFAULT_SERVER_URL})`)
    .option("--key-file <file>", "file that holds an API key (default: the key in SIDELINE_KEY)");
}

/** Returns an action that sets the exit status of the process to the status that `run` resolves to. */
export function exiting<Args extends readonly unknown[]>(
  run: (...args: Args) => Promise<number>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    process.exitCode = await run(...args);
  };
}

/** Prints a line of the result. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints the result as JSON, for --json. */
export function sayJson(result: object): void {
  say(JSON.stringify(result));
}

/** Prints a line for the person who watches: a warning, or a hint. */
export function hint(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Prints an error as one line on standard error. */
export function printError(error: unknown): void {
  hint(`sideline: ${(error as Error).message.replaceAll("\n", " ")}`);
}

/** Returns true for an address, as opposed to a folder. */
export function isUrl(place: string): boolean {
  return /^https?:\/\//.test(place);
}

/** Returns the address of the server and the key. Throws a UsageError for an address or a key that is none. */
export function connectionOf({ url: given, keyFile }: ServerChoice): ClientConfig {
  const settings = readClientConfig();
  const url = given ?? settings.url;
  if (!isUrl(url) || !URL.canParse(url)) {
    throw new UsageError("--url must be the http:// or https:// URL of a running server");
  }
  const key = keyFile === undefined ? settings.key : readKeyFile(keyFile);
  // Node's own error for such a header would quote the key.
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    throw new UsageError("the API key is empty, or has characters that no key has");
  }
  return { url, key };
}

/** Reads an API key from a file. The error for an unreadable file omits its name, which may be the key by mistake. */
function readKeyFile(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    throw new UsageError("the file of --key-file cannot be read; its name is not shown, since it may be a key");
  }
}

/** Returns the way to a server, by default with retries after temporary failures. */
export function transportTo({ url, key }: ClientConfig, retries = QUESTION_RETRIES): Transport {
  return transportOf({ url, key, retries, timeout: REQUEST_TIMEOUT_OF_COMMAND_MS });
}

/**
 * Sends a question as JSON, or a GET without a body, and returns the JSON of the answer. `more`: further headers.
 * Rejects with an Error whose message is a sentence.
 */
export async function ask(
  connection: ClientConfig, path: string, body?: object, more: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const sent = body === undefined ? { headers: more }
    : { body: JSON.stringify(body), headers: { "content-type": "application/json", ...more } };
  try {
    return await transportTo(connection).request({ path, ...sent });
  } catch (error) {
    throw error instanceof SidelineError ? new Error(sentenceOf(error, connection.url), { cause: error }) : error;
  }
}

/** Returns an error of the server, or of the way to it, as one sentence. */
export function sentenceOf(error: SidelineError, url: string): string {
  if (error.code === "no_answer") return `${url} does not answer: ${causeOf(error.cause)}`;
  return error.code === "timed_out" ? `${url} did not answer in time` : `${url} answered ${error.message}`;
}

/** True for a refusal of the content of a request, as opposed to its sender or its address. */
export function isAboutContent({ status, code }: SidelineError): boolean {
  return status === 413 || (status === 400 && code !== "unreadable_answer");
}

/** Returns the innermost message of an error that `fetch` threw. */
export function causeOf(error: unknown): string {
  const { cause, message } = error as Error;
  if (!(cause instanceof Error)) return message;
  // Where several addresses were tried, Node's error has a code and no message.
  const { code } = cause as NodeJS.ErrnoException;
  const inner = causeOf(cause);
  return inner === "" ? code ?? message : inner;
}
