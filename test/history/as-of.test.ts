// Law: the answer as of a moment is the answer that was given at that moment, for every question and any past.
import pino from "pino";
import { afterEach, expect, test } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { openEmbeddedSidecar, type EmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { APPLY, tell } from "../embedded/stage.ts";
import { Draw } from "../laws/draw.ts";
import { covered, holdsAsync } from "../laws/law.ts";
import { FOUNDING, Play, sequences } from "../laws/sequence.ts";
import { MODEL } from "../world/world.ts";
import { drawQuestion, namesIn, plain, type Question } from "./past-questions.ts";

/** An answer that was given, and the two names of its moment. */
interface Given {
  readonly question: Question;
  readonly answer: string;
  readonly time: string;
  readonly token: string | undefined;
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
    const askSome = async (near: readonly string[], token?: string): Promise<void> => {
      for (let n = 0; n < 3 && sidecar!.tuples.size > 0; n++) {
        const question = drawQuestion(draw, draw.below(1000), near);
        const time = new Date(play.world.now).toISOString();
        given.push({ question, answer: await ask(question), time, token });
      }
    };
    const send = async (envelope: Envelope): Promise<void> => {
      // An event often changes the answers about its names. An hour after the last one, its token is of another time.
      await askSome(namesIn(envelope));
      play.world.now += 1_800_000;
      const receipt = await sidecar!.intake.submit(envelope, APPLY);
      await askSome([], "token" in receipt && tell(receipt) === "applied" ? receipt.token : undefined);
    };
    for (const [i, { type, data }] of FOUNDING.entries()) await send({ id: `f${i}`, source: "/founding", type, data });
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
  console.log(`${compared} answers: ${allowed} give something, ${later} differ later`);
  covered(() => {
    expect(compared).toBeGreaterThan(2000);
    expect(allowed).toBeGreaterThan(compared / 20);
    expect(later).toBeGreaterThan(compared / 20);
  });
});
