// The store port on a real OpenFGA: the suite of every store.
import { afterAll, beforeAll, describe } from "vitest";
import { OpenfgaServer } from "../../src/openfga/client.ts";
import { OpenfgaStore } from "../../src/openfga/write/openfga-store.ts";
import { compileModel } from "../../src/model/compile.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { startPostgres, postgresAvailable, type RunningPostgres } from "../live/postgres.ts";
import { migrateOpenfga } from "../live/openfga.ts";
import { PATIENT } from "./fleet.ts";
import { describeStore } from "../suites/store.case.ts";

let stores = 0;

async function open(url: string, model: string): Promise<OpenfgaStore> {
  const server = new OpenfgaServer({ url, token: undefined, ...PATIENT });
  const name = `store-${process.pid}-${stores++}`;
  await server.createStore(name);
  const [store] = await server.stores(name);
  if (store === undefined) throw new Error("the store was not made");
  return new OpenfgaStore(server, store.id, await server.writeModel(store.id, compileModel(model).json));
}

describe.skipIf(!openfgaAvailable("fresh"))("on memory", () => {
  let server: RunningOpenfga;
  beforeAll(async () => {
    server = await startOpenfga({ logLevel: "error" });
  });
  afterAll(() => server.stop());
  describeStore({ name: "OpenFGA", open: (model) => open(server.url, model) });
});

describe.skipIf(!openfgaAvailable("datastore") || !postgresAvailable())("on Postgres", () => {
  let postgres: RunningPostgres;
  let server: RunningOpenfga;
  beforeAll(async () => {
    postgres = await startPostgres();
    const datastore = { engine: "postgres", uri: postgres.uri } as const;
    await migrateOpenfga(datastore);
    server = await startOpenfga({ logLevel: "error", datastore });
  });
  afterAll(async () => {
    await server.stop();
    await postgres.stop();
  });
  describeStore({ name: "OpenFGA", open: (model) => open(server.url, model) });
});
