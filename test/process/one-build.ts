// Sideline, built once for the tests of a file; each test has a fresh folder, and no process outlives it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { buildSideline, type Build, type Server } from "./server.ts";

/** Properties for the tests of a file while they run. */
interface OneBuild {
  readonly build: Build;
  /** The folder of the running test. */
  readonly root: string;
  /** `data` in it: the folder of a server's store, unless its settings say otherwise. */
  readonly folder: string;
  start(more?: Readonly<Record<string, string>>): Promise<Server>;
}

/** Call it once in a file, outside of its tests. */
export function oneBuild(): OneBuild {
  let build: Build;
  let root: string;
  beforeAll(() => {
    build = buildSideline();
  });
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "sideline-process-"));
  });
  afterEach(async () => {
    await build.killAll();
    rmSync(root, { recursive: true, force: true });
  });
  afterAll(() => build.remove());
  return {
    get build() {
      return build;
    },
    get root() {
      return root;
    },
    get folder() {
      return join(root, "data");
    },
    start: (more) => build.start({ SIDELINE_DATA: join(root, "data"), ...more }),
  };
}

/** An event of the system or of an actor. */
export const event = (id: string, type: string, data: object, actor?: string): object =>
  ({ specversion: "1.0", id, source: "/t", type, data, ...(actor === undefined ? {} : { actor }) });

/** The event that founds org o. */
export const FOUNDED = event("org", "org.created", { org: "o", kind: "club", owner: "olga" });

/** Every tuple, as a process reads it from its store. */
export async function tuplesOf(server: Server): Promise<Tuple[]> {
  const stores = await server.send("GET", "/stores");
  const all: Tuple[] = [];
  for (let token = ""; ;) {
    const path = `/stores/${stores?.body.stores[0].id}/read`;
    const page = await server.send("POST", path, { page_size: 100, continuation_token: token });
    all.push(...page?.body.tuples.map((tuple: { key: Tuple }) => tuple.key));
    token = page?.body.continuation_token;
    if (token === "") return all;
  }
}

/** Ends a process without warning. */
export async function kill(server: Server): Promise<void> {
  server.signal("SIGKILL");
  await server.ended();
}
