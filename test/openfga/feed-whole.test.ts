// Reading the feed of an SQL store during writes: every Write is complete, and no committed one is left out.
import { ulid } from "ulid";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { OpenfgaServer, Since } from "../../src/openfga/client.ts";
import type { FeedWrite } from "../../src/openfga/follow/feed.ts";
import { readFeed, streamFeed } from "../../src/openfga/follow/feed-reader.ts";
import { Draw } from "../laws/draw.ts";
import { SEED } from "../laws/law.ts";
import { pageOf, serverWith, sortFeed, type Placed } from "./sql-feed.ts";

type Write = { readonly stamp: string; readonly place: number; readonly size: number };

const START = 1_000_000;

/** Writes of 1 to 100 changes, often full ones, some in one millisecond, with interleaved ids. */
function drawWrites(draw: Draw): Write[] {
  let place = START;
  return Array.from({ length: 12 + draw.below(20) }, (_, i) => {
    place += draw.below(3) === 0 ? 0 : 1 + draw.below(20);
    const size = [100, 99, 98, 1 + draw.below(100)][draw.below(4)]!;
    return { stamp: `w${i}`, place, size };
  });
}

/** A server that has some of the Writes, while others commit between its answers. */
function serverOf(writes: readonly Write[], there: number, draw: Draw): OpenfgaServer {
  const feed: Placed[] = [];
  const commit = ({ stamp, place, size }: Write): void => {
    for (let n = 0; n < size; n++) {
      const tuple = { object: `org:${stamp}`, relation: "member", user: `user:${n}` };
      feed.push({ operation: "write", tuple, at: 0, stamp, id: ulid(place, () => draw.below(1_000_000) / 1_000_000) });
    }
    sortFeed(feed);
  };
  writes.slice(0, there).forEach(commit);
  const later = writes.slice(there);
  const changes = async (_id: string, since: Since) => {
    const page = pageOf(feed, since);
    if (later.length > 0 && draw.below(2) === 0) commit(later.splice(draw.below(later.length), 1)[0]!);
    return page;
  };
  return serverWith({ changes });
}

beforeEach(() => {
  // The feed's time is up: windows split it.
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(START + 200);
});
afterEach(() => vi.useRealTimers());

/** Draws Writes in any order of commits: an early one may commit late. Some are committed when the feed is read. */
function drawFeed(draw: Draw): { writes: Write[]; there: number } {
  const writes = drawWrites(draw).map((write) => ({ write, at: draw.below(1_000) })).sort((a, b) => a.at - b.at)
    .map(({ write }) => write);
  return { writes, there: draw.below(writes.length) };
}

test("as a stream: every returned Write is complete, and no committed one is left out", async () => {
  const faults: unknown[] = [];
  let met = 0;
  for (let i = 0; i < 300; i++) {
    const draw = new Draw(SEED + i);
    const { writes, there } = drawFeed(draw);
    const told = new Map<string, number>();
    const take = async (some: readonly FeedWrite[]): Promise<void> => {
      for (const { stamp, writes: { length } } of some) {
        if (length !== writes.find((write) => write.stamp === stamp)!.size) faults.push({ i, stamp, length });
        told.set(stamp, length);
      }
    };
    await streamFeed({ server: serverOf(writes, there, draw), id: "s" }, START, () => false, take);
    for (const [n, { stamp }] of writes.entries()) {
      if (n < there && !told.has(stamp)) faults.push({ i, stamp, left: "out" });
      if (n >= there && told.has(stamp)) met++;
    }
  }
  expect(faults).toEqual([]);
  expect(met).toBeGreaterThan(100);
});

test.each([[1], [4]])("in %i windows", async (windows) => {
  const partial: unknown[] = [];
  let met = 0;
  for (let i = 0; i < 300; i++) {
    const draw = new Draw(SEED + i);
    const { writes, there } = drawFeed(draw);
    const part = await readFeed({ server: serverOf(writes, there, draw), id: "s" }, START, () => false, windows);
    for (const [n, { stamp, size }] of writes.entries()) {
      const told = part.changes.filter((change) => change.stamp === stamp);
      const keys = new Set(told.map(({ tuple }) => tuple.user)).size;
      if (keys !== size && (n < there || keys > 0)) partial.push({ i, stamp, size, keys, n, there });
      if (n >= there && keys > 0) met++;
    }
  }
  expect(partial).toEqual([]);
  // Some committed while the feed was read.
  expect(met).toBeGreaterThan(100);
});
