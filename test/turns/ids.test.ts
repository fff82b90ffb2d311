// Law: the number of orgs that used an event's id makes no difference to the cost of another event with it.
import { expect, test } from "vitest";
import { decideEvent } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { eventInOrg, eventObject, recordTextIn } from "../../src/ledger/event-record.ts";
import { applyDelta } from "../../src/tuples/delta.ts";
import { value } from "../../src/domain/object-names.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { World } from "../world/world.ts";
import { counted } from "./steps.ts";

/** Number of orgs that used the id. */
const FEW = 500;
const MANY = 1500;
/** Steps that one more org may cost: its event record is found and skipped. */
const EACH = 60;

const founding = (org: string): Envelope =>
  ({ id: "1", source: "/x", type: "org.created", data: { org, kind: "club", owner: "pia" } });

/** A world in which many orgs applied an event with one id, through as many sidecars as write: one, or several. */
function world(orgs: number, writer: string | undefined): World {
  const made = new World();
  const around = { system: true, clock: made.now, writer };
  const first = decideEvent(DomainEvent.sent(founding("o0")), made.view, around);
  if (isRefusal(first)) throw new Error(first.detail);
  applyDelta(made.tuples, first.delta);
  const event = eventObject(founding("o0"));
  const facts = recordTextIn(first.delta)!.split("|>");
  for (let n = 1; n < orgs; n++) {
    // Each org's event has different content.
    const told = facts.with(3, `o${n}`).with(6, String(n).padStart(43, "x")).join("|>");
    made.tuples.add(writer === undefined ? { object: event, relation: "applied", user: value(told) } : {
      object: event, relation: "applied", user: eventInOrg(event, `o${n}`),
      condition: { name: "recorded", context: { facts: told } },
    });
  }
  return made;
}

const EVENTS: Readonly<Record<string, { readonly event: (orgs: number) => Envelope; readonly told: string }>> = {
  "an event of another org": { event: () => founding("late"), told: "applied" },
  "a redelivery": { event: () => founding("o0"), told: "duplicate" },
  "other content in an org that used the id":
    { event: (orgs) => ({ ...founding(`o${orgs - 1}`), data: { org: `o${orgs - 1}`, kind: "program", owner: "x" } }),
      told: "event_conflict" },
};

for (const [who, writer] of [["one process", undefined], ["several sidecars", "me"]] as const) {
  test.each(Object.entries(EVENTS))(`%s: ${who}`, (_, { event, told }) => {
    const [few, many] = [FEW, MANY].map((orgs) => {
      const { view, now } = world(orgs, writer);
      const around = { system: true, clock: now, writer };
      // Facts derived from an event once are derived before.
      decideEvent(DomainEvent.sent(event(orgs)), view, around);
      const timed = { ...event(orgs), time: "2026-01-01T00:00:00Z" };
      const { steps, result } = counted(() => decideEvent(DomainEvent.sent(timed), view, around));
      expect(isRefusal(result) ? result.refused : result.status).toBe(told);
      return steps;
    }) as [number, number];
    expect((many - few) / (MANY - FEW), `steps that one more org costs; ${few} with ${FEW}`).toBeLessThan(EACH);
  });
}
