#!/usr/bin/env node
// The command line: `migrate` and `backup` copy a store, `verify` finds foreign writes, `email-key` prints a key,
// `policy` analyses models.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { backup, type BackupCommand } from "./backup-command.ts";
import { readClientConfig, readConfig } from "../config.ts";
import { nameEmailKey } from "../events/email.ts";
import { migrate, type Migrated } from "./migrate.ts";
import { parsePolicy, POLICY_USAGE, PolicyUsageError, runPolicy } from "./policy-command.ts";
import { compileModel } from "../model/compile.ts";
import { OpenfgaServer } from "../openfga/client.ts";
import { startOn } from "../openfga/openfga-start.ts";
import { OpenfgaStore } from "../openfga/write/openfga-store.ts";
import { openEmbeddedStore } from "../embedded/embedded-store.ts";
import type { Store } from "../tuples/store.ts";
import { verify } from "./verify.ts";

const USAGE = `usage: sideline migrate --from <place> --to <place> [--store <name>] [--token-file <file>] [--yes]
       sideline verify --from <url> [--store <name>] [--token-file <file>] [--repair [--yes]]
       sideline email-key --from <folder>
       sideline backup <file> [--url <url>] [--key-file <file>] [--force]
  <place>       the folder of an embedded store, or the URL of an OpenFGA server
  <url>         the URL of an OpenFGA server
  <folder>      the folder of an embedded store; prints the key that it generated, as a SIDELINE_EMAIL_KEY
  --url         URL of a running server (default: SIDELINE_URL, or http://127.0.0.1:8090)
  --key-file    file with an API key of scope admin (default: the key in SIDELINE_KEY)
  --force       replace the backup file if it exists
  --store       name of the store on OpenFGA (default: sideline)
  --token-file  file with OpenFGA's preshared key (default: SIDELINE_OPENFGA_TOKEN, with SIDELINE_OPENFGA_URL)
  --repair      delete extra tuples and write missing ones back
  --yes         write; without it, only print what would be written
exit status of migrate: 0 done, 1 failed (run it again to continue), 2 wrong usage, 3 the target has tuples that the
source does not have; of verify: 0 no differences (left), 1 tuples differ, 2 wrong usage, 3 failed; of backup: 0 done,
2 wrong usage, 3 failed`;

/** Maximum number of extra tuples in the target that a refusal lists. */
const NAMED = 5;

/** Printed after a migration from a folder. */
const KEEP_KEY = "email hashes need the key that made them: set the same SIDELINE_EMAIL_KEY, or, if none was set, the "
  + "one that `sideline email-key` prints";

/** An error in the command line. */
class UsageError extends Error {}

interface Command {
  readonly from: string;
  readonly to: string;
  readonly storeName: string;
  readonly token: string | undefined;
  readonly write: boolean;
}

/** The `verify` command. */
type Verify = Omit<Command, "to"> & { readonly repair: boolean };

/** The `email-key` command: prints the key of the store in the folder `keyOf`. */
interface EmailKey {
  readonly keyOf: string;
}

function parse(args: string[]): Command | Verify | EmailKey | BackupCommand {
  if (args[0] === "backup") return parseBackup(args.slice(1));
  const options = { from: { type: "string" }, to: { type: "string" }, store: { type: "string", default: "sideline" },
    "token-file": { type: "string" }, repair: { type: "boolean", default: false },
    yes: { type: "boolean", default: false } } as const;
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { positionals: [command, ...rest], values } = parsed;
  if (rest.length > 0 || command === undefined || !["migrate", "verify", "email-key"].includes(command)) {
    throw new UsageError("the commands are migrate, verify, email-key and backup");
  }
  if (command === "email-key") return { keyOf: folderOf(values) };
  const fault = command === "migrate" ? migrateFault(values) : verifyFault(values);
  if (fault !== undefined) throw new UsageError(fault);
  const { from = "", to = "", store: storeName, "token-file": file, yes: write, repair } = values;
  const token = file === undefined ? readConfig().openfga?.token : readFileSync(file, "utf8").trim();
  const both = { from, storeName, token, write };
  return command === "migrate" ? { ...both, to } : { ...both, repair };
}

function parseBackup(args: string[]): BackupCommand {
  const options = { url: { type: "string" }, "key-file": { type: "string" }, force: { type: "boolean", default: false },
  } as const;
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { positionals: [file, ...rest], values } = parsed;
  if (file === undefined || rest.length > 0) throw new UsageError("backup takes exactly one file name");
  const client = readClientConfig();
  const url = values.url ?? client.url;
  if (!isUrl(url)) throw new UsageError("--url must be the http:// or https:// URL of a running server");
  const keyFile = values["key-file"];
  const key = keyFile === undefined ? client.key : readKeyFile(keyFile);
  if (existsSync(file) && !values.force) throw new UsageError(`${file} exists: name another file, or add --force`);
  return { url, key, file, force: values.force };
}

/** Reads an API key from a file. The error for an unreadable file omits its name, which may be the key by mistake. */
function readKeyFile(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    throw new UsageError("the file of --key-file cannot be read; its name is not shown, since it may be a key");
  }
}

interface Given {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly repair: boolean;
  readonly yes: boolean;
}

function folderOf({ from, to, repair, yes }: Given): string {
  if (from === undefined || isUrl(from)) throw new UsageError("--from must be the folder of an embedded store");
  if (to !== undefined || repair || yes) throw new UsageError("email-key takes --from and no other option");
  return from;
}

function migrateFault({ from, to, repair }: Given): string | undefined {
  if (repair) return "--repair is an option of verify only";
  if (from === undefined || to === undefined) return "--from and --to are both required";
  return from === to ? "--from and --to are the same place" : undefined;
}

function verifyFault({ from, to, repair, yes }: Given): string | undefined {
  if (to !== undefined) return "--to is an option of migrate only";
  if (from === undefined || !isUrl(from)) return "--from must be the URL of an OpenFGA server";
  return yes && !repair ? "--yes requires --repair" : undefined;
}

function isUrl(place: string): boolean {
  return /^https?:\/\//.test(place);
}

/** Opens the store at a place without creating anything. Returns undefined if there is none. */
async function openThere(place: string, { storeName, token }: Command): Promise<Store | undefined> {
  if (!isUrl(place)) return existsSync(place) ? openEmbeddedStore(place) : undefined;
  const server = new OpenfgaServer({ url: place, token });
  const [found] = await server.stores(storeName);
  return found === undefined ? undefined : new OpenfgaStore(server, found.id, "");
}

/** Opens the store to write to, and creates it if it is missing. */
async function openTarget(place: string, { storeName, token }: Command): Promise<Store> {
  if (!isUrl(place)) return openEmbeddedStore(place);
  const server = new OpenfgaServer({ url: place, token });
  const model = compileModel(readFileSync(new URL("../../model.fga", import.meta.url), "utf8"));
  const { store, modelId } = await startOn(server, storeName, model.json);
  return new OpenfgaStore(server, store.id, modelId);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

async function runEmailKey({ keyOf: folder }: EmailKey): Promise<number> {
  if (!existsSync(join(folder, "store.db"))) throw new Error(`there is no store at ${folder}`);
  const store = openEmbeddedStore(folder);
  try {
    say(nameEmailKey(store.emailKey()));
    return 0;
  } finally {
    await store.close();
  }
}

async function runBackup(command: BackupCommand): Promise<number> {
  say(`${await backup(command)} bytes written to ${command.file}`);
  say("the file holds the key of the email hashes: protect it like the store");
  return 0;
}

async function runPolicyCommand(args: string[]): Promise<number> {
  const { status, text } = await runPolicy(parsePolicy(args, readConfig().openfga?.token));
  process.stdout.write(text);
  return status;
}

async function runVerify({ from: url, token, ...rest }: Verify): Promise<number> {
  const server = new OpenfgaServer({ url, token });
  try {
    return await verify({ url, server, ...rest }, say, progress);
  } finally {
    server.close();
  }
}

async function runMigrate(command: Command): Promise<number> {
  const { from, to, write } = command;
  const source = await openThere(from, command);
  if (source === undefined) throw new Error(`there is no store at ${from}`);
  const target = write ? await openTarget(to, command) : await openThere(to, command);
  try {
    const moving = (moved: number): void => progress(`${moved} tuples written`);
    return report(await migrate(source, target, write, moving), command);
  } finally {
    await source.close();
    await target?.close();
  }
}

function report(migrated: Migrated, { from, to }: Command): number {
  switch (migrated.outcome) {
    case "planned":
      say(`${from} has ${migrated.source} tuples, ${to} has ${migrated.there} of them: ${migrated.moved} to write`);
      say("nothing was written: add --yes to write");
      return 0;
    case "verified":
      say(`${migrated.moved} tuples written to ${to}, ${migrated.there} existed; all ${migrated.source} verified`);
      if (!isUrl(from)) say(KEEP_KEY);
      return 0;
    case "target_differs":
      say(`refused: ${to} has ${migrated.extra.length} tuples that ${from} does not have; nothing was written`);
      for (const text of migrated.extra.slice(0, NAMED)) say(`  ${text}`);
      return 3;
    case "written_meanwhile":
      say(`failed: another program wrote during the migration (${migrated.tuple}); stop all sidecars and run it again`);
      return 1;
  }
}

const args = process.argv.slice(2);
try {
  const command = args[0] === "policy" ? undefined : parse(args);
  if (command === undefined) process.exitCode = await runPolicyCommand(args.slice(1));
  else if ("file" in command) process.exitCode = await runBackup(command);
  else if ("keyOf" in command) process.exitCode = await runEmailKey(command);
  else process.exitCode = "repair" in command ? await runVerify(command) : await runMigrate(command);
} catch (error) {
  const usage = error instanceof UsageError ? USAGE : error instanceof PolicyUsageError ? POLICY_USAGE : undefined;
  process.stderr.write(`sideline: ${(error as Error).message}\n${usage === undefined ? "" : `${usage}\n`}`);
  process.exitCode = usage !== undefined ? 2 : ["verify", "backup", "policy"].includes(args[0] ?? "") ? 3 : 1;
}
