// Answers questions on OpenFGA: from the replica, or by OpenFGA itself where a caller wants the newest state.
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Freshness, Position, ReadAnswer } from "../checks/checker.ts";
import { failure, type CheckAnswer, type CheckRequest, type Failure } from "../checks/question.ts";
import { ledgerOf } from "../ledger/event-record.ts";
import { UNKNOWN_POSITION } from "../ledger/revision-token.ts";
import type { PastAnswers } from "../sidecar/past-checker.ts";
import { refuseAll, TupleChecker } from "../sidecar/tuple-checker.ts";
import type { Model } from "../model/rewrite.ts";
import type { TupleFilter, TupleSet } from "../tuples/tuple-set.ts";
import { RemoteChecker, type ModelAt } from "./remote-check.ts";
import type { Follower } from "./follow/follower.ts";
import { LOOK_BACK } from "./follow/look-back.ts";
import { OpenfgaError } from "./openfga-error.ts";
import type { Shadow } from "./verify/shadow.ts";

/** How long a question with a token waits for the replica before OpenFGA is asked, in milliseconds. */
const TOKEN_WAIT = 500;
/** Greatest age that is reported, in milliseconds: one day. */
const OLDEST = 86_400_000;
/** Pause between two looks whether the replica has the token's event, in milliseconds. */
const TOKEN_PAUSE = 20;

/** Dependencies of the checker. */
export interface CheckerParts extends ModelAt {
  readonly model: Model;
  readonly follower: Follower;
  /** Also sends a fraction of the checks to OpenFGA. */
  readonly shadow: Shadow | undefined;
  /** Longest time answers continue from a replica that cannot be kept fresh, in milliseconds. */
  readonly maxStaleness: number;
  readonly revisionOf: (ledger: string) => Promise<number>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Answers questions with a moment; without it there must be none. */
  readonly past?: PastAnswers | undefined;
}

type Place = "replica" | "openfga" | Failure;

/** Answers from the replica. `higher` checks and reads go to OpenFGA; `higher` lists let the replica catch up. */
export class OpenfgaChecker extends TupleChecker {
  readonly #parts: CheckerParts;
  readonly #remote: RemoteChecker;

  constructor(parts: CheckerParts) {
    super(parts.model, parts.now, parts.follower.replica.lock, parts.past);
    this.#parts = parts;
    this.#remote = new RemoteChecker(parts);
  }

  override check(request: CheckRequest, freshness: Freshness): Answer<CheckAnswer> {
    return isAny(freshness) ? super.check(request, freshness) : this.#checkFresh(request, freshness);
  }

  override checkAll(requests: readonly CheckRequest[], freshness: Freshness): Answer<readonly CheckAnswer[]> {
    return isAny(freshness) ? super.checkAll(requests, freshness) : this.#checkAllFresh(requests, freshness);
  }

  /** Reads tuples with the times they were written at, always from the primary datastore. */
  override async read(
    filter: TupleFilter, pageSize: number, cursor: string, { positions, trace }: Freshness,
  ): Promise<ReadAnswer> {
    const { server, storeId } = this.#parts;
    if (!await this.#areStored(positions)) return { error: UNKNOWN_POSITION };
    const { object, objectType, relation, user } = filter;
    const named = object ?? (objectType === undefined ? undefined : `${objectType}:`);
    const key = {
      ...(named === undefined ? {} : { object: named }), ...(relation === undefined ? {} : { relation }),
      ...(user === undefined ? {} : { user }),
    };
    try {
      return await server.read(storeId, key, cursor, pageSize, trace);
    } catch (error) {
      if (error instanceof OpenfgaError && error.fault === "refused") return failure("validation_error", error.message);
      throw error;
    }
  }

  /** Returns how far answers may be behind while OpenFGA is unavailable, in seconds; undefined while all is well. */
  staleFor(): number | undefined {
    const { follower } = this.#parts;
    return follower.trouble === undefined ? undefined : Math.ceil(Math.min(follower.age, OLDEST) / 1000);
  }

  /** Resolves when questions need wait no longer, after a pause of this process or after its clock was set back. */
  #waking(): Promise<unknown> | undefined {
    const { follower } = this.#parts;
    if (follower.waking !== undefined) return follower.waking;
    return follower.age === Infinity && follower.trouble === undefined
      ? follower.catchUp(LOOK_BACK.written).catch(() => undefined) : undefined;
  }

  /** Returns the replica's tuples. Throws if they are too old or from before a pause: a revoked right must not last. */
  protected override tuples(): TupleSet {
    const { follower, maxStaleness } = this.#parts;
    if (follower.isBehind) throw new OpenfgaError("unavailable", "this process stood still, and is not up to date yet");
    if (follower.age <= maxStaleness) return follower.replica.tuples;
    throw new OpenfgaError("unavailable", follower.trouble ?? `the replica was last complete ${follower.age} ms ago`);
  }

  /** Offers each check that the replica answered to shadow verification, with the time it was answered at. */
  protected override answered(request: CheckRequest, answer: CheckAnswer): void {
    this.#parts.shadow?.offer(request, answer);
  }

  /**
   * Brings the replica to the freshness asked for, since OpenFGA's own lists may be cut without notice. Where the
   * newest state is asked for, the look back covers every acknowledged Write, however slow.
   */
  protected override refresh(freshness: Freshness): Answer<Failure | undefined> {
    if (!isAny(freshness)) return this.#catchUp(freshness);
    return this.#waking()?.then(() => undefined);
  }

  async #catchUp({ higher, positions }: Freshness): Promise<Failure | undefined> {
    await this.#waking();
    if (positions.length > 0) {
      const place = await this.#placeOf(positions);
      if (typeof place === "object") return place;
      if (place === "openfga") await this.#whole(LOOK_BACK.long);
      if (!this.#has(positions)) throw new OpenfgaError("unavailable", "the change feed lacks the token's event");
    }
    if (higher) await this.#whole(LOOK_BACK.written);
    return undefined;
  }

  async #whole(lookBack: number): Promise<void> {
    const { follower } = this.#parts;
    await follower.catchUp(lookBack);
    if (follower.trouble !== undefined) throw new OpenfgaError("unavailable", follower.trouble);
  }

  async #checkFresh(request: CheckRequest, freshness: Freshness): Promise<CheckAnswer> {
    const place = await this.#placeToCheck(freshness);
    if (typeof place === "object") return { error: place };
    return place === "openfga" ? this.#remote.ask(this.timed(request), freshness.trace) : this.checkNow(request);
  }

  async #checkAllFresh(requests: readonly CheckRequest[], freshness: Freshness): Promise<readonly CheckAnswer[]> {
    const place = await this.#placeToCheck(freshness);
    if (typeof place === "object") return refuseAll(requests, place);
    if (place === "replica") return this.checkAllNow(requests);
    return Promise.all(requests.map((request) => this.#remote.ask(this.timed(request), freshness.trace)));
  }

  /** Returns where to answer a check that asks for a certain freshness. */
  async #placeToCheck({ higher, positions }: Freshness): Promise<Place> {
    const place = positions.length === 0 ? "openfga" : await this.#placeOf(positions);
    if (typeof place === "object") return place;
    if (place === "openfga" || higher) return "openfga";
    await this.#waking();
    return "replica";
  }

  /** Returns where a state with some events is: in the replica, if need be after a wait; else only in OpenFGA. */
  async #placeOf(positions: readonly Position[]): Promise<Place> {
    const { follower } = this.#parts;
    const end = performance.now() + TOKEN_WAIT;
    while (!this.#has(positions) && performance.now() < end) {
      const left = end - performance.now();
      await Promise.race([follower.catchUp(LOOK_BACK.short).catch(() => undefined), sleep(left)]);
      if (!this.#has(positions)) await sleep(TOKEN_PAUSE);
    }
    if (this.#has(positions)) return "replica";
    return await this.#areStored(positions) ? "openfga" : UNKNOWN_POSITION;
  }

  /** Returns whether the replica has the events of all positions. */
  #has(positions: readonly Position[]): boolean {
    const { replica } = this.#parts.follower;
    return positions.every(({ org, revision }) => replica.revisionOf(ledgerOf(org)) >= revision);
  }

  /**
   * Returns whether the store has the events of all positions. It lacks those of another installation, and those that
   * were lost when it was restored from a copy.
   */
  async #areStored(positions: readonly Position[]): Promise<boolean> {
    const are = await Promise.all(positions.map(async ({ org, revision }) =>
      revision <= await this.#parts.revisionOf(ledgerOf(org))));
    return are.every((isStored) => isStored);
  }
}

function isAny({ higher, positions }: Freshness): boolean {
  return !higher && positions.length === 0;
}
