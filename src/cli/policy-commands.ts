// The commands `policy ways|diff|prove`: their options and help. Their code loads when one of them runs.
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { readConfig } from "../config.ts";
import { addCommand, exiting, UsageError } from "./command-line.ts";
import type { DataPlace, PolicyCommand } from "./policy-command.ts";

/** Options of the three commands, as commander returns them. */
interface PolicyChoice {
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly story?: boolean;
  readonly all?: boolean;
  readonly allowLossOnly?: boolean;
  readonly model?: string;
  readonly claims?: string;
  readonly data?: string;
  readonly store?: string;
  readonly openfga?: string;
  readonly storeName: string;
  readonly tokenFile?: string;
}

const STORY = ["--story", "print the example as a runnable .fga.yaml"] as const;
const MODEL = ["--model <file>",
  "the model: .fga, .json, fga.mod or a store file (default: this package's model.fga)"] as const;

/** Adds the command `policy` with its three commands. `run` runs one of them and resolves to the exit status. */
export function addPolicyCommands(
  program: Command, run: (command: PolicyCommand) => Promise<number> = runAndPrint,
): void {
  const policy = program.command("policy").summary("what a model allows, for every possible set of tuples")
    .description("Decides what a model allows, for every possible set of tuples.");
  addCommand(policy, {
    usage: "ways [relation]", summary: "list every way to a relation: the minimal patterns of tuples that give it",
    details: ["The relation is type#relation, or a type for all of its relations.",
      "Without one: the number of ways of each relation."],
    example: "sideline policy ways note#can_read",
  }).option(...MODEL).option("--markdown", "print a document in words, as docs/access.md is")
    .action(exiting((relation: string | undefined, { model, json = false, markdown = false }: PolicyChoice) => {
      if (json && markdown) throw new UsageError("--json and --markdown exclude one another");
      return run({ command: "ways", model, relation, json, markdown });
    }));
  addCommand(policy, {
    usage: "diff <before> <after>", summary: "compare two models: who gains or loses what, with the smallest example",
    details: ["Exit status: 0 equal for all tuple sets, 1 different, 2 wrong usage, 3 failed.",
      "With --data, --store or --openfga it also counts and names who gains and loses on these tuples."],
    example: "sideline policy diff released.fga model.fga --allow-loss-only",
  }).option("--allow-loss-only", "exit with 1 only if somebody gains: a gate for pull requests").option(...STORY)
    .option("--data <folder>", "folder of an embedded store; stop its server first, or use a backup")
    .option("--store <file>", "a store file (.fga.yaml)").option("--openfga <url>", "URL of an OpenFGA server")
    .option("--store-name <name>", "name of the store on OpenFGA", "sideline")
    .option("--token-file <file>", "file with OpenFGA's preshared key (default: SIDELINE_OPENFGA_TOKEN)")
    .action(exiting((before: string, after: string, choice: PolicyChoice) => {
      const { allowLossOnly = false, story = false, json = false } = choice;
      return run({ command: "diff", before, after, allowLossOnly, story, json, on: placeOf(choice) });
    }));
  addCommand(policy, {
    usage: "prove", summary: "prove the claims about a model, or refute them with the smallest set of tuples",
    details: ["Exit status: 0 all proved, 1 a claim is refuted or undecided, 2 wrong usage, 3 failed."],
    example: "sideline policy prove\n# 96 claims: 96 proved (2 by invariants), 0 refuted, 0 undecided",
  }).option(...MODEL).option("--claims <file>", "the claims (default: the .claims.yaml next to the model)")
    .option("--all", "list the proved claims as well").option(...STORY)
    .action(exiting(({ model, claims, all = false, story = false, json = false }: PolicyChoice) =>
      run({ command: "prove", model, claims, all, story, json })));
}

async function runAndPrint(command: PolicyCommand): Promise<number> {
  const { runPolicy } = await import("./policy-command.ts");
  const { status, text } = await runPolicy(command);
  process.stdout.write(text);
  return status;
}

/** Returns the place of the tuples to compare on, if there is one. Throws a UsageError for more than one. */
function placeOf({ data, store, openfga, storeName, tokenFile }: PolicyChoice): DataPlace | undefined {
  if ([data, store, openfga].filter((place) => place !== undefined).length > 1) {
    throw new UsageError("--data, --store and --openfga exclude one another");
  }
  if (data !== undefined) return { data };
  if (store !== undefined) return { store };
  if (openfga === undefined) return undefined;
  const token = tokenFile === undefined ? readConfig().openfga?.token : readFileSync(tokenFile, "utf8").trim();
  return { openfga, storeName, token };
}
