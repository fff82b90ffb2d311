// The command `send`: sends a file of events in order, continues after it was killed, and drops no line silently.
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import {
  addServerCommand, connectionOf, EXIT, exiting, say, sayJson, UsageError, type ServerChoice,
} from "./command-line.ts";
import { EventSender } from "./event-sender.ts";
import { sourceOf } from "./line-splitter.ts";
import { ProgressLine } from "./progress-line.ts";
import { SendProgress } from "./send-progress.ts";
import { resumable, SendRun } from "./send-run.ts";

/** Options of the command. */
interface SendChoice extends ServerChoice {
  readonly report?: string;
  readonly fromStart?: boolean;
}

/** A report may quote ids that only its reader may know. */
const PRIVATE = { mode: 0o600 };

/** Adds the command. */
export function addSendCommand(program: Command): void {
  addServerCommand(program, {
    usage: "send <file>", summary: "send a file of events, one CloudEvent in JSON a line (- is standard input)",
    details: [
      "Sends the events in the order of the file. An event that the server has already is a duplicate, with no effect.",
      "Reports each refused or malformed line by its number on standard error, and continues with the next line.",
      "If it is stopped, run it again: it continues, with the help of <file>.progress, and checks that file first.",
      "Exit status: 0 all applied, 1 a line was refused, 2 wrong usage, 3 stopped before the end.",
    ],
    example: "sideline send events.ndjson --report refused.json",
  }).option("--report <file>", "write the result as JSON to a file, with every refused line")
    .option("--from-start", "send every line again, whatever <file>.progress says")
    .action(exiting(runSend));
}

async function runSend(file: string, options: SendChoice): Promise<number> {
  const connection = connectionOf(options);
  const source = sourceOf(file);
  if (options.report === file) throw new UsageError("--report would replace the file of events");
  const line = new ProgressLine();
  const sender = new EventSender(connection, (text) => line.note(text));
  const kept = source.size === undefined ? undefined : new SendProgress(`${file}.progress`, connection.url,
    (why) => line.note(`the progress cannot be kept (${why}): if this run stops, the next one sends every line again`));
  const resumed = options.fromStart === true ? undefined : await resumable(source, kept?.read(), sender, line);
  kept?.begin(resumed?.earlier);
  const run = new SendRun(source, line, resumed);
  try {
    await run.send(sender, kept);
  } finally {
    line.clear();
    // A run that stops before the end also reports what it knows.
    if (options.report !== undefined) writeFileSync(options.report, `${JSON.stringify(run.result())}\n`, PRIVATE);
    if (options.json === true) sayJson(run.result());
  }
  kept?.remove();
  if (options.json !== true) say(run.summary());
  return run.refused.length === 0 ? EXIT.yes : EXIT.no;
}
