// The OpenFGA API, request by request, against a real OpenFGA: same status, same code, same body where it is stable.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileModel } from "../../src/model/compile.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { cases, type Case, type Ids } from "./parity-cases.ts";
import { appOf, DOCS, MODEL_ID, parse, send, STORE_ID, TUPLES, type Answer } from "./world.ts";

/** Answers that differ deliberately: our answer, and the reason. */
const DIFFERENT: Readonly<Record<string, { status: number; code: string | number }>> = {
  // OpenFGA cuts the body off internally and reports an internal error; the fault is the caller's.
  "check: a body over the limit": { status: 413, code: "body_too_large" },
  // OpenFGA reads the first JSON value and ignores what follows it.
  "check: a second value after the body": { status: 400, code: "validation_error" },
  // OpenFGA refuses the number before the stream begins; here it is a field's fault. Both are 400.
  "streamed-list-objects: 1e400 in the context": { status: 400, code: 3 },
};

describe.skipIf(!openfgaAvailable("fresh"))("every request is answered as OpenFGA answers it", () => {
  let server: RunningOpenfga;
  const { app } = appOf();
  const ids: Ids = { store: "", model: "" };

  beforeAll(async () => {
    server = await startOpenfga({ logLevel: "error" });
    const post = async (path: string, body: object): Promise<Answer["body"]> => (await live("POST", path, body)).body;
    ids.store = (await post("/stores", { name: "sideline" })).id;
    const model = compileModel(DOCS).json;
    ids.model = (await post(`/stores/${ids.store}/authorization-models`, model)).authorization_model_id;
    await post(`/stores/${ids.store}/write`, { writes: { tuple_keys: TUPLES } });
  });
  afterAll(() => server?.stop());

  const live = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const init = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const response = await fetch(server.url + path, {
      method, ...init, headers: body === undefined ? {} : { "content-type": "application/json" },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parse(text) };
  };

  test.each(cases().map((one): [string, Case] => [one.title, one]))("%s", async (title, one) => {
    const [method, path, body] = one.request({ store: STORE_ID, model: MODEL_ID });
    const ours = await send(app, method, path, body);
    const expected = DIFFERENT[title];
    if (expected !== undefined) {
      expect({ status: ours.status, code: ours.body.code ?? ours.body.error?.code }).toEqual(expected);
      return;
    }
    const [, theirPath, theirBody] = one.request(ids);
    const theirs = await live(method, theirPath, theirBody);
    expect(comparable(ours, STORE_ID, MODEL_ID)).toEqual(comparable(theirs, ids.store, ids.model));
  });
});

/** Parts that must be equal: the status; the code of an error; all of an answer except times, tokens, ids and order. */
function comparable({ status, headers, body }: Answer, store: string, model: string): object {
  if (status !== 200) return { status, code: body.code ?? body.error?.code };
  const named = JSON.stringify(body).replaceAll(store, "STORE").replaceAll(model, "MODEL");
  const parsed = JSON.parse(named, (key, value: unknown) => {
    if (["timestamp", "created_at", "updated_at"].includes(key)) return "TIME";
    if (key === "continuation_token") return value === "" ? "" : "TOKEN";
    if (key === "message") return "MESSAGE";
    return Array.isArray(value) ? [...value].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : value;
  }) as unknown;
  return { status, model: headers.get("openfga-authorization-model-id") === null ? "none" : "named", body: parsed };
}
