// A long batch of checks and concurrent events: the batch shows one revision; a short batch is answered at once.
import { describe, expect, test } from "vitest";
import { MAX_CHECK_STEPS, STEPS_PER_PART } from "../../src/checks/limits.ts";
import type { CheckAnswer, CheckRequest } from "../../src/checks/question.ts";
import { World } from "../world/world.ts";
import { onOneLock } from "./on-one-lock.ts";

/** Number of rows over an athlete: a check that looks at all of them fills a part. */
const ROWS = STEPS_PER_PART / 2;
const ANY = { higher: false, positions: [] };

const MEMBER = { user: "user:cora", relation: "member", object: "org:fc" };
/** Cora has a row over another athlete, so only a look at each row over this one shows that none is hers. */
const DEAR = { user: "user:cora", relation: "can_view", object: "athlete:star" };
/** A member's check before and after checks that fill several parts. */
const LONG: readonly CheckRequest[] = [MEMBER, DEAR, DEAR, DEAR, DEAR, MEMBER];

function stage() {
  const world = new World();
  world.system("org.created", { org: "fc", kind: "club", owner: "olga" });
  for (const user of ["ann", "cora"]) world.system("member.added", { org: "fc", user, hats: ["coach"] });
  world.system("athlete.created", { athlete: "star", org: "fc" });
  world.system("athlete.created", { athlete: "hers", org: "fc", coach: "cora" });
  for (let n = 0; n < ROWS; n++) {
    world.tuples.add({ object: "athlete:star", relation: "coaching", user: `coaching:r${n}` });
    world.tuples.add({ object: `coaching:r${n}`, relation: "coach", user: "user:ann" });
  }
  const { intake, checker, order, noting } = onOneLock(world);
  let sent = 0;
  const send = (type: string, data: object) =>
    intake.submit({ id: `e${++sent}`, source: "/batches", type, data }, { system: true, dryRun: false });
  const batch = () => noting("batch", checker.checkAll(LONG, ANY));
  return { world, checker, order, noting, send, batch };
}

const answers = (member: boolean): CheckAnswer[] => LONG.map((request) => ({ allowed: request === MEMBER && member }));

describe("a batch that takes several turns", () => {
  test("shows one revision and lets checks be answered meanwhile; an event waits for it", async () => {
    const { checker, order, noting, send, batch } = stage();
    const first = batch();
    const event = noting("event", send("member.deactivated", { org: "fc", user: "cora" }));
    await new Promise((done) => setImmediate(done));
    expect(checker.check(MEMBER, ANY)).toEqual({ allowed: true });
    expect(checker.checkAll([MEMBER, MEMBER], ANY)).toEqual([{ allowed: true }, { allowed: true }]);
    expect(order).toEqual([]);
    expect(await first).toEqual(answers(true));
    await event;
    expect(order).toEqual(["batch", "event"]);
    expect(await batch()).toEqual(answers(false));
  });

  test("yields to a waiting event, and starts again after it", async () => {
    const { order, noting, send, batch } = stage();
    const first = batch();
    const event = noting("event", send("member.deactivated", { org: "fc", user: "cora" }));
    await new Promise((done) => setImmediate(done));
    const later = [batch(), batch()];
    expect(await first).toEqual(answers(true));
    for (const answered of await Promise.all(later)) expect(answered).toEqual(answers(false));
    await event;
    expect(order).toEqual(["batch", "event", "batch", "batch"]);
  });

  test("refuses only those checks that take more steps than a check may", async () => {
    const { world, checker } = stage();
    for (let n = 0; n < MAX_CHECK_STEPS / 2; n++) {
      world.tuples.add({ object: "athlete:star", relation: "coaching", user: `coaching:more-${n}` });
    }
    const error = { error: { code: "authorization_model_resolution_too_complex" } };
    const yes = { allowed: true };
    expect(await checker.checkAll(LONG, ANY)).toMatchObject([yes, error, error, error, error, yes]);
  });
});

test("a usual batch is answered at once, with the errors of its checks", () => {
  const { checker } = stage();
  const asked = [MEMBER, { ...MEMBER, relation: "nonsense" }];
  const error = { error: { code: "validation_error" } };
  expect(checker.checkAll(asked, ANY)).toMatchObject([{ allowed: true }, error]);
  const ahead = { higher: false, positions: [{ org: "fc", revision: 99 }] };
  expect(checker.checkAll(asked, ahead)).toMatchObject([error, error]);
});
