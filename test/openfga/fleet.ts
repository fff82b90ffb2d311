// Several sidecars on one OpenFGA, for tests: opens them, sends events, compares replicas with the store.
import { expect, vi } from "vitest";
import type { Receipt } from "../../src/events/event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { eventObject } from "../../src/ledger/event-record.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { LOOK_BACK } from "../../src/openfga/follow/look-back.ts";
import { openOpenfgaSidecar, type OpenfgaOptions, type OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { MODEL } from "../world/policy.ts";
import { migrateOpenfga, openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { PATIENCE_MS, PATIENTLY } from "../live/patience.ts";
import { stopProcess } from "../live/stop-process.ts";
import { postgresAvailable, startPostgres, type RunningPostgres } from "../live/postgres.ts";

export { MODEL };

/** An OpenFGA as in production: on Postgres, with OpenFGA's own time limits. */
export interface Backend {
  readonly postgres: RunningPostgres;
  /** Port of the first OpenFGA; one started later has another port. */
  readonly url: string;
  /** Stops OpenFGA's process. Resolves once no thread of it runs. */
  pause(): Promise<void>;
  /** Lets a stopped process run again. */
  resume(): void;
  /** Ends OpenFGA by SIGKILL. */
  kill(): Promise<void>;
  /** Starts an OpenFGA on the same Postgres. Returns its port. */
  restart(): Promise<number>;
  stop(): Promise<void>;
}

/** Flags that give a test's OpenFGA the time limits of production. */
const LIMITS = ["--request-timeout", "3s", "--http-upstream-timeout", "5s", "--listObjects-deadline", "3s",
  "--listUsers-deadline", "3s"];

/** Starts an OpenFGA on a fresh Postgres; `extraArgs` are passed on. With `patient` it has no time limits. */
export async function startBackend(extraArgs: readonly string[] = [], patient = false): Promise<Backend> {
  const postgres = await startPostgres();
  const datastore = { engine: "postgres", uri: postgres.uri } as const;
  await migrateOpenfga(datastore);
  const start = (): Promise<RunningOpenfga> =>
    startOpenfga({ logLevel: "error", datastore, extraArgs: [...(patient ? [] : LIMITS), ...extraArgs] });
  let openfga = await start();
  const own = (): number => {
    if (openfga.pid === undefined) throw new Error("no process of its own");
    return openfga.pid;
  };
  return {
    postgres, url: openfga.url,
    pause: () => stopProcess(own()),
    resume: () => void process.kill(own(), "SIGCONT"),
    kill: () => openfga.stop(),
    restart: async () => {
      openfga = await start();
      return Number(new URL(openfga.url).port);
    },
    stop: async () => {
      await openfga.stop();
      await postgres.stop();
    },
  };
}

/** The stores that OpenFGA is tested on: how to start a server on each, and whether that is possible. */
export const BACKENDS = [
  { name: "memory", available: openfgaAvailable("fresh"), start: () => startOpenfga({ logLevel: "error" }) },
  { name: "Postgres", available: openfgaAvailable("datastore") && postgresAvailable(),
    start: () => startBackend([], true) },
] as const;

/** The log of sidecars, printed if SIDELINE_TEST_LOG is set. */
const note = (fields: object, message: string): void => {
  const { err } = fields as { err?: unknown };
  if (process.env["SIDELINE_TEST_LOG"] !== undefined) console.log(message, err ?? fields);
};

/** Time limits of a sidecar that no slow machine reaches. */
export const PATIENT = {
  readTimeout: 60_000, giveUpAfter: PATIENCE_MS, maxStaleness: PATIENCE_MS, wakeWait: PATIENCE_MS,
} as const;

/** The time limits of production, for tests of what happens when they expire. */
export const IMPATIENT = {
  readTimeout: undefined, giveUpAfter: undefined, maxStaleness: undefined, wakeWait: undefined,
} as const;

let stores = 0;

/** A unique name for a store. */
export function freshName(): string {
  return `fleet-${process.pid}-${stores++}`;
}

/** Opens a sidecar on a store, without time limits unless `more` sets some. */
export function openSidecar(
  url: string, storeName: string, more: Partial<OpenfgaOptions> = {},
): Promise<OpenfgaSidecar> {
  return openOpenfgaSidecar({
    url, storeName, model: MODEL, log: { info: note, warn: note, error: note } as OpenfgaOptions["log"], now: Date.now,
    pollInterval: 200, emailKey: "a key of tests, 32 characters long", ...PATIENT, ...more,
  });
}

let sent = 0;

/** An event of the system with a unique id. */
export function event(type: string, data: unknown, more: Partial<Envelope> = {}): Envelope {
  return { id: `e${process.pid}-${++sent}`, source: "/fleet", type, data, ...more };
}

/** Submits an event as the system. */
export function submit(sidecar: OpenfgaSidecar, envelope: Envelope, dryRun = false): Promise<Receipt | Refusal> {
  return sidecar.intake.submit(envelope, { system: true, dryRun });
}

/** Submits an event and expects a receipt. */
export async function send(sidecar: OpenfgaSidecar, type: string, data: unknown): Promise<Receipt> {
  const outcome = await submit(sidecar, event(type, data));
  if (isRefusal(outcome)) throw new Error(`${type} was refused: ${outcome.refused} ${outcome.detail}`);
  return outcome;
}

const print = (tuple: Tuple): string => `${printTuple(tuple)} ${JSON.stringify(tuple.condition ?? null)}`;

/** Every tuple of the store, as OpenFGA returns it. */
async function stored(sidecar: OpenfgaSidecar): Promise<string[]> {
  const all: string[] = [];
  for await (const tuple of sidecar.store.read()) all.push(print(tuple));
  return all.sort();
}

/** Resolves when a sidecar has polled again, even if OpenFGA is often too busy to answer. */
async function caughtUp({ follower }: OpenfgaSidecar): Promise<void> {
  await vi.waitFor(async () => {
    await follower.catchUp(LOOK_BACK.longest);
    expect(follower.trouble).toBeUndefined();
  }, PATIENTLY);
}

/** Expects every replica to equal the store after each has polled again. */
export async function expectEqual(...sidecars: readonly OpenfgaSidecar[]): Promise<void> {
  for (const sidecar of sidecars) {
    await caughtUp(sidecar);
    const there = await stored(sidecar);
    const here = [...sidecar.tuples.read({})].map(print).sort();
    expect(here.filter((tuple) => !there.includes(tuple)), "extra in the replica").toEqual([]);
    expect(there.filter((tuple) => !here.includes(tuple)), "missing in the replica").toEqual([]);
    expect(here.length).toBe(new Set(here).size);
  }
}

/** Expects each event to have exactly one record. */
export function expectMarked(sidecar: OpenfgaSidecar, events: readonly Envelope[]): void {
  const markers = events.map((envelope) => sidecar.tuples.users(eventObject(envelope), "applied").length);
  expect(markers).toEqual(events.map(() => 1));
}
