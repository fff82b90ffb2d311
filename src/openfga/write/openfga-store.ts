// The store port on OpenFGA: writes a group of deltas as one Write of its net effect.
import { NetDelta } from "./net-delta.ts";
import { OpenfgaError } from "../openfga-error.ts";
import type { OpenfgaServer } from "../client.ts";
import { isEmpty, sizeOf, type Delta } from "../../tuples/delta.ts";
import { MAX_TUPLES_PER_DELTA, type Applied, type ChangePage, type Store } from "../../tuples/store.ts";
import { printTuple, type Tuple, type TupleKey } from "../../tuples/tuple.ts";
import { PAGE_SIZE } from "../openfga-limits.ts";

const APPLIED: Applied = { ok: true };

/** A store of an OpenFGA server under one model. It keeps no state of its own. */
export class OpenfgaStore implements Store {
  readonly #server: OpenfgaServer;
  readonly #store: string;
  readonly #model: string;
  #closed = false;

  constructor(server: OpenfgaServer, store: string, model: string) {
    this.#server = server;
    this.#store = store;
    this.#model = model;
  }

  /**
   * Writes the net effect of the deltas, at most 100 tuples. Throws OpenfgaError; on `unavailable` it is unknown
   * whether they were applied.
   */
  async apply(deltas: readonly Delta[]): Promise<Applied> {
    this.#assertOpen();
    deltas.forEach(assertSound);
    const before = await this.#readRepeated(deltas);
    const net = new NetDelta();
    for (const delta of deltas) {
      const absent = delta.deletes.find((key) => before.get(printTuple(key)) === null && !isWritten(net, key));
      if (absent !== undefined) return { ok: false, conflict: printTuple(absent) };
      const fault = net.add(delta, (key) => before.get(printTuple(key)) ?? undefined);
      if (fault === "recast") throw new OpenfgaError("refused", "a tuple's condition cannot change in one write");
      if (fault !== undefined) return { ok: false, conflict: printTuple(fault.conflict) };
    }
    return this.write(net.delta());
  }

  /** Writes one delta of distinct keys. Returns the tuple in conflict where one is not as the delta expects. */
  async write(delta: Delta): Promise<Applied> {
    this.#assertOpen();
    if (isEmpty(delta)) return APPLIED;
    assertSize(delta);
    try {
      await this.#server.write(this.#store, this.#model, delta);
      return APPLIED;
    } catch (error) {
      if (!(error instanceof OpenfgaError) || error.fault !== "conflict") throw error;
      return { ok: false, conflict: namedTuple(error.message) ?? error.message };
    }
  }

  /** Reads the tuple with this key from the primary datastore. */
  async get(key: TupleKey): Promise<Tuple | undefined> {
    this.#assertOpen();
    const { object, relation, user } = key;
    const page = await this.#server.read(this.#store, { object, relation, user }, "", 1);
    return page.tuples[0]?.tuple;
  }

  async *read(): AsyncGenerator<Tuple> {
    for (let cursor = ""; ;) {
      this.#assertOpen();
      const page = await this.#server.read(this.#store, {}, cursor);
      for (const { tuple } of page.tuples) yield tuple;
      cursor = page.cursor;
      if (cursor === "") return;
    }
  }

  async changes(cursor: string | undefined, limit: number, type?: string): Promise<ChangePage> {
    this.#assertOpen();
    const since = cursor === undefined ? {} : { cursor };
    const page = await this.#server.changes(this.#store, since, Math.min(limit, PAGE_SIZE), type);
    const changes = page.changes.map(({ operation, tuple, at }) => ({ operation, tuple, at }));
    return { changes, cursor: page.cursor };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#server.close();
  }

  #assertOpen(): void {
    if (this.#closed) throw new OpenfgaError("refused", "the store is closed");
  }

  /** Reads the tuples (null: absent) of keys that occur in more than one delta, since their net effect hides them. */
  async #readRepeated(deltas: readonly Delta[]): Promise<Map<string, Tuple | null>> {
    const seen = new Map<string, TupleKey>();
    const repeated = new Map<string, TupleKey>();
    for (const key of deltas.flatMap((delta) => [...delta.deletes, ...delta.writes])) {
      const name = printTuple(key);
      if (seen.has(name)) repeated.set(name, key);
      seen.set(name, key);
    }
    const found = await Promise.all([...repeated].map(async ([name, key]): Promise<[string, Tuple | null]> =>
      [name, await this.get(key) ?? null]));
    return new Map(found);
  }
}

function isWritten(net: NetDelta, key: TupleKey): boolean {
  const name = printTuple(key);
  return net.delta().writes.some((tuple) => printTuple(tuple) === name);
}

function assertSize(delta: Delta): void {
  const size = sizeOf(delta);
  if (size > MAX_TUPLES_PER_DELTA) throw new Error(`a delta holds ${MAX_TUPLES_PER_DELTA} tuples at most, not ${size}`);
}

function assertSound(delta: Delta): void {
  assertSize(delta);
  const keys = new Set<string>();
  for (const key of [...delta.deletes, ...delta.writes]) {
    const name = printTuple(key);
    if (keys.has(name)) throw new Error(`twice in one delta: ${name}`);
    keys.add(name);
  }
}

/** Returns the tuple that OpenFGA names in the message of a conflict; undefined where it names none. */
function namedTuple(message: string): string | undefined {
  const named = /user: '(.*?)', relation: '(.*?)', object: '(.*?)'/.exec(message);
  return named === null ? undefined : printTuple({ user: named[1]!, relation: named[2]!, object: named[3]! });
}
