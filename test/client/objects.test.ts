// The client's list of objects against the server itself: complete, sorted, by org, in pages of any size.
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient, type Client } from "../../src/client/create-client.ts";
import { startSideline, type TestSideline } from "../../src/testing/start-sideline.ts";

let sideline: TestSideline;
let client: Client;
beforeAll(async () => {
  sideline = await startSideline();
  client = createClient({ url: "http://sideline.test", fetch: sideline.fetch });
  for (const org of ["fc", "xo"]) await sideline.send("org.created", { org, kind: "club", owner: "olga" });
  for (let n = 9; n > 0; n--) {
    await sideline.send("athlete.created", { athlete: `a${n}`, org: n % 3 === 0 ? "xo" : "fc" });
  }
});
afterAll(() => sideline.close());

async function collect(options = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const object of client.objects("user:olga", "can_view", "athlete", options)) found.push(object);
  return found;
}

test("pages of any size are the whole list", async () => {
  const all = Array.from({ length: 9 }, (_, n) => `athlete:a${n + 1}`);
  for (const pageSize of [1, 2, 4, 9, 10, undefined]) expect(await collect({ pageSize })).toEqual(all);
  expect(await collect({ org: "xo", pageSize: 2 })).toEqual(["athlete:a3", "athlete:a6", "athlete:a9"]);
});

test("an object that is lost between two pages does not come", async () => {
  const objects = client.objects("user:olga", "can_view", "athlete", { pageSize: 1 });
  expect((await objects.next()).value).toBe("athlete:a1");
  await client.send("athlete.deleted", { athlete: "a2" }, { actor: "olga" });
  expect((await objects.next()).value).toBe("athlete:a3");
});

test("a list that may not be asked for is an error", async () => {
  const odd = createClient({ url: "http://sideline.test", fetch: sideline.fetch });
  const objects = odd.objects("user:olga", "can_view", "athlete", { pageSize: 1001 });
  await expect(objects.next()).rejects.toMatchObject({ code: "invalid_request", isFinal: true });
});
