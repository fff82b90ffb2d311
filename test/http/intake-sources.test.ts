// POST /events: the sources that an API key may send as, and encoded bodies.
import { describe, expect, test } from "vitest";
import { parseKeys } from "../../src/http/api-keys.ts";
import { appOf, send } from "./world.ts";

const EVENT = {
  specversion: "1.0", id: "e1", source: "/crm", type: "org.created", actor: "ann",
  data: { org: "o", kind: "club", owner: "ann" },
};
const STRUCTURED = { "content-type": "application/cloudevents+json" };
const BATCH = { "content-type": "application/cloudevents-batch+json" };
const BINARY = {
  "ce-specversion": "1.0", "ce-id": "e1", "ce-source": "/crm", "ce-type": "org.created", "ce-actor": "ann",
};

describe("the sources of a key", () => {
  const key = (n: number): string => `key-${n}-of-24-characters-and-more`;
  const authorization = (n: number) => ({ authorization: `Bearer ${key(n)}` });
  const KEYS = parseKeys(JSON.stringify({
    keys: [{ name: "app", key: key(1), scopes: ["events:system"], sources: ["/crm"] },
      { name: "tenant", key: key(2), scopes: ["events", "admin"] }],
  }));

  test("an event of another source is refused before it reaches the intake, even in a dry run", async () => {
    for (const [headers, query] of [[STRUCTURED, ""], [STRUCTURED, "?dry_run=true"], [{}, ""]] as const) {
      const { app, sidecar } = appOf({}, { keys: KEYS });
      const sent = await send(app, "POST", `/events${query}`, EVENT, { ...headers, ...authorization(2) });
      expect(sent).toMatchObject({ status: 403, body: { code: "source_not_allowed" } });
      const other = { ...EVENT, source: "/other" };
      const foreign = await send(app, "POST", `/events${query}`, other, { ...headers, ...authorization(1) });
      expect(foreign).toMatchObject({ status: 403, body: { code: "source_not_allowed" } });
      expect(sidecar.submitted).toEqual([]);
      expect((await send(app, "POST", "/events", EVENT, { ...headers, ...authorization(1) })).status).toBe(200);
      expect((await send(app, "POST", "/events", other, { ...headers, ...authorization(2) })).status).toBe(200);
    }
  });

  test("a dry run of another source leaves no log line of an event: the metrics count its code", async () => {
    const lines: string[] = [];
    const line = (_: object, message: string): void => void lines.push(message);
    const { app } = appOf({}, { keys: KEYS, log: { error: line, warn: line, debug: line } });
    const post = (query: string): Promise<unknown> =>
      send(app, "POST", `/events${query}`, EVENT, { ...STRUCTURED, ...authorization(2) });
    const counted = async (): Promise<string | undefined> =>
      /events_total\{outcome="source_not_allowed"\} (\d+)/.exec(
        await (await app.request("/metrics", { headers: authorization(2) })).text())?.[1];
    await post("?dry_run=true");
    expect([lines, await counted()]).toEqual([["a request was refused"], "1"]);
    await post("");
    expect([lines.slice(1), await counted()]).toEqual([["an event was refused", "a request was refused"], "2"]);
  });

  test("in a batch each event is checked, and so is binary mode", async () => {
    const { app, sidecar } = appOf({}, { keys: KEYS });
    const batch = [{ ...EVENT, source: "/other" }, EVENT, { ...EVENT, id: "e3", source: "/third" }];
    const { body } = await send(app, "POST", "/events", batch, { ...BATCH, ...authorization(2) });
    expect(body.map((one: { code?: string; status: unknown }) => one.code ?? one.status))
      .toEqual(["applied", "source_not_allowed", "applied"]);
    expect(sidecar.submitted.map(({ envelope }) => envelope.source)).toEqual(["/other", "/third"]);
    expect(await send(app, "POST", "/events", EVENT.data, { ...BINARY, ...authorization(2) }))
      .toMatchObject({ status: 403, body: { code: "source_not_allowed" } });
  });
});

const ENCODINGS = ["gzip", "br", "deflate", "GZIP", "gzip, identity", "x"];

test.each(ENCODINGS)("a body with Content-Encoding %s is 415", async (encoding) => {
  const { app } = appOf();
  const headers = { ...STRUCTURED, "content-encoding": encoding };
  expect(await send(app, "POST", "/events", EVENT, headers))
    .toMatchObject({ status: 415, body: { code: "unsupported_media_type" } });
  expect(await send(app, "POST", "/check", {}, { "content-encoding": encoding }))
    .toMatchObject({ status: 415, body: { code: "unsupported_media_type" } });
  const identity = { ...STRUCTURED, "content-encoding": "identity" };
  expect((await send(app, "POST", "/events", EVENT, identity)).status).toBe(200);
});
