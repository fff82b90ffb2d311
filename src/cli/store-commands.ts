// The commands about stores: `backup`, `verify`, `migrate` and `email-key`.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../config.ts";
import { nameEmailKey } from "../events/email.ts";
import { openEmbeddedStore } from "../embedded/embedded-store.ts";
import { compileModel } from "../model/compile.ts";
import { OpenfgaServer } from "../openfga/client.ts";
import { startOn } from "../openfga/openfga-start.ts";
import { OpenfgaStore } from "../openfga/write/openfga-store.ts";
import type { Store } from "../tuples/store.ts";
import { backup } from "./backup-command.ts";
import {
  connectionOf, EXIT, hint, isUrl, say, sayJson, UsageError, type CommonOptions, type ServerChoice,
} from "./command-line.ts";
import { migrate, type Migrated } from "./migrate.ts";
import { printNumber, ProgressLine } from "./progress-line.ts";
import { verify, type Verified } from "./verify.ts";

/** Maximum number of extra tuples in the target that a refusal lists. */
const NAMED = 5;

/** Printed after a migration from a folder. */
const KEEP_KEY = "email hashes need the key that made them: set the same SIDELINE_EMAIL_KEY, or, if none was set, the "
  + "one that `sideline email-key` prints";

/** Options of the commands that open a store. */
interface StoreChoice extends CommonOptions {
  readonly from: string;
  readonly store: string;
  readonly tokenFile?: string;
  readonly yes?: boolean;
}

/** Options of `migrate`. */
export interface MigrateChoice extends StoreChoice {
  readonly to: string;
}

/** Options of `verify`. */
export interface VerifyChoice extends StoreChoice {
  readonly repair?: boolean;
}

/** Runs `sideline backup`. */
export async function runBackup(file: string, options: ServerChoice & { readonly force?: boolean }): Promise<number> {
  const { url, key } = connectionOf(options);
  const force = options.force === true;
  if (existsSync(file) && !force) throw new UsageError(`${file} exists: name another file, or add --force`);
  const progress = new ProgressLine();
  const bytes = await backup({ url, key, file, force }, (received) =>
    progress.show(() => `${printNumber(received)} bytes received`));
  progress.clear();
  if (options.json === true) {
    sayJson({ file, bytes });
    return EXIT.yes;
  }
  say(`${bytes} bytes written to ${file}`);
  say("the file holds the key of the email hashes: protect it like the store");
  return EXIT.yes;
}

/** Runs `sideline email-key`. */
export async function runEmailKey({ from: folder, json }: CommonOptions & { readonly from: string }): Promise<number> {
  if (isUrl(folder)) throw new UsageError("--from must be the folder of an embedded store");
  if (!existsSync(join(folder, "store.db"))) throw new Error(`there is no store at ${folder}`);
  const store = openEmbeddedStore(folder);
  try {
    const key = nameEmailKey(store.emailKey());
    if (json === true) sayJson({ email_key: key });
    else say(key);
    return EXIT.yes;
  } finally {
    await store.close();
  }
}

/** Runs `sideline verify`. */
export async function runVerify(options: VerifyChoice): Promise<number> {
  const { from: url, store: storeName, repair = false, yes: write = false, json = false } = options;
  if (!isUrl(url)) throw new UsageError("--from must be the URL of an OpenFGA server");
  if (write && !repair) throw new UsageError("--yes requires --repair");
  const server = new OpenfgaServer({ url, token: tokenOf(options) });
  const progress = new ProgressLine();
  try {
    const verified = await verify({ url, server, storeName, repair, write }, json ? () => {} : say,
      (changes) => progress.show(() => `${printNumber(changes)} changes read`));
    progress.clear();
    if (json) sayJson(verifiedJson(verified));
    return verified.status;
  } finally {
    server.close();
  }
}

function verifiedJson({ audit, imported, foreign, repaired }: Verified): object {
  return {
    tuples: audit.tuples, foreign_writes: foreign, imported, repaired, doubt: audit.doubt ?? null,
    differences: audit.differences.map(({ kind, tuple, leave }) => ({ kind, tuple, not_repaired: leave ?? null })),
    damaged: [...audit.damaged].map(([ledger, reason]) => ({ ledger, reason })),
  };
}

/** Runs `sideline migrate`. */
export async function runMigrate(options: MigrateChoice): Promise<number> {
  const { from, to, yes: write = false } = options;
  if (from === to) throw new UsageError("--from and --to are the same place");
  const token = tokenOf(options);
  const source = await openThere(from, options, token);
  if (source === undefined) throw new Error(`there is no store at ${from}`);
  const target = write ? await openTarget(to, options, token) : await openThere(to, options, token);
  const progress = new ProgressLine();
  try {
    const moving = (moved: number): void => progress.show(() => `${printNumber(moved)} tuples written`);
    const migrated = await migrate(source, target, write, moving);
    progress.clear();
    if (options.json === true) sayJson(migrated);
    else print(migrated, options);
    return migrated.outcome === "planned" || migrated.outcome === "verified" ? EXIT.yes : EXIT.failed;
  } finally {
    await source.close();
    await target?.close();
  }
}

function print(migrated: Migrated, { from, to }: MigrateChoice): void {
  switch (migrated.outcome) {
    case "planned":
      say(`${from} has ${migrated.source} tuples, ${to} has ${migrated.there} of them: ${migrated.moved} to write`);
      return say("nothing was written: add --yes to write");
    case "verified":
      say(`${migrated.moved} tuples written to ${to}, ${migrated.there} existed; all ${migrated.source} verified`);
      return isUrl(from) ? undefined : say(KEEP_KEY);
    case "target_differs":
      hint(`refused: ${to} has ${migrated.extra.length} tuples that ${from} does not have; nothing was written`);
      return migrated.extra.slice(0, NAMED).forEach((text) => hint(`  ${text}`));
    case "written_meanwhile":
      hint(`failed: another program wrote during the migration (${migrated.tuple}); stop all sidecars, run it again`);
  }
}

/** Returns OpenFGA's preshared key, from a file or from the settings. */
function tokenOf({ tokenFile }: StoreChoice): string | undefined {
  if (tokenFile === undefined) return readConfig().openfga?.token;
  try {
    return readFileSync(tokenFile, "utf8").trim();
  } catch {
    throw new UsageError("the file of --token-file cannot be read; its name is not shown, since it may be a key");
  }
}

/** Opens the store at a place without creating anything. Returns undefined if there is none. */
async function openThere(place: string, { store }: StoreChoice, token: string | undefined): Promise<Store | undefined> {
  if (!isUrl(place)) return existsSync(place) ? openEmbeddedStore(place) : undefined;
  const server = new OpenfgaServer({ url: place, token });
  const [found] = await server.stores(store);
  return found === undefined ? undefined : new OpenfgaStore(server, found.id, "");
}

/** Opens the store to write to, and creates it if it is missing. */
async function openTarget(place: string, options: StoreChoice, token: string | undefined): Promise<Store> {
  if (!isUrl(place)) return openEmbeddedStore(place);
  const server = new OpenfgaServer({ url: place, token });
  const model = compileModel(readFileSync(new URL("../../model.fga", import.meta.url), "utf8"));
  const { store, modelId } = await startOn(server, options.store, model.json);
  return new OpenfgaStore(server, store.id, modelId);
}
