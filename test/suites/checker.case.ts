// The suite that every implementation of the checker port passes: the promises of an answer, case by case.
import { expect } from "vitest";
import type { Freshness } from "../../src/checks/checker.ts";
import { UNKNOWN_POSITION } from "../../src/ledger/revision-token.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";
import { describeCases, type Cases, type Skips } from "./cases.ts";
import { after, ANY, Club, NEWEST } from "../world/running-club.ts";
import { START } from "../world/world.ts";
import type { Ground } from "../world/grounds.ts";

const HOUR = 3_600_000;
const WAYS = [ANY, NEWEST];

const at = (org: string, revision: number, higher = false): Freshness => ({ higher, positions: [{ org, revision }] });
const headCoach: Tuple = { object: "team:red", relation: "head_coach", user: "user:dora" };

/** Every kind of question, asked in one way; each by the code of its error, or its answer. */
async function everything(club: Club, how: Freshness): Promise<unknown[]> {
  const { checker } = club.sidecar;
  const answers = await Promise.all([
    checker.check({ user: "user:hana", relation: "can_manage", object: "team:red" }, how),
    checker.listObjects({ user: "user:hana", relation: "can_manage", type: "team" }, how),
    checker.listUsers({ object: "team:red", relation: "can_manage", userFilter: { type: "user" } }, how),
    checker.expand({ object: "team:red", relation: "can_manage" }, how),
    checker.read({ object: "team:red" }, 10, "", how),
  ]);
  return answers.map((answer) => ("error" in answer ? answer.error.code : "answered"));
}

const CASES: Cases = {
  "a check is yes or no, in every way it can be asked": async (club) => {
    for (const how of [...WAYS, at("fc", 1)]) {
      expect(await club.check("hana", "sessions_read", "athlete:a1", how)).toBe(true);
      expect(await club.check("hana", "sessions_read", "athlete:a3", how)).toBe(false);
      expect(await club.check("nobody", "can_view", "athlete:a1", how)).toBe(false);
      expect(await club.check("hana", "can_view", "athlete:none", how)).toBe(false);
    }
  },

  "a batch is its checks, in their order": async (club) => {
    const asked = [
      ["user:hana", "sessions_read", "athlete:a1"], ["user:hana", "sessions_read", "athlete:a3"],
      ["user:hana", "nonsense", "athlete:a1"], ["user:olga", "admin", "org:fc"], ["user:hana", "admin", "org:fc"],
    ].map(([user, relation, object]) => ({ user: user!, relation: relation!, object: object! }));
    const { checker } = club.sidecar;
    for (const how of [...WAYS, at("fc", 1), at("fc", 9999)]) {
      const alone = await Promise.all(asked.map((request) => checker.check(request, how)));
      expect(await checker.checkAll(asked, how)).toEqual(alone);
    }
  },

  "a userset and a wildcard are asked about as such": async (club) => {
    await club.system("invite.created", { invite: "open", org: "fc", hat: "coach", team: "red" });
    for (const how of WAYS) {
      expect(await club.check("user:*", "can_redeem", "invite:open", how)).toBe(true);
      expect(await club.check("anybody", "can_redeem", "invite:open", how)).toBe(true);
      expect(await club.check("user:*", "can_view", "athlete:a1", how)).toBe(false);
      expect(await club.check("org:fc#coach", "coach", "org:fc", how)).toBe(true);
      expect(await club.check("org:fc#athlete", "coach", "org:fc", how)).toBe(false);
    }
  },

  "lists are the checks that are true": async (club) => {
    for (const how of WAYS) {
      for (const user of ["olga", "hana", "cora", "dora", "ida"]) {
        const athletes = ["athlete:a1", "athlete:a2", "athlete:a3"];
        const yes = await Promise.all(athletes.map((athlete) => club.check(user, "can_view", athlete, how)));
        expect(await club.objects(user, "can_view", "athlete", how)).toEqual(athletes.filter((_, i) => yes[i]));
      }
      expect(await club.users("athlete:a1", "can_view", how)).toEqual(["user:hana", "user:ida", "user:olga"]);
      expect(await club.users("athlete:a3", "can_view", how)).toEqual(["user:cora", "user:olga"]);
      expect(await club.objects("nobody", "can_view", "athlete", how)).toEqual([]);
    }
  },

  "expand shows one level": async (club) => {
    for (const how of WAYS) {
      const answer = await club.sidecar.checker.expand({ object: "athlete:a1", relation: "account" }, how);
      expect(answer).toMatchObject({ tree: { root: { name: "athlete:a1#account" } } });
    }
  },

  "what the model does not know is an error, by OpenFGA's code": async (club) => {
    for (const how of WAYS) {
      expect(await club.check("hana", "nonsense", "athlete:a1", how)).toBe("validation_error");
      expect(await club.check("hana", "can_view", "nonsense:a1", how)).toBe("validation_error");
      expect(await club.check("nonsense:x", "can_view", "athlete:a1", how)).toBe("validation_error");
      expect(await club.check("user:hana#nonsense", "can_view", "athlete:a1", how)).toBe("validation_error");
      expect(await club.objects("hana", "can_view", "nonsense", how)).toBe("type_not_found");
      expect(await club.objects("hana", "nonsense", "athlete", how)).toBe("relation_not_found");
      expect(await club.users("nonsense:a1", "can_view", how)).toBe("type_not_found");
      expect(await club.users("athlete:a1", "nonsense", how)).toBe("relation_not_found");
      const expanded = await club.sidecar.checker.expand({ object: "athlete:a1", relation: "nonsense" }, how);
      expect(expanded).toMatchObject({ error: { code: "validation_error" } });
    }
  },

  "contextual tuples count for their question alone": async (club) => {
    const more = { contextualTuples: [headCoach] };
    for (const how of WAYS) {
      expect(await club.check("dora", "head_coach", "team:red", how)).toBe(false);
      const coach = { object: "coaching:what-if", relation: "coach", user: "user:dora" };
      expect(await club.check("dora", "coach", "coaching:what-if", how, { contextualTuples: [coach] })).toBe(true);
      expect(await club.check("dora", "coach", "coaching:what-if", how)).toBe(false);
      expect(await club.check("dora", "head_coach", "team:red", how, more)).toBe("invalid_tuple");
      expect(await club.users("team:red", "head_coach", how, more)).toBe("invalid_tuple");
    }
  },

  "the time is the server's, whatever the context says": async (club) => {
    const expires_at = new Date(START + HOUR).toISOString();
    await club.system("invite.created", { invite: "timed", org: "fc", hat: "coach", team: "red", expires_at });
    const said = (at: number) => ({ context: { current_time: new Date(at).toISOString() } });
    for (const how of WAYS) {
      expect(await club.check("x", "can_redeem", "invite:timed", how, said(START + 2 * HOUR))).toBe(true);
      expect(await club.objects("x", "can_redeem", "invite", how, said(START + 2 * HOUR))).toContain("invite:timed");
    }
    club.now = START + HOUR;
    for (const how of WAYS) {
      expect(await club.check("x", "can_redeem", "invite:timed", how, said(START))).toBe(false);
      expect(await club.check("x", "can_redeem", "invite:timed", how)).toBe(false);
      expect(await club.objects("x", "can_redeem", "invite", how, said(START))).not.toContain("invite:timed");
      expect(await club.users("invite:timed", "can_redeem", how, said(START))).toEqual([]);
    }
    club.now = START;
  },

  "an event's effect is in every answer after its receipt, and a revocation above all": async (club) => {
    for (let n = 0; n < 5; n++) {
      const coaching = `turn-${n}`;
      const { token } = await club.system("coaching.started", { coaching, athlete: "a3", coach: "dora" });
      for (const how of [...WAYS, after(token)]) {
        expect(await club.check("dora", "can_view", "athlete:a3", how)).toBe(true);
      }
      const ended = await club.system("coaching.ended", { coaching });
      for (const how of [...WAYS, after(ended.token), after(token)]) {
        expect(await club.check("dora", "can_view", "athlete:a3", how)).toBe(false);
        expect(await club.objects("dora", "can_view", "athlete", how)).toEqual([]);
        expect(await club.users("athlete:a3", "can_view", how)).not.toContain("user:dora");
      }
    }
  },

  "several tokens: the state has all of their events, and one that is not here is refused": async (club) => {
    const { token } = await club.system("team.created", { team: "several", org: "fc" });
    const other = await club.system("org.created", { org: "several", kind: "club", owner: "sue" });
    const both = [...after(token).positions, ...after(other.token).positions];
    for (const higher of [false, true]) {
      expect(await everything(club, { higher, positions: both })).toEqual(Array(5).fill("answered"));
      const ahead = both.map(({ org, revision }, i) => ({ org, revision: revision + i }));
      expect(await everything(club, { higher, positions: ahead })).toEqual(Array(5).fill("validation_error"));
    }
  },

  "a token of a state that is not here is refused": async (club) => {
    const { token } = await club.system("team.created", { team: "tokens", org: "fc" });
    expect(await everything(club, after(token))).toEqual(Array(5).fill("answered"));
    const { org, revision } = after(token).positions[0]!;
    for (const higher of [false, true]) {
      for (const unknown of [at(org, revision + 1, higher), at("elsewhere", 1, higher)]) {
        expect(await everything(club, unknown), JSON.stringify(unknown)).toEqual(Array(5).fill("validation_error"));
        expect(await club.sidecar.checker.state(unknown)).toEqual({ error: UNKNOWN_POSITION });
      }
    }
  },

  "read tells every tuple once, in pages of any size, with its time": async (club) => {
    const all = (await club.read()).map(({ tuple }) => printTuple(tuple)).sort();
    expect(new Set(all).size).toBe(all.length);
    expect(all).toContain("coaching:a3.cora#coach@user:cora");
    for (const size of [1, 7, 100]) {
      const paged = await club.read({ object: "org:fc" }, size);
      expect(paged.map(({ tuple }) => printTuple(tuple)).sort())
        .toEqual(all.filter((text) => text.startsWith("org:fc#")));
      for (const { at } of paged) expect(Number.isFinite(at)).toBe(true);
    }
  },

  "read filters by object, relation and user, and by the objects of a type a user stands on": async (club) => {
    const told = async (filter: object): Promise<string[]> =>
      (await club.read(filter, 50)).map(({ tuple }) => printTuple(tuple)).sort();
    const coach = { object: "coaching:a3.cora", relation: "coach" };
    expect(await told(coach)).toEqual(["coaching:a3.cora#coach@user:cora"]);
    expect(await told({ ...coach, user: "user:cora" })).toHaveLength(1);
    expect(await told({ ...coach, user: "user:dora" })).toEqual([]);
    expect(await told({ objectType: "coaching", user: "user:cora" })).toContain("coaching:a3.cora#coach@user:cora");
    const typed = await told({ objectType: "coaching", relation: "coach", user: "user:cora" });
    expect(typed).toEqual(["coaching:a3.cora#coach@user:cora"]);
    expect(await told({ object: "coaching:none" })).toEqual([]);
  },

  "a cursor that is none is an error": async (club) => {
    const page = await club.sidecar.checker.read({}, 10, "nonsense", ANY);
    expect(page).toMatchObject({ error: { code: "validation_error" } });
  },

  "what is read is what is in memory": async (club) => {
    expect(await club.state()).toEqual(club.replica());
  },

  "readiness tells that all is well": async (club) => {
    expect(club.sidecar.readiness().ready).toBe(true);
    expect(club.sidecar.staleFor?.()).toBeUndefined();
    expect(club.warned).toEqual([]);
  },
};

/** Declares the suite's tests for one implementation. `skips`: cases it cannot pass, title to reason. */
export function describeChecker(ground: Ground, skips?: Skips): void {
  describeCases(`the checker, ${ground.name}`, ground, CASES, skips);
}
