// The past of an embedded store on disk: over restarts, with a missing or damaged index; and events of many writes.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openEmbeddedSidecar, type EmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import { numbersOf, damage } from "./damage.ts";
import { APPLY, event, tell } from "./stage.ts";
import { SEED } from "../laws/law.ts";
import { MODEL, START } from "../world/world.ts";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "past-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Each reading of the clock is a millisecond later, so that the time of an event is over when it is asked for. */
let now = START;

const open = (): Promise<EmbeddedSidecar> => openEmbeddedSidecar({
  folder, storeName: "past", model: MODEL, emailKey: undefined, log: pino({ level: "silent" }), now: () => ++now,
  fatal: (why) => expect.fail(why),
});

async function send(sidecar: EmbeddedSidecar, type: string, data: object): Promise<string> {
  const receipt = await sidecar.intake.submit(event(type, data), APPLY);
  expect([type, tell(receipt)]).toEqual([type, "applied"]);
  return "token" in receipt ? receipt.token : "";
}

/** Number of the last row of a moment. */
async function rowOf(sidecar: EmbeddedSidecar, text: string): Promise<number> {
  const moment = await sidecar.past!.momentOf(text);
  if (moment === "incomplete" || "code" in moment) throw new Error(`${text} names no moment`);
  return moment.number;
}

/** Sends an event alone: the moment of its token must be that of the newest row. */
async function sendAlone(sidecar: EmbeddedSidecar, type: string, data: object): Promise<string> {
  const token = await send(sidecar, type, data);
  expect([type, await rowOf(sidecar, token)]).toEqual([type, await rowOf(sidecar, new Date(now).toISOString())]);
  return token;
}

/** Open links of a team: those that a user may redeem just after the event of a token. */
async function linksAsOf(sidecar: EmbeddedSidecar, token: string): Promise<number> {
  const moment = { number: await rowOf(sidecar, token), at: now };
  const answer = await sidecar.checker.listObjects(
    { user: "user:x", relation: "can_redeem", type: "invite" }, { higher: false, positions: [], moment });
  return "objects" in answer ? answer.objects.length : -1;
}

const LINKS = 400;

test("an event of many writes is over just after its token; a missing or damaged index is made again", async () => {
  let sidecar = await open();
  for (const [org, kind] of [["fc", "club"], ["pro", "program"], ["solo", "club"]]) {
    await sendAlone(sidecar, "org.created", { org, kind, owner: "olga" });
  }
  await sendAlone(sidecar, "team.created", { org: "fc", team: "red" });
  const made = await Promise.all(Array.from({ length: LINKS }, (_, n) =>
    send(sidecar, "invite.created", { invite: `link-${n}`, org: "fc", team: "red" })));
  const before = await rowOf(sidecar, made.at(-1)!);
  const gone = await sendAlone(sidecar, "team.deleted", { team: "red" });
  expect(await rowOf(sidecar, gone) - before).toBeGreaterThan(3);
  await sendAlone(sidecar, "member.added", { org: "fc", user: "carl" });

  const compare = async (): Promise<void> => {
    expect(await linksAsOf(sidecar, gone)).toBe(0);
    expect(await linksAsOf(sidecar, made.at(-1)!)).toBe(LINKS);
    expect(await linksAsOf(sidecar, made[LINKS / 2]!)).toBe(LINKS / 2 + 1);
  };
  await compare();
  const index = join(folder, "history.db");
  const draw = numbersOf(SEED);
  const between: readonly (() => void)[] = [
    () => expect(existsSync(index)).toBe(true), () => rmSync(index), () => void damage(folder, "history.db", draw),
    () => writeFileSync(index, "no database"),
  ];
  for (const change of between) {
    await sidecar.close();
    change();
    sidecar = await open();
    await compare();
  }
  await sidecar.close();
});
