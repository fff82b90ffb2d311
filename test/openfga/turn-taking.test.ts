// Turn-taking of an org's writer: when it pauses after a write, and for how long.
import { describe, expect, test } from "vitest";
import { TurnTaking } from "../../src/openfga/write/turn-taking.ts";
import { LONE_WRITER_PAUSE_MS } from "../../src/openfga/openfga-limits.ts";

const NOW = Date.parse("2026-05-01T12:00:00Z");
const NEVER = 0;

function begun(): TurnTaking {
  const pace = new TurnTaking();
  pace.begin(NOW);
  return pace;
}

describe("a writer that never loses", () => {
  test.each([[5_999, 0], [6_000, LONE_WRITER_PAUSE_MS]])("after %i ms without a pause: %i", (ms, pause) => {
    expect(begun().won(NOW + ms, NEVER, 0.5)).toBe(pause);
  });

  test.each([[999, 0], [1_000, LONE_WRITER_PAUSE_MS]])("while others write, after %i ms: %i", (ms, pause) => {
    expect(begun().won(NOW + ms, NOW, 0.5)).toBe(pause);
  });

  test.each([[599_999, LONE_WRITER_PAUSE_MS], [600_000, 0]])("others that wrote %i ms ago: %i", (ago, pause) => {
    expect(begun().won(NOW + 1_000, NOW + 1_000 - ago, 0.5)).toBe(pause);
  });

  test("counts again from the end of a pause, and when it starts again", () => {
    const pace = begun();
    expect(pace.won(NOW + 6_000, NEVER, 0)).toBe(LONE_WRITER_PAUSE_MS);
    const resumed = NOW + 6_000 + LONE_WRITER_PAUSE_MS;
    const pauses = [pace.won(resumed + 5_999, NEVER, 0), pace.won(resumed + 6_000, NEVER, 0)];
    expect(pauses).toEqual([0, LONE_WRITER_PAUSE_MS]);
    pace.begin(NOW + 20_000);
    expect(pace.won(NOW + 25_999, NEVER, 0)).toBe(0);
  });
});

describe("after a lost race", () => {
  test.each([[2_999, 50], [3_000, 0]])("%i ms later a pause of %i", (ms, pause) => {
    const pace = begun();
    pace.lost(NOW);
    expect(pace.won(NOW + 50, NEVER, 0)).toBe(0);
    expect(pace.won(NOW + ms, NEVER, 0.5)).toBe(pause);
  });

  test.each([[1, 20], [20, 20], [21, 21], [150, 150], [151, 150]])("won after %i ms, %i on average", (ms, turn) => {
    const pace = begun();
    pace.lost(NOW);
    expect(pace.won(NOW + ms, NEVER, 0.25)).toBe(turn / 2);
    expect(pace.won(NOW + ms + 1, NEVER, 1)).toBe(turn * 2);
  });
});
