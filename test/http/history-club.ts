// A club with a clock of its own, and its history as /history answers it.
import { expect } from "vitest";
import type { HistoryEvent } from "../../src/client/history.ts";
import { startSideline, type TestSideline } from "../../src/testing/start-sideline.ts";

/** When the first event is sent, in milliseconds since 1970. */
export const START = Date.UTC(2026, 2, 1, 12);

/** A club whose history is asked by HTTP. Its clock moves by a second with each event. */
export class Club {
  clock = START;
  readonly sideline: TestSideline;

  private constructor(sideline: TestSideline) {
    this.sideline = sideline;
  }

  static async found(): Promise<Club> {
    let club: Club | undefined;
    const sideline = await startSideline({ now: () => club?.clock ?? START });
    club = new Club(sideline);
    await club.send("org.created", { org: "fc", kind: "club", owner: "olga" });
    await club.send("member.added", { org: "fc", user: "cora" }, "olga");
    await club.send("athlete.created", { athlete: "a1", org: "fc" }, "olga");
    await club.send("coaching.started", { coaching: "c1", athlete: "a1", coach: "cora" }, "olga");
    return club;
  }

  /** Sends an event a second after the one before, and returns the status of the answer. */
  async send(type: string, data: object, actor?: string, more: object = {}, query = ""): Promise<number> {
    this.clock += 1000;
    const event = { specversion: "1.0", id: String((this.clock - START) / 1000), source: "/app", type, data,
      ...(actor === undefined ? {} : { actor }), ...more };
    const response = await this.sideline.fetch(`http://localhost/events${query}`, {
      method: "POST", body: JSON.stringify(event), headers: { "content-type": "application/cloudevents+json" },
    });
    return response.status;
  }

  async ask(query: string): Promise<{ status: number; body: any }> {
    const response = await this.sideline.fetch(`http://localhost/history${query}`, {});
    return { status: response.status, body: await response.json() };
  }

  async events(query = ""): Promise<HistoryEvent[]> {
    const { status, body } = await this.ask(query);
    expect([query, status]).toEqual([query, 200]);
    return body.events;
  }

  async types(query = ""): Promise<string[]> {
    return (await this.events(query)).map(({ type }) => type);
  }
}

/** The time a number of seconds after the start, in RFC 3339. */
export const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();
