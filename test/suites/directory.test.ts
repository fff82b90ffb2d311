// Objects in pages, single entries and relationship rows over HTTP, on every store.
import { expect } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { describeCases, type Cases } from "./cases.ts";
import type { Club } from "../world/running-club.ts";
import { GROUNDS } from "../world/grounds.ts";
import { START } from "../world/world.ts";

const HOUR = 3_600_000;

/** Sends a request to the club's app; an answer must be 200. */
async function ask(club: Club, path: string, body?: object, token?: string): Promise<any> {
  const app = createApp(club.sidecar, { keys: undefined, log: { error: (fields) => void expect(fields).toEqual({}) } });
  const response = await app.request(path, {
    method: body === undefined ? "GET" : "POST", headers: token === undefined ? {} : { "sideline-token": token },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect([path, response.status]).toEqual([path, 200]);
  return response.json();
}

const ATHLETES = { user: "user:olga", relation: "can_view", type: "athlete", page_size: 2 };

const CASES: Cases = {
  "pages are the list, sorted; a page after an event's token has its effect, and a revocation above all":
    async (club) => {
      const first = await ask(club, "/objects", ATHLETES);
      expect(first.objects).toEqual(["athlete:a1", "athlete:a2"]);
      const second = { ...ATHLETES, continuation_token: first.continuation_token };
      expect(await ask(club, "/objects", second)).toEqual({ objects: ["athlete:a3"], continuation_token: "" });
      const { token } = await club.system("athlete.created", { athlete: "a4", org: "fc" });
      expect((await ask(club, "/objects", second, token)).objects).toEqual(["athlete:a3", "athlete:a4"]);
      const gone = await club.system("athlete.deleted", { athlete: "a4" });
      expect((await ask(club, "/objects", second, gone.token)).objects).toEqual(["athlete:a3"]);
    },

  "a page ends with the time of what it lists": async (club) => {
    const expires_at = new Date(START + HOUR).toISOString();
    await club.system("invite.created", { invite: "hour", org: "fc", hat: "office", expires_at });
    const question = { user: "user:x", relation: "can_redeem", type: "invite" };
    expect((await ask(club, "/objects", question)).objects).toEqual(["invite:hour"]);
    club.now = START + HOUR;
    expect((await ask(club, "/objects", question)).objects).toEqual([]);
    club.now = START;
  },

  "entries are those of the newest event": async (club) => {
    const { token } = await club.system("team.athlete_added", { team: "red", athlete: "a3" });
    expect(await ask(club, "/athletes/a3", undefined, token))
      .toEqual({ athlete: "a3", org: "fc", account: null, teams: ["red"] });
    expect(await ask(club, "/teams/red"))
      .toEqual({ team: "red", org: "fc", head_coach: "hana", athletes: ["a1", "a2", "a3"] });
    expect(await ask(club, "/orgs/fc/members/ida")).toMatchObject({ hats: ["athlete"], athlete: "a1" });
    await club.system("team.athlete_removed", { team: "red", athlete: "a3" });
  },

  "a relationship ends, with its times where the store keeps them": async (club, { name }) => {
    const known = (at: number): string | null => (name === "embedded" ? new Date(at).toISOString() : null);
    const rows = async (query: string, token: string) =>
      (await ask(club, `/users/dora/relationships${query}`, undefined, token)).relationships;
    club.now = START + HOUR;
    const started = await club.system("coaching.started", { coaching: "dc", athlete: "a3", coach: "dora" });
    const row = {
      row: "coaching:dc", coach: "dora", athlete: "a3", org: "fc", role: "head_coach", overrides: {},
      started_at: known(club.now),
    };
    expect(await rows("?status=active", started.token)).toEqual([{ ...row, status: "active", ended_at: null }]);
    club.now = START + 2 * HOUR;
    const ended = await club.system("coaching.ended", { coaching: "dc" });
    expect(await rows("?status=active", ended.token)).toEqual([]);
    expect(await rows("?status=ended&org=fc", ended.token))
      .toEqual([{ ...row, status: "ended", ended_at: known(club.now) }]);
    club.now = START;
  },
};

for (const ground of GROUNDS) {
  describeCases(`objects in pages and entries, ${ground.name}`, ground, CASES);
}
