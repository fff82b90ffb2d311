// The policy: model.fga, which the build has read before: reading it anew takes a third of a second of each start.
import { existsSync, readFileSync } from "node:fs";
import { buildModel } from "../model/build.ts";
import type { Model } from "../model/rewrite.ts";
import type { AuthorizationModelJson } from "../model/schema.ts";
import { digest } from "../tuples/digest.ts";

/** What `keepPolicy` wrote. */
interface Kept {
  readonly digest: string;
  readonly model: AuthorizationModelJson;
}

/**
 * Compiles the text of a model.fga. What a build kept, at `kept`, is taken for it where it was made from this text.
 * Throws a ModelError naming the fault of a model that OpenFGA would refuse.
 */
export async function readPolicy(source: string, kept: URL): Promise<Model> {
  const found = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) as Kept : undefined;
  if (found?.digest === digest(source)) return buildModel(found.model);
  const { compileModel } = await import("../model/compile.ts");
  return compileModel(source);
}
