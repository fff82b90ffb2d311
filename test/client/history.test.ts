// The client's history against the server itself: all pages, filters, and answers of another form.
import { expect, test } from "vitest";
import { createClient, type HistoryEvent, type HistoryOptions } from "../../src/client/create-client.ts";
import { startSideline } from "../../src/testing/start-sideline.ts";

const START = Date.UTC(2026, 2, 1, 12);

test("lists all events, page by page, and those that match", async () => {
  let clock = START;
  await using sideline = await startSideline({ now: () => clock });
  const paths: string[] = [];
  const client = createClient({
    url: "http://sideline.test", retries: 0,
    fetch: (url, init) => {
      paths.push(`${init.method} ${new URL(url).searchParams.get("page_size")}`);
      return sideline.fetch(url, init);
    },
  });
  const list = async (options?: HistoryOptions): Promise<HistoryEvent[]> => {
    const found: HistoryEvent[] = [];
    for await (const event of client.history(options)) found.push(event);
    return found;
  };
  await client.send("org.created", { org: "fc", kind: "club", owner: "olga" }, { actor: null });
  for (const user of ["ann", "ben", "cora", "dora"]) {
    clock += 1000;
    await client.send("member.added", { org: "fc", user }, { actor: "olga", id: user });
  }
  const refused = client.send("member.added", { org: "fc", user: "x" }, { actor: "ann" });
  await expect(refused).rejects.toMatchObject({ code: "actor_not_allowed" });
  paths.length = 0;
  expect((await list({ pageSize: 2 })).map(({ type, id }) => (type === "member.added" ? id : type)))
    .toEqual([expect.any(String), "dora", "cora", "ben", "ann", "org.created"]);
  expect(paths).toEqual(["GET 2", "GET 2", "GET 2"]);
  expect((await list({ org: "fc", user: "cora" })).map(({ id }) => id)).toEqual(["cora"]);
  const between = { type: "member.added", since: new Date(START + 2000), until: "2026-03-01T12:00:04Z" } as const;
  expect((await list(between)).map(({ id }) => id)).toEqual(["cora", "ben"]);
  expect(await list({ outcome: "refused" }))
    .toMatchObject([{ code: "actor_not_allowed", actor: "ann", revision: null }]);
  expect((await list({ object: "org:fc" }))).toHaveLength(5);
});

test.each([
  [{ events: [] }, "continuation_token"], [{ continuation_token: "" }, "events"],
])("an answer of another form is an error: %j", async (answer, field) => {
  const odd = createClient({ url: "http://sideline.test", fetch: async () => Response.json(answer) });
  await expect(odd.history().next()).rejects.toMatchObject({
    code: "unreadable_answer", message: expect.stringContaining(field),
  });
});
