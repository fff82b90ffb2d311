// Cases of the intake's suite: when two events are the same, when one is late, and the answer to a resend.
import { expect } from "vitest";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { eventObject } from "../../src/ledger/event-record.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import type { Cases } from "./cases.ts";
import { eventOf, tell, type Club } from "../world/running-club.ts";

/** The event that adds a member. */
export const member = (user: string, org = "fc"): Envelope => eventOf("member.added", { org, user });
const count = (texts: readonly string[], text: string): number => texts.filter((one) => one === text).length;

/** Expects a number of records for each event: one for each org that applied it, none if it was refused. */
export function expectMarked(club: Club, events: readonly Envelope[], times = 1): void {
  const found = events.map((event) => club.sidecar.tuples.users(eventObject(event), "applied").length);
  expect(found).toEqual(events.map(() => times));
}

/** The cases by their title. */
export const IDENTITY: Cases = {
  "the same event again is a duplicate with no effect; with other content it is a conflict": async (club) => {
    const event = member("twice");
    const first = await club.submit(event);
    expect(tell(first)).toBe("applied");
    const state = await club.state();
    for (let n = 0; n < 3; n++) {
      expect(await club.submit(event)).toEqual({ ...first, status: "duplicate", written: 0, deleted: 0 });
    }
    const stamped = { ...event, time: "2026-03-01T12:00:00Z" };
    expect(await club.submit(stamped)).toEqual({ ...first, status: "duplicate", written: 0, deleted: 0 });
    const others = [{ data: { org: "fc", user: "other" } }, { type: "member.deactivated" }, { actor: "olga" }];
    for (const other of others) expect(tell(await club.submit({ ...event, ...other }))).toBe("event_conflict");
    expect(tell(await club.submit({ ...event, source: "/else" }))).toBe("unchanged");
    expect((await club.state()).filter((line) => !state.includes(line)).length).toBeLessThanOrEqual(2);
  },

  "a sequence that is not greater is stale; each source and subject has its own": async (club) => {
    const stream = { source: "/stream", subject: "s" };
    const at = (sequence: string, user: string, more = {}) => ({ ...member(user), ...stream, sequence, ...more });
    expect(tell(await club.submit(at("5", "q5")))).toBe("applied");
    for (const sequence of ["5", "4", "0005", "+10"]) {
      expect(tell(await club.submit(at(sequence, "q")))).toBe("stale_event");
    }
    expect(tell(await club.submit(at("4", "q4", { subject: "other" })))).toBe("applied");
    expect(tell(await club.submit(at("10", "q10")))).toBe("applied");
    expect(tell(await club.submit(at("9", "q9")))).toBe("stale_event");
  },

  "a stranger's org takes neither the event ids nor the sequences of another": async (club) => {
    const mal = { actor: "mal" };
    expect(await club.send("org.created", { org: "mals", kind: "club", owner: "mal" }, mal)).toBe("applied");
    await club.system("member.added", { org: "fc", user: "as" });
    const app = { source: "/app", subject: "as" };
    const taken = { ...app, ...mal, id: "app-1", sequence: "~" };
    expect(await club.send("member.added", { org: "mals", user: "as" }, taken)).toBe("applied");
    const ending = eventOf("member.deactivated", { org: "fc", user: "as" }, { ...app, id: "app-1", sequence: "7" });
    expect(tell(await club.submit(ending))).toBe("applied");
    expect(await club.check("as", "coach", "org:fc")).toBe(false);
    expect(tell(await club.submit(ending))).toBe("duplicate");
    expect(tell(await club.submit({ ...ending, data: { org: "fc", user: "cora" } }))).toBe("event_conflict");
    expect(tell(await club.submit({ ...ending, id: "app-2" }))).toBe("stale_event");
    expectMarked(club, [ending], 2);
  },

  "a duplicate has the token of the present revision": async (club) => {
    const joining = member("back");
    await club.submit(joining);
    const left = await club.system("member.deactivated", { org: "fc", user: "back" });
    const again = await club.submit(joining);
    if (isRefusal(again)) throw new Error(again.refused);
    expect(again).toMatchObject({ status: "duplicate", token: left.token, written: 0, deleted: 0 });
  },

  "a receipt names the rows started, promoted or ended: in a dry run as they would be, again for a duplicate": async (
    club,
  ) => {
    await club.system("team.created", { team: "rows", org: "fc", head_coach: "hana", assignment: "rows-lead" });
    await club.system("team_assignment.started", { assignment: "rows-2", team: "rows", coach: "cora" });
    const tries: readonly (readonly [event: Envelope, rows: readonly string[] | undefined])[] = [
      [eventOf("coaching.started", { coaching: "rows-c", athlete: "a1", coach: "dora" }), ["coaching:rows-c"]],
      [eventOf("team.head_coach_changed", { team: "rows", head_coach: "cora" }),
        ["team_assignment:rows-2", "team_assignment:rows-lead"]],
      [eventOf("coaching.ended", { coaching: "rows-c" }), ["coaching:rows-c"]],
      [eventOf("team.deleted", { team: "rows" }), ["team_assignment:rows-2"]],
      [member("rows"), undefined],
    ];
    for (const [event, rows] of tries) {
      for (const [dryRun, status] of [[true, "applied"], [false, "applied"], [false, "duplicate"]] as const) {
        const outcome = await club.submit(event, dryRun);
        if (isRefusal(outcome)) throw new Error(outcome.refused);
        expect([event.type, outcome.status, outcome.rows]).toEqual([event.type, status, rows]);
        expect("rows" in outcome).toBe(rows !== undefined);
      }
    }
  },

  "one event sent many times at once is applied once": async (club) => {
    const event = member("many");
    const outcomes = (await Promise.all(Array.from({ length: 12 }, () => club.submit(event)))).map(tell);
    expect([count(outcomes, "applied"), count(outcomes, "duplicate")]).toEqual([1, 11]);
    expectMarked(club, [event]);
  },

  "one id in two orgs at once is two events": async (club) => {
    await club.system("org.created", { org: "xo", kind: "club", owner: "otto" });
    for (let n = 0; n < 5; n++) {
      const event = member(`both-${n}`);
      const other = { ...event, data: { org: "xo", user: `both-${n}` } };
      const outcomes = (await Promise.all([club.submit(event), club.submit(other)])).map(tell);
      expect(outcomes).toEqual(["applied", "applied"]);
      expectMarked(club, [event], 2);
      expect((await Promise.all([event, other].map((each) => club.submit(each)))).map(tell))
        .toEqual(["duplicate", "duplicate"]);
    }
  },
};
