// Writes the events of one org to OpenFGA, in order. Waiting events share a write; a lost race is decided again.
import { setTimeout as sleep } from "node:timers/promises";
import { continueEvent, type Step, type Surroundings } from "../../events/decide-event.ts";
import { unfinishedOf } from "../../ledger/continuation.ts";
import { eventInOrg, eventObject, ledgerOf, recordTextIn, recordText } from "../../ledger/event-record.ts";
import { receiptOf } from "../../events/receipt.ts";
import { refuse } from "../../events/refusal.ts";
import type { LiveView } from "../../domain/state-view.ts";
import type { Delta } from "../../tuples/delta.ts";
import { refuseDamaged } from "../ledger-damage.ts";
import type { Follower } from "../follow/follower.ts";
import { LOOK_BACK } from "../follow/look-back.ts";
import type { Entry, Waiting } from "./waiting-event.ts";
import { decideBatch, type WriteBatch, type LookBack } from "./write-batch.ts";
import { isUnavailable, OpenfgaError } from "../openfga-error.ts";
import type { OpenfgaStore } from "./openfga-store.ts";
import { TurnTaking } from "./turn-taking.ts";
import { FIRST_WAIT_MS, GIVE_UP_AFTER_MS, LONGEST_WAIT_MS, RACE_WAIT_MS } from "../openfga-limits.ts";

/** Dependencies of an org writer. */
export interface OrgWriterParts {
  readonly store: Pick<OpenfgaStore, "write">;
  readonly follower: Follower;
  readonly view: LiveView;
  /** Reads the revision of a ledger from the primary datastore. */
  readonly revisionOf: (ledger: string) => Promise<number>;
  readonly around: (system: boolean) => Surroundings;
  /** Hands an event to the writer of another org. */
  readonly move: (waiting: Waiting, org: string) => void;
  readonly failed: (error: unknown) => void;
  /** How long an event is retried before it is refused, in milliseconds; default GIVE_UP_AFTER_MS. */
  readonly giveUpAfter?: number | undefined;
}

/** Result of a write: done, lost to another writer, or unknown. The last two are decided again. */
type Written = "done" | "lost" | "unknown";

/** The writer of one org, or of the platform. */
export class OrgWriter {
  readonly #org: string;
  readonly #ledger: string;
  readonly #parts: OrgWriterParts;
  #queue: Waiting[] = [];
  #running = false;
  /** The replica has everything written before this time, on the monotonic clock. */
  readonly #freshAt = { short: -Infinity, long: -Infinity };
  #failingSince: number | undefined;
  #tries = 0;
  readonly #turnTaking = new TurnTaking();
  /** Number of events to decide one by one: no write succeeds with one of them, which must not fail the others. */
  #alone = 0;
  /** The event of the last write that was tried, if it was one of several. */
  #written: Step["event"] | undefined;
  /** Outcomes stored but not yet answered: the next write is sent first. */
  #due: Entry[] = [];

  constructor(org: string, parts: OrgWriterParts) {
    this.#org = org;
    this.#ledger = ledgerOf(org);
    this.#parts = parts;
  }

  get idle(): boolean {
    return !this.#running;
  }

  /** Queues an event. `whenIdle` is called when no event waits any more. */
  push(waiting: Waiting, whenIdle: () => void): void {
    this.#queue.push(waiting);
    if (this.#running) return;
    this.#running = true;
    // Events that arrive in this turn of the event loop share the first write.
    setImmediate(() => void this.#run(whenIdle));
  }

  /** Finishes the event that has not had all of its writes, if this writer is idle. A failure is left for later. */
  finish(whenIdle: () => void): void {
    if (this.#running) return;
    this.#running = true;
    const { view: { tuples }, follower } = this.#parts;
    const hasMore = (): boolean => unfinishedOf(tuples, this.#org) !== undefined
      && !follower.replica.damaged.has(this.#ledger);
    const finishAll = async (): Promise<void> => {
      for (let written: Written = "done"; written === "done" && hasMore();) written = await this.#continueEvent();
    };
    void finishAll().catch(this.#parts.failed).then(() => this.#run(whenIdle));
  }

  async #run(whenIdle: () => void): Promise<void> {
    this.#turnTaking.begin(performance.now());
    while (this.#queue.length > 0) {
      try {
        const written = await this.#round();
        if (written === "done") await this.#succeeded();
        else await this.#again(written);
      } catch (error) {
        await this.#onError(error).catch(this.#parts.failed);
      }
    }
    this.#answerDue();
    // In the same turn that saw the empty queue, so that an event pushed later starts the writer again.
    this.#running = false;
    whenIdle();
  }

  /** Makes one batch, or one write of a continuation. Sends the due answers after its write, or if there is none. */
  async #round(): Promise<Written> {
    // Events are decided on the replica, so this waits while another caller holds its lock. Earlier callers may have
    // changed anything meanwhile.
    const decided = await this.#parts.follower.replica.change(() => this.#decide());
    if (decided === "unfinished") return this.#continueEvent();
    if ("damage" in decided) return this.#refuseAll(decided.damage);
    const { from, batch } = decided;
    if (batch.continued !== undefined) return this.#writeStep(batch.continued.step, batch.continued.of);
    if (batch.entries.length === 0) {
      if (batch.stale === undefined) throw new Error("an event that fits no write");
      this.#answerDue();
      await this.#freshen(batch.stale);
      return "done";
    }
    const written = batch.revision === undefined ? "done" : await this.#write(batch.delta, from, batch.revision);
    if (written === "done") this.#answer(batch);
    return written;
  }

  /** Decides the waiting events, unless the ledger is damaged or an event of the org must be finished first. */
  #decide(): { readonly from: number; readonly batch: WriteBatch } | { readonly damage: string } | "unfinished" {
    const { follower: { replica }, view, around } = this.#parts;
    const damage = replica.damaged.get(this.#ledger);
    if (damage !== undefined) return { damage };
    if (unfinishedOf(view.tuples, this.#org) !== undefined) return "unfinished";
    const fresh = (arrived: number, lookBack: LookBack): boolean => arrived <= this.#freshAt[lookBack];
    const queue = this.#alone > 0 ? this.#queue.slice(0, 1) : this.#queue;
    const batch = decideBatch(queue, { org: this.#org, view, around, fresh });
    return { from: replica.revisionOf(this.#ledger), batch };
  }

  #refuseAll(damage: string): Written {
    this.#answerDue();
    for (const { answer } of this.#queue.splice(0)) answer(refuseDamaged(this.#ledger, damage));
    this.#alone = 0;
    return "done";
  }

  #answer({ entries }: WriteBatch): void {
    this.#queue.splice(0, entries.length);
    this.#alone = Math.max(0, this.#alone - entries.length);
    this.#due.push(...entries);
  }

  #answerDue(): void {
    for (const entry of this.#due.splice(0)) {
      if ("outcome" in entry) entry.of.answer(entry.outcome);
      else if ("together" in entry) entry.of.together!.answer(entry.together);
      else this.#parts.move(entry.of, entry.moveTo);
    }
  }

  async #write(delta: Delta, from: number, to: number): Promise<Written> {
    const { store, follower } = this.#parts;
    try {
      const writing = store.write(delta);
      if (this.#due.length > 0) setImmediate(() => this.#answerDue());
      const applied = await writing;
      if (!applied.ok) return "lost";
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      this.#parts.failed(error);
      return "unknown";
    }
    const unexpected = await follower.replica.change(() =>
      follower.replica.putOwn(delta, { ledger: this.#ledger, from, to }));
    if (unexpected.length > 0) await follower.refreshKeys(unexpected);
    return "done";
  }

  /** Makes the next write of the event that has not had all of them, before any other write of the org. */
  async #continueEvent(): Promise<Written> {
    const { view, around } = this.#parts;
    const event = unfinishedOf(view.tuples, this.#org);
    const step = continueEvent(this.#org, view, around(true), this.#written);
    if (step === undefined) return "done";
    const isOf = ({ event: { envelope } }: Waiting): boolean => {
      const self = eventObject(envelope);
      return event === eventInOrg(self, this.#org) || event === self;
    };
    return this.#writeStep(step, this.#queue.find(isOf));
  }

  async #writeStep(step: Step, waiting: Waiting | undefined): Promise<Written> {
    this.#written = step.event;
    waiting?.steps.push(step);
    if (waiting !== undefined && !step.more) this.#expect(waiting);
    const from = this.#parts.follower.replica.revisionOf(this.#ledger);
    return this.#write(step.delta, from, step.revision);
  }

  /**
   * Keeps the receipt of an event whose last write is sent. Among the first writes that were tried, the one whose event
   * record exists was applied. After it, only this event's other writes move the order: each revision is one of them.
   */
  #expect({ event, sent, steps }: Waiting): void {
    const marker = recordText(this.#parts.view.tuples, eventObject(event.envelope), this.#org);
    const first = steps.find((step) => marker !== undefined && recordTextIn(step.delta) === marker);
    const later = steps.filter((step) => recordTextIn(step.delta) === undefined);
    const byRevision = new Map(later.map((step) => [step.revision, step]));
    if (first === undefined) return;
    sent.set(recordTextIn(first.delta), receiptOf(event.envelope, [first, ...byRevision.values()]));
  }

  /** Makes sure that the replica has everything written before now. */
  async #freshen(lookBack: LookBack): Promise<void> {
    const { follower, revisionOf } = this.#parts;
    const began = performance.now();
    const [stored] = await Promise.all([revisionOf(this.#ledger), follower.catchUp(LOOK_BACK[lookBack])]);
    if (follower.replica.revisionOf(this.#ledger) < stored) await follower.catchUp(LOOK_BACK.long);
    if (follower.replica.revisionOf(this.#ledger) < stored || follower.trouble !== undefined) {
      throw new OpenfgaError("unavailable", follower.trouble ?? `the change feed lags behind ${this.#ledger}`);
    }
    this.#freshAt.short = began;
    if (lookBack === "long") this.#freshAt.long = began;
  }

  async #succeeded(): Promise<void> {
    this.#failingSince = undefined;
    this.#tries = 0;
    const pause = this.#turnTaking.won(performance.now(), this.#parts.follower.othersAt, Math.random());
    if (pause === 0) return;
    this.#answerDue();
    await sleep(pause);
  }

  /** Brings the replica up to the store after a write that lost a race or whose result is unknown. */
  async #again(written: "lost" | "unknown"): Promise<void> {
    this.#answerDue();
    this.#tries++;
    this.#expire(written === "lost" ? "other writers kept changing the org first" : "the store does not answer");
    if (written === "lost") this.#turnTaking.lost(performance.now());
    await (written === "lost" ? sleep(Math.random() * RACE_WAIT_MS) : this.#wait());
    if (written === "unknown" || this.#tries % 8 === 0) await this.#freshen("short");
    else await this.#parts.follower.catchUp(this.#tries % 4 === 0 ? LOOK_BACK.short : LOOK_BACK.shortest);
  }

  async #onError(error: unknown): Promise<void> {
    this.#answerDue();
    this.#parts.failed(error);
    if (!isUnavailable(error)) {
      // Waiting does not help. Deciding each event alone shows which one fails; its sender gets the error.
      if (this.#alone === 0 && this.#queue.length > 1) this.#alone = this.#queue.length;
      else {
        this.#queue.shift()?.fail(error);
        this.#alone = Math.max(0, this.#alone - 1);
      }
      return;
    }
    this.#tries++;
    this.#expire("the store cannot answer now");
    await this.#wait();
  }

  /** Refuses the events that were tried for long enough. */
  #expire(why: string): void {
    const now = performance.now();
    this.#failingSince ??= now;
    const since = this.#failingSince;
    const { giveUpAfter = GIVE_UP_AFTER_MS } = this.#parts;
    const isOver = ({ arrived }: Waiting): boolean => Math.max(arrived, since) + giveUpAfter <= now;
    const over = this.#queue.filter(isOver);
    this.#queue = this.#queue.filter((waiting) => !isOver(waiting));
    for (const { answer } of over) answer(refuse("store_unavailable", `${why}: send the same event again`));
  }

  async #wait(): Promise<void> {
    const most = Math.min(FIRST_WAIT_MS * 2 ** this.#tries, LONGEST_WAIT_MS);
    await sleep(Math.random() * most);
  }
}
