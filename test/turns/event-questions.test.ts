// Law: the work of one event's questions in a turn, or of those about one maker of invites, is bounded.
import { beforeAll, describe, expect, test } from "vitest";
import { MAX_CHECK_STEPS, MAX_EVENT_STEPS, STEPS_PER_PART } from "../../src/checks/limits.ts";
import { Meter } from "../../src/checks/steps.ts";
import { judgeMakers } from "../../src/events/guards/invite-escalation.ts";
import { ATHLETE_KEYS, ORG_KEYS, relationOf } from "../../src/policy/permission-keys.ts";
import { countedView } from "../../src/domain/counted-view.ts";
import { peopleOf, showInvite } from "../../src/domain/directory.ts";
import type { View } from "../../src/domain/state-view.ts";
import { World } from "../world/world.ts";

const KEYS = [...ORG_KEYS.filter((key) => !key.startsWith("org.billing")), ...ATHLETE_KEYS];

/** Gives keys to `roles` custom roles that nobody holds. */
function giveTo(roles: number, keys: readonly string[], { tuples }: World): void {
  for (let n = 0; n < roles; n++) {
    for (const key of keys) {
      tuples.add({ object: "org:fc", relation: relationOf(key), user: `role:fc/r${n}#holder` });
    }
  }
}

/** An org in which mia holds keys by a custom role, the last of many that have them. */
function orgOf(roles: number, keys: readonly string[] = KEYS): World {
  const world = new World();
  world.system("org.created", { org: "fc", kind: "club", owner: "olga" });
  giveTo(roles, keys, world);
  world.system("member.added", { org: "fc", user: "mia", hats: ["admin"] });
  world.system("role.created", { org: "fc", role: "boss", scope: "org", keys });
  world.system("member.role_assigned", { org: "fc", user: "mia", role: "boss" });
  return world;
}

/** A view that counts the steps of its questions, and records each. */
function metered(world: World): { readonly view: View; readonly steps: () => number } {
  let steps = 0;
  const allowed: View["allowed"] = (user, relation, object, assumed, meter = new Meter(MAX_CHECK_STEPS)) => {
    const before = meter.steps;
    try {
      return world.view.allowed(user, relation, object, assumed, meter);
    } finally {
      steps += meter.steps - before;
    }
  };
  return { view: { ...world.view, allowed }, steps: () => steps };
}

/** Enough roles that the right to every key takes more steps than an event may. */
const MANY = Math.ceil(MAX_EVENT_STEPS / KEYS.length);
const CREATED = { org: "fc", role: "new", scope: "org", keys: KEYS };

describe("an event", () => {
  test("asks the model about every key of a role, in an org of usual size and in one with hundreds of roles", () => {
    for (const roles of [0, 300]) expect(orgOf(roles).as("mia", "role.created", CREATED).status).toBe("applied");
  });

  test("is refused if its questions take more steps than an event may; the system's event asks none", () => {
    const world = orgOf(MANY);
    const { detail } = world.refused("actor_not_allowed", "mia", "role.created", CREATED);
    expect(detail).toContain(`${MAX_EVENT_STEPS} steps`);
    expect(world.system("role.created", CREATED).status).toBe("applied");
  });

  test("is also refused if a no to a question that is too long to answer would let it pass", () => {
    // Whether an invite's hat wakes a key depends on two questions: has the redeemer the key with it, and not without?
    const world = orgOf(0, KEYS.filter((key) => key !== "org.manage"));
    world.system("member.added", { org: "fc", user: "ben", hats: ["coach"] });
    world.system("role.created", { org: "fc", role: "quiet", scope: "org", keys: ["org.manage"] });
    world.system("member.role_assigned", { org: "fc", user: "ben", role: "quiet" });
    world.as("mia", "invite.created", { invite: "i", org: "fc", hat: "office" });
    const redeemed = { invite: "i", user: "ben" };
    world.refused("inviter_lost_right", undefined, "invite.redeemed", redeemed);
    giveTo(MAX_EVENT_STEPS, ["org.manage"], world);
    world.refused("actor_not_allowed", undefined, "invite.redeemed", redeemed);
  });

  test("fills the turn with the work of its questions", () => {
    const view = countedView(orgOf(1000).view);
    view.allowed("mia", "org_manage", "org:fc");
    expect(view.steps()).toBeGreaterThan(1000);
  });
});

describe("the makers of invites", () => {
  let world: World;
  beforeAll(() => {
    world = orgOf(STEPS_PER_PART / KEYS.length);
    for (let n = 0; n < 10; n++) {
      world.system("member.added", { org: "fc", user: `m${n}`, hats: ["admin"], role: "boss" });
      world.as(`m${n}`, "invite.created", { invite: `i${n}`, org: "fc", hat: "office", role: "boss" });
    }
  });

  /** Runs a list. Returns the steps of its questions in each part. */
  function taken<T>(list: (view: View) => Generator<undefined, T>): { readonly parts: number[]; readonly value: T } {
    const { view, steps } = metered(world);
    const work = list(view);
    const parts: number[] = [];
    for (;;) {
      const before = steps();
      const part = work.next();
      parts.push(steps() - before);
      if (part.done === true) return { parts, value: part.value };
    }
  }

  test("are judged in parts, each as long as a part and a judgement", () => {
    const every = { hat: undefined, status: "invited" } as const;
    const { parts, value } = taken((view) => peopleOf(world.tuples, "fc", every, world.now, judgeMakers(view)));
    expect(value?.invites.map((invite) => invite.maker_may)).toEqual(Array(10).fill(true));
    expect(parts.length).toBeGreaterThan(5);
    expect(Math.max(...parts)).toBeLessThan(STEPS_PER_PART + MAX_CHECK_STEPS);
  });

  test("may not, if finding out takes more steps than a check may", () => {
    giveTo(MAX_CHECK_STEPS, ["org.members.invite"], world);
    world.system("role.updated", { org: "fc", role: "boss", keys: [] });
    const { parts, value } = taken((view) => showInvite(world.tuples, "i0", world.now, judgeMakers(view)));
    expect([parts.length, value?.maker_may]).toEqual([1, false]);
    expect(parts[0]).toBeLessThan(MAX_CHECK_STEPS + 100);
  });
});
