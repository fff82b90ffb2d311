// Events that are sent as one: applied as a whole, or refused by the event at fault.
import { expect, test } from "vitest";
import { SidelineError, type SidelineEvent } from "../../src/client/create-client.ts";
import { startSideline } from "../../src/testing/start-sideline.ts";
import { json, problem, staged } from "./stage.ts";

const added = (user: string, actor = "olga"): SidelineEvent =>
  ({ type: "member.added", data: { org: "fc", user }, actor, id: `add-${user}` });

const failure = async (sent: Promise<unknown>): Promise<SidelineError> => {
  const error: unknown = await sent.then(() => "no error", (thrown: unknown) => thrown);
  if (!(error instanceof SidelineError)) throw new Error(`not a SidelineError: ${String(error)}`);
  return error;
};

test("a running Sideline applies all of the events or none, and a batch sent again changes nothing", async () => {
  await using sideline = await startSideline();
  const { client } = sideline;
  await sideline.send("org.created", { org: "fc", kind: "club", owner: "olga" });
  const error = await failure(client.sendTogether([added("ann"), added("ben", "nobody"), added("cat")]));
  expect([error.code, error.isVerdict]).toEqual(["actor_not_allowed", true]);
  expect(error.event).toEqual({ id: "add-ben", source: "/app" });
  for (const user of ["ann", "ben", "cat"]) await sideline.expectCannot(`user:${user}`, "member", "org:fc");

  const batch = [added("ann"), added("cat")];
  const dry = await client.sendTogether(batch, { dryRun: true });
  expect(dry.map((receipt) => "dry_run" in receipt && receipt.dry_run)).toEqual([true, true]);
  await sideline.expectCannot("user:ann", "member", "org:fc");
  expect((await client.sendTogether(batch)).map(({ status }) => status)).toEqual(["applied", "applied"]);
  await sideline.expectCan("user:cat", "member", "org:fc");
  expect((await client.sendTogether(batch)).map(({ status }) => status)).toEqual(["duplicate", "duplicate"]);
});

test("a batch is one request, repeated as it is after a temporary failure", async () => {
  const receipts = [added("ann"), added("ben")].map(({ id, type }) =>
    ({ id, source: "/app", type, status: "applied", token: "t", written: 1, deleted: 0 }));
  const { client, sent } = staged([problem("store_unavailable", 503), json(receipts)]);
  expect(await client.sendTogether([added("ann"), added("ben")])).toEqual(receipts);
  expect(new Set(sent.map(({ url }) => new URL(url).search))).toEqual(new Set(["?atomic=true"]));
  expect(sent).toHaveLength(2);
  expect(sent[1]!.init.body).toBe(sent[0]!.init.body);
});

test("the failure of a batch as a whole is no verdict on an event", async () => {
  const { client } = staged([problem("batch_too_large", 413)]);
  const { code, isFinal, isVerdict, event } = await failure(client.sendTogether([added("ann")]));
  expect([code, isFinal, isVerdict, event]).toEqual(["batch_too_large", true, false, undefined]);
});

test("answers that are not one receipt for each event are unreadable; no events are no request", async () => {
  for (const answer of [json([]), json({}), json([{ id: "add-ann", source: "/app", status: "refused", token: "t" }])]) {
    expect((await failure(staged([answer]).client.sendTogether([added("ann")]))).code).toBe("unreadable_answer");
  }
  const { client, sent } = staged([]);
  expect([await client.sendTogether([]), sent.length]).toEqual([[], 0]);
});
