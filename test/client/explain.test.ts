// The client's explain against the server itself: reasons of a yes, ways to a yes, and errors.
import { expect, test } from "vitest";
import { createClient } from "../../src/client/create-client.ts";
import { startSideline } from "../../src/testing/start-sideline.ts";

test("explains a yes and a no; an answer of another form is an error", async () => {
  await using sideline = await startSideline();
  const client = createClient({ url: "http://sideline.test", fetch: sideline.fetch });
  await sideline.send("org.created", { org: "fc", kind: "club", owner: "olga" });
  const yes = await client.explain("user:olga", "admin", "org:fc");
  expect(yes.allowed && yes.reasons.map(({ text }) => text))
    .toEqual(["user:olga has admin on org:fc because user:olga wears the admin hat in org:fc."]);
  expect(yes.allowed && yes.reasons[0]!.tuples[0]!.since).toMatchObject({ type: "org.created", revision: 1 });
  const no = await client.explain("user:ann", "member", "org:fc");
  expect(!no.allowed && no.missing.flatMap(({ events }) => events))
    .toEqual([{ type: "member.added", data: { org: "fc", user: "ann" }, who: "user:olga" }]);
  const odd = createClient({ url: "http://sideline.test", fetch: async () => Response.json({ allowed: true }) });
  await expect(odd.explain("user:olga", "admin", "org:fc")).rejects.toMatchObject({ code: "unreadable_answer" });
});
