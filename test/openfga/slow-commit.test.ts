// A Write that Postgres is slow to commit, while another sidecar starts or answers: its revocation is seen.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { LOOK_BACK } from "../../src/openfga/follow/look-back.ts";
import type { OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import { openfgaAvailable } from "../live/openfga.ts";
import { postgresAvailable } from "../live/postgres.ts";
import { event, expectEqual, freshName, openSidecar, send, startBackend, submit, type Backend } from "./fleet.ts";

const ANY = { higher: false, positions: [] };
const NEWEST = { higher: true, positions: [] };

describe.skipIf(!openfgaAvailable("datastore") || !postgresAvailable())("a slow commit", () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await startBackend([], true);
  });
  const opened: OpenfgaSidecar[] = [];
  afterEach(async () => {
    for (const sidecar of opened.splice(0)) await sidecar.close();
  });
  afterAll(() => backend.stop());

  /**
   * Repeats a story until the feed has the revocation before the team that was made meanwhile. On a slow machine the
   * Write may be given up while it waits, and be sent again: then the assertions must hold, but show nothing.
   */
  async function untilShown(story: () => Promise<OpenfgaSidecar>): Promise<void> {
    for (let isShown = false; !isShown;) {
      const sidecar = await story();
      const { changes } = await sidecar.changes(undefined, 100);
      const revoked = changes.findIndex(({ operation, tuple }) => operation === "delete" && tuple.user === "user:cora");
      const made = changes.findIndex(({ tuple }) => tuple.object === "team:xt");
      expect([revoked, made]).not.toContain(-1);
      isShown = revoked < made;
    }
  }

  /**
   * Makes a sidecar revoke cora's rights in a Write that waits for a lock; `meanwhile` runs until the lock is released.
   */
  async function revokeSlowly(sidecar: OpenfgaSidecar, meanwhile: () => Promise<void>): Promise<void> {
    const where = `store = '${sidecar.info.id}' and object_type = 'org' and object_id = 'fc' and _user = 'user:cora'`;
    const release = await backend.postgres.hold(`select 1 from tuple where ${where} for update`);
    const revoked = submit(sidecar, event("member.deactivated", { org: "fc", user: "cora" }));
    // It waits in Postgres: its place in the feed is taken.
    const waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'";
    await expect.poll(() => backend.postgres.psql(["-Atc", waiting]).stdout).toBe("1\n");
    try {
      await meanwhile();
    } finally {
      await release();
    }
    expect(await revoked).toMatchObject({ status: "applied" });
  }

  async function clubOn(sidecar: OpenfgaSidecar): Promise<void> {
    for (const org of ["fc", "xo"]) await send(sidecar, "org.created", { org, kind: "club", owner: "olga" });
    await send(sidecar, "member.added", { org: "fc", user: "cora", hats: ["coach"] });
  }
  const asks = async (sidecar: OpenfgaSidecar) =>
    sidecar.checker.check({ user: "user:cora", relation: "coach", object: "org:fc" }, ANY);
  const lists = (sidecar: OpenfgaSidecar) =>
    sidecar.checker.listObjects({ user: "user:cora", relation: "coach", type: "org" }, NEWEST);

  test("that is in flight when a sidecar starts is seen by that sidecar", () => untilShown(async () => {
    const name = freshName();
    const one = await openSidecar(backend.url, name);
    await clubOn(one);
    let two: OpenfgaSidecar | undefined;
    await revokeSlowly(one, async () => {
      // This Write has a later place in the feed, but commits earlier.
      await send(one, "team.created", { team: "xt", org: "xo" });
      two = await openSidecar(backend.url, name);
      expect(await asks(two)).toEqual({ allowed: true });
    });
    expect(await lists(two!)).toEqual({ objects: [] });
    await expect.poll(() => asks(two!)).toEqual({ allowed: false });
    await expectEqual(one, two!);
    opened.push(one, two!);
    return one;
  }));

  test("once acknowledged is in a list that asks for the newest state, however slow", () => untilShown(async () => {
    const name = freshName();
    // None of them polls by itself while the test runs.
    const slow = { pollInterval: 3_600_000 };
    const [one, two] = [await openSidecar(backend.url, name, slow), await openSidecar(backend.url, name, slow)];
    await clubOn(one);
    expect(await lists(two)).toEqual({ objects: ["org:fc"] });
    await revokeSlowly(one, async () => {
      await send(one, "team.created", { team: "xt", org: "xo" });
      // The feed is read past the place of the waiting Write, long before it commits.
      for (let i = 0; i < 5; i++) {
        await two.follower.catchUp(LOOK_BACK.shortest);
        await new Promise((wait) => setTimeout(wait, 400));
      }
    });
    expect(await lists(two)).toEqual({ objects: [] });
    await expectEqual(one, two);
    opened.push(one, two);
    return one;
  }));
});
