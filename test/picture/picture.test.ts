// The picture in the docs is the drawing of a run of this build.
import { expect, test } from "vitest";
import type { SidelineEvent } from "../../src/client/create-client.ts";
import { startSideline } from "../../src/testing/start-sideline.ts";
import { expectGenerated } from "../live/generated-file.ts";
import { drawing, type DrawnAnswer, type DrawnEvent } from "./picture.ts";

const EVENTS: readonly SidelineEvent[] = [
  { type: "org.created", data: { org: "fc", kind: "club", owner: "olga" }, actor: null },
  { type: "member.added", data: { org: "fc", user: "carl", hats: ["coach"] }, actor: "olga" },
  { type: "athlete.created", data: { org: "fc", athlete: "ana" }, actor: null },
  { type: "coaching.started", data: { coaching: "c1", athlete: "ana", coach: "carl", role: "assistant_coach" },
    actor: "olga" },
];
/** The events that are drawn. */
const DRAWN = ["member.added", "athlete.created", "coaching.started"];

async function run(): Promise<{ readonly events: readonly DrawnEvent[]; readonly answer: DrawnAnswer }> {
  await using sideline = await startSideline({ now: () => Date.parse("2026-03-02T09:00:00Z") });
  const events: DrawnEvent[] = [];
  for (const [i, event] of EVENTS.entries()) {
    const { type, data, actor } = event;
    const [dry] = await sideline.client.sendAll([event], { dryRun: true });
    if (dry === undefined || !("changes" in dry)) throw new Error(`${type}: ${JSON.stringify(dry)}`);
    await sideline.client.sendAll([event]);
    if (DRAWN.includes(type)) events.push({ type, actor, revision: i + 1, data, tuples: dry.changes!.write });
  }
  const found = await sideline.client.explain("user:carl", "can_view", "athlete:ana");
  if (!found.allowed || found.reasons.length !== 1) throw new Error(JSON.stringify(found));
  const [{ rules, text, tuples }] = found.reasons as [typeof found.reasons[0]];
  return { events, answer: { question: "carl can_view ana?", rules, text, proof: tuples } };
}

test("the picture is that of this build, and each tuple of the yes comes from the event it is drawn at", async () => {
  const { events, answer } = await run();
  for (const { user, relation, object, since } of answer.proof) {
    const event = events.find(({ type }) => type === since?.type);
    expect(event?.tuples).toContainEqual(expect.objectContaining({ user, relation, object }));
    expect(event?.revision).toBe(since?.revision);
  }
  expectGenerated("docs/images/event-to-yes.svg", drawing(events, answer));
});
