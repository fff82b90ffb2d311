// Work for a client that has closed its connection: it ends, and nothing is logged.
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Release } from "../../src/sidecar/state-lock.ts";
import type { Submission } from "../../src/events/event.ts";
import { Counts } from "../../src/http/counts.ts";
import { directoryRoute } from "../../src/http/directory-routes.ts";
import { ClientGone } from "../../src/sidecar/turns.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { appOf, refusal } from "./world.ts";

const JSON_BODY = { "content-type": "application/json" };
const post = (body: object): RequestInit => ({ method: "POST", headers: JSON_BODY, body: JSON.stringify(body) });
const GONE = { code: "store_unavailable" };

/** Some users of a list, whose reasons take a part each. */
const TUPLES: Tuple[] = ["a", "b", "c"].map((id) => ({ user: `user:${id}`, relation: "viewer", object: "doc:2" }));

/** An app with one more route, which answers from the state in three parts. */
function stage() {
  const of = appOf({ tuples: TUPLES });
  const failed: unknown[] = [];
  const { handle } = directoryRoute("/parts", function* () {
    yield;
    yield;
    return "{}";
  }, { sidecar: of.sidecar, failed: (error) => failed.push(error), counts: new Counts() });
  const anybody = { has: () => true, maySendAs: () => true };
  return { ...of, app: of.app.get("/parts", (c) => handle(c, anybody)), failed };
}

describe("a long answer", () => {
  test.each([
    ["/explain", post({ tuple_key: { user: "user:nobody", relation: "viewer", object: "doc:2" } })],
    ["/list-users", post({
      object: { type: "doc", id: "2" }, relation: "viewer", user_filters: [{ type: "user" }], explain: true,
    })],
    ["/parts", {}],
  ])("of %s that waits is not made", async (path, init) => {
    const { app, sidecar, logged, failed } = stage();
    const release = await new Promise<Release>((done) => sidecar.lock.alone(done));
    const client = new AbortController();
    const [asked, other] = [app.request(path, { ...init, signal: client.signal }), app.request(path, init)];
    for (let turn = 0; turn < 10; turn++) await nextTurn();
    client.abort();
    release();
    expect((await other).status).toBe(200);
    expect((await asked).status).toBe(503);
    // The app's own `failed` passes over it.
    expect(failed).toEqual(path === "/parts" ? [new ClientGone()] : []);
    expect(logged).toEqual([]);
  });
});

test("a dry run ends with its client; an event is applied, whoever waits", async () => {
  const seen: Submission["isGone"][] = [];
  let answer = (): void => {};
  const { app, logged } = appOf({
    submit: (_, { isGone }) => new Promise((done) => {
      seen.push(isGone);
      answer = () => done(refusal("store_unavailable"));
    }),
  });
  const client = new AbortController();
  const event = { specversion: "1.0", id: "e", source: "/crm", type: "team.deleted", data: { team: "t" } };
  const ask = (query: string) => app.request(`/events${query}`, { ...post(event), signal: client.signal });
  const applied = ask("");
  await expect.poll(() => seen).toEqual([undefined]);
  answer();
  await applied;
  const tried = ask("?dry_run=access");
  await expect.poll(() => seen.length).toBe(2);
  expect(seen[1]?.()).toBe(false);
  client.abort();
  expect(seen[1]?.()).toBe(true);
  answer();
  expect(await (await tried).json()).toMatchObject(GONE);
  expect(logged).toEqual([]);
});
