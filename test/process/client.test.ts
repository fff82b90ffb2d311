// The client against a real process: keys, answers that are lost, a server that is killed and comes back.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createClient, type Fetch } from "../../src/client/create-client.ts";
import { kill, oneBuild } from "./one-build.ts";

const one = oneBuild();

/** A fetch that loses the first answers to requests that arrived. */
function losing(answers: number): Fetch {
  let left = answers;
  return async (url, init) => {
    const response = await fetch(url, init);
    if (left-- > 0) throw new TypeError("the connection broke");
    return response;
  };
}

test("an answer that is lost is asked for again, and the event is applied once", async () => {
  const server = await one.start();
  const client = createClient({ url: server.url, fetch: losing(2) });
  const receipt = await client.send("org.created", { org: "fc", kind: "club", owner: "olga" }, { actor: null });
  expect(receipt).toMatchObject({ status: "duplicate", written: 0 });
  const lost = createClient({ url: server.url, fetch: losing(1) });
  const outcomes = await lost.sendAll(["ann", "ben"].map((user) =>
    ({ type: "member.added" as const, data: { org: "fc", user }, actor: "olga" })));
  expect(outcomes.map(({ status }) => status)).toEqual(["duplicate", "duplicate"]);
  expect(await client.users("coach", "org:fc")).toEqual(expect.arrayContaining(["user:ann", "user:ben"]));
});

test("a server that is down gives nobody a yes; the event that it missed is sent again under its id", async () => {
  const server = await one.start();
  const found = () => createClient({ url: server.url, retries: 0 });
  await found().send("org.created", { org: "fc", kind: "club", owner: "olga" }, { actor: null });
  expect(await found().can("user:olga", "org_manage", "org:fc")).toBe(true);
  await kill(server);

  const down = found();
  await expect(down.can("user:olga", "org_manage", "org:fc")).rejects.toMatchObject({ code: "no_answer" });
  const added = { org: "fc", user: "ann" };
  const missed = await down.send("member.added", added, { actor: "olga" }).catch((error: unknown) => error);
  expect(missed).toMatchObject({ code: "no_answer", isFinal: false, event: { id: expect.any(String) } });

  const { url } = await one.start();
  const back = createClient({ url });
  const { id } = (missed as { event: { id: string } }).event;
  expect(await back.send("member.added", added, { actor: "olga", id })).toMatchObject({ id, status: "applied" });
  expect(await back.can("user:ann", "member", "org:fc")).toBe(true);
});

test("a key that may not is refused, once and for all", async () => {
  const key = "the-key-of-an-app-that-only-checks";
  const file = join(one.root, "keys.json");
  const sending = { name: "scores", key: `${key}-2`, scopes: ["events"], sources: ["/scores"] };
  writeFileSync(file, JSON.stringify({ keys: [{ name: "app", key, scopes: ["check"] }, sending] }));
  const { url } = await one.start({ SIDELINE_KEYS: file });
  const client = createClient({ url, key });
  expect(await client.can("user:a", "can_read", "note:n1")).toBe(false);
  expect(await client.permissions("user:a", "note:n1")).toEqual({});
  const note = client.send("note.deleted", { note: "n1" }, { actor: "a" });
  await expect(note).rejects.toMatchObject({ code: "scope_missing", status: 403, isFinal: true });
  const stranger = createClient({ url, key: "unknown" }).can("user:a", "can_read", "note:n1");
  await expect(stranger).rejects.toMatchObject({ code: "unauthenticated", status: 401, isFinal: true });
  const scores = createClient({ url, key: sending.key, source: "/others" });
  const [outcome] = await scores.sendAll([{ type: "note.deleted", data: { note: "n1" }, actor: "a" }]);
  expect(outcome).toMatchObject({ status: "refused", error: { code: "source_not_allowed" } });
  const system = scores.send("note.deleted", { note: "n1" }, { actor: null, source: "/scores" });
  await expect(system).rejects.toMatchObject({ code: "actor_required" });
});
