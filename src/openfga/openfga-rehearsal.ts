// Dry runs on OpenFGA: tried out on the replica, which is brought up to the store first, and taken back each turn.
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { orgOfEvent, type Surroundings } from "../events/become.ts";
import { PLATFORM, type Envelope, type Receipt } from "../events/event.ts";
import { ledgerOf, revisionOf } from "../events/marker.ts";
import { stepsToRead } from "../events/payload.ts";
import { refuse, type Refusal } from "../events/refusal.ts";
import { contested, mayBegin, Rehearsal } from "../events/rehearsal.ts";
import type { StateLock } from "../events/state-lock.ts";
import { MAX_STEPS_PER_TURN } from "../state/counted-view.ts";
import { theUser, type View } from "../state/view.ts";
import { refuseDamaged } from "./damage.ts";
import type { Follower } from "./follower.ts";
import { LOOK_BACK } from "./look-back.ts";
import { isUnavailable, OpenfgaError } from "./openfga-error.ts";
import type { Replica } from "./replica.ts";

/** How long a dry run waits for OpenFGA, or for an unfinished event of an org, in milliseconds. */
const PATIENCE = 8_000;
/** Revisions that OpenFGA is asked for at a time. */
const READS_AT_ONCE = 20;
/** Pause between two tries, in milliseconds. */
const PAUSE = 50;

/** What dry runs work with. */
export interface RehearsalParts {
  readonly view: View;
  readonly follower: Pick<Follower, "catchUp" | "trouble"> & { readonly replica: Pick<Replica, "damaged"> };
  /** Holds the replica still for others. */
  readonly lock: StateLock;
  /** Revision of a ledger as the primary datastore has it. */
  readonly revisionOf: (ledger: string) => Promise<number>;
  /** Finishes the event of an org that has not had all of its writes. */
  readonly finish: (org: string) => void;
  readonly failed: (error: unknown) => void;
  /** How long a dry run waits before it is refused, in milliseconds; default PATIENCE. */
  readonly giveUpAfter?: number | undefined;
}

type Outcome = Receipt | Refusal;

/** Why a turn ended. */
type Halt =
  | { readonly why: "done" | "moved" | "full" }
  | { readonly why: "not fresh" | "unfinished"; readonly org: string };

/** Tries events out, each on the state that the ones before it would leave; answers all of them in their order. */
export async function rehearse(
  envelopes: readonly Envelope[], around: Surroundings, parts: RehearsalParts,
): Promise<readonly Outcome[]> {
  for (let run = 1; mayBegin(run); run++) {
    const outcomes = await new Run(envelopes, around, parts, run).play();
    if (outcomes !== undefined) return outcomes;
  }
  return envelopes.map(contested);
}

function refuseAll(envelopes: readonly Envelope[], why: string): Outcome[] {
  return envelopes.map(() => refuse("store_unavailable", `${why}: send the same events again`));
}

class Run {
  readonly #envelopes: readonly Envelope[];
  readonly #parts: RehearsalParts;
  readonly #rehearsal: Rehearsal;
  readonly #run: number;
  readonly #patience: number;
  readonly #outcomes: Outcome[] = [];
  /** The orgs of which the replica has what was written before the dry run. */
  readonly #fresh = new Set<string>();
  #caughtUp = false;

  constructor(envelopes: readonly Envelope[], around: Surroundings, parts: RehearsalParts, run: number) {
    this.#envelopes = envelopes;
    this.#parts = parts;
    this.#run = run;
    this.#patience = parts.giveUpAfter ?? PATIENCE;
    this.#rehearsal = new Rehearsal(parts.view, around);
  }

  /** All outcomes; undefined where the run must begin again. */
  async play(): Promise<readonly Outcome[] | undefined> {
    try {
      return await this.#play();
    } finally {
      while (!this.#rehearsal.end()) await nextTurn();
    }
  }

  async #play(): Promise<readonly Outcome[] | undefined> {
    const orgs = await this.#orgsInSight();
    if (!await this.#freshen(orgs)) return refuseAll(this.#envelopes, "the store cannot be asked now");
    for (let unfinishedSince: number | undefined; ; await nextTurn()) {
      const halt = await this.#parts.lock.changed(() => this.#turn());
      if (halt.why === "done") return this.#outcomes;
      if (halt.why === "moved") return undefined;
      if (halt.why === "not fresh" && !await this.#freshen([halt.org])) {
        return refuseAll(this.#envelopes, "the store cannot be asked now");
      }
      if (halt.why !== "unfinished") {
        unfinishedSince = undefined;
        continue;
      }
      this.#parts.finish(halt.org);
      unfinishedSince ??= performance.now();
      if (performance.now() - unfinishedSince > this.#patience) {
        return refuseAll(this.#envelopes, `${halt.org} is being changed`);
      }
      await sleep(PAUSE);
    }
  }

  /** The orgs of the events, as far as the replica knows them without the events before. */
  async #orgsInSight(): Promise<string[]> {
    const orgs = new Set<string>();
    let steps = 0;
    for (const envelope of this.#envelopes) {
      orgs.add(orgOfEvent(envelope, this.#parts.view) ?? PLATFORM);
      steps += stepsToRead(envelope);
      if (steps < MAX_STEPS_PER_TURN) continue;
      steps = 0;
      await nextTurn();
    }
    return [...orgs];
  }

  /** Tries out as many events as a turn has room for; the replica is as before when this returns, or throws. */
  #turn(): Halt {
    const end = this.#rehearsal.steps + this.#rehearsal.stepsPerTurn;
    if (!this.#rehearsal.proceed(this.#run)) return { why: "moved" };
    try {
      while (this.#outcomes.length < this.#envelopes.length) {
        if (this.#rehearsal.steps >= end) return { why: "full" };
        const envelope = this.#envelopes[this.#outcomes.length]!;
        const halt = this.#rehearsal.isHalfway ? undefined : this.#haltBefore(envelope);
        if (halt !== undefined) return halt;
        const outcome = this.#tryOrGiveUp(envelope);
        if (outcome !== undefined) this.#outcomes.push(outcome);
      }
      return { why: "done" };
    } finally {
      this.#rehearsal.suspend();
    }
  }

  /** Why an event cannot be tried out yet, if it cannot. */
  #haltBefore(envelope: Envelope): Halt | undefined {
    const org = this.#rehearsal.orgOf(envelope);
    if (this.#damageOf(org) !== undefined) return undefined;
    if (!this.#fresh.has(org)) return { why: "not fresh", org };
    const isUnfinished = theUser(this.#parts.view.tuples, ledgerOf(org), "pending") !== undefined;
    return isUnfinished ? { why: "unfinished", org } : undefined;
  }

  #tryOrGiveUp(envelope: Envelope): Outcome | undefined {
    if (!this.#rehearsal.isHalfway) {
      const org = this.#rehearsal.orgOf(envelope);
      const damage = this.#damageOf(org);
      if (damage !== undefined) return refuseDamaged(ledgerOf(org), damage);
    }
    try {
      return this.#rehearsal.take(envelope, this.#outcomes.length === this.#envelopes.length - 1);
    } catch (error) {
      this.#parts.failed(error);
      return refuse("store_unavailable", "the event could not be decided");
    }
  }

  #damageOf(org: string): string | undefined {
    return this.#parts.follower.replica.damaged.get(ledgerOf(org));
  }

  /**
   * Makes sure that the replica has what was written to some orgs before now. False where OpenFGA cannot be asked for
   * as long as `giveUpAfter`.
   */
  async #freshen(orgs: readonly string[]): Promise<boolean> {
    const { follower, failed } = this.#parts;
    const end = performance.now() + this.#patience;
    for (let left = orgs; left.length > 0;) {
      try {
        if (!this.#caughtUp) await follower.catchUp(LOOK_BACK.long);
        this.#caughtUp = true;
        await Promise.all(left.slice(0, READS_AT_ONCE).map((org) => this.#compare(org)));
        left = left.slice(READS_AT_ONCE);
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        failed(error);
        if (performance.now() > end) return false;
        await sleep(PAUSE);
      }
    }
    return true;
  }

  /** Takes an org as fresh; throws where the replica is behind the store, unless somebody wrote to its ledger. */
  async #compare(org: string): Promise<void> {
    const { follower, view, revisionOf: storedOf } = this.#parts;
    const here = (): number => revisionOf(view.tuples, org);
    const stored = await storedOf(ledgerOf(org));
    if (here() < stored) await follower.catchUp(LOOK_BACK.long);
    if (this.#damageOf(org) === undefined && (here() < stored || follower.trouble !== undefined)) {
      throw new OpenfgaError("unavailable", follower.trouble ?? `the change feed is behind ${ledgerOf(org)}`);
    }
    this.#fresh.add(org);
  }
}
