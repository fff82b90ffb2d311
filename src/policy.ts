// The policy: model.fga, which the build has read before: reading it anew takes a third of a second of each start.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { buildModel } from "./model/build.ts";
import type { Model } from "./model/rewrite.ts";
import type { AuthorizationModelJson } from "./model/schema.ts";

/** What `keepPolicy` wrote. */
interface Kept {
  readonly sha256: string;
  readonly model: AuthorizationModelJson;
}

/**
 * Compiles the text of a model.fga. What a build kept, at `kept`, is taken for it where it was made from this text.
 * Throws a ModelError naming the fault of a model that OpenFGA would refuse.
 */
export async function readPolicy(source: string, kept: URL): Promise<Model> {
  const sha256 = createHash("sha256").update(source).digest("hex");
  const found = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) as Kept : undefined;
  if (found?.sha256 === sha256) return buildModel(found.model);
  const { compileModel } = await import("./model/compile.ts");
  return compileModel(source);
}
