// An SQL store of OpenFGA in memory: Writes get their places when they begin, and appear when they commit.
import { ulid } from "ulid";
import type { FeedChange, OpenfgaServer, Since } from "../../src/openfga/client.ts";
import { OpenfgaError } from "../../src/openfga/openfga-error.ts";
import { ServerClock } from "../../src/openfga/follow/server-clock.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";
import { pageOf, serverWith, sortFeed, type Placed } from "./sql-feed.ts";

export const LEDGER = "ledger:org/fc";
export const member = (user: string): Tuple => ({ object: "org:fc", relation: "member", user: `user:${user}` });
export const at = (revision: number | string, ledger = LEDGER): Tuple =>
  ({ object: ledger, relation: "at", user: `value:${revision}` });

/** Number of tuples in one page of a read. */
const PAGE = 100;

/** The store. */
export class FeedStore {
  readonly tuples = new Map<string, Tuple>();
  /** Place of each tuple in a read: after the tuples written before it. */
  readonly #rows = new Map<string, number>();
  /** Types by which the feed was read; undefined for all. */
  readonly reads: (string | undefined)[] = [];
  /** How far each server's clock is ahead of this process's, in milliseconds; calls rotate between the servers. */
  skews = [0];
  /** Called before each call. */
  before: () => void | Promise<void> = () => undefined;
  readonly clock = new ServerClock();
  readonly #feed: Placed[] = [];
  #stamps = 0;
  #row = 0;
  #calls = 0;

  /** Commits a Write that began at a given time of OpenFGA's clock. */
  write(writes: readonly Tuple[], deletes: readonly Tuple[], began = this.now()): void {
    const stamp = `${began}-${this.#stamps++}`;
    const tell = (operation: FeedChange["operation"]) => (tuple: Tuple): void => {
      this.tuples.delete(printTuple(tuple));
      if (operation === "write") this.tuples.set(printTuple(tuple), tuple);
      this.#rows.set(printTuple(tuple), ++this.#row);
      this.#feed.push({ operation, tuple, at: began, stamp, id: ulid(began) });
    };
    deletes.forEach(tell("delete"));
    writes.forEach(tell("write"));
    sortFeed(this.#feed);
  }

  /** The next event of the org, with `changes` changes. */
  event(revision: number, changes: number, began = this.now()): void {
    const before = revision === 1 ? [] : [at(revision - 1)];
    const others = Array.from({ length: changes - 1 - before.length }, (_, i) => member(`${revision}-${i}`));
    this.write([...others, at(revision)], before, began);
  }

  /** The time of a server, in milliseconds since 1970. */
  now(server = 0): number {
    return Math.floor(real() + this.skews[server % this.skews.length]!);
  }

  get server(): OpenfgaServer {
    const called = async <T>(answer: (now: number) => T): Promise<T> => {
      await this.before();
      const now = this.now(this.#calls++);
      const asked = performance.now();
      try {
        return answer(now);
      } finally {
        this.clock.note(new Date(now).toUTCString(), asked);
      }
    };
    const changes = (_id: string, since: Since, limit?: number, type?: string) => called((now) => {
      this.reads.push(type);
      if (!since.cursor && (since.startTime ?? 0) >= now) {
        throw new OpenfgaError("refused", "invalid ReadChangesRequest.StartTime: value must be less than now");
      }
      return pageOf(this.#feed, since, limit, type);
    });
    const read = (_id: string, { object, relation, user }: Partial<Tuple>, cursor: string) => called(() => {
      const some = [...this.tuples.values()].filter((tuple) => object === undefined
        || (tuple.object === object && tuple.relation === relation && (user === undefined || tuple.user === user)));
      const rest = some.filter((tuple) => this.#rows.get(printTuple(tuple))! > Number(cursor || -1));
      const last = rest[PAGE - 1];
      const next = rest.length > PAGE ? String(this.#rows.get(printTuple(last!))) : "";
      return { tuples: rest.slice(0, PAGE).map((tuple) => ({ tuple, at: 0 })), cursor: next };
    });
    return serverWith({ changes, read, clock: this.clock, hasStore: () => called(() => true) });
  }
}

/** This process's real time, whatever it is set to: the monotonic clock, from a time in 2026 on. */
export function real(): number {
  return Date.parse("2026-05-01T12:00:00Z") + performance.now();
}
