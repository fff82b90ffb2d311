// The command `keys create`: makes an API key, prints it once, and adds its digest to the key file.
import { hash, randomBytes } from "node:crypto";
import {
  closeSync, existsSync, fchmodSync, fchownSync, fsyncSync, openSync, readFileSync, realpathSync, renameSync, rmSync,
  statSync, writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { Command } from "commander";
import { KeysError, parseKeys } from "../http/api-keys.ts";
import { SCOPES } from "../http/scope.ts";
import { API_KEY_BYTES } from "./command-limits.ts";
import { addCommand, EXIT, exiting, hint, say, sayJson, UsageError, type CommonOptions } from "./command-line.ts";

/** Options of the command. Each value of --scope and --source may hold several, separated by commas. */
interface KeyChoice extends CommonOptions {
  readonly scope: readonly string[];
  readonly source?: readonly string[];
  readonly expires?: string;
  readonly file: string;
}

/** An entry of the key file, as this command writes it. */
interface NewEntry {
  readonly name: string;
  readonly sha256: string;
  readonly scopes: readonly string[];
  readonly sources?: readonly string[];
  readonly expires?: string;
}

/** Adds the command. */
export function addKeysCommand(program: Command): void {
  const keys = program.command("keys").description("make API keys").helpCommand(false);
  addCommand(keys, {
    usage: "create <name>", summary: "make an API key, and add it to the key file",
    details: ["Prints the key once; the file keeps only its SHA-256. A running server rereads the file by itself."],
    example: "sideline keys create booking-app --scope check --scope events --source /booking --file ./keys.json",
  }).requiredOption("--scope <scope...>", `what the key may do: ${SCOPES.join(", ")}`)
    .option("--source <source...>", "CloudEvents source that it may send as; a * at its end matches any rest")
    .option("--expires <time>", "when it expires, such as 2027-01-31T00:00:00Z (default: never)")
    .requiredOption("--file <file>", "the key file, the one that SIDELINE_KEYS names")
    .action(exiting(async (name: string, options: KeyChoice) => createKey(name, options)));
}

function createKey(name: string, { scope, source, expires, file, json }: KeyChoice): number {
  const key = `sl_${randomBytes(API_KEY_BYTES).toString("base64url")}`;
  const entry: NewEntry = {
    name, sha256: hash("sha256", key, "hex"), scopes: listed(scope),
    ...(source === undefined ? {} : { sources: listed(source) }), ...(expires === undefined ? {} : { expires }),
  };
  expectValid(entry);
  addEntry(file, entry);
  if (json === true) sayJson({ name, key, scopes: entry.scopes, sources: entry.sources, expires, file });
  else {
    say(key);
    hint(`${file} holds the digest of the key ${name}; the key itself is shown only now`);
  }
  return EXIT.yes;
}

function listed(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(",")).map((value) => value.trim()).filter((value) => value !== "");
}

/** Throws a UsageError for an entry that a server would refuse, or that has expired already. */
function expectValid(entry: NewEntry): void {
  try {
    parseKeys(JSON.stringify({ keys: [entry] }));
  } catch (error) {
    if (!(error instanceof KeysError)) throw error;
    const fault = error.message.replace("the key file is not valid: ", "").replaceAll("keys.0.", "");
    throw new UsageError(`the key would not be valid: ${fault}`);
  }
  if (entry.expires !== undefined && Date.parse(entry.expires) <= Date.now()) {
    throw new UsageError(`--expires is in the past: ${entry.expires}`);
  }
}

/**
 * Adds an entry to a key file, which is made if it is missing. The file is replaced as a whole, so that a server never
 * reads half of it; its other entries stay as they are. Throws a UsageError for a name that is taken.
 */
function addEntry(given: string, entry: NewEntry): void {
  // A rename would replace a symbolic link, and leave the file that it points to.
  const file = existsSync(given) ? realpathSync(given) : given;
  const draft = `${file}.new`;
  const descriptor = openDraft(draft);
  try {
    const owner = existsSync(file) ? statSync(file) : undefined;
    const entries = owner === undefined ? [] : readEntries(file);
    if (entries.some(({ name }) => name === entry.name)) {
      throw new UsageError(`${given} has a key with the name ${entry.name} already`);
    }
    const text = `${JSON.stringify({ keys: [...entries, entry] }, null, 2)}\n`;
    parseKeys(text);
    writeSync(descriptor, text);
    fsyncSync(descriptor);
    // The server's own user must stay able to read the file, also where root adds a key.
    if (owner !== undefined) {
      fchmodSync(descriptor, owner.mode & 0o777);
      fchownSync(descriptor, owner.uid, owner.gid);
    }
    renameSync(draft, file);
    syncFolder(dirname(file));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Creates the file that replaces the key file. It also keeps two commands from replacing it at once. */
function openDraft(draft: string): number {
  try {
    return openSync(draft, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new Error(`another command is changing the key file; if none is running, delete ${draft}`, { cause: error });
  }
}

function readEntries(file: string): readonly { readonly name?: unknown }[] {
  const text = readFileSync(file, "utf8");
  parseKeys(text);
  return (JSON.parse(text) as { readonly keys: readonly { readonly name?: unknown }[] }).keys;
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
