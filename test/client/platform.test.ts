// The client runs wherever there is fetch: as one bundle, in a context with the Web's functions and nothing of Node.
import { runInNewContext } from "node:vm";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";
import type { createClient } from "../../src/client/create-client.ts";
import { ROOT } from "../live/pins.ts";
import { json, receipt } from "./stage.ts";

/** Largest bundle, in bytes before minification: the types of the client must not carry the server's code along. */
const MOST_BYTES = 30_000;

/** Functions that Node shares with browsers, workers, Deno and Bun. */
const WEB = {
  AbortController, AbortSignal, Response, TextEncoder, URL, atob, clearTimeout, crypto, queueMicrotask, setTimeout,
};

test("as a bundle of its own files, without Node", async () => {
  const bundle = await rolldown({ input: join(ROOT, "src/client/create-client.ts"), platform: "browser" });
  const { output: [chunk] } = await bundle.generate({ format: "iife", name: "sideline" });
  await bundle.close();
  expect([chunk.imports, chunk.dynamicImports]).toEqual([[], []]);
  expect(Object.keys(chunk.modules).filter((path) => !path.startsWith(join(ROOT, "src/client/")))).toEqual([]);
  expect(chunk.code.length).toBeLessThan(MOST_BYTES);

  const paths: string[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    paths.push(url);
    return url.endsWith("/events") ? receipt({ body: JSON.parse(init.body as string) }) : json({ allowed: true });
  };
  const make = runInNewContext(`${chunk.code}; sideline.createClient`, { ...WEB, fetch }) as typeof createClient;
  const client = make({ url: "http://sideline.test" });
  const { id } = await client.send("note.deleted", { note: "n1" }, { actor: "carl" });
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(await client.can("user:carl", "can_read", "note:n1")).toBe(true);
  expect(paths).toEqual(["http://sideline.test/events", "http://sideline.test/check"]);
});
