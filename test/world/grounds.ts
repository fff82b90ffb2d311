// Where a sidecar can stand in tests: on the embedded store, on OpenFGA in memory, on OpenFGA on Postgres.
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

/** Milliseconds between polls of the change feed. */
const POLL_INTERVAL = 200;

/** How a sidecar is opened. */
export interface Opening {
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** Gets what the sidecar warns of, but for slowness, and why it would end its process: nothing, while all is well. */
  readonly warn: (fields: object) => void;
  /** A store that is opened again by its name; without one it is a store of its own. */
  readonly name?: string;
  /** Tuples of one write, where OpenFGA's limit is not to be needed to fill several. */
  readonly maxTuples?: number;
  readonly emailKey?: string;
}

/** A sidecar that can be closed. */
export type Opened = Sidecar & { close(): Promise<void> };

/** One kind of store, and whatever has to run for it: started when first needed. */
export interface Ground {
  readonly name: string;
  readonly available: boolean;
  open(opening: Opening): Promise<Opened>;
  /** Address of the OpenFGA underneath; undefined on the embedded store. */
  url(): Promise<string | undefined>;
  /** Ends what runs, and removes what was stored. */
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

/** Every ground; made anew for each file of tests. */
export const GROUNDS: readonly Ground[] = [new EmbeddedGround(), ...BACKENDS.map((of) => new OpenfgaGround(of))];

/** Declares tests once for each ground; what a ground has running ends with them. */
export function describeOnEachGround(title: string, body: (ground: Ground) => void): void {
  for (const ground of GROUNDS) {
    describe.skipIf(!ground.available)(`${title}, ${ground.name}`, () => {
      afterAll(() => ground.stop());
      body(ground);
    });
  }
}
