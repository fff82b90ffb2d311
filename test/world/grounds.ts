// The stores a sidecar can run on in tests: the embedded store, OpenFGA in memory, OpenFGA on Postgres.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, describe } from "vitest";
import { openEmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import type { Sidecar } from "../../src/sidecar/sidecar.ts";
import { openOpenfgaSidecar, type OpenfgaOptions } from "../../src/openfga/openfga-sidecar.ts";
import { BACKENDS, freshName, MODEL, PATIENT } from "../openfga/fleet.ts";
import { isSlowness } from "./slow-lines.ts";

/** Poll interval of the change feed, in milliseconds. */
const POLL_INTERVAL = 200;

/** How a sidecar is opened. */
export interface Opening {
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  /**
   * Receives the sidecar's warnings, except about slowness, and its reasons to end its process: none, while all is
   * well.
   */
  readonly warn: (fields: object) => void;
  /** Name of a store that is opened again; without one the store is new. */
  readonly name?: string;
  /** Maximum number of tuples per write, for tests that fill several writes with fewer than OpenFGA's limit. */
  readonly maxTuples?: number;
  readonly emailKey?: string;
}

/** A sidecar that can be closed. */
export type Opened = Sidecar & { close(): Promise<void> };

/** One kind of store and the servers it needs, which start on first use. */
export interface Ground {
  readonly name: string;
  readonly available: boolean;
  open(opening: Opening): Promise<Opened>;
  /** Address of the OpenFGA below; undefined on the embedded store. */
  url(): Promise<string | undefined>;
  /** Stops what runs, and removes its data. */
  stop(): Promise<void>;
}

const KEY = "k".repeat(32);

class EmbeddedGround implements Ground {
  readonly name = "embedded";
  readonly available = true;
  readonly #folder = mkdtempSync(join(tmpdir(), "sideline-ground-"));

  async open({ now, warn, name, emailKey }: Opening): Promise<Opened> {
    return openEmbeddedSidecar({
      folder: name === undefined ? ":memory:" : join(this.#folder, name), storeName: "sideline", model: MODEL,
      emailKey: emailKey ?? KEY, log: pino({ level: "silent" }), now, fatal: (why) => warn({ why }),
    });
  }

  async url(): Promise<undefined> {
    return undefined;
  }

  async stop(): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

class OpenfgaGround implements Ground {
  readonly name: string;
  readonly available: boolean;
  readonly #start: () => Promise<{ readonly url: string; stop(): Promise<void> }>;
  #server: ReturnType<OpenfgaGround["start"]> | undefined;

  constructor({ name, available, start }: (typeof BACKENDS)[number]) {
    this.name = `OpenFGA on ${name}`;
    this.available = available;
    this.#start = start;
  }

  start(): Promise<{ readonly url: string; stop(): Promise<void> }> {
    return this.#server ??= this.#start();
  }

  async open({ now, warn, name, maxTuples, emailKey }: Opening): Promise<Opened> {
    const note = (fields: object, message: string): void => {
      if (!isSlowness(fields, message)) warn(fields);
    };
    const log = { info: () => {}, warn: note, error: note } as unknown as OpenfgaOptions["log"];
    return openOpenfgaSidecar({
      url: (await this.start()).url, storeName: name ?? freshName(), model: MODEL, emailKey: emailKey ?? KEY, log, now,
      maxTuples, pollInterval: POLL_INTERVAL, ...PATIENT,
    });
  }

  async url(): Promise<string> {
    return (await this.start()).url;
  }

  async stop(): Promise<void> {
    await (await this.#server)?.stop();
  }
}

/** Every ground, new for each test file. */
export const GROUNDS: readonly Ground[] = [new EmbeddedGround(), ...BACKENDS.map((of) => new OpenfgaGround(of))];

/** Declares tests once for each ground; the ground's servers end with them. */
export function describeOnEachGround(title: string, body: (ground: Ground) => void): void {
  for (const ground of GROUNDS) {
    describe.skipIf(!ground.available)(`${title}, ${ground.name}`, () => {
      afterAll(() => ground.stop());
      body(ground);
    });
  }
}
