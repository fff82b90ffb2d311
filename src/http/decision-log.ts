// The decision log: a line for each answered question, with its answer, its revision, and the request it came from.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Context } from "hono";
import type { Answer, Checker, Freshness } from "../checks/checker.ts";
import type { CheckAnswer, CheckRequest, ListUsersRequest } from "../checks/question.ts";
import { orgOfObject } from "../domain/object-org.ts";
import { PLATFORM } from "../ledger/envelope.ts";
import { revisionOf } from "../ledger/event-record.ts";
import { maskAddresses } from "../events/refusal.ts";
import { onOneLine } from "../sidecar/log-line.ts";
import type { Sidecar } from "../sidecar/sidecar.ts";
import { typeOf } from "../tuples/tuple.ts";
import { requestFields } from "./request-id.ts";
import type { Caller, Route } from "./route.ts";

/** Takes the lines, without the line break, and never blocks or throws. */
export interface DecisionSink {
  write(line: string): void;
  /** Numbers of lines taken over, and of lines that could not be. */
  readonly counts: { readonly written: number; readonly dropped: number };
}

/** Options of the log. */
export interface DecisionOptions {
  readonly sink: DecisionSink;
  /** Fraction (0 to 1) of the questions that are logged. */
  readonly sample: number;
  /** Relations such as `note#can_read` whose questions are always logged. */
  readonly relations: ReadonlySet<string>;
  /** Digest of the policy. */
  readonly policy: string;
  /** Replaces the ids that no log may hold. */
  readonly hide: (line: string) => string;
  /** Returns a number from 0 to below 1. Tests set their own. */
  readonly random?: () => number;
}

/** The request that asks the present questions. */
interface Asking {
  readonly c: Context;
  readonly caller: Caller;
  readonly route: string;
}

const requests = new AsyncLocalStorage<Asking>();

type Fields = Readonly<Record<string, unknown>>;

/** Logs the questions that requests ask of a checker. */
export class DecisionLog {
  readonly #options: DecisionOptions;
  #state: Pick<Sidecar, "tuples" | "now"> | undefined;

  constructor(options: DecisionOptions) {
    this.#options = options;
  }

  /** Numbers of lines written and dropped. */
  get counts(): DecisionSink["counts"] {
    return this.#options.sink.counts;
  }

  /** Wraps a route, so that the questions of its requests are logged with the request. */
  around(route: Route): Route {
    const { handle } = route;
    const name = `${route.method} ${route.path}`;
    return { ...route, handle: (c, caller) => requests.run({ c, caller, route: name }, () => handle(c, caller)) };
  }

  /** Wraps a sidecar, so that each answer of its checker is logged. */
  observing(sidecar: Sidecar): Sidecar {
    this.#state = sidecar;
    const { checker } = sidecar;
    const observed: Checker = {
      check: (request, freshness) => {
        const began = performance.now();
        return then(checker.check(request, freshness), (answer) =>
          this.#check("check", request, answer, began, freshness));
      },
      checkAll: (all, freshness) => {
        const began = performance.now();
        return then(checker.checkAll(all, freshness), (answers) => all.forEach((request, i) =>
          this.#check("batch", request, answers[i]!, began, freshness, { checks: all.length })));
      },
      listObjects: (request, freshness) => {
        const { user, relation, type, contextualTuples } = request;
        return this.#listed(checker.listObjects(request, freshness), `${type}#${relation}`, (answer) => ({
          kind: "list-objects", user, relation, type, ...asOf(freshness), ...contextual(contextualTuples),
          ...("error" in answer ? { error: answer.error.code } : { objects: answer.objects.length }),
        }));
      },
      objectPage: (request, freshness) => {
        const { user, relation, type, org } = request;
        return this.#listed(checker.objectPage(request, freshness), `${type}#${relation}`, (answer) => ({
          kind: "objects", user, relation, type,
          ...(org === undefined ? asOf(freshness) : this.#place(`org:${org}`, freshness)),
          ...("error" in answer ? { error: answer.error.code } : { objects: answer.objects.length }),
        }));
      },
      listUsers: (request, freshness) => {
        const began = performance.now();
        return then(checker.listUsers(request, freshness), (answer) => {
          const outcome = "error" in answer ? { error: answer.error.code } : { users: answer.users.length };
          this.users(request, outcome, freshness, began);
        });
      },
      expand: checker.expand.bind(checker), read: checker.read.bind(checker),
      state: (freshness) => {
        const began = performance.now();
        return then(checker.state(freshness), (answer) => {
          if (EXPLAINING.test(requests.getStore()?.route ?? "")) return;
          this.read("error" in answer ? answer.error.code : undefined, freshness, began);
        });
      },
    };
    return { ...sidecar, checker: observed };
  }

  /** Logs a read of the directory or the history by the present request. `error`: the code where it failed. */
  read(error: string | undefined, freshness: Pick<Freshness, "moment">, began: number): void {
    const { c } = requests.getStore() ?? {};
    if (c === undefined || !this.#isLogged("")) return;
    const { org, ...ids } = c.req.param() as Readonly<Record<string, string>>;
    // As objects, since the id of an invite is hidden by the type before it.
    const of = Object.entries(ids).map(([type, id]) => `${type}:${id}`);
    const place = org === undefined ? asOf(freshness) : this.#place(`org:${org}`, freshness);
    const failed = error === undefined ? {} : { error };
    this.#write({ kind: "read", ...(of.length === 0 ? {} : { of }), ...place, ...failed }, began);
  }

  /** Logs the answer of an explanation. */
  explained(request: CheckRequest, answer: CheckAnswer, freshness: Freshness, began: number): void {
    this.#check("explain", request, answer, began, freshness);
  }

  /** Logs a list of users: their number, or the error. */
  users(
    { object, relation, contextualTuples }: ListUsersRequest, outcome: Fields, freshness: Freshness, began: number,
  ): void {
    if (!this.#isLogged(`${typeOf(object)}#${relation}`)) return;
    this.#write({
      kind: "list-users", relation, object, ...this.#place(object, freshness), ...contextual(contextualTuples),
      ...outcome,
    }, began);
  }

  #listed<T>(answer: Answer<T>, relation: string, fields: (answer: T) => Fields | undefined): Answer<T> {
    const began = performance.now();
    return then(answer, (given) => {
      if (!this.#isLogged(relation)) return;
      const line = fields(given);
      if (line !== undefined) this.#write(line, began);
    });
  }

  #check(
    kind: string, request: CheckRequest, answer: CheckAnswer, began: number, freshness: Freshness, more: Fields = {},
  ): void {
    const { user, relation, object, contextualTuples } = request;
    if (!this.#isLogged(`${typeOf(object)}#${relation}`)) return;
    const outcome = "error" in answer ? { error: answer.error.code } : { allowed: answer.allowed };
    this.#write({
      kind, user, relation, object, ...outcome, ...this.#place(object, freshness), ...contextual(contextualTuples),
      ...more,
    }, began);
  }

  #isLogged(relation: string): boolean {
    const { sample, relations, random = Math.random } = this.#options;
    return relations.has(relation) || sample === 1 || (sample > 0 && random() < sample);
  }

  /**
   * Returns the org of an object, null for the platform and for an unknown object, and its revision; for an answer of
   * the past its time.
   */
  #place(object: string, freshness: Pick<Freshness, "moment">): Fields {
    if (freshness.moment !== undefined) return asOf(freshness);
    const { tuples } = this.#state!;
    const org = orgOfObject(tuples, object);
    return { org: org ?? null, revision: revisionOf(tuples, org ?? PLATFORM) };
  }

  #write(fields: Fields, began: number): void {
    const asking = requests.getStore();
    const { sink, policy, hide } = this.#options;
    const ms = Math.round((performance.now() - began) * 1000) / 1000;
    const from = asking === undefined ? {}
      : { route: asking.route, key: asking.caller.name ?? null, ...requestFields(asking.c) };
    const time = new Date(this.#state!.now()).toISOString();
    sink.write(onOneLine(hide(withoutAddresses({ time, ...fields, ms, policy, ...from }))));
  }
}

/** The routes that read a state to explain answers; they log those. */
const EXPLAINING = /\/(?:explain|list-users)$/;

function asOf({ moment }: Pick<Freshness, "moment">): Fields {
  return moment === undefined ? {} : { as_of: new Date(moment.at).toISOString() };
}

/** Prints a line. A caller may have an address in the place of an id, and no log holds addresses. */
function withoutAddresses(line: Fields): string {
  const text = JSON.stringify(line);
  // An escape stands for a character that may part words.
  return !text.includes("\\") && maskAddresses(text) === text ? text : JSON.stringify(line, (_, value: unknown) =>
    typeof value === "string" ? maskAddresses(value) : value);
}

function contextual(tuples: CheckRequest["contextualTuples"]): Fields {
  return tuples === undefined || tuples.length === 0 ? {} : { contextual_tuples: tuples.length };
}

/** Calls `look` with an answer, now or later, and returns the answer. */
function then<T>(answer: Answer<T>, look: (answer: T) => void): Answer<T> {
  const looked = (given: T): T => {
    look(given);
    return given;
  };
  return answer instanceof Promise ? answer.then(looked) : looked(answer);
}
