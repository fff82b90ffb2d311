// A store with a history of all kinds of events, moved to OpenFGA and back: the answers stay, and no event repeats.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import type { Receipt } from "../../src/events/event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { eventInOrg, eventObject } from "../../src/ledger/event-record.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import type { Sidecar } from "../../src/sidecar/sidecar.ts";
import { EVENTS } from "../../src/events/table.ts";
import { everyYes, printed } from "../laws/answers.ts";
import { Play, FOUNDING } from "../laws/sequence.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { MODEL, openSidecar } from "../openfga/fleet.ts";
import { buildCommand, type Command } from "./command.ts";

/** Number of drawn events: enough that every type is applied at least once. */
const EVENTS_DRAWN = 700;
const SEED = 7_919;
const HOUR = 3_600_000;

type Opened = Sidecar & { close(): Promise<void> };
const tell = (outcome: Receipt | Refusal): string => (isRefusal(outcome) ? outcome.refused : outcome.status);

describe.skipIf(!openfgaAvailable("fresh"))("a store with a history", () => {
  let command: Command;
  let fga: RunningOpenfga;
  let now = 0;
  /** The events sent to the first store, and their outcomes. */
  const history: [Envelope, string][] = [];
  let key = "";

  const embedded = (folder: string, emailKey?: string): Promise<Opened> => openEmbeddedSidecar({
    folder: join(command.folder, folder), storeName: "sideline", model: MODEL, emailKey, now: () => now,
    log: pino({ level: "silent" }), fatal: (why) => { throw new Error(why); },
  });
  const openfga = (emailKey?: string): Promise<Opened> => openSidecar(fga.url, "moved", { emailKey, now: () => now });
  const submit = (sidecar: Sidecar, envelope: Envelope, dryRun = false): Promise<Receipt | Refusal> =>
    sidecar.intake.submit(envelope, { system: true, dryRun });
  const migrated = (...args: string[]): string => {
    const { code, said } = command.run("migrate", ...args, "--store", "moved", "--yes");
    expect([code, said]).toEqual([0, expect.stringContaining("verified")]);
    return said;
  };

  /** Sends every acknowledged event again, and other content under its id: nothing changes. */
  async function expectKnown(sidecar: Sidecar): Promise<void> {
    const before = printed(sidecar.tuples.read({}));
    const acknowledged = history.filter(([, outcome]) => outcome === "applied" || outcome === "unchanged");
    const outcomes: string[] = [];
    for (const [envelope] of acknowledged) outcomes.push(tell(await submit(sidecar, envelope)));
    expect(outcomes.filter((outcome) => outcome !== "duplicate")).toEqual([]);
    for (const [envelope] of acknowledged.slice(0, FOUNDING.length)) {
      expect(tell(await submit(sidecar, { ...envelope, time: "2026-01-01T00:00:00Z" }))).toBe("duplicate");
      expect(tell(await submit(sidecar, { ...envelope, actor: "somebody" }))).toBe("event_conflict");
    }
    expect(printed(sidecar.tuples.read({}))).toEqual(before);
  }

  /** Outcomes of a few new events, with receipts and changes. */
  async function tried(sidecar: Sidecar): Promise<unknown[]> {
    const events: [string, object][] = [
      ["member.added", { org: "o1", user: "fresh" }], ["team.deleted", { team: "t1" }],
      ["athlete.deleted", { athlete: "a1" }], ["member.deactivated", { org: "o2", user: "u3" }],
      ["invite.redeemed", { invite: "mail", user: "pia", email: "pia@example.org" }],
      ["invite.redeemed", { invite: "mail", user: "eve", email: "eve@example.org" }],
      ["invite.redeemed", { invite: "timed", user: "tom" }],
    ];
    const outcomes: unknown[] = [];
    for (const [type, data] of events) {
      const outcome = await submit(sidecar, { id: `try-${type}`, source: "/try", type, data }, true);
      outcomes.push(isRefusal(outcome) ? outcome.refused : [outcome.written, outcome.deleted, outcome.changes]);
    }
    return outcomes;
  }

  beforeAll(async () => {
    command = buildCommand();
    fga = await startOpenfga({ logLevel: "error" });
    const sidecar = await embedded("data");
    const play = new Play();
    now = play.world.now;
    const send = async (envelope: Envelope): Promise<void> =>
      void history.push([envelope, tell(await submit(sidecar, envelope))]);
    for (const [n, event] of FOUNDING.entries()) await send({ id: `f${n}`, source: "/founding", ...event });
    for (let n = 0; n < EVENTS_DRAWN; n++) {
      now = play.world.now;
      const event = play.next(Math.imul(n + 1, SEED) >>> 0);
      play.send(event);
      await send(event);
    }
    now = play.world.now;
    const invited = { org: "o1", hat: "coach" };
    const expires_at = new Date(now + HOUR).toISOString();
    await send({ id: "mail", source: "/own", type: "invite.created",
      data: { ...invited, invite: "mail", email: "Pia@Example.org" } });
    await send({ id: "team", source: "/own", type: "team.created", data: { team: "timed", org: "o1" } });
    await send({ id: "timed", source: "/own", type: "invite.created",
      data: { ...invited, invite: "timed", team: "timed", expires_at } });
    // The rarest of the drawn events, so that they always occur.
    await send({ id: "open", source: "/own", type: "invite.created",
      data: { ...invited, invite: "open", team: "timed" } });
    await send({ id: "used", source: "/own", type: "invite.redeemed", data: { invite: "open", user: "rita" } });
    await sidecar.close();
  });
  afterAll(async () => {
    await fga.stop();
    command.remove();
  });

  /** Answers of the first store before the move. */
  async function original<T>(ask: (sidecar: Sidecar) => T): Promise<Awaited<T>> {
    const sidecar = await embedded("data");
    const answer = await ask(sidecar);
    await sidecar.close();
    return answer;
  }

  test("the history has events of every type, and conditions on tuples", async () => {
    const applied = new Set(history.filter(([, outcome]) => outcome === "applied").map(([{ type }]) => type));
    expect([...EVENTS.keys()].filter((type) => !applied.has(type))).toEqual([]);
    const conditions = await original(({ tuples }) => [...tuples.read({})].map(({ condition }) => condition?.name));
    expect(conditions).toContain("unexpired");
  });

  test("after the move to OpenFGA it is the same, and a redelivery changes nothing", async () => {
    const told = command.run("email-key", "--from", "data");
    expect(told).toEqual({ code: 0, said: expect.stringMatching(/^hex:[0-9a-f]{64}\n$/) });
    key = told.said.trim();
    const before = await original(async (sidecar) => ({
      tuples: printed(sidecar.tuples.read({})), yes: everyYes(sidecar.tuples, now), tried: await tried(sidecar),
    }));
    expect(migrated("--from", "data", "--to", fga.url)).toContain("sideline email-key");
    const sidecar = await openfga(key);
    expect(printed(sidecar.tuples.read({}))).toEqual(before.tuples);
    expect(everyYes(sidecar.tuples, now)).toEqual(before.yes);
    for (const yes of [...before.yes].slice(0, 100)) {
      const [user = "", relation = "", object = ""] = yes.split(" ");
      const answer = await sidecar.checker.check({ user, relation, object }, { higher: true, positions: [] });
      expect([yes, answer]).toEqual([yes, { allowed: true }]);
    }
    expect(before.tried.slice(4)).toEqual([expect.any(Array), "email_mismatch", expect.any(Array)]);
    expect(await tried(sidecar)).toEqual(before.tried);
    await expectKnown(sidecar);
    await sidecar.close();
  });

  test("an invitation by email matches under the store's own key, and under no other", async () => {
    const redeem = (id: string, email: string): Envelope =>
      ({ id, source: "/own", type: "invite.redeemed", actor: "pia", data: { invite: "mail", user: "pia", email } });
    const other = await openfga("another key of 32 characters ....");
    expect(tell(await submit(other, redeem("p1", "pia@example.org")))).toBe("email_mismatch");
    await other.close();
    const sidecar = await openfga(key);
    expect(tell(await submit(sidecar, redeem("p2", "eve@example.org")))).toBe("email_mismatch");
    const event = redeem("p3", " PIA@example.org");
    history.push([event, tell(await submit(sidecar, event))]);
    expect(history.at(-1)![1]).toBe("applied");
    // With several sidecars the event record has its own kind of key, which is carried back as well.
    expect(sidecar.tuples.users(eventObject(event), "applied")).toEqual([eventInOrg(eventObject(event), "o1")]);
    await sidecar.close();
  });

  test("back in a folder it is the same again, including the changes made on OpenFGA", async () => {
    const sidecar = await openfga(key);
    const before = {
      tuples: printed(sidecar.tuples.read({})), yes: everyYes(sidecar.tuples, now), tried: await tried(sidecar),
    };
    await sidecar.close();
    migrated("--from", fga.url, "--to", "back");
    expect(command.run("email-key", "--from", "back").said.trim()).not.toBe(key);
    const back = await embedded("back", key);
    expect(printed(back.tuples.read({}))).toEqual(before.tuples);
    expect(everyYes(back.tuples, now)).toEqual(before.yes);
    expect(await tried(back)).toEqual(before.tried);
    await expectKnown(back);
    now += HOUR;
    expect(await tried(back)).toContain("invite_expired");
    now -= HOUR;
    await back.close();
    rmSync(join(command.folder, "back"), { recursive: true });
  });

  test("email-key prints the key of a folder with a store in it, and of nothing else", () => {
    for (const from of ["none", "dist"]) {
      const { code, said } = command.run("email-key", "--from", from);
      expect([code, said]).toEqual([3, expect.stringContaining("there is no store")]);
    }
    const wrong = [["--from", fga.url], ["--from", "data", "--to", "x"], ["--from", "data", "--yes"], []];
    for (const args of wrong) expect(command.run("email-key", ...args).code).toBe(2);
  });
});
