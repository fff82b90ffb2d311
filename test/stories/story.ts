// Stories: events one after the other; after each, every answer declared so far is checked again.
import { afterAll, expect, test, vi } from "vitest";
import { OpenfgaClient } from "../live/client.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { PATIENTLY } from "../live/patience.ts";
import { MODEL } from "../openfga/fleet.ts";
import type { Ground } from "../world/grounds.ts";
import { Installation, type Attributes } from "../world/installation.ts";

/** Number of checks in one batch. */
const BATCH = 50;

/** The OpenFGA that judges stories on the embedded store; started on first use. */
let judge: Promise<RunningOpenfga> | undefined;
afterAll(async () => (await judge)?.stop());

interface Question {
  readonly user: string;
  readonly relation: string;
  readonly object: string;
}

/**
 * A story. Expectations are a text with one per line and `,` between alternatives: `yes asta,hana can_view
 * athlete:a1,athlete:a2` and `no …` for every combination; `objects asta can_view athlete = a1 a2`; `users can_read
 * note:n1 = asta hana`.
 */
export class Story {
  readonly #ground: Ground;
  readonly #chapters: (() => Promise<void>)[] = [];
  readonly #checks = new Map<string, "yes" | "no">();
  readonly #lists = new Map<string, string>();
  #at: Installation;
  /** Number of chapters that the installation has been through; undefined in the middle of one, and after a failure. */
  #past: number | undefined = 0;
  /** True while earlier chapters are repeated for a later one: their events are sent, and nothing is asked. */
  #repeats = false;
  #told = "the start";

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#at = new Installation(ground);
    afterAll(() => this.#at.close());
  }

  get at(): Installation {
    return this.#at;
  }

  /** Declares a chapter as a test. Run without the chapters before it, it starts with their events. */
  chapter(title: string, body: () => Promise<void>): void {
    const before = this.#chapters.length;
    this.#chapters.push(body);
    test(title, async () => {
      if (this.#past !== before) await this.#startAt(before);
      this.#past = undefined;
      await body();
      this.#past = before + 1;
    });
  }

  async #startAt(chapter: number): Promise<void> {
    await this.#at.close();
    this.#at = new Installation(this.#ground);
    this.#checks.clear();
    this.#lists.clear();
    this.#repeats = true;
    try {
      for (const body of this.#chapters.slice(0, chapter)) await body();
    } finally {
      this.#repeats = false;
    }
  }

  /** Applies an event of an actor (undefined: the system). These answers are new or change; no other does. */
  async step(actor: string | undefined, type: string, data: object, expected = "", more: Attributes = {}) {
    const answer = await this.at.post(type, data, { ...(actor === undefined ? {} : { actor }), ...more });
    this.#told = `${actor ?? "the system"}: ${type} ${JSON.stringify(data)}`;
    expect([answer.status, answer.body.code ?? answer.body.status, answer.body.detail], this.#told)
      .toEqual([200, "applied", undefined]);
    await this.expects(expected);
  }

  /** An event is refused with a code, and no answer changes. */
  async refused(code: string, actor: string | undefined, type: string, data: object, more: Attributes = {}) {
    if (this.#repeats) return;
    const before = await this.at.state();
    const answer = await this.at.post(type, data, { ...(actor === undefined ? {} : { actor }), ...more });
    this.#told = `${actor ?? "the system"}: ${type} ${JSON.stringify(data)}`;
    expect(answer.body.code ?? answer.body.status, this.#told).toBe(code);
    expect(await this.at.state(), this.#told).toBe(before);
  }

  /** Lets some time pass without an event, in milliseconds. */
  async later(duration: number, expected = "") {
    this.at.now += duration;
    this.#told = `${duration} ms later`;
    await this.expects(expected);
  }

  /** Declares answers, and checks everything declared so far. */
  async expects(expected: string) {
    for (const line of expected.split("\n").map((text) => text.trim()).filter((text) => text !== "")) {
      this.#declare(line);
    }
    if (!this.#repeats) await this.#ask();
  }

  #declare(line: string): void {
    const [kind, a = "", b = "", c = ""] = line.split(/\s+/);
    if (kind === "yes" || kind === "no") {
      for (const user of a.split(",")) for (const relation of b.split(",")) for (const object of c.split(",")) {
        const key = `${user} ${relation} ${object}`;
        if (!object.includes(":")) throw new Error(`not a check: ${line}`);
        if (this.#checks.get(key) === kind) throw new Error(`${this.#told}: no change: ${kind} ${key}`);
        this.#checks.set(key, kind);
      }
      return;
    }
    const [question = "", listed] = line.split(" =");
    if (listed === undefined || (kind !== "objects" && kind !== "users")) throw new Error(`not a line: ${line}`);
    this.#lists.set(question.trim(), listed.trim().split(/\s+/).filter((name) => name !== "").sort().join(" "));
  }

  async #ask(): Promise<void> {
    const asked = [...this.#checks.keys()].map(questionOf);
    const answers = await this.#batch(asked);
    expect(tellAll(asked, answers), `after ${this.#told}`)
      .toEqual([...this.#checks].map(([key, yes]) => `${yes} ${key}`));
    for (const [question, listed] of this.#lists) {
      expect(`${question} = ${(await this.#list(question)).join(" ")}`, `after ${this.#told}`)
        .toBe(`${question} = ${listed}`);
    }
  }

  async #batch(asked: readonly Question[]): Promise<boolean[]> {
    const answers: boolean[] = [];
    for (let i = 0; i < asked.length; i += BATCH) {
      const part = asked.slice(i, i + BATCH);
      const checks = part.map((key, n) =>
        ({ tuple_key: { ...key, user: `user:${key.user}` }, correlation_id: `${n}` }));
      const { status, body } = await this.at.send("POST", "/batch-check", { checks });
      if (status !== 200) throw new Error(JSON.stringify(body));
      part.forEach((_, n) => answers.push(body.result[`${n}`].allowed));
    }
    return answers;
  }

  async #list(question: string): Promise<string[]> {
    const [kind, a = "", b = "", c = ""] = question.split(/\s+/);
    if (kind === "users") return this.at.users(b, a);
    const prefix = `${c}:`;
    return (await this.at.objects(a, b, c)).map((object) => object.slice(prefix.length)).sort();
  }

  /**
   * Checks everything declared so far in other ways. On OpenFGA: on the OpenFGA below, and the replica must equal the
   * store. On the embedded store: by single checks and lists, and on an OpenFGA that gets the same tuples.
   */
  async judged() {
    if (this.#repeats) return;
    const underneath = await this.#ground.url();
    if (underneath !== undefined) {
      await this.#checkedBy(new OpenfgaClient(underneath, this.at.store));
      expect(await this.at.replica(), `after ${this.#told}`).toBe(await this.at.state());
      return;
    }
    await this.#listsAgree();
    if (!openfgaAvailable("any")) return;
    const client = await OpenfgaClient.createStore((await (judge ??= startOpenfga())).url, "story");
    await client.writeModel(MODEL.json);
    await client.writeAll(await this.at.tuples(), 100);
    await this.#checkedBy(client);
    await this.#listedBy(client);
  }

  /** Single checks agree with the batch, and lists with both; for every question declared so far. */
  async #listsAgree() {
    for (const [key, yes] of this.#checks) {
      const { user, relation, object } = questionOf(key);
      expect(await this.at.can(user, relation, object), key).toBe(yes === "yes");
      const objects = await this.at.objects(user, relation, object.slice(0, object.indexOf(":")));
      expect(objects.includes(object), `${key} in its objects`).toBe(yes === "yes");
      const users = await this.at.users(object, relation);
      expect(users.includes(user) || users.includes("*"), `${key} in its users`).toBe(yes === "yes");
    }
  }

  /** A real OpenFGA that holds the same tuples gives the same answer to every check of the story so far. */
  async #checkedBy(client: OpenfgaClient) {
    const context = { current_time: new Date(this.at.now).toISOString() };
    const asked = [...this.#checks.keys()].map(questionOf);
    const answers: (boolean | undefined)[] = [];
    for (let i = 0; i < asked.length; i += BATCH) {
      const part = asked.slice(i, i + BATCH);
      const items = part.map((key, n) => ({ ...key, user: `user:${key.user}`, correlationId: `${n}`, context }));
      const result = await client.batchCheck(items);
      for (const [n, item] of items.entries()) {
        // An error is no answer: a server that is too busy is asked again.
        answers.push(result[`${n}`]?.allowed ?? await vi.waitFor(() => client.check(item, { context }), PATIENTLY));
      }
    }
    expect(tellAll(asked, answers), `OpenFGA, after ${this.#told}`).toEqual(tellAll(asked, await this.#batch(asked)));
  }

  /** And the same lists. */
  async #listedBy(client: OpenfgaClient): Promise<void> {
    const asked = [...this.#checks.keys()].map(questionOf);
    const extras = { context: { current_time: new Date(this.at.now).toISOString() } };
    const byUser = new Set(asked.map(({ user, relation, object }) => `${user} ${relation} ${object.split(":")[0]}`));
    for (const key of byUser) {
      const [user = "", relation = "", type = ""] = key.split(" ");
      const listed = await client.listObjects({ user: `user:${user}`, relation, type }, extras);
      expect(listed.sort(), `OpenFGA objects ${key}`).toEqual(await this.at.objects(user, relation, type));
    }
    for (const key of new Set(asked.map(({ relation, object }) => `${relation} ${object}`))) {
      const [relation = "", object = ""] = key.split(" ");
      const listed = await client.listUsers({ object, relation, userFilter: { type: "user" } }, extras);
      expect(listed.map((user) => user.slice("user:".length)).sort(), `OpenFGA users ${key}`)
        .toEqual(await this.at.users(object, relation));
    }
  }
}

function questionOf(key: string): Question {
  const [user = "", relation = "", object = ""] = key.split(" ");
  return { user, relation, object };
}

function tellAll(asked: readonly Question[], answers: readonly (boolean | undefined)[]): string[] {
  return asked.map(({ user, relation, object }, i) =>
    `${answers[i] === undefined ? "error" : answers[i] ? "yes" : "no"} ${user} ${relation} ${object}`);
}
