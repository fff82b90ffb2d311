// The commands `sideline policy ways|diff|prove`: reads what they need, and runs them.
import { parseArgs } from "node:util";
import { accessDocument } from "./policy-access.ts";
import { policyDiff } from "./policy-diff.ts";
import { policyDiffOnData } from "./policy-data.ts";
import {
  claimsFileOf, OWN_MODEL, readClaims, readFolder, readModel, readServer, readStoreFile,
} from "./policy-files.ts";
import { SAME, type Output } from "./policy-output.ts";
import { PHRASES } from "../reasons/policy-phrases.ts";
import { policyProve } from "./policy-prove.ts";
import { policyWays } from "./policy-ways.ts";
import type { Model } from "../model/rewrite.ts";
import { CHECKABLE } from "../policy/checkable.ts";
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

/** Usage lines of the `policy` commands. */
export const POLICY_USAGE = `usage: sideline policy ways [<type>[#<relation>]] [--model <file>] [--json | --markdown]
       sideline policy diff <before> <after> [--allow-loss-only] [--story] [--json]
                       [--data <folder> | --store <file> | --openfga <url> [--store-name <name>]]
       sideline policy prove [--model <file>] [--claims <file>] [--all] [--story] [--json]`;

/** An error in the arguments of a `policy` command. */
export class PolicyUsageError extends Error {}

/** Runs a `policy` command. Throws if a file cannot be read or a model is invalid. */
export async function runPolicy(command: PolicyCommand): Promise<Output> {
  switch (command.command) {
    case "ways": {
      const model = readModel(command.model ?? OWN_MODEL);
      if (command.markdown) return { status: SAME, text: accessDocument(model, relationsToList(model.model), PHRASES) };
      return policyWays({ ...command, model, relation: command.relation });
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

/** Returns the relations that an app may check, by type; all relations for a model that lacks one of these. */
function relationsToList(model: Model): Readonly<Record<string, readonly string[]>> {
  const isOwn = Object.entries(CHECKABLE).every(([type, relations]) =>
    relations.every((relation) => model.types.get(type)?.relations.has(relation)));
  if (isOwn) return CHECKABLE;
  return Object.fromEntries([...model.types].map(([type, { relations }]) => [type, [...relations.keys()]]));
}

async function tuplesOf(place: DataPlace): Promise<TupleSet> {
  if ("data" in place) return readFolder(place.data);
  if ("store" in place) return readStoreFile(place.store);
  return readServer(place.openfga, place.storeName, place.token);
}

/** Reads the words after `sideline policy`. `token` is OpenFGA's preshared key. Throws a PolicyUsageError. */
export function parsePolicy(args: readonly string[], token: string | undefined): PolicyCommand {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const options = {
    model: text, claims: text, data: text, store: text, openfga: text, "store-name": { ...text, default: "sideline" },
    json: flag, markdown: flag, story: flag, all: flag, "allow-loss-only": flag,
  } as const;
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new PolicyUsageError((error as Error).message);
  }
  const { positionals: [name, ...rest], values } = parsed;
  const { json, markdown, story, all, model, claims } = values;
  const wrong = (message: string): never => {
    throw new PolicyUsageError(message);
  };
  const places = [values.data, values.store, values.openfga].filter((place) => place !== undefined);
  if (places.length > 1) wrong("--data, --store and --openfga exclude one another");
  if (name === "ways" && rest.length <= 1) return { command: name, model, relation: rest[0], json, markdown };
  if (name === "prove" && rest.length === 0) return { command: name, model, claims, all, story, json };
  const [before, after, ...others] = rest;
  if (name !== "diff" || before === undefined || after === undefined || others.length > 0) {
    return wrong("the policy commands are ways [<relation>], diff <before> <after>, and prove");
  }
  const on = values.data !== undefined ? { data: values.data }
    : values.store !== undefined ? { store: values.store }
      : values.openfga !== undefined ? { openfga: values.openfga, storeName: values["store-name"], token } : undefined;
  return { command: name, before, after, allowLossOnly: values["allow-loss-only"], story, json, on };
}
