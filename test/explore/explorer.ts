// Explores every order of moves from a founding, breadth first, and merges states that differ only in names.
import type { Step } from "../../src/events/decide-event.ts";
import type { DomainEvent } from "../../src/events/domain-event.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { viewOf, type View } from "../../src/domain/state-view.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import { TentativeDeltas } from "../../src/memory/tentative-deltas.ts";
import { emailHash, MODEL, START } from "../world/world.ts";
import { MONTH_MS, WAIT, type EventCode, type Move } from "./move.ts";
import { Snapshot } from "./snapshot.ts";
import { Symmetry } from "./symmetry.ts";

/** A part of the events, played on one founding. */
export interface Slice {
  readonly name: string;
  readonly founding: readonly Move[];
  readonly moves: readonly Move[];
  /** Letters of names that are not exchanged, because the moves treat them differently. */
  readonly fixed: string;
  /** True if the records of events count as part of a state: the moves have ids and sequences of their own. */
  readonly records?: boolean;
  /** True if the installation has no key for email addresses. */
  readonly keyless?: boolean;
}

/** One move from one state. */
export interface Transition {
  readonly move: Move;
  /** Number of the state it starts from. */
  readonly from: number;
  readonly before: Snapshot;
  /** The state after it. */
  readonly after: Snapshot;
  readonly step: Step;
  /** True if no state like it was found before. */
  readonly isNew: boolean;
}

/** Maximum number of tuples in one write: high enough that each event is one write. */
const ROOM = 100_000;

const NO_PARENT = -1;

/** The clock in a state's key: before a wait, and after it. */
const NOT_WAITED = "0";
const WAITED = "1";

/** How a state was found: by which move from which state. */
export interface Found {
  readonly parent: number;
  readonly move: number;
  readonly key: string;
}

/** An exploration of one slice. */
export class Explorer {
  readonly slice: Slice;
  readonly #code: EventCode;
  readonly #tuples = createTupleSet();
  readonly #deltas = new TentativeDeltas(this.#tuples);
  readonly #symmetry: Symmetry;
  readonly #keys = new Set<string>();
  readonly #parents: number[] = [];
  readonly #moves: number[] = [];
  readonly #events = new Map<number, DomainEvent>();
  /** The states whose moves are applied, and for each the number of deltas below it. */
  readonly #path: { readonly state: number; readonly mark: number }[] = [];
  /** For each state, whether a wait is among the moves that lead to it. */
  readonly #waited: boolean[] = [];
  /** The model's answers on the present state, by question. */
  #answers = new Map<string, boolean>();
  #now = START;
  /** Number of writes on top of the path, see `within`. */
  #further = 0;
  /** Number of the next state to expand. */
  #next = 0;
  /** Number of decided moves. */
  decided = 0;

  constructor(slice: Slice, code: EventCode) {
    this.slice = slice;
    this.#code = code;
    this.#symmetry = new Symmetry(slice.fixed, slice.records === true);
    for (const [i, move] of slice.founding.entries()) {
      const step = this.#decide(this.#eventOf(move, `f${i}`), true);
      if (isRefusal(step) || step.status !== "applied") throw new Error(`the founding ends at ${JSON.stringify(move)}`);
      this.#deltas.apply(step.delta);
      this.#answers.clear();
    }
    this.#deltas.release();
    this.#add({ parent: NO_PARENT, move: 0, key: this.#symmetry.keyOf(this.#read(), NOT_WAITED) });
  }

  /** Number of states found. */
  get states(): number {
    return this.#parents.length;
  }

  /** Number of states whose moves were all tried. */
  get expanded(): number {
    return this.#next;
  }

  /** Number of moves after the founding within which every order of moves was tried. */
  get depth(): number {
    return this.#next >= this.states ? Infinity : this.depthOf(this.#next);
  }

  /** Number of moves that lead to a state. */
  depthOf(state: number): number {
    let depth = 0;
    for (let at = state; this.#parents[at]! !== NO_PARENT; at = this.#parents[at]!) depth++;
    return depth;
  }

  /** The moves from the founding to a state. */
  trace(state: number): Move[] {
    const moves: Move[] = [];
    for (let at = state; this.#parents[at]! !== NO_PARENT; at = this.#parents[at]!) {
      moves.unshift(this.slice.moves[this.#moves[at]!]!);
    }
    return moves;
  }

  /** Goes to a state that was found, for `attempt` and `within`. */
  goTo(state: number): Snapshot {
    this.#moveTo(state);
    return new Snapshot(this.#read(), this.#now);
  }

  /** Decides a move on the present state, which stays as it is. */
  attempt(number: number): Step | Refusal {
    return this.#decide(this.#eventAt(number, this.#path.length + this.#further), this.#isTrusted(number));
  }

  /** Calls a function on the state after a write on the present one, then undoes the write. */
  within<T>(step: Step, use: (after: Snapshot) => T): T {
    return this.#on(step, () => use(new Snapshot(this.#read(), this.#now)));
  }

  /** Decides a move like `attempt`, with a `time` that is some milliseconds after the clock. */
  attemptAt(number: number, ahead: number): Step | Refusal {
    const { envelope } = this.#eventAt(number, this.#path.length + this.#further);
    const time = new Date(this.#now + ahead).toISOString();
    return this.#decide(this.#code.DomainEvent.sent({ ...envelope, time }), this.#isTrusted(number));
  }

  /**
   * Restores the states that an earlier run found, in the order in which it found them, and the number of states that
   * it expanded.
   */
  restore(found: Iterable<Found>, expanded: number): void {
    for (const one of found) this.#add(one);
    this.#next = expanded;
  }

  /**
   * Tries every move on the next state. `visit` sees each applied one, on the state after it; `probe` sees the number
   * of each move, applied or not, on the state before it. Returns the states that were found, or undefined if every
   * state has been expanded.
   */
  expand(visit: (transition: Transition) => void, probe?: (number: number) => void): Found[] | undefined {
    const from = this.#next;
    if (from >= this.states) return undefined;
    this.#moveTo(from);
    this.#next++;
    const before = new Snapshot(this.#read(), this.#now);
    const depth = this.#path.length;
    const keyAfter = this.#symmetry.keysFrom(before.tuples);
    const clock = this.#waited[from] === true ? WAITED : NOT_WAITED;
    const found: Found[] = [];
    for (const [number, move] of this.slice.moves.entries()) {
      this.decided++;
      if (move.type === WAIT) {
        if (clock === NOT_WAITED) this.#keep({ parent: from, move: number, key: keyAfter(undefined, WAITED) }, found);
        continue;
      }
      probe?.(number);
      const step = this.#decide(this.#eventAt(number, depth), this.#isTrusted(number));
      if (isRefusal(step) || step.status !== "applied") continue;
      const isNew = this.#keep({ parent: from, move: number, key: keyAfter(step.delta, clock) }, found);
      let isOver = false;
      const after = new Snapshot(() => {
        if (isOver) throw new Error("a state was first read after its end");
        return this.#read();
      }, this.#now, () => before.facts.after(step.delta));
      this.#on(step, () => visit({ move, from, before, after, step, isNew }));
      isOver = true;
    }
    return found;
  }

  /** Calls a function while a write is applied on top of the present state. */
  #on<T>({ delta }: Step, use: () => T): T {
    const mark = this.#deltas.count;
    const answers = this.#answers;
    this.#deltas.apply(delta);
    this.#answers = new Map();
    this.#further++;
    try {
      return use();
    } finally {
      this.#further--;
      this.#deltas.undoTo(mark);
      this.#answers = answers;
    }
  }

  #keep(one: Found, found: Found[]): boolean {
    if (this.#keys.has(one.key)) return false;
    this.#add(one);
    found.push(one);
    return true;
  }

  #add({ parent, move, key }: Found): void {
    this.#keys.add(key);
    this.#parents.push(parent);
    this.#moves.push(move);
    this.#waited.push(parent !== NO_PARENT && (this.#waited[parent]! || this.slice.moves[move]!.type === WAIT));
  }

  #read() {
    return [...this.#tuples.read({})];
  }

  #eventOf({ type, data, actor, attributes }: Move, id: string): DomainEvent {
    return this.#code.DomainEvent.sent({ source: "/explore", id, type, data, ...actor && { actor }, ...attributes });
  }

  /** The event of a move at a depth. On one path no id occurs twice, so no event is a redelivery. */
  #eventAt(number: number, depth: number): DomainEvent {
    const key = depth * this.slice.moves.length + number;
    const known = this.#events.get(key);
    if (known !== undefined) return known;
    const event = this.#eventOf(this.slice.moves[number]!, `e${depth}`);
    this.#events.set(key, event);
    return event;
  }

  #isTrusted(number: number): boolean {
    return this.slice.moves[number]!.untrusted !== true;
  }

  /** The present state. The model is asked each question once: its answer depends on the tuples and the clock alone. */
  get #view(): View {
    const view = viewOf(MODEL, this.#tuples, () => this.#now);
    return {
      tuples: this.#tuples,
      allowed: (user, relation, object, assumed, meter) => {
        if (assumed !== undefined) return view.allowed(user, relation, object, assumed, meter);
        const question = `${user} ${relation} ${object}`;
        const known = this.#answers.get(question);
        if (known !== undefined) return known;
        const answer = view.allowed(user, relation, object, undefined, meter);
        this.#answers.set(question, answer);
        return answer;
      },
    };
  }

  #decide(event: DomainEvent, system: boolean): Step | Refusal {
    return this.#code.decideEvent(event, this.#view, {
      system, clock: this.#now, maxTuples: ROOM, emailHash: this.slice.keyless === true ? undefined : emailHash,
    });
  }

  /** Makes the tuples those of a state: undoes the path up to the last common state, then applies the rest. */
  #moveTo(state: number): void {
    const wanted: number[] = [];
    for (let at = state; this.#parents[at]! !== NO_PARENT; at = this.#parents[at]!) wanted.unshift(at);
    let common = 0;
    while (common < wanted.length && this.#path[common]?.state === wanted[common]) common++;
    if (common < this.#path.length) this.#deltas.undoTo(this.#path[common]!.mark);
    this.#answers = new Map();
    this.#path.length = common;
    for (const at of wanted.slice(common)) {
      const number = this.#moves[at]!;
      const mark = this.#deltas.count;
      if (this.slice.moves[number]!.type !== WAIT) {
        this.#now = this.#clockOf(this.#parents[at]!);
        const step = this.#decide(this.#eventAt(number, this.#path.length), this.#isTrusted(number));
        if (isRefusal(step)) throw new Error(`a replayed move was refused: ${step.detail}`);
        this.#deltas.apply(step.delta);
        this.#answers = new Map();
      }
      this.#path.push({ state: at, mark });
    }
    this.#now = this.#clockOf(state);
    this.#answers = new Map();
  }

  /** The time at a state, in milliseconds since 1970. */
  #clockOf(state: number): number {
    return this.#waited[state] === true ? START + MONTH_MS : START;
  }
}
