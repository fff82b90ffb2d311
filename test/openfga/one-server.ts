// One OpenFGA for the tests of a `describe`, started before and stopped after them, and the sidecars opened on it.
import { afterAll, afterEach, beforeAll } from "vitest";
import { OpenfgaServer } from "../../src/openfga/client.ts";
import type { OpenfgaOptions, OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import type { Delta } from "../../src/tuples/delta.ts";
import { openSidecar, PATIENT } from "./fleet.ts";

/** Properties for the tests while they run. */
export interface OneServer {
  readonly url: string;
  /** A client of the server. */
  readonly server: OpenfgaServer;
  /** Opens a sidecar, which is closed when the test ends. */
  openOn(storeName: string, more?: Partial<OpenfgaOptions>): Promise<OpenfgaSidecar>;
  /** Writes to a sidecar's store around Sideline. */
  writeAround(sidecar: OpenfgaSidecar, delta: Partial<Delta>): Promise<unknown>;
}

/** Call it within a `describe`. */
export function oneServer(start: () => Promise<{ readonly url: string; stop(): Promise<void> }>): OneServer {
  let backend: Awaited<ReturnType<typeof start>>;
  let server: OpenfgaServer;
  const opened: OpenfgaSidecar[] = [];
  beforeAll(async () => {
    backend = await start();
    server = new OpenfgaServer({ url: backend.url, token: undefined, ...PATIENT });
  });
  afterEach(async () => {
    for (const sidecar of opened.splice(0)) await sidecar.close();
  });
  afterAll(async () => {
    server.close();
    await backend.stop();
  });
  return {
    get url() {
      return backend.url;
    },
    get server() {
      return server;
    },
    openOn: async (storeName, more) => {
      const sidecar = await openSidecar(backend.url, storeName, more);
      opened.push(sidecar);
      return sidecar;
    },
    writeAround: ({ info }, delta) => server.write(info.id, info.modelId, { writes: [], deletes: [], ...delta }),
  };
}
