// Answers as of an earlier time on every store: the law of answers, shared Writes, foreign Writes, and the start.
import { setTimeout as sleep } from "node:timers/promises";
import type { Hono } from "hono";
import { expect, onTestFinished, test } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { OpenfgaServer } from "../../src/openfga/client.ts";
import type { Sidecar } from "../../src/sidecar/sidecar.ts";
import type { Delta } from "../../src/tuples/delta.ts";
import { drawQuestion, namesIn, plain, type Question } from "../history/past-questions.ts";
import { Draw } from "../laws/draw.ts";
import { covered, holdsAsync } from "../laws/law.ts";
import { FOUNDING, Play, sequences } from "../laws/sequence.ts";
import { freshName, PATIENT } from "../openfga/fleet.ts";
import { Club, eventOf, tell } from "../world/running-club.ts";
import { describeOnEachGround, type Ground } from "../world/grounds.ts";

const appOf = (sidecar: Sidecar): Hono =>
  createApp(sidecar, { keys: undefined, log: { error: (fields) => void expect(fields).toEqual({}) } });

/** Resolves to status and body of an answer, once the past can be read. */
async function ask(app: Hono, { path, body }: Question, asOf?: string): Promise<{ status: number; text: string }> {
  for (;;) {
    const response = await app.request(path, {
      method: body === undefined ? "GET" : "POST", headers: asOf === undefined ? {} : { "sideline-as-of": asOf },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.status !== 503) return { status: response.status, text: await response.text() };
    await sleep(20);
  }
}

async function allowed(app: Hono, user: string, relation: string, object: string, asOf?: string): Promise<boolean> {
  const { status, text } = await ask(app, { path: "/check", body: { tuple_key: { user, relation, object } } }, asOf);
  expect([status, text]).toEqual([200, expect.any(String)]);
  return JSON.parse(text).allowed;
}

async function found(ground: Ground, name?: string): Promise<{ club: Club; app: Hono }> {
  const club = await Club.found(ground, { now: Date.now, ...(name === undefined ? {} : { name }) });
  onTestFinished(() => club.close());
  return { club, app: appOf(club.sidecar) };
}

async function tokenOf(club: Club, type: string, data: object): Promise<string> {
  const receipt = await club.system(type, data);
  if (!("token" in receipt)) throw new Error(`${type} has no token`);
  return receipt.token;
}

/** Writes around Sideline. */
async function write(ground: Ground, club: Club, { writes = [], deletes = [] }: Partial<Delta>): Promise<void> {
  const { id, modelId } = club.sidecar.info;
  await new OpenfgaServer({ url: (await ground.url())!, token: undefined, ...PATIENT })
    .write(id, modelId, { writes, deletes });
}

/** Facts about events and times, which a sidecar on OpenFGA has for the past alone. */
const PAST_FACTS = ["since", "ended", "started_at", "ended_at"];

/** An answer that gives something. */
const YES = /"allowed":true|"(?:objects|users|relations|relationships)":\["/;

describeOnEachGround("as of", (ground) => {
  const onOpenfga = test.skipIf(ground.name === "embedded");

  test("an answer as of a moment is the answer that was given then", async () => {
    let [yes, compared, later] = [0, 0, 0];
    await holdsAsync(sequences(20, 30), 3, async (seeds) => {
      const sidecar = await ground.open({ now: Date.now, warn: (fields) => expect.fail(JSON.stringify(fields)) });
      const app = appOf(sidecar);
      const answerOf = async (question: Question, asOf?: string): Promise<string> => {
        const { status, text } = await ask(app, question, asOf);
        return `${status} ${plain(text, sidecar.rowTimes === undefined ? PAST_FACTS : [])}`;
      };
      const [play, draw] = [new Play(), new Draw(seeds[0]!)];
      const given: { question: Question; answer: string; time: string; token: string | undefined }[] = [];
      const askSome = async (near: readonly string[], token?: string): Promise<void> => {
        await sleep(2);
        const time = new Date().toISOString();
        for (let n = 0; n < 3; n++) {
          // Most drawn questions have a no: half of them are drawn again until one has a yes.
          let [question, answer] = [drawQuestion(draw, draw.below(1000), near), ""];
          for (let tries = draw.chance(50) ? 8 : 1; tries > 0; tries--) {
            answer = await answerOf(question);
            if (YES.test(answer) || tries === 1) break;
            question = drawQuestion(draw, draw.below(1000), near);
          }
          given.push({ question, answer, time, token });
        }
        await sleep(2);
      };
      const send = async (envelope: Parameters<typeof play.send>[0]): Promise<void> => {
        // An event often changes the answers about its names.
        if (given.length > 0) await askSome(namesIn(envelope));
        const receipt = await sidecar.intake.submit(envelope, { system: true, dryRun: false });
        await askSome([], !isRefusal(receipt) && tell(receipt) === "applied" ? receipt.token : undefined);
      };
      for (const [i, { type, data }] of FOUNDING.entries()) {
        await send({ id: `f${i}`, source: "/founding", type, data });
      }
      for (const seed of seeds) {
        const envelope = play.next(seed);
        await send(envelope);
        play.send(envelope);
      }
      for (const { question, answer, time, token } of given) {
        expect(await answerOf(question, time), `${JSON.stringify(question)} as of ${time}`).toBe(answer);
        if (token !== undefined) expect(await answerOf(question, token), JSON.stringify(question)).toBe(answer);
        compared++;
        if (YES.test(answer)) yes++;
        if (await answerOf(question) !== answer) later++;
      }
      await sidecar.close();
    });
    console.log(`${compared} answers: ${yes} give something, ${later} differ later`);
    covered(() => {
      expect(compared).toBeGreaterThan(300);
      expect(yes).toBeGreaterThan(compared / 20);
      expect(later).toBeGreaterThan(compared / 20);
    });
  });

  test("just after an event that shares a Write, only the changes of the events up to it are there", async () => {
    const { club, app } = await found(ground);
    const users = Array.from({ length: 12 }, (_, n) => `at-once-${n}`);
    const events = users.map((user) => eventOf("member.added", { org: "fc", user }));
    const receipts = await Promise.all(club.sidecar.intake.submitAll(events, { system: true, dryRun: false }));
    const tokens = receipts.map((receipt) => (isRefusal(receipt) ? expect.fail(receipt.detail) : receipt.token));
    const revisions = tokens.map((token) => JSON.parse(Buffer.from(token, "base64url").toString())[1] as number);
    expect(new Set(revisions).size).toBe(users.length);
    for (const [i, token] of tokens.entries()) {
      for (const [n, user] of users.entries()) {
        expect([i, n, await allowed(app, `user:${user}`, "member", "org:fc", token)])
          .toEqual([i, n, revisions[n]! <= revisions[i]!]);
      }
      const explained = await ask(app,
        { path: "/explain", body: { tuple_key: { user: `user:${users[i]}`, relation: "member", object: "org:fc" } } },
        token);
      const answer = JSON.parse(explained.text);
      expect(answer.token).toBe(token);
      const since = answer.reasons.flatMap(({ tuples }: any) => tuples.map((tuple: any) => tuple.since));
      expect(since).toContainEqual(expect.objectContaining({ id: events[i]!.id, revision: revisions[i] }));
    }
  });

  test("just after an event of several Writes, all of them count", async () => {
    const { club, app } = await found(ground);
    await club.system("team.created", { team: "long", org: "fc" });
    const links = Array.from({ length: 250 }, (_, n) =>
      eventOf("invite.created", { invite: `long-${n}`, org: "fc", hat: "coach", team: "long" }));
    await Promise.all(club.sidecar.intake.submitAll(links, { system: true, dryRun: false }));
    const before = await tokenOf(club, "athlete.created", { athlete: "before", org: "fc" });
    const deleted = await tokenOf(club, "team.deleted", { team: "long" });
    await club.system("athlete.created", { athlete: "after", org: "fc" });
    const list = { user: "user:*", relation: "can_redeem", type: "invite" };
    const open = async (asOf: string): Promise<number> =>
      JSON.parse((await ask(app, { path: "/list-objects", body: list }, asOf)).text).objects.length;
    expect(await open(before)).toBe(250);
    expect(await open(deleted)).toBe(0);
  });

  onOpenfga("a foreign Write counts at its place in the feed", async () => {
    const { club, app } = await found(ground);
    const tuple = { user: "user:intruder", relation: "member", object: "org:fc" };
    const isMember = (asOf?: string): Promise<boolean> =>
      allowed(app, tuple.user, tuple.relation, tuple.object, asOf);
    const tokens = [await tokenOf(club, "athlete.created", { athlete: "f1", org: "fc" })];
    await write(ground, club, { writes: [tuple] });
    tokens.push(await tokenOf(club, "athlete.created", { athlete: "f2", org: "fc" }));
    await sleep(2);
    const time = new Date().toISOString();
    await write(ground, club, { deletes: [tuple] });
    tokens.push(await tokenOf(club, "athlete.created", { athlete: "f3", org: "fc" }));
    const states = [];
    for (const token of [...tokens, time]) states.push(await isMember(token));
    expect(states).toEqual([false, true, false, true]);
  });

  onOpenfga("another sidecar knows the same past once it has read the feed", async () => {
    const name = freshName();
    const { club, app } = await found(ground, name);
    const before = await tokenOf(club, "member.added", { org: "fc", user: "leaver" });
    const after = await tokenOf(club, "member.deactivated", { org: "fc", user: "leaver" });
    const other = await ground.open({ now: Date.now, warn: () => {}, name });
    onTestFinished(() => other.close());
    const question = { tuple_key: { user: "user:leaver", relation: "coach", object: "org:fc" } };
    const early = await appOf(other).request("/check", {
      method: "POST", headers: { "sideline-as-of": before }, body: JSON.stringify(question),
    });
    expect([early.status, early.headers.get("retry-after")]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    for (const each of [app, appOf(other)]) {
      const { user, relation, object } = question.tuple_key;
      expect(await allowed(each, user, relation, object, before)).toBe(true);
      expect(await allowed(each, user, relation, object, after)).toBe(false);
    }
  });
});
