// A sidecar under test with a small club in it, and short ways to send it events and to ask it.
import { expect } from "vitest";
import type { Freshness, StoredTuple } from "../../src/checks/checker.ts";
import type { Receipt } from "../../src/events/event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { readTokens } from "../../src/ledger/revision-token.ts";
import type { TupleFilter } from "../../src/tuples/tuple-set.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";
import { SMALL_CLUB } from "./club.ts";
import type { Ground, Opened, Opening } from "./grounds.ts";
import { START } from "./world.ts";

/** The ways to ask that need no token. */
export const ANY: Freshness = { higher: false, positions: [] };
export const NEWEST: Freshness = { higher: true, positions: [] };

/** Asks for an answer that includes the event of a token. */
export function after(token: string, higher = false): Freshness {
  const positions = readTokens(token);
  if ("code" in positions) throw new Error(`${token} is not a token`);
  return { higher, positions };
}

let sent = 0;

/** An event with a unique id; without an actor it is the system's. */
export function eventOf(type: string, data: object, more: Partial<Envelope> = {}): Envelope {
  return { id: `s${process.pid}-${++sent}`, source: "/suite", type, data, ...more };
}

/** The code of a refusal, or the status of a receipt. */
export function tell(outcome: Receipt | Refusal): string {
  return isRefusal(outcome) ? outcome.refused : outcome.status;
}

/** A sidecar on a ground. */
export class Club {
  /** Milliseconds since 1970. */
  now = START;
  /** Warnings of the sidecar. */
  readonly warned: object[] = [];
  readonly #ground: Ground;
  #sidecar: Opened | undefined;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** Opens a sidecar and sends it the events of the small club; cora coaches a3. */
  static async found(ground: Ground, more: Partial<Opening> = {}): Promise<Club> {
    const club = new Club(ground);
    await club.open(more);
    for (const [type, data] of SMALL_CLUB) await club.system(type, data);
    await club.system("coaching.started", { coaching: "a3.cora", athlete: "a3", coach: "cora" });
    return club;
  }

  /** Opens a sidecar on the store of a given name, or on its own. */
  async open(more: Partial<Opening> = {}): Promise<void> {
    this.#sidecar = await this.#ground.open({
      now: () => this.now, warn: (fields) => void this.warned.push(fields), ...more,
    });
  }

  get sidecar(): Opened {
    if (this.#sidecar === undefined) throw new Error("not open");
    return this.#sidecar;
  }

  close(): Promise<void> {
    return this.sidecar.close();
  }

  submit(envelope: Envelope, dryRun = false, system = true): Promise<Receipt | Refusal> {
    return this.sidecar.intake.submit(envelope, { system, dryRun });
  }

  /** Sends an event. Returns its outcome. */
  async send(type: string, data: object, more: Partial<Envelope> = {}): Promise<string> {
    return tell(await this.submit(eventOf(type, data, more)));
  }

  /** Sends an event of the system that must be applied. */
  async system(type: string, data: object): Promise<Receipt> {
    const outcome = await this.submit(eventOf(type, data));
    if (isRefusal(outcome)) throw new Error(`${type} was refused: ${outcome.refused} ${outcome.detail}`);
    expect(outcome.status, type).toBe("applied");
    return outcome;
  }

  /** True, false, or the code of the error. `user` is an id or a typed user. */
  async check(user: string, relation: string, object: string, how: Freshness = ANY, more: object = {}) {
    const request = { user: user.includes(":") ? user : `user:${user}`, relation, object, ...more };
    const answer = await this.sidecar.checker.check(request, how);
    return "error" in answer ? answer.error.code : answer.allowed;
  }

  /** Objects of a type, sorted, or the code of the error. */
  async objects(user: string, relation: string, type: string, how: Freshness = ANY, more: object = {}) {
    const answer = await this.sidecar.checker.listObjects({ user: `user:${user}`, relation, type, ...more }, how);
    return "error" in answer ? answer.error.code : answer.objects.sort();
  }

  /** Users with a relation, sorted, or the code of the error. */
  async users(object: string, relation: string, how: Freshness = ANY, more: object = {}) {
    const request = { object, relation, userFilter: { type: "user" }, ...more };
    const answer = await this.sidecar.checker.listUsers(request, how);
    return "error" in answer ? answer.error.code : answer.users.sort();
  }

  /** Every tuple that `read` returns, page by page. */
  async read(filter: TupleFilter = {}, pageSize = 100, how: Freshness = ANY): Promise<StoredTuple[]> {
    const all: StoredTuple[] = [];
    for (let cursor = ""; ;) {
      const page = await this.sidecar.checker.read(filter, pageSize, cursor, how);
      if ("error" in page) throw new Error(page.error.code);
      expect(page.tuples.length).toBeLessThanOrEqual(pageSize);
      all.push(...page.tuples);
      cursor = page.cursor;
      if (cursor === "") return all;
    }
  }

  /** Every stored tuple, one line each. */
  async state(): Promise<string[]> {
    return (await this.read()).map(({ tuple }) => print(tuple)).sort();
  }

  /** Every tuple in the sidecar's memory, one line each. */
  replica(): string[] {
    return [...this.sidecar.tuples.read({})].map(print).sort();
  }
}

function print(tuple: Tuple): string {
  return `${printTuple(tuple)} ${JSON.stringify(tuple.condition ?? null)}`;
}
