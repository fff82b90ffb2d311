// The report of the benchmark: a missed target is listed, with its own reason.
import { expect, test } from "vitest";
import { report } from "../bench/report.mjs";

const CHECKS = { mixed: 600_000, sessions: 1, notes: 1, cold: 1, yes: 0.4 };
const WORLD = { checks: CHECKS, tuples: 1_000_000, userLists: [], lists: [1, 2, 3].map(() => (
  { what: "a coach", objects: 1, median: 0.1 })) };

/** Figures that meet each target, but for the p99 of an explanation and of a dry run, and of one page of history. */
const found = ({ explained, deactivated, byType }: Record<"explained" | "deactivated" | "byType", number>) => ({
  machine: "2 cores", loader: "wrk", runs: 5, load: 0, small: WORLD, smallName: "S", large: WORLD, largeName: "L",
  server: {
    start: 1, resident: { now: 150e6, peak: 250e6 }, lists: [],
    checks: { check: 1, echo: 1, ratio: 1, p99Ratio: 1, batched: 300_000 },
    pages: { objects: 1, median: 1, last: 1, first: 1, cold: 1 },
    questions: {
      permissions: 1, relations: 1, filter: 1, allowed: 1, explained, explainedMedian: 1, explainedFirst: 1,
    },
    access: { deactivated: { ms: deactivated, lost: 1 }, headOfAll: { ms: 1, lost: 1 } },
  },
  events: { one: 1, bare: 1, ratio: 1, mark: 0.01, grouped: 20_000, senders: 64 }, growth: [],
  history: { events: 1_000_000, found: {
    org: { events: 100, pages: 1, p50: 1, p99: 10 }, type: { events: 100, pages: 1, p50: 1, p99: byType },
  } },
});

const missedIn = (text: string): string => text.slice(text.indexOf("## Missed targets")).split("\n\n")[1]!;

test("a page of history, an explanation and a dry run are judged, each with its own reason", () => {
  const missed = missedIn(report(found({ explained: 20, deactivated: 200, byType: 12.5 })));
  expect(missed.split("\n- ").map((each) => each.replace(/^- /, ""))).toEqual([
    expect.stringMatching(/^dry run of deactivating.*: 200\.0 ms, where 100 ms was the target\.\n {2}Each answer/),
    expect.stringMatching(/^an explanation by HTTP.*p99: 20\.0 ms, where 5 ms was .*\.\n {2}The slowest/),
    expect.stringMatching(/\/history in process, p99: type: 12\.5 ms, where 10 ms was the target\.\n {2}A page reads/),
  ]);
});

test("a page of history that takes its 10 ms is in the table, and meets the target", () => {
  const text = report(found({ explained: 5, deactivated: 100, byType: 10 }));
  expect(text).toContain("| a page of 100 of /history in process, p99: type | 10.0 ms | 10 ms | met, 1.00x |");
  expect(missedIn(text)).toBe("Nothing was missed in this run.");
});

test("memory is judged 2 s after the start, and its peak is printed without a target", () => {
  const text = report(found({ explained: 5, deactivated: 100, byType: 10 }));
  expect(text).toContain("Memory is judged 2 s after the\nstart of the server.");
  expect(text).toContain("2 s after its start | 150 bytes | 200 bytes | met, 1.33x |");
  expect(text).toContain("| the same at its peak, while the world is loaded | 250 bytes |  |  |");
});
