// Watches which policy is the store's newest. A sidecar that answers by an older one reports it.
import type { Logger } from "pino";
import { canonicalModel, policyOf, type PolicyVersion } from "../policy/version.ts";
import { policyPart } from "../sidecar/policy-part.ts";
import type { Part } from "../sidecar/sidecar.ts";
import type { AuthorizationModelJson } from "../model/schema.ts";
import type { FoundModel } from "./client.ts";
import type { StoreAt } from "./follow/feed-reader.ts";
import { isWriteModel } from "./write/write-model.ts";
import { POLICY_WATCH_INTERVAL_MS } from "./openfga-limits.ts";

/** Number of models read in one look: the newest, then more where that one is for Writes. */
const LOOKED_AT = [1, 10];

/** Dependencies of the watch. */
export interface PolicyWatchParts {
  readonly store: StoreAt;
  /** The model by which this sidecar answers. */
  readonly model: AuthorizationModelJson;
  readonly log: Pick<Logger, "info" | "warn">;
  /** Milliseconds between two looks; default 15 s. */
  readonly interval?: number | undefined;
}

/** Reads now and then which model was last written to the store. */
export class PolicyWatch {
  readonly own: PolicyVersion;
  readonly #parts: PolicyWatchParts;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #newest: PolicyVersion;
  /** Id of the newest model at the last look. */
  #seen: string | undefined;

  constructor(parts: PolicyWatchParts) {
    this.#parts = parts;
    this.own = this.#newest = policyOf(parts.model);
    this.#schedule();
  }

  /** The policy's part of the readiness. */
  get part(): Part {
    return policyPart(this.own, this.#newest);
  }

  /** Looks once. Throws OpenfgaError when OpenFGA is unavailable. */
  async look(): Promise<void> {
    const found = await this.#find();
    if (found === undefined || found.id === this.#seen) return;
    this.#seen = found.id;
    const isOwn = canonicalModel(found.json) === canonicalModel(this.#parts.model);
    const newest = isOwn ? this.own : policyOf(found.json);
    if (newest.digest === this.#newest.digest) return;
    this.#newest = newest;
    const { log } = this.#parts;
    if (isOwn) log.info({ policy: this.own }, "the store's newest policy is this sidecar's again");
    else log.warn({ own: this.own, newest }, "the store has a newer policy than this sidecar, which keeps its own");
  }

  /** Stops the watch. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      void this.look().catch(() => undefined).then(() => this.#schedule());
    }, this.#parts.interval ?? POLICY_WATCH_INTERVAL_MS);
    this.#timer.unref();
  }

  /** Returns the newest model that has rules. */
  async #find(): Promise<FoundModel | undefined> {
    const { server, id } = this.#parts.store;
    for (const most of LOOKED_AT) {
      const found = (await server.newestModels(id, most)).find(({ json }) => !isWriteModel(json));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
