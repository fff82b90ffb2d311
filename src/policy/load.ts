// Loads the policy, model.fga, from the build's copy: parsing it would add a third of a second to each start.
import { existsSync, readFileSync } from "node:fs";
import { buildModel } from "../model/build.ts";
import type { Model } from "../model/rewrite.ts";
import type { AuthorizationModelJson } from "../model/schema.ts";
import { digest } from "../tuples/digest.ts";

/** Content of the file that `keepPolicy` writes. */
interface Kept {
  readonly digest: string;
  readonly model: AuthorizationModelJson;
}

/**
 * Compiles the text of a model.fga. Uses the build's copy at `kept` if that was made from this text. Throws a
 * ModelError that names the fault if OpenFGA would refuse the model.
 */
export async function readPolicy(source: string, kept: URL): Promise<Model> {
  const found = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) as Kept : undefined;
  if (found?.digest === digest(source)) return buildModel(found.model);
  const { compileModel } = await import("../model/compile.ts");
  return compileModel(source);
}
