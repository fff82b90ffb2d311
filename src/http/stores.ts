// Stores, models and assertions of the OpenFGA API: one store, one model; and the writes that are refused.
import type { Context } from "hono";
import { answerText } from "./compress.ts";
import { Fields, STORE_NAME, ULID } from "./fields.ts";
import { modelBody } from "./model-answer.ts";
import { answerError, ApiError } from "./api-error.ts";
import { readPageSizeText, readPageToken } from "./page.ts";
import { readQuery } from "./query.ts";
import type { Method } from "./scope.ts";
import type { Route } from "./route.ts";
import type { StoreInfo } from "../sidecar/sidecar.ts";
import { matchStore, modelFault, modelHeaders } from "./store-path.ts";

/** Returns the routes that read the store and its model. */
export function storeRoutes(info: StoreInfo): Route[] {
  const get = (path: string, handle: Route["handle"]): Route => ({ method: "GET", path, handle });
  return [
    get("/stores", (c) => listStores(c, info)),
    get("/stores/:store", (c) => findStore(c, info)),
    get("/stores/:store/authorization-models", (c) => listModels(c, info)),
    get("/stores/:store/authorization-models/:model", (c) => {
      const fault = readModelFault(c, info);
      return fault === undefined ? answerJson(c, { authorization_model: modelBody(info) }) : answerError(fault);
    }),
    get("/stores/:store/assertions/:model", (c) => {
      const fault = readModelFault(c, info);
      const none = { authorization_model_id: info.modelId, assertions: [] };
      return fault === undefined ? c.json(none, 200, modelHeaders(info)) : answerError(fault);
    }),
  ];
}

const REFUSED: readonly (readonly [Method, string])[] = [
  ["POST", "/stores"], ["DELETE", "/stores/:store"], ["POST", "/stores/:store/write"],
  ["POST", "/stores/:store/authorization-models"], ["PUT", "/stores/:store/assertions/:model"],
];

/** Returns the routes with which OpenFGA's clients would write. State changes only by events. */
export function refusedRoutes(): Route[] {
  const forbidden = new ApiError("forbidden", "state changes only by events: POST /events");
  return REFUSED.map(([method, path]) => ({ method, path, handle: () => answerError(forbidden) }));
}

function storeBody({ id, name, createdAt }: StoreInfo): object {
  const at = new Date(createdAt).toISOString();
  return { id, name, created_at: at, updated_at: at, deleted_at: null };
}

function listStores(c: Context, info: StoreInfo): Response {
  const fields = readPage(c);
  const name = readQuery(fields, c, "name") ?? "";
  if (name !== "" && !STORE_NAME.pattern.test(name)) fields.refuse("validation_error", "invalid name");
  if (fields.fault !== undefined) return answerError(fields.fault);
  return c.json({ stores: name === "" || name === info.name ? [storeBody(info)] : [], continuation_token: "" });
}

function findStore(c: Context, info: StoreInfo): Response {
  const store = matchStore(c, info);
  if (store instanceof ApiError) return answerError(store);
  return store === "ours" ? c.json(storeBody(info))
    : answerError(new ApiError("store_id_not_found", "Store ID not found"));
}

function listModels(c: Context, info: StoreInfo): Response | Promise<Response> {
  const store = matchStore(c, info);
  const fault = readPage(c).fault ?? (store instanceof ApiError ? store : undefined);
  if (fault !== undefined) return answerError(fault);
  return answerJson(c, { authorization_models: store === "ours" ? [modelBody(info)] : [], continuation_token: "" });
}

function answerJson(c: Context, body: object): Response | Promise<Response> {
  return answerText(c, JSON.stringify(body), { "content-type": "application/json" });
}

/** Reads the fields that lists share. A list fits on its first page, so no continuation token is valid. */
function readPage(c: Context): Fields {
  const fields = new Fields();
  readPageSizeText(fields, readQuery(fields, c, "page_size"));
  const token = readPageToken(fields, readQuery(fields, c, "continuation_token") ?? "");
  if (token !== undefined) fields.refuse("invalid_continuation_token", "Invalid continuation token");
  return fields;
}

function readModelFault(c: Context, info: StoreInfo): ApiError | undefined {
  const modelId = c.req.param("model") ?? "";
  if (modelId !== info.modelId && !ULID.pattern.test(modelId)) {
    const { source } = ULID.pattern;
    return new ApiError("validation_error", `invalid id: value does not match regex pattern "${source}"`);
  }
  return modelFault(matchStore(c, info), modelId, c, info);
}
