// A world for event tests: events become tuples in memory, and the model answers.
import { expect } from "vitest";
import { checkCounted } from "../../src/checks/evaluate.ts";
import { MAX_CHECK_STEPS } from "../../src/checks/limits.ts";
import { listObjects } from "../../src/checks/list-objects.ts";
import { listUsers } from "../../src/checks/list-users.ts";
import { Meter } from "../../src/checks/steps.ts";
import type { CheckRequest } from "../../src/checks/question.ts";
import { decideEvent, continueEvent, type Step } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { judgeMakers } from "../../src/events/guards/invite-escalation.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal, type Refusal, type RefusalCode } from "../../src/events/refusal.ts";
import { peopleOf, showInvite, type People, type PeopleFilter, type ShownInvite } from "../../src/domain/directory.ts";
import type { LiveView } from "../../src/domain/state-view.ts";
import { applyDelta } from "../../src/tuples/delta.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import { idOf } from "../../src/tuples/tuple.ts";
import { whole } from "../turns/whole.ts";
import { MODEL } from "./policy.ts";

export { MODEL };

/** Stand-in for the keyed hash of an address. */
export const emailHash = (email: string): string =>
  `hash-of-${email.trim().toLowerCase().replaceAll(/[^a-z0-9]/g, "-")}`;

/** 2026-03-01T12:00:00Z: the start of a world's clock, in milliseconds since 1970. */
export const START = Date.UTC(2026, 2, 1, 12);

/** Attributes that a test sets on an event; the rest has defaults. */
export type Attributes = Partial<Omit<Envelope, "type" | "data">>;

/** An in-memory installation. `as` sends as an actor, `system` as the system. */
export class World {
  readonly tuples = createTupleSet();
  now = START;
  maxTuples = 100;
  /** Name of the sidecar that decides, where several write to one store. */
  writer: string | undefined;
  #sent = 0;

  get #context(): { readonly current_time: string } {
    return { current_time: new Date(this.now).toISOString() };
  }

  /** The state as events see it. */
  get view(): LiveView {
    const context = this.#context;
    return {
      tuples: this.tuples,
      allowed: (user, relation, object, contextualTuples, meter = new Meter(MAX_CHECK_STEPS)) =>
        this.ask({ user: `user:${user}`, relation, object, context, contextualTuples }, meter),
    };
  }

  private ask(question: CheckRequest, meter: Meter): boolean {
    const { user, relation, object } = question;
    const answer = checkCounted(MODEL, this.tuples, question, meter);
    if ("error" in answer) throw new Error(`${user} ${relation} ${object}: ${answer.error.message}`);
    return answer.allowed;
  }

  /** The model's answer; `user` by id, or a typed user. */
  can(user: string, relation: string, object: string): boolean {
    return this.view.allowed(user, relation, object);
  }

  /** Objects of a type that a user (an id) has a relation to, sorted. */
  objects(user: string, relation: string, type: string): string[] {
    const answer = listObjects(MODEL, this.tuples, { user: `user:${user}`, relation, type, context: this.#context });
    if ("error" in answer) throw new Error(`${user} ${relation} ${type}: ${answer.error.message}`);
    return answer.objects.toSorted();
  }

  /** Ids of the users with a relation to an object, sorted. */
  users(object: string, relation: string): string[] {
    const userFilter = { type: "user" };
    const answer = listUsers(MODEL, this.tuples, { object, relation, userFilter, context: this.#context });
    if ("error" in answer) throw new Error(`${relation} ${object}: ${answer.error.message}`);
    return answer.users.map(idOf).sort();
  }

  /** An invite as the holder of its link sees it at a time; undefined if there is none. */
  invite(id: string, now = this.now): ShownInvite | undefined {
    return whole(showInvite(this.tuples, id, now, judgeMakers(this.view)));
  }

  /** The people of an org; undefined if there is no such org. */
  people(org: string, filter: Partial<PeopleFilter> = {}): People | undefined {
    const every = { hat: undefined, status: undefined, ...filter };
    return whole(peopleOf(this.tuples, org, every, this.now, judgeMakers(this.view)));
  }

  /** Sends an event and applies its writes. */
  send(type: string, data: unknown, attributes: Attributes = {}): Step | Refusal {
    const envelope: Envelope = { id: `e${++this.#sent}`, source: "/test", type, data, ...attributes };
    const around = {
      system: true, clock: this.now, maxTuples: this.maxTuples, writer: this.writer, emailHash,
    };
    let step = decideEvent(DomainEvent.sent(envelope), this.view, around);
    for (let writes = 1; !isRefusal(step); writes++) {
      applyDelta(this.tuples, step.delta);
      if (!step.more) return step;
      const next: Step | undefined = continueEvent(step.org, this.view, around, step.event);
      if (next === undefined || writes > 1000) throw new Error(`${type} has no end`);
      step = next;
    }
    return step;
  }

  /** Sends as an actor; expects it to be applied, now or before. */
  as(actor: string, type: string, data: unknown, attributes: Attributes = {}): Step {
    return this.#expectStep(this.send(type, data, { actor, ...attributes }), type, data);
  }

  /** Sends as the system; expects it to be applied, now or before. */
  system(type: string, data: unknown, attributes: Attributes = {}): Step {
    return this.#expectStep(this.send(type, data, attributes), type, data);
  }

  /** Sends as an actor (undefined: the system) and expects this refusal and no change. */
  refused(code: RefusalCode, actor: string | undefined, type: string, data: unknown, more: Attributes = {}): Refusal {
    const size = this.tuples.size;
    const outcome = this.send(type, data, { ...(actor === undefined ? {} : { actor }), ...more });
    expect(isRefusal(outcome) ? outcome.refused : "applied", `${type} ${JSON.stringify(data)}`).toBe(code);
    expect(this.tuples.size).toBe(size);
    return outcome as Refusal;
  }

  /** Sends as an actor (undefined: the system) and expects `unchanged`. */
  unchanged(actor: string | undefined, type: string, data: unknown, more: Attributes = {}): void {
    const outcome = this.send(type, data, { ...(actor === undefined ? {} : { actor }), ...more });
    expect(isRefusal(outcome) ? outcome.refused : outcome.status, `${type} ${JSON.stringify(data)}`).toBe("unchanged");
  }

  #expectStep(outcome: Step | Refusal, type: string, data: unknown): Step {
    if (isRefusal(outcome)) throw new Error(`${type} was refused: ${outcome.refused}: ${outcome.detail}`);
    if (outcome.status === "unchanged") throw new Error(`${type} changed nothing: ${JSON.stringify(data)}`);
    return outcome;
  }
}
