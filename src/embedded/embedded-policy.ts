// The policy that last used an embedded store: an older build must not start on the store unnoticed.
import type { Logger } from "pino";
import { policyOf, REPLACE_MODEL_REMEDY, type PolicyVersion } from "../policy/version.ts";
import type { AuthorizationModelJson } from "../model/schema.ts";
import { StoreError } from "./store-error.ts";
import type { EmbeddedStore } from "./embedded-store.ts";

/** The options with which a build starts on a store. */
export interface PolicyStart {
  readonly folder: string;
  readonly model: AuthorizationModelJson;
  /** Uses this build's model even if the store's is newer. */
  readonly replace: boolean;
  readonly log: Pick<Logger, "warn">;
}

/**
 * Compares this build's policy with the store's, then stores and returns this build's. Throws a StoreError (`newer`)
 * where the store's has a higher version: an older build would change roles without the keys it does not know, and
 * those keys would grant again under the newer build.
 */
export function claimPolicy(store: EmbeddedStore, { folder, model, replace, log }: PolicyStart): PolicyVersion {
  const own = policyOf(model);
  const kept = keptPolicy(store);
  if (kept !== undefined && kept.version > own.version) {
    if (!replace) {
      throw new StoreError("newer", `MODEL_TOO_NEW: the store in ${folder} has policy version ${kept.version}, newer `
        + `than this build's ${own.version}: run the newer build, or ${REPLACE_MODEL_REMEDY}`);
    }
    log.warn({ own, replaced: kept }, "SIDELINE_REPLACE_MODEL is set: the store's policy is replaced by an older one");
  } else if (kept !== undefined && kept.version === own.version && kept.digest !== own.digest) {
    log.warn({ own, replaced: kept }, "the policy changed, but its version did not");
  }
  if (kept?.version !== own.version || kept.digest !== own.digest) {
    store.setMeta("policy", JSON.stringify(own));
  }
  return own;
}

/** Returns the policy that last used the store. Earlier releases, which had no such value, kept the whole model. */
function keptPolicy(store: EmbeddedStore): PolicyVersion | undefined {
  const policy = store.getMeta("policy");
  if (policy !== undefined) return JSON.parse(policy) as PolicyVersion;
  const model = store.getMeta("model");
  return model === undefined ? undefined : policyOf(JSON.parse(model) as AuthorizationModelJson);
}
