// The one store, as the paths of the OpenFGA API name it.
import type { Context } from "hono";
import { ULID } from "./fields.ts";
import { ApiError } from "./openfga-error.ts";
import type { StoreInfo } from "../sidecar/sidecar.ts";

/** A store of a path: the one there is, another one (which has no model and no tuples), or no store id at all. */
export type StoreMatch = "ours" | "another" | ApiError;

/** Which store a request means; one without a store in its path means ours. The store's name is taken for its id. */
export function matchStore(c: Context, info: StoreInfo): StoreMatch {
  const named = c.req.param("store");
  if (named === undefined || named === info.id || named === info.name) return "ours";
  if (ULID.pattern.test(named)) return "another";
  const { source } = ULID.pattern;
  return new ApiError("validation_error", `invalid store_id: value does not match regex pattern "${source}"`);
}

/** Why a store has not the model that was asked for ("": its latest); undefined when it has. */
export function modelFault(store: StoreMatch, modelId: string, c: Context, info: StoreInfo): ApiError | undefined {
  if (store instanceof ApiError) return store;
  if (modelId !== "" && (store === "another" || modelId !== info.modelId)) {
    return new ApiError("authorization_model_not_found", `Authorization Model '${modelId}' not found`);
  }
  if (store === "ours") return undefined;
  const named = c.req.param("store") ?? "";
  return new ApiError("latest_authorization_model_not_found", `No authorization models found for store '${named}'`);
}

/** Headers of an answer by our model. */
export function modelHeaders(info: StoreInfo): Record<string, string> {
  return { "content-type": "application/json", "openfga-authorization-model-id": info.modelId };
}
