// The three scenarios of the AuthZEN interop: a Sideline for each serves the scenario's store file, over its endpoints.
import { expect } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { compileModel } from "../../src/engine.ts";
import { createLog } from "../../src/log.ts";
import { openReadOnlySidecar } from "../../src/embedded/read-only-sidecar.ts";
import { readStory } from "../corpus/story.ts";

/** The part of an AuthZEN request that a decision depends on. */
export interface Request {
  readonly subject: { readonly type: string; readonly id?: string };
  readonly action?: { readonly name: string };
  readonly resource: {
    readonly type: string; readonly id?: string; readonly properties?: Readonly<Record<string, unknown>>;
  };
}

/** A running server of a store file. */
export interface Scenario {
  readonly decide: (request: Request) => Promise<boolean>;
  /** The decisions of several requests; each item takes what it lacks from the defaults. */
  readonly decideAll: (defaults: Partial<Request>, items: readonly Partial<Request>[]) => Promise<boolean[]>;
  /** The results of a search: ids of subjects or of resources, or names of actions; sorted. */
  readonly search: (request: Request) => Promise<string[]>;
}

/** Serves a store file of this folder, by the name of its scenario. */
export async function scenarioOf(name: "todo" | "search" | "gateway"): Promise<Scenario> {
  const { model, tests } = readStory(`test/authzen-interop/${name}.fga.yaml`);
  const log = createLog("silent");
  const sidecar = await openReadOnlySidecar({
    storeName: name, model: compileModel(model), tuples: tests[0]?.tuples ?? [], log, now: Date.now,
    fatal: (why) => {
      throw new Error(why);
    },
  });
  const app = createApp(sidecar, { keys: undefined, log });
  const ask = async (endpoint: string, body: object): Promise<any> => {
    const headers = { "content-type": "application/json" };
    const answer = await app.request(`/access/v1/${endpoint}`, { method: "POST", headers, body: JSON.stringify(body) });
    expect([endpoint, answer.status, body]).toEqual([endpoint, 200, body]);
    return answer.json();
  };
  return {
    decide: async (request) => (await ask("evaluation", request)).decision,
    decideAll: async (defaults, evaluations) =>
      (await ask("evaluations", { ...defaults, evaluations })).evaluations.map((each: { decision: boolean }) =>
        each.decision),
    search: async (request) => {
      const { action, subject } = request;
      const sought = action === undefined ? "action" : subject.id === undefined ? "subject" : "resource";
      const found: string[] = [];
      for (let page: object | undefined = {}; page !== undefined;) {
        const { results, page: next } = await ask(`search/${sought}`, { ...request, page });
        found.push(...results.map((each: { id?: string; name?: string }) => each.id ?? each.name));
        page = next?.next_token ? { token: next.next_token } : undefined;
      }
      return found.sort();
    },
  };
}
