// Two sidecar processes on one OpenFGA: kill -9 of one after each write of an event as long as a request may be.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventObject } from "../../src/ledger/event-record.ts";
import { MAX_EVENT_BYTES } from "../../src/http/http-limits.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { startProxy, type Proxied, type Proxy } from "../live/proxy.ts";
import { event, tuplesOf } from "./one-build.ts";
import { buildSideline, type Build, type Server } from "./server.ts";

/** Links of a team: its deletion takes four writes of OpenFGA's 100 tuples. */
const LINKS = 150;
const WRITES = [1, 2, 3, 4];

const isWrite = ({ path }: Proxied): boolean => path.endsWith("/write");

describe.skipIf(!openfgaAvailable("fresh"))("an event of many writes whose process is killed", () => {
  let build: Build;
  let openfga: RunningOpenfga;
  let proxy: Proxy;
  let other: Server;
  const settings = (url: string): Record<string, string> =>
    ({ SIDELINE_OPENFGA_URL: url, SIDELINE_POLL_INTERVAL: "0.2", SIDELINE_LOG_LEVEL: "info" });
  beforeAll(async () => {
    build = buildSideline();
    openfga = await startOpenfga({ logLevel: "error" });
    proxy = await startProxy(Number(new URL(openfga.url).port));
    other = await build.start(settings(openfga.url));
  });
  afterAll(async () => {
    build.remove();
    await proxy.close();
    await openfga.stop();
  });

  /** Sends events until the other process has taken them; returns their statuses. */
  async function taken(events: readonly object[]): Promise<string[]> {
    for (;;) {
      const answer = await other.send("POST", "/events", events);
      const outcomes: { status: string | number; code?: string }[] = answer?.body;
      if (outcomes.some(({ code }) => code === "store_unavailable")) continue;
      return outcomes.map(({ status, code }) => code ?? String(status));
    }
  }

  test.each(WRITES)("after write %i: the other finishes it, and knows it when it is sent again", async (last) => {
    const [org, team] = [`o${last}`, `t${last}`];
    const links = Array.from({ length: LINKS }, (_, n) =>
      event(`${org}-${n}`, "invite.created", { invite: `${org}-${n}`, org, hat: "coach", team }));
    expect(new Set(await taken([
      event(`${org}-o`, "org.created", { org, kind: "club", owner: "olga" }),
      event(`${org}-t`, "team.created", { team, org }), ...links,
    ]))).toEqual(new Set(["applied"]));
    const openLinks = async (): Promise<number> => {
      const question = { user: "user:x", relation: "can_redeem", type: "invite" };
      return (await other.send("POST", "/list-objects", question))?.body.objects.length;
    };
    expect(await openLinks()).toBe(LINKS);

    const victim = await build.start(settings(proxy.url));
    let writes = 0;
    proxy.hold = (request) => {
      if (!isWrite(request) || ++writes < last) return undefined;
      victim.signal("SIGKILL");
      return victim.ended().then(() => undefined);
    };
    const short = event("", "team.deleted", { team });
    const id = `${org}-`.padEnd(MAX_EVENT_BYTES - JSON.stringify(short).length, "x");
    const deletion = event(id, "team.deleted", { team });
    expect(JSON.stringify(deletion)).toHaveLength(MAX_EVENT_BYTES);
    expect(await victim.send("POST", "/events", deletion)).toBeUndefined();
    expect([(await victim.ended()).signal, writes]).toEqual(["SIGKILL", last]);
    proxy.hold = undefined;

    expect(await taken([deletion])).toEqual(["duplicate"]);
    expect(await openLinks()).toBe(0);
    const state = await tuplesOf(other);
    expect(state.filter(({ relation }) => relation === "pending" || relation === "payload")).toEqual([]);
    expect(state.filter(({ object, relation }) =>
      object === eventObject(deletion as never) && relation === "applied")).toHaveLength(1);
  });
});
