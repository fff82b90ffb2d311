// Sideline in the process of a test: alone in the world, on its own clock, with expectations that can fail.
import { afterEach, beforeEach, expect, test } from "vitest";
import { createClient } from "../../src/client/create-client.ts";
import { startSideline, type TestSideline } from "../../src/testing/start-sideline.ts";

let sideline: TestSideline;
beforeEach(async () => {
  sideline = await startSideline();
  await sideline.send("org.created", { org: "fc", kind: "club", owner: "olga" });
});
afterEach(() => sideline.close());

test("expectations pass and fail", async () => {
  await sideline.expectCan("user:olga", "org_manage", "org:fc");
  await sideline.expectCannot("user:carl", "org_manage", "org:fc");
  await expect(sideline.expectCan("user:carl", "org_manage", "org:fc")).rejects.toMatchObject({
    name: "AssertionError", message: "user:carl lacks org_manage on org:fc", actual: false, expected: true,
  });
  await expect(sideline.expectCannot("user:olga", "org_manage", "org:fc")).rejects.toMatchObject({
    name: "AssertionError", message: "user:olga has org_manage on org:fc", actual: true, expected: false,
  });
  await expect(sideline.expectCannot("user:o lga", "org_manage", "org:fc")).rejects
    .toMatchObject({ code: "validation_error" });
});

test("two of them know nothing of each other", async () => {
  await using other = await startSideline();
  await other.expectCannot("user:olga", "org_manage", "org:fc");
  await other.send("org.created", { org: "fc", kind: "program", owner: "otto" });
  await sideline.expectCannot("user:otto", "org_manage", "org:fc");
});

test("an actor's event is judged, the system's is not", async () => {
  const add = (actor?: string) => sideline.send("member.added", { org: "fc", user: "carl" }, actor ? { actor } : {});
  await expect(add("carl")).rejects.toMatchObject({ code: "actor_not_allowed" });
  expect(await add()).toMatchObject({ status: "applied" });
});

test("its clock can be moved", async () => {
  let now = Date.UTC(2026, 0, 1);
  await using moved = await startSideline({ now: () => now });
  await moved.send("org.created", { org: "fc", kind: "club", owner: "olga" });
  const expires_at = "2026-01-02T00:00:00Z";
  await moved.send("invite.created", { invite: "i1", org: "fc", hat: "office", expires_at });
  await moved.expectCan("user:carl", "can_redeem", "invite:i1");
  now = Date.parse(expires_at);
  await moved.expectCannot("user:carl", "can_redeem", "invite:i1");
});

test("an app asks it by its fetch, or by its address until it is closed", async () => {
  const inProcess = createClient({ url: "https://auth.example.org", fetch: sideline.fetch });
  expect(await inProcess.can("user:olga", "member", "org:fc")).toBe(true);
  const url = await sideline.listen();
  expect(await sideline.listen()).toBe(url);
  const apart = createClient({ url, retries: 0 });
  expect(await apart.can("user:olga", "member", "org:fc")).toBe(true);
  await sideline.close();
  await expect(apart.can("user:olga", "member", "org:fc")).rejects.toMatchObject({ code: "no_answer" });
  sideline = await startSideline();
});
