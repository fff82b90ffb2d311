// Dry runs on OpenFGA: decided on the replica, which is first brought up to date and restored after each turn.
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { orgOfEvent, type Surroundings } from "../../events/decide-event.ts";
import type { DomainEvent } from "../../events/domain-event.ts";
import type { Receipt, Submission } from "../../events/event.ts";
import { unfinishedOf } from "../../ledger/continuation.ts";
import { PLATFORM } from "../../ledger/envelope.ts";
import { ledgerOf, revisionOf } from "../../ledger/event-record.ts";
import { refuse, type Refusal } from "../../events/refusal.ts";
import { abandoned, contested, mayBegin, DryRun } from "../../events/dry-run.ts";
import type { StateLock } from "../../sidecar/state-lock.ts";
import type { LiveView } from "../../domain/state-view.ts";
import { refuseDamaged } from "../ledger-damage.ts";
import type { Follower } from "../follow/follower.ts";
import { LOOK_BACK } from "../follow/look-back.ts";
import { isUnavailable, OpenfgaError } from "../openfga-error.ts";
import type { Replica } from "../follow/replica.ts";
import { MAX_STEPS_PER_TURN } from "../../domain/event-limits.ts";
import { DRY_RUN_PATIENCE_MS, DRY_RUN_PAUSE_MS, REVISIONS_READ_AT_ONCE } from "../openfga-limits.ts";

/** Dependencies of a dry run. */
export interface DryRunParts {
  readonly view: LiveView;
  readonly follower: Pick<Follower, "catchUp" | "trouble"> & { readonly replica: Pick<Replica, "damaged"> };
  /** Keeps others from changing the replica meanwhile. */
  readonly lock: StateLock;
  /** Reads the revision of a ledger from the primary datastore. */
  readonly revisionOf: (ledger: string) => Promise<number>;
  /** Finishes the event of an org that has not had all of its writes. */
  readonly finish: (org: string) => void;
  readonly failed: (error: unknown) => void;
  /** How long a dry run waits before it is refused, in milliseconds; default DRY_RUN_PATIENCE_MS. */
  readonly giveUpAfter?: number | undefined;
  /** Returns true once nobody waits for the outcomes. */
  readonly isGone?: Submission["isGone"];
}

type Outcome = Receipt | Refusal;

/** Why a turn ended. */
type Halt =
  | { readonly why: "done" | "moved" | "full" | "gone" }
  | { readonly why: "not fresh" | "unfinished"; readonly org: string };

/** Decides events without writing, each on the state the ones before it would leave. Returns all outcomes in order. */
export async function runDry(
  events: readonly DomainEvent[], around: Surroundings, parts: DryRunParts,
): Promise<readonly Outcome[]> {
  for (let run = 1; mayBegin(run); run++) {
    const outcomes = await new Run(events, around, parts, run).play();
    if (outcomes !== undefined) return outcomes;
  }
  return events.map(contested);
}

function refuseAll(events: readonly DomainEvent[], why: string): Outcome[] {
  return events.map(() => refuse("store_unavailable", `${why}: send the same events again`));
}

class Run {
  readonly #events: readonly DomainEvent[];
  readonly #parts: DryRunParts;
  readonly #dryRun: DryRun;
  readonly #run: number;
  readonly #patience: number;
  readonly #outcomes: Outcome[] = [];
  /** The orgs for which the replica has everything written before the dry run. */
  readonly #fresh = new Set<string>();
  #caughtUp = false;

  constructor(events: readonly DomainEvent[], around: Surroundings, parts: DryRunParts, run: number) {
    this.#events = events;
    this.#parts = parts;
    this.#run = run;
    this.#patience = parts.giveUpAfter ?? DRY_RUN_PATIENCE_MS;
    this.#dryRun = new DryRun(parts.view, around);
  }

  /** Returns all outcomes; undefined where the run must begin again. */
  async play(): Promise<readonly Outcome[] | undefined> {
    try {
      return await this.#play();
    } finally {
      while (!this.#dryRun.end()) await nextTurn();
    }
  }

  async #play(): Promise<readonly Outcome[] | undefined> {
    const orgs = await this.#orgsInSight();
    if (!await this.#freshen(orgs)) return refuseAll(this.#events, "the store cannot answer now");
    for (let unfinishedSince: number | undefined; ; await nextTurn()) {
      const halt = await this.#parts.lock.changed(() => this.#turn());
      if (halt.why === "done") return this.#outcomes;
      if (halt.why === "gone") return this.#events.map(abandoned);
      if (halt.why === "moved") return undefined;
      if (halt.why === "not fresh" && !await this.#freshen([halt.org])) {
        return refuseAll(this.#events, "the store cannot answer now");
      }
      if (halt.why !== "unfinished") {
        unfinishedSince = undefined;
        continue;
      }
      this.#parts.finish(halt.org);
      unfinishedSince ??= performance.now();
      if (performance.now() - unfinishedSince > this.#patience) {
        return refuseAll(this.#events, `an event of ${halt.org} is being written`);
      }
      await sleep(DRY_RUN_PAUSE_MS);
    }
  }

  /** Returns the orgs of the events, as far as the replica knows them without the earlier events. */
  async #orgsInSight(): Promise<string[]> {
    const orgs = new Set<string>();
    let steps = 0;
    for (const event of this.#events) {
      orgs.add(orgOfEvent(event, this.#parts.view) ?? PLATFORM);
      steps += event.stepsToRead;
      if (steps < MAX_STEPS_PER_TURN) continue;
      steps = 0;
      await nextTurn();
    }
    return [...orgs];
  }

  /** Tries as many events as a turn has room for. Restores the replica before it returns or throws. */
  #turn(): Halt {
    if (this.#parts.isGone?.() === true) return { why: "gone" };
    const end = this.#dryRun.steps + this.#dryRun.stepsPerTurn;
    if (!this.#dryRun.proceed(this.#run)) return { why: "moved" };
    try {
      while (this.#outcomes.length < this.#events.length) {
        if (this.#dryRun.steps >= end) return { why: "full" };
        const event = this.#events[this.#outcomes.length]!;
        const halt = this.#dryRun.isHalfway ? undefined : this.#haltBefore(event);
        if (halt !== undefined) return halt;
        const outcome = this.#tryOrGiveUp(event);
        if (outcome !== undefined) this.#outcomes.push(outcome);
      }
      return { why: "done" };
    } finally {
      this.#dryRun.suspend();
    }
  }

  /** Returns why an event cannot be tried yet; undefined where it can. */
  #haltBefore(event: DomainEvent): Halt | undefined {
    const org = this.#dryRun.orgOf(event);
    if (this.#damageOf(org) !== undefined) return undefined;
    if (!this.#fresh.has(org)) return { why: "not fresh", org };
    const isUnfinished = unfinishedOf(this.#parts.view.tuples, org) !== undefined;
    return isUnfinished ? { why: "unfinished", org } : undefined;
  }

  #tryOrGiveUp(event: DomainEvent): Outcome | undefined {
    if (!this.#dryRun.isHalfway) {
      const org = this.#dryRun.orgOf(event);
      const damage = this.#damageOf(org);
      if (damage !== undefined) return refuseDamaged(ledgerOf(org), damage);
    }
    try {
      return this.#dryRun.decide(event, this.#outcomes.length === this.#events.length - 1);
    } catch (error) {
      this.#parts.failed(error);
      return refuse("store_unavailable", "the event could not be decided");
    }
  }

  #damageOf(org: string): string | undefined {
    return this.#parts.follower.replica.damaged.get(ledgerOf(org));
  }

  /**
   * Makes sure that the replica has everything written to some orgs before now. Returns false where OpenFGA stays
   * unavailable for longer than `giveUpAfter`.
   */
  async #freshen(orgs: readonly string[]): Promise<boolean> {
    const { follower, failed } = this.#parts;
    const end = performance.now() + this.#patience;
    for (let left = orgs; left.length > 0;) {
      try {
        if (!this.#caughtUp) await follower.catchUp(LOOK_BACK.long);
        this.#caughtUp = true;
        await Promise.all(left.slice(0, REVISIONS_READ_AT_ONCE).map((org) => this.#compare(org)));
        left = left.slice(REVISIONS_READ_AT_ONCE);
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        failed(error);
        if (performance.now() > end) return false;
        await sleep(DRY_RUN_PAUSE_MS);
      }
    }
    return true;
  }

  /** Marks an org as fresh. Throws where the replica is behind the store, unless the org's ledger is damaged. */
  async #compare(org: string): Promise<void> {
    const { follower, view, revisionOf: storedOf } = this.#parts;
    const here = (): number => revisionOf(view.tuples, org);
    const stored = await storedOf(ledgerOf(org));
    if (here() < stored) await follower.catchUp(LOOK_BACK.long);
    if (this.#damageOf(org) === undefined && (here() < stored || follower.trouble !== undefined)) {
      throw new OpenfgaError("unavailable", follower.trouble ?? `the change feed lags behind ${ledgerOf(org)}`);
    }
    this.#fresh.add(org);
  }
}
