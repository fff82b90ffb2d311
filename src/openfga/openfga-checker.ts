// Answers questions on OpenFGA: from the replica, or by OpenFGA itself where a caller wants the newest state.
import { setTimeout as sleep } from "node:timers/promises";
import type { Checker, Freshness, ReadAnswer, StateAnswer } from "../checks/checker.ts";
import { checkAllInParts } from "../checks/batch.ts";
import { check } from "../checks/evaluate.ts";
import { expand } from "../checks/expand.ts";
import { listObjectsInParts } from "../checks/list-objects.ts";
import { listUsersInParts } from "../checks/list-users.ts";
import {
  failure, type CheckAnswer, type CheckRequest, type ExpandAnswer, type ExpandRequest, type Failure,
  type ListObjectsAnswer, type ListObjectsRequest, type ListUsersAnswer, type ListUsersRequest,
} from "../checks/question.ts";
import { ledgerOf } from "../ledger/event-record.ts";
import type { StateLock } from "../sidecar/state-lock.ts";
import { readToken } from "../ledger/revision-token.ts";
import { inTurns } from "../sidecar/turns.ts";
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
}

type Place = "replica" | "openfga" | Failure;

/** Answers from the replica. `higher` checks and reads go to OpenFGA; `higher` lists let the replica catch up. */
export class OpenfgaChecker implements Checker {
  readonly #parts: CheckerParts;
  readonly #asker: RemoteChecker;

  constructor(parts: CheckerParts) {
    this.#parts = parts;
    this.#asker = new RemoteChecker(parts);
  }

  check(request: CheckRequest, freshness: Freshness): CheckAnswer | Promise<CheckAnswer> {
    const timely = this.#timely(request);
    if (!isAny(freshness)) return this.#checkFresh(timely, freshness);
    const waking = this.#waking();
    return waking === undefined ? this.#checkReplica(timely) : waking.then(() => this.#checkReplica(timely));
  }

  checkAll(
    requests: readonly CheckRequest[], freshness: Freshness,
  ): readonly CheckAnswer[] | Promise<readonly CheckAnswer[]> {
    const timely = requests.map((request) => this.#timely(request));
    if (!isAny(freshness)) return this.#checkAllFresh(timely, freshness);
    const waking = this.#waking();
    return waking === undefined ? this.#checkAllReplica(timely) : waking.then(() => this.#checkAllReplica(timely));
  }

  async listObjects(request: ListObjectsRequest, freshness: Freshness): Promise<ListObjectsAnswer> {
    const fault = await this.#catchUp(freshness);
    if (fault !== undefined) return { error: fault };
    const [tuples, timely] = [this.#tuples(), this.#timely(request)];
    return inTurns(() => listObjectsInParts(this.#parts.model, tuples, timely), this.#lock, setImmediate);
  }

  async listUsers(request: ListUsersRequest, freshness: Freshness): Promise<ListUsersAnswer> {
    const fault = await this.#catchUp(freshness);
    if (fault !== undefined) return { error: fault };
    const [tuples, timely] = [this.#tuples(), this.#timely(request)];
    return inTurns(() => listUsersInParts(this.#parts.model, tuples, timely), this.#lock, setImmediate);
  }

  get #lock(): StateLock {
    return this.#parts.follower.replica.lock;
  }

  async expand(request: ExpandRequest, freshness: Freshness): Promise<ExpandAnswer> {
    const fault = await this.#catchUp(freshness);
    return fault === undefined ? expand(this.#parts.model, this.#tuples(), request) : { error: fault };
  }

  async state(freshness: Freshness): Promise<StateAnswer> {
    const fault = await this.#catchUp(freshness);
    return fault === undefined ? { tuples: this.#tuples() } : { error: fault };
  }

  /** Reads tuples with the times they were written at, always from the primary datastore. */
  async read(filter: TupleFilter, pageSize: number, cursor: string, { token }: Freshness): Promise<ReadAnswer> {
    const { server, storeId } = this.#parts;
    if (token !== undefined) {
      const fault = await this.#ahead(token);
      if (fault !== undefined) return { error: fault };
    }
    const { object, objectType, relation, user } = filter;
    const named = object ?? (objectType === undefined ? undefined : `${objectType}:`);
    const key = {
      ...(named === undefined ? {} : { object: named }), ...(relation === undefined ? {} : { relation }),
      ...(user === undefined ? {} : { user }),
    };
    try {
      return await server.read(storeId, key, cursor, pageSize);
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
  #tuples(): TupleSet {
    const { follower, maxStaleness } = this.#parts;
    if (follower.isBehind) throw new OpenfgaError("unavailable", "this process stood still, and is not up to date yet");
    if (follower.age <= maxStaleness) return follower.replica.tuples;
    throw new OpenfgaError("unavailable", follower.trouble ?? `the replica was last complete ${follower.age} ms ago`);
  }

  async #checkFresh(request: CheckRequest, freshness: Freshness): Promise<CheckAnswer> {
    const place = await this.#placeToCheck(freshness);
    if (typeof place === "object") return { error: place };
    return place === "openfga" ? this.#asker.ask(request) : this.#checkReplica(request);
  }

  async #checkAllFresh(requests: readonly CheckRequest[], freshness: Freshness): Promise<readonly CheckAnswer[]> {
    const place = await this.#placeToCheck(freshness);
    if (typeof place === "object") return requests.map(() => ({ error: place }));
    return place === "openfga" ? Promise.all(requests.map((request) => this.#asker.ask(request)))
      : this.#checkAllReplica(requests);
  }

  /** Returns where to answer a check that asks for a certain freshness. */
  async #placeToCheck({ higher, token }: Freshness): Promise<Place> {
    const place = token === undefined ? "openfga" : await this.#placeOf(token);
    if (typeof place === "object") return place;
    if (place === "openfga" || higher) return "openfga";
    await this.#waking();
    return "replica";
  }

  #checkReplica(request: CheckRequest): CheckAnswer {
    const answer = check(this.#parts.model, this.#tuples(), request);
    this.#parts.shadow?.offer(request, answer);
    return answer;
  }

  #checkAllReplica(requests: readonly CheckRequest[]): readonly CheckAnswer[] | Promise<readonly CheckAnswer[]> {
    const tuples = this.#tuples();
    const offered = (answers: readonly CheckAnswer[]): readonly CheckAnswer[] => {
      for (const [i, request] of requests.entries()) this.#parts.shadow?.offer(request, answers[i]!);
      return answers;
    };
    const answers = inTurns(() => checkAllInParts(this.#parts.model, tuples, requests), this.#lock, setImmediate);
    return answers instanceof Promise ? answers.then(offered) : offered(answers);
  }

  /**
   * Brings the replica to the freshness asked for, since OpenFGA's own lists may be cut without notice. Where the
   * newest state is asked for, the look back covers every acknowledged Write, however slow.
   */
  async #catchUp({ higher, token }: Freshness): Promise<Failure | undefined> {
    await this.#waking();
    if (token !== undefined) {
      const place = await this.#placeOf(token);
      if (typeof place === "object") return place;
      if (place === "openfga") await this.#whole(LOOK_BACK.long);
      if (!this.#has(token)) throw new OpenfgaError("unavailable", "the change feed does not tell the token's event");
    }
    if (higher) await this.#whole(LOOK_BACK.written);
    return undefined;
  }

  async #whole(lookBack: number): Promise<void> {
    const { follower } = this.#parts;
    await follower.catchUp(lookBack);
    if (follower.trouble !== undefined) throw new OpenfgaError("unavailable", follower.trouble);
  }

  /** Returns where a state with a token's event is: in the replica, if need be after a wait; else only in OpenFGA. */
  async #placeOf(token: string): Promise<Place> {
    const { follower } = this.#parts;
    const position = readToken(token);
    if (position === undefined) return failure("validation_error", "Sideline-Token is not a token").error;
    const end = performance.now() + TOKEN_WAIT;
    while (!this.#has(token) && performance.now() < end) {
      const left = end - performance.now();
      await Promise.race([follower.catchUp(LOOK_BACK.short).catch(() => undefined), sleep(left)]);
      if (!this.#has(token)) await sleep(TOKEN_PAUSE);
    }
    if (this.#has(token)) return "replica";
    return await this.#ahead(token) ?? "openfga";
  }

  /** Returns whether the replica has a token's event. */
  #has(token: string): boolean {
    const position = readToken(token);
    return position !== undefined
      && this.#parts.follower.replica.revisionOf(ledgerOf(position.org)) >= position.revision;
  }

  /** Refuses a token of a state the store does not have: another installation's, or lost when a copy was restored. */
  async #ahead(token: string): Promise<Failure | undefined> {
    const position = readToken(token);
    if (position === undefined) return failure("validation_error", "Sideline-Token is not a token").error;
    const stored = await this.#parts.revisionOf(ledgerOf(position.org));
    return position.revision <= stored ? undefined
      : failure("validation_error", "Sideline-Token is of a state this server has not seen").error;
  }

  /** Sets the request's time to the server's, whatever the caller sent. */
  #timely<R extends { readonly context?: Readonly<Record<string, unknown>> | undefined }>(request: R): R {
    const current_time = new Date(this.#parts.now()).toISOString();
    return { ...request, context: { ...request.context, current_time } };
  }
}

function isAny({ higher, token }: Freshness): boolean {
  return !higher && token === undefined;
}
