#!/usr/bin/env node
// The command line: builds the commands, runs the one that is asked for, and exits with its status.
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { ConfigError } from "../config.ts";
import {
  addServerCommand, addCommand, EXIT, exiting, printError, UsageError, type ServerChoice,
} from "./command-line.ts";
import { addCompareCommand } from "./compare-command.ts";
import { addExplainCommand } from "./explain-command.ts";
import { addHistoryCommand } from "./history-command.ts";
import { addKeysCommand } from "./keys-command.ts";
import { addPolicyCommands } from "./policy-commands.ts";
import { addQuestionCommands } from "./question-commands.ts";
import { addSendCommand } from "./send-command.ts";
import { addServeCommand } from "./serve-command.ts";
import type { MigrateChoice, VerifyChoice } from "./store-commands.ts";

const STATUSES = `
Exit status: 0 yes or done, 1 no or differences, 2 wrong usage, 3 failed.
The API key comes from SIDELINE_KEY or from a file (--key-file), never from an argument.
\`sideline help <command>\` shows the options of a command, and an example.`;

function newProgram(): Command {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    readonly version: string;
  };
  const program = new Command("sideline");
  program.description("Authorization for coaching platforms: events become tuples, tuples answer checks.")
    .version(version, "-V, --version", "print the version").helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command").exitOverride().addHelpText("after", STATUSES)
    .configureOutput({
      outputError: (text, write) => write(`sideline: ${text.trim().replace(/^error: /, "").replaceAll("\n", " ")}\n`),
    });
  addServeCommand(program);
  addQuestionCommands(program);
  addExplainCommand(program);
  addHistoryCommand(program);
  addSendCommand(program);
  addCompareCommand(program);
  addKeysCommand(program);
  addPolicyCommands(program);
  addStoreCommands(program);
  return program;
}

/** Adds the commands about stores. Their code loads when one of them runs: it takes longer than a question. */
function addStoreCommands(program: Command): void {
  const load = () => import("./store-commands.ts");
  addServerCommand(program, {
    usage: "backup <file>", summary: "copy the store of a running server into a file",
    details: ["Needs an API key of scope admin. The file appears when it is complete; it holds secrets."],
    example: "sideline backup ./sideline-backup.db",
  }).option("--force", "replace the file if it exists").action(exiting(async (file: string,
    options: ServerChoice & { readonly force?: boolean }) => (await load()).runBackup(file, options)));
  const from = ["--from <place>", "folder of an embedded store, or URL of an OpenFGA server"] as const;
  const onOpenfga = (command: Command): Command => command
    .option("--store <name>", "name of the store on OpenFGA", "sideline")
    .option("--token-file <file>", "file with OpenFGA's preshared key (default: SIDELINE_OPENFGA_TOKEN)");
  onOpenfga(addCommand(program, {
    usage: "verify", summary: "find writes to an OpenFGA store that bypassed Sideline",
    details: ["Exit status: 0 no differences (left), 1 tuples differ, 2 wrong usage, 3 failed."],
    example: "sideline verify --from http://127.0.0.1:8080 --token-file ./openfga-key",
  })).requiredOption("--from <url>", "URL of the OpenFGA server")
    .option("--repair", "delete extra tuples and write missing ones back")
    .option("--yes", "write; without it, only print what --repair would write")
    .action(exiting(async (options: VerifyChoice) => (await load()).runVerify(options)));
  onOpenfga(addCommand(program, {
    usage: "migrate", summary: "copy a store from a folder to OpenFGA, or back",
    details: ["Stop every sidecar first. If a run fails, run it again to continue."],
    example: "sideline migrate --from ./data --to http://127.0.0.1:8080 --token-file ./openfga-key --yes",
  })).requiredOption(...from).requiredOption("--to <place>", "the place to copy to")
    .option("--yes", "write; without it, only print what would be written")
    .action(exiting(async (options: MigrateChoice) => (await load()).runMigrate(options)));
  addCommand(program, {
    usage: "email-key", summary: "print the key of the email hashes that an embedded store generated",
    example: "SIDELINE_EMAIL_KEY=$(sideline email-key --from ./data)",
  }).requiredOption("--from <folder>", "folder of the store")
    .action(exiting(async (options: { readonly from: string }) => (await load()).runEmailKey(options)));
}

/** Reports an error as one line on standard error. Returns the exit status. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.yes : EXIT.usage;
  printError(error);
  return error instanceof UsageError || error instanceof ConfigError ? EXIT.usage : EXIT.failed;
}

// A reader such as `head` may close the pipe early. That must not turn a no into the exit status of a yes.
process.stdout.on("error", () => process.exit(process.exitCode ?? EXIT.failed));
try {
  await newProgram().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
