// Law: the answer as of a moment is the answer that was given at that moment, for every question and any past.
import pino from "pino";
import { afterEach, expect, test } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { openEmbeddedSidecar, type EmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import { APPLY, tell } from "../embedded/stage.ts";
import { Draw } from "../laws/draw.ts";
import { covered, holdsAsync } from "../laws/law.ts";
import { SOME } from "../laws/names.ts";
import { USERS } from "../laws/pools.ts";
import { FOUNDING, Play, sequences } from "../laws/sequence.ts";
import { MODEL } from "../world/world.ts";

/** A question over HTTP. */
interface Question {
  readonly path: string;
  readonly body?: object;
}

/** An answer that was given, and the two names of its moment. */
interface Given {
  readonly question: Question;
  readonly answer: string;
  readonly time: string;
  readonly token: string | undefined;
}

const LETTERS: Readonly<Record<string, string>> = {
  org: "o", team: "t", athlete: "a", coaching: "c", team_assignment: "s", note: "n", activity: "v", invite: "i",
};
const TYPES = Object.keys(LETTERS).filter((type) => type in SOME);

const userOf = (draw: Draw): string => `user:${draw.pick([...USERS, "stranger"])}`;
const objectOf = (draw: Draw, type: string): string => `${type}:${LETTERS[type]}${1 + draw.below(8)}`;

function checkOf(draw: Draw): { tuple_key: { user: string; relation: string; object: string } } {
  const type = draw.pick(TYPES);
  return { tuple_key: { user: userOf(draw), relation: draw.pick(SOME[type]!), object: objectOf(draw, type) } };
}

/** Draws a question of each kind in turn. */
function drawQuestion(draw: Draw, kind: number): Question {
  const type = draw.pick(TYPES);
  const [user, relation, object] = [userOf(draw), draw.pick(SOME[type]!), objectOf(draw, type)];
  const id = object.slice(object.indexOf(":") + 1);
  const kinds: readonly Question[] = [
    { path: "/check", body: checkOf(draw) },
    { path: "/check", body: {
      ...checkOf(draw), contextual_tuples: { tuple_keys: [{ user, relation: "admin_hat", object: "org:o1" }] },
    } },
    { path: "/batch-check", body: {
      checks: Array.from({ length: 8 }, (_, i) => ({ ...checkOf(draw), correlation_id: `c${i}` })),
    } },
    { path: "/list-objects", body: { user, relation, type } },
    { path: "/streamed-list-objects", body: { user, relation, type } },
    { path: "/objects", body: { user, relation, type, page_size: 2 } },
    { path: "/list-users", body: { object: { type, id }, relation, user_filters: [{ type: "user" }] } },
    { path: "/list-users", body: { object: { type, id }, relation, user_filters: [{ type: "user" }], explain: true } },
    { path: "/permissions", body: { user, object } },
    { path: "/filter", body: { user, relation, objects: Array.from({ length: 8 }, () => objectOf(draw, type)) } },
    { path: "/explain", body: checkOf(draw) },
    { path: "/orgs/o1/members" }, { path: "/orgs/o2/members?status=active" }, { path: "/orgs/o1/roles" },
    { path: `/users/${user.slice(5)}/workspaces` }, { path: `/invites/i${1 + draw.below(8)}` },
    { path: `/orgs/o1/members/${user.slice(5)}` }, { path: `/athletes/a${1 + draw.below(8)}` },
    { path: `/teams/t${1 + draw.below(8)}` }, { path: `/athletes/a${1 + draw.below(8)}/relationships` },
    { path: `/teams/t${1 + draw.below(8)}/relationships` },
    { path: `/users/${user.slice(5)}/relationships?status=ended` },
  ];
  return kinds[kind % kinds.length]!;
}

/**
 * Returns an answer without the order that follows the tuples in memory, which the past does not keep: of lists, and of
 * the ways to a yes, of which the first few are followed.
 */
function plain(text: string): string {
  if (!text.startsWith("{") || text.includes('{"result":{"object"')) return text.split("\n").sort().join("\n");
  return JSON.stringify(JSON.parse(text, (key, part: unknown) => {
    if (key === "missing") return undefined;
    return ["objects", "users", "reasons"].includes(key) && Array.isArray(part)
      ? part.map((each) => JSON.stringify(each)).sort() : part;
  }));
}

let sidecar: EmbeddedSidecar | undefined;
afterEach(async () => {
  await sidecar?.close();
});

test("an answer as of a moment is the answer that was given then", async () => {
  let [allowed, compared, later] = [0, 0, 0];
  await holdsAsync(sequences(25, 60), 12, async (seeds) => {
    const play = new Play();
    sidecar = await openEmbeddedSidecar({
      folder: ":memory:", storeName: "law", model: MODEL, emailKey: undefined, log: pino({ level: "silent" }),
      now: () => play.world.now, fatal: (why) => expect.fail(why),
    });
    const app = createApp(sidecar, { keys: undefined, log: { error: (fields) => void expect(fields).toEqual({}) } });
    const ask = async ({ path, body }: Question, asOf?: string): Promise<string> => {
      const response = await app.request(path, {
        method: body === undefined ? "GET" : "POST", headers: asOf === undefined ? {} : { "sideline-as-of": asOf },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return `${response.status} ${plain(await response.text())}`;
    };
    const given: Given[] = [];
    const draw = new Draw(seeds[0]!);
    const send = async (envelope: Parameters<typeof play.send>[0]): Promise<void> => {
      const receipt = await sidecar!.intake.submit(envelope, APPLY);
      const token = "token" in receipt && tell(receipt) === "applied" ? receipt.token : undefined;
      for (let n = 0; n < 6 && sidecar!.tuples.size > 0; n++) {
        const question = drawQuestion(draw, draw.below(1000));
        const time = new Date(play.world.now).toISOString();
        given.push({ question, answer: await ask(question), time, token });
      }
      play.world.now += 1_800_000;
    };
    for (const [i, { type, data }] of FOUNDING.entries()) {
      await send({ id: `f${i}`, source: "/founding", type, data } as Parameters<typeof play.send>[0]);
    }
    for (const seed of seeds) {
      const envelope = play.next(seed);
      await send(envelope);
      play.send(envelope);
    }
    for (const { question, answer, time, token } of given) {
      expect(await ask(question, time), `${JSON.stringify(question)} as of ${time}`).toBe(answer);
      if (token !== undefined) expect(await ask(question, token), JSON.stringify(question)).toBe(answer);
      compared++;
      if (/"allowed":true|"(?:objects|users|relations|relationships)":\["/.test(answer)) allowed++;
      if (await ask(question) !== answer) later++;
    }
    await sidecar.close();
    sidecar = undefined;
  });
  covered(() => {
    expect(compared).toBeGreaterThan(2000);
    expect(allowed).toBeGreaterThan(compared / 20);
    expect(later).toBeGreaterThan(compared / 20);
  });
});
