#!/usr/bin/env node
// The command line: `sideline migrate` carries a store between the embedded one and OpenFGA.
import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { readConfig } from "./config.ts";
import { migrate, type Migrated } from "./migration.ts";
import { compileModel } from "./model/compile.ts";
import { OpenfgaServer } from "./openfga/client.ts";
import { startOn } from "./openfga/openfga-start.ts";
import { OpenfgaStore } from "./openfga/openfga-store.ts";
import { openEmbeddedStore } from "./tuples/embedded-store.ts";
import type { Store } from "./tuples/store.ts";

const USAGE = `usage: sideline migrate --from <place> --to <place> [--store <name>] [--token-file <file>] [--yes]
  <place>       a folder of the embedded store, or the URL of an OpenFGA
  --store       name of the store on OpenFGA (default: sideline)
  --token-file  file of the preshared key of OpenFGA (default: SIDELINE_OPENFGA_TOKEN, with SIDELINE_OPENFGA_URL)
  --yes         write; without it, only what would be written is told
exit status: 0 done, 1 failed (run it again to continue), 2 wrong usage, 3 the target holds what the source does not`;

/** So many tuples that are in the way are named. */
const NAMED = 5;

/** A fault of the command line. */
class UsageError extends Error {}

interface Command {
  readonly from: string;
  readonly to: string;
  readonly storeName: string;
  readonly token: string | undefined;
  readonly write: boolean;
}

function parse(args: string[]): Command {
  const options = { from: { type: "string" }, to: { type: "string" }, store: { type: "string", default: "sideline" },
    "token-file": { type: "string" }, yes: { type: "boolean", default: false } } as const;
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { positionals, values } = parsed;
  if (positionals.length !== 1 || positionals[0] !== "migrate") throw new UsageError("the one command is migrate");
  const { from, to, "token-file": file } = values;
  if (from === undefined || to === undefined) throw new UsageError("--from and --to are both needed");
  if (from === to) throw new UsageError("--from and --to are the same place");
  const token = file === undefined ? readConfig().openfga?.token : readFileSync(file, "utf8").trim();
  return { from, to, storeName: values.store, token, write: values.yes };
}

function isUrl(place: string): boolean {
  return /^https?:\/\//.test(place);
}

/** The store at a place that must be there: nothing is made. Undefined where there is none. */
async function openThere(place: string, { storeName, token }: Command): Promise<Store | undefined> {
  if (!isUrl(place)) return existsSync(place) ? openEmbeddedStore(place) : undefined;
  const server = new OpenfgaServer({ url: place, token });
  const [found] = await server.stores(storeName);
  return found === undefined ? undefined : new OpenfgaStore(server, found.id, "");
}

/** The store to write to, made where it is missing. */
async function openTarget(place: string, { storeName, token }: Command): Promise<Store> {
  if (!isUrl(place)) return openEmbeddedStore(place);
  const server = new OpenfgaServer({ url: place, token });
  const model = compileModel(readFileSync(new URL("../model.fga", import.meta.url), "utf8"));
  const { store, modelId } = await startOn(server, storeName, model.json, false);
  return new OpenfgaStore(server, store.id, modelId);
}

async function run(command: Command): Promise<number> {
  const { from, to, write } = command;
  const source = await openThere(from, command);
  if (source === undefined) throw new Error(`there is no store at ${from}`);
  const target = write ? await openTarget(to, command) : await openThere(to, command);
  try {
    const say = (moved: number): void => void process.stderr.write(`${moved} tuples written\n`);
    return tell(await migrate(source, target, write, say), command);
  } finally {
    await source.close();
    await target?.close();
  }
}

function tell(migrated: Migrated, { from, to }: Command): number {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  switch (migrated.outcome) {
    case "planned":
      say(`${from} holds ${migrated.source} tuples, ${to} ${migrated.there} of them: ${migrated.moved} to write`);
      say("nothing was written: add --yes to write");
      return 0;
    case "verified":
      say(`${migrated.moved} tuples written to ${to}, ${migrated.there} were there; all ${migrated.source} verified`);
      if (!isUrl(from)) say("email hashes keep the key they were made with: set the same SIDELINE_EMAIL_KEY");
      return 0;
    case "target_differs":
      say(`refused: ${to} holds ${migrated.extra.length} tuples that ${from} does not, nothing was written`);
      for (const text of migrated.extra.slice(0, NAMED)) say(`  ${text}`);
      return 3;
    case "written_meanwhile":
      say(`failed: somebody wrote during the migration (${migrated.tuple}); stop all sidecars and run it again`);
      return 1;
  }
}

try {
  process.exitCode = await run(parse(process.argv.slice(2)));
} catch (error) {
  const usage = error instanceof UsageError;
  process.stderr.write(`sideline: ${(error as Error).message}\n${usage ? `${USAGE}\n` : ""}`);
  process.exitCode = usage ? 2 : 1;
}
