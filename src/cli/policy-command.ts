// Runs `sideline policy ways|diff|prove`: reads the files and stores that they need.
import { policyAccess } from "./policy-access.ts";
import { policyDiff } from "./policy-diff.ts";
import { policyDiffOnData } from "./policy-data.ts";
import {
  claimsFileOf, OWN_MODEL, readClaims, readFolder, readModel, readServer, readStoreFile,
} from "./policy-files.ts";
import type { Output } from "./policy-output.ts";
import { policyProve } from "./policy-prove.ts";
import { policyWays } from "./policy-ways.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";

/** A `policy` command with its arguments. Files are paths; the default model is this package's own. */
export type PolicyCommand =
  | { readonly command: "ways"; readonly model?: string | undefined; readonly relation?: string | undefined;
    readonly json: boolean; readonly markdown: boolean }
  | { readonly command: "diff"; readonly before: string; readonly after: string; readonly allowLossOnly: boolean;
    readonly story: boolean; readonly json: boolean; readonly on?: DataPlace | undefined }
  | { readonly command: "prove"; readonly model?: string | undefined; readonly claims?: string | undefined;
    readonly all: boolean; readonly story: boolean; readonly json: boolean };

/** Where the tuples of `diff` come from: a folder, a store file, or a server. */
export type DataPlace =
  | { readonly data: string }
  | { readonly store: string }
  | { readonly openfga: string; readonly storeName: string; readonly token: string | undefined };

/** Runs a `policy` command. Throws if a file cannot be read or a model is invalid. */
export async function runPolicy(command: PolicyCommand): Promise<Output> {
  switch (command.command) {
    case "ways": {
      const { relation } = command;
      const model = readModel(command.model ?? OWN_MODEL);
      return command.markdown ? policyAccess(model, relation) : policyWays({ ...command, model, relation });
    }
    case "diff": {
      const both = { ...command, before: readModel(command.before), after: readModel(command.after) };
      if (command.on === undefined) return policyDiff(both);
      return policyDiffOnData({ ...both, tuples: await tuplesOf(command.on), time: new Date().toISOString() });
    }
    case "prove": {
      const file = command.model ?? OWN_MODEL;
      const claims = readClaims(command.claims ?? claimsFileOf(file));
      return policyProve({ ...command, model: readModel(file), claims });
    }
  }
}

async function tuplesOf(place: DataPlace): Promise<TupleSet> {
  if ("data" in place) return readFolder(place.data);
  if ("store" in place) return readStoreFile(place.store);
  return readServer(place.openfga, place.storeName, place.token);
}
