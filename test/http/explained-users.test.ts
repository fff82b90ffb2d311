// List-users with reasons of very many users: the list is complete, and the reasons are bounded.
import { expect, test } from "vitest";
import { startSideline } from "../../src/testing/start-sideline.ts";
import { MAX_USERS_EXPLAINED } from "../../src/reasons/reasons-limits.ts";

test(`the first ${MAX_USERS_EXPLAINED} users have reasons; the others are listed and marked`, async () => {
  await using sideline = await startSideline();
  await sideline.send("org.created", { org: "fc", kind: "club", owner: "u0" });
  const readers = async (): Promise<{ users: { reasons: unknown[]; truncated?: true }[] }> => {
    const response = await sideline.fetch("http://localhost/list-users", {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({
        object: { type: "org", id: "fc" }, relation: "member", user_filters: [{ type: "user" }], explain: true,
      }),
    });
    return response.json() as never;
  };
  for (let n = 1; n < MAX_USERS_EXPLAINED; n++) await sideline.send("member.added", { org: "fc", user: `u${n}` });
  const all = (await readers()).users;
  expect(all).toHaveLength(MAX_USERS_EXPLAINED);
  expect(all.filter(({ reasons, truncated }) => reasons.length === 0 || truncated)).toEqual([]);
  await sideline.send("member.added", { org: "fc", user: "one-more" });
  const more = (await readers()).users;
  expect(more).toHaveLength(MAX_USERS_EXPLAINED + 1);
  expect(more.filter(({ reasons }) => reasons.length === 0)).toMatchObject([{ reasons: [], truncated: true }]);
});
