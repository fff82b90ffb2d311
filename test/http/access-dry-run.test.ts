// POST /events?dry_run=access on every store: who gains or loses access, for one event, a batch, and an atomic batch.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FRONTEND, BACKEND, Installation, NARROW, type Answer } from "../world/installation.ts";
import { SMALL_CLUB } from "../world/club.ts";
import { GROUNDS } from "../world/grounds.ts";

interface Entry {
  readonly user: string;
  readonly relation: string;
  readonly object: string;
}

const told = (entries: readonly Entry[]): string[] =>
  entries.map(({ user, relation, object }) => `${user} ${relation} ${object}`);

/** Answers of `user` on `object` among entries, without their user. */
const relationsOf = (entries: readonly Entry[], user: string, object: string): string[] =>
  entries.filter((entry) => entry.user === `user:${user}` && entry.object === object).map(({ relation }) => relation);

const NOTHING = { gained: [], lost: [], complete: true };

for (const ground of GROUNDS) {
  describe.skipIf(!ground.available)(`dry_run=access, ${ground.name}`, () => {
    const at = new Installation(ground);
    beforeAll(() => at.system(...SMALL_CLUB,
      ["note.created", { note: "n1", athlete: "a1", author: "hana", under: "team_assignment:hd1" }]));
    afterAll(async () => {
      await at.close();
      await ground.stop();
    });

    const ask = (body: unknown, query = "", key = BACKEND): Promise<Answer> =>
      at.send("POST", `/events?dry_run=access${query}`, body, key);
    const state = async (): Promise<string[]> => (await at.tuples()).map((tuple) => JSON.stringify(tuple)).sort();

    test("deactivating the head coach takes all of their access, and nobody else's", async () => {
      const before = await state();
      const { status, body } = await ask(at.event("member.deactivated", { org: "fc", user: "hana" }));
      expect([status, body.status, body.dry_run, body.access.complete]).toEqual([200, "applied", true, true]);
      expect(body.access.gained).toEqual([]);
      expect(new Set(body.access.lost.map(({ user }: Entry) => user))).toEqual(new Set(["user:hana"]));
      expect(relationsOf(body.access.lost, "hana", "note:n1")).toEqual(
        ["can_delete", "can_edit", "can_flag", "can_read", "can_share"]);
      expect(relationsOf(body.access.lost, "hana", "team:red")).toEqual(
        ["can_assign_coaches", "can_edit_membership", "can_manage", "can_view", "coach", "head_coach"]);
      expect(relationsOf(body.access.lost, "hana", "athlete:a2")).toEqual(
        expect.arrayContaining(["can_place", "can_view", "current_coach", "premium_grant", "sessions_read"]));
      expect(relationsOf(body.access.lost, "hana", "athlete:a3")).toEqual([]);
      const places = body.access.lost.map(({ user, object, relation }: Entry) => `${user} ${object} ${relation}`);
      expect(places).toEqual(places.toSorted());
      expect(await state()).toEqual(before);
    });

    test("the user of an open invite is user:*", async () => {
      const { body } = await ask(at.event("invite.created", { invite: "i1", org: "fc", team: "red" }));
      expect(told(body.access.gained)).toEqual(["user:* can_redeem invite:i1", "user:olga can_revoke invite:i1"]);
      expect(body.access.lost).toEqual([]);
    });

    test("in a batch, the last receipt has the difference of all events; a refused one has a problem", async () => {
      const events = [
        at.event("coaching.started", { coaching: "c1", athlete: "a3", coach: "dora" }),
        at.event("coaching.started", { coaching: "c2", athlete: "nobody", coach: "dora" }),
        at.event("coaching.ended", { coaching: "c1" }), at.event("member.added", { org: "fc", user: "cora" }),
      ];
      const { status, body } = await ask(events);
      expect([status, ...body.map((one: Answer["body"]) => one.code ?? one.status)]).toEqual(
        [200, "applied", "unknown_entity", "applied", "unchanged"]);
      expect(body.map((one: Answer["body"]) => one.access)).toEqual([undefined, undefined, undefined, NOTHING]);
      const { body: first } = await ask(events.slice(0, 2));
      expect(relationsOf(first[0].access.gained, "dora", "athlete:a3")).toContain("sessions_read");
      expect(first[1].access).toBeUndefined();
    });

    test("in an atomic batch, the last receipt has it; if one event is refused, there is none", async () => {
      const events = [
        at.event("team.created", { team: "new", org: "fc", head_coach: "dora" }),
        at.event("team.athlete_added", { team: "new", athlete: "a3" }),
      ];
      const { body } = await ask(events, "&atomic=true");
      expect(body.map((one: Answer["body"]) => one.access === undefined)).toEqual([true, false]);
      expect(relationsOf(body[1].access.gained, "dora", "athlete:a3")).toContain("sessions_read");
      const refused = await ask([...events, at.event("coaching.ended", { coaching: "no" })], "&atomic=true");
      expect([refused.status, refused.body.index, JSON.stringify(refused.body).includes("gained")]).toEqual(
        [404, 2, false]);
    });

    test("an event that changes nothing changes no access; one that is refused has no access", async () => {
      const same = await ask(at.event("member.added", { org: "fc", user: "hana" }));
      expect([same.body.status, same.body.access]).toEqual(["unchanged", NOTHING]);
      const alone = await ask(at.event("member.deactivated", { org: "fc", user: "olga" }));
      expect([alone.status, alone.body.code, alone.body.access]).toEqual([409, "last_admin", undefined]);
      const stranger = at.event("member.deactivated", { org: "fc", user: "hana" }, { actor: "ida" });
      const refused = await ask(stranger, "", FRONTEND);
      expect([refused.status, refused.body.code]).toEqual([403, "actor_not_allowed"]);
    });

    test("it needs the scope read next to events", async () => {
      const event = at.event("member.deactivated", { org: "fc", user: "hana" }, { actor: "olga" });
      const { status, body } = await ask(event, "", NARROW);
      expect([status, body.code]).toEqual([403, "scope_missing"]);
      expect((await ask(event, "", FRONTEND)).body.access.lost.length).toBeGreaterThan(0);
    });
  });
}
