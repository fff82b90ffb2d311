// The command `serve`: runs the server, on its own store or on a store file that it only reads.
import type { Command } from "commander";
import { readConfig } from "../config.ts";
import type { GivenStore } from "../serve.ts";
import { addCommand, EXIT, exiting, printError, UsageError, type CommonOptions } from "./command-line.ts";

/** Adds the command. */
export function addServeCommand(program: Command): void {
  addCommand(program, {
    usage: "serve", summary: "run the server, until a signal ends it",
    details: [
      "Listens on SIDELINE_HOST and SIDELINE_PORT (default: 127.0.0.1:8090), and keeps its store in SIDELINE_DATA.",
      "The settings are environment variables: docs/reference.md and the README list them. The log is JSON already.",
      "With --store it answers questions about a store file (.fga.yaml) under the file's model, and takes no events.",
    ],
    example: "sideline serve\nsideline serve --store ./todo.fga.yaml",
  }).option("--store <file>", "serve a store file, in memory and read-only").action(exiting(runServe));
}

async function runServe({ store }: CommonOptions & { readonly store?: string }): Promise<number> {
  const config = readConfig();
  if (store !== undefined && config.openfga !== undefined) {
    throw new UsageError("--store serves a file, and SIDELINE_OPENFGA_URL names an OpenFGA server: use one of them");
  }
  const { serve } = await import("../serve.ts");
  const given = store === undefined ? undefined : await readGiven(store);
  try {
    await serve(config, given);
  } catch (error) {
    printError(error);
    // The parts that have started, such as the listener, would keep the process alive.
    process.exit(EXIT.failed);
  }
  // The server keeps running; a signal ends the process with a status of its own.
  return EXIT.yes;
}

/** Reads the store file to serve. Throws a UsageError that names a fault in it. */
async function readGiven(file: string): Promise<GivenStore> {
  const { FileFault, readStoreDocument } = await import("./store-document.ts");
  try {
    return readStoreDocument(file);
  } catch (error) {
    throw error instanceof FileFault ? new UsageError(error.message) : error;
  }
}
