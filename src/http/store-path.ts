// Matches the store in a path of the OpenFGA API with Sideline's one store.
import type { Context } from "hono";
import { ULID } from "./fields.ts";
import { ApiError } from "./api-error.ts";
import type { StoreInfo } from "../sidecar/sidecar.ts";

/** The store of a path: ours, another one (which has no model and no tuples), or the error of an invalid store id. */
export type StoreMatch = "ours" | "another" | ApiError;

/** Returns the store that a request means; without a store in its path, ours. Accepts the store's name as its id. */
export function matchStore(c: Context, info: StoreInfo): StoreMatch {
  const named = c.req.param("store");
  if (named === undefined || named === info.id || named === info.name) return "ours";
  if (ULID.pattern.test(named)) return "another";
  const { source } = ULID.pattern;
  return new ApiError("validation_error", `invalid store_id: value does not match regex pattern "${source}"`);
}

/** Returns why a store lacks the model asked for ("": its latest); undefined if it has it. */
export function modelFault(store: StoreMatch, modelId: string, c: Context, info: StoreInfo): ApiError | undefined {
  if (store instanceof ApiError) return store;
  if (modelId !== "" && (store === "another" || modelId !== info.modelId)) {
    return new ApiError("authorization_model_not_found", `Authorization Model '${modelId}' not found`);
  }
  if (store === "ours") return undefined;
  const named = c.req.param("store") ?? "";
  return new ApiError("latest_authorization_model_not_found", `No authorization models found for store '${named}'`);
}

/** Returns the headers of an answer that uses our model. */
export function modelHeaders(info: StoreInfo): Record<string, string> {
  return { "content-type": "application/json", "openfga-authorization-model-id": info.modelId };
}
