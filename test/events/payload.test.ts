// Payloads that are too long: refused with the same codes, at a bounded cost, in a bounded answer.
import { describe, expect, test } from "vitest";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { World } from "../world/world.ts";
import { MAX_FAULTS_LISTED, MAX_PAYLOAD_ENTRIES } from "../../src/domain/event-limits.ts";

const KEYS = ["sessions.read", "goals.read"];

function stage(): World {
  const world = new World();
  world.system("org.created", { org: "o", kind: "club", owner: "olga" });
  world.system("athlete.created", { athlete: "a", org: "o", coach: "olga", coaching: "c" });
  return world;
}

function refusalOf(world: World, type: string, data: unknown): Refusal {
  const outcome = world.send(type, data);
  if (!isRefusal(outcome)) throw new Error(outcome.status);
  return outcome;
}

const roleOf = (keys: readonly string[]) => ({ org: "o", role: "r", scope: "athlete", keys });
const fields = (count: number): object => Object.fromEntries(Array.from({ length: count }, (_, n) => [`x${n}`, 1]));

describe("a payload", () => {
  test(`has lists of at most ${MAX_PAYLOAD_ENTRIES} entries`, () => {
    const keys = Array.from({ length: MAX_PAYLOAD_ENTRIES }, (_, n) => KEYS[n % 2]!);
    const world = stage();
    const errors = [{ path: "data", message: expect.stringContaining("1000") }];
    expect(refusalOf(world, "role.created", roleOf([...keys, KEYS[0]!])))
      .toMatchObject({ refused: "invalid_event", errors });
    expect(world.system("role.created", roleOf(keys)).status).toBe("applied");
  });

  test("with a fault and too many entries is refused for the fault", () => {
    const many = Array.from({ length: 15_000 }, (_, n) => `no.key${n}`);
    const world = stage();
    for (const refusal of [
      refusalOf(world, "role.created", roleOf(many)),
      refusalOf(world, "coaching.overrides_set",
        { coaching: "c", overrides: Object.fromEntries(many.map((key) => [key, true])) }),
    ]) {
      expect(refusal.refused).toBe("unknown_key");
      expect(refusal.errors).toHaveLength(MAX_FAULTS_LISTED);
      expect(refusal.detail).toContain(`the first ${MAX_FAULTS_LISTED} faults are listed`);
    }
    expect(refusalOf(world, "member.added", { org: "o", user: "u", ...fields(15_000) }).refused).toBe("invalid_event");
  });

  test(`with ${MAX_FAULTS_LISTED} faults has all of them listed; with one more the answer says so`, () => {
    const world = stage();
    const faults = (count: number) => refusalOf(world, "role.created", roleOf(Array<string>(count).fill("no")));
    expect(faults(MAX_FAULTS_LISTED).errors).toHaveLength(MAX_FAULTS_LISTED);
    expect(faults(MAX_FAULTS_LISTED).detail).not.toContain("are listed");
    expect(faults(MAX_FAULTS_LISTED + 1).errors).toHaveLength(MAX_FAULTS_LISTED);
    expect(faults(MAX_FAULTS_LISTED + 1).detail).toContain("are listed");
  });

  test("that repeats a long name or an address does not have it repeated in full", () => {
    const world = stage();
    const long = refusalOf(world, "member.added", { org: "o", user: "u", ["x".repeat(60_000)]: 1 });
    expect(JSON.stringify(long).length).toBeLessThan(2_000);
    for (const name of ["kid@example.org", `${"x".repeat(295)} kid@example.org`, "a@b@c.org", "'kid@example.org'"]) {
      const refusal = refusalOf(world, "coaching.overrides_set", { coaching: "c", overrides: { [name]: true } });
      expect(JSON.stringify(refusal)).not.toMatch(/kid|example|c\.org/);
    }
  });

  test("may have a field of any name: it is unknown, not ignored", () => {
    const world = stage();
    const sent = JSON.parse(`{"coaching":"c","overrides":{"__proto__":true}}`) as unknown;
    expect(refusalOf(world, "coaching.overrides_set", sent).refused).toBe("unknown_key");
    const many = JSON.parse(`{"coaching":"c","overrides":{"__proto__":true,${
      Array.from({ length: 2_000 }, (_, n) => `"goals.read${n}":true`).join(",")}}}`) as unknown;
    expect(refusalOf(world, "coaching.overrides_set", many).refused).toBe("unknown_key");
  });
});
