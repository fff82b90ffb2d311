// Measures an athlete page's permissions, the filter of 1,000 objects and explanations, by HTTP, one after the other.
import { median } from "./stage.mjs";
import { checksOf, HEAD, listersOf } from "./world.mjs";

/** Number of requests of each kind in a run. */
const REQUESTS = 200;
/** Number of runs after which explanations are measured: their code is large, and compiled late. */
const EXPLAIN_WARM_UP = 3;
/** Number of objects in one filter. */
const FILTERED = 1000;

/**
 * Measures medians in milliseconds: all permissions of random users on random athletes, and a filter of 1,000 athletes
 * for a coach of all of them; and the median and the p99 of explanations of random questions, a yes or a no, and the
 * p99 of the first ones.
 * @param {import("./world.mjs").Size} size @param {{ port: number }} server
 */
export async function measureAppQuestions(size, server, { runs }) {
  const pages = checksOf(size, REQUESTS * 2, 11).filter(({ object }) => object.startsWith("athlete:"))
    .map(({ user, object }) => ({ user, object }));
  const objects = Array.from({ length: FILTERED }, (_, i) => `athlete:o0-athlete-${i % size.athletes}`);
  const filter = { user: `user:${HEAD}`, relation: "sessions_read", objects };
  const permissions = await timesOf(server, "/permissions", pages, runs);
  const filtered = await timesOf(server, "/filter", Array.from({ length: 20 }, () => filter), runs);
  const { relations } = await ask(server, "/permissions", { user: listersOf(size)[2].user, object: pages[0].object });
  const allowed = (await ask(server, "/filter", filter)).objects.length;
  const questions = checksOf(size, REQUESTS, 13)
    .map(({ user, relation, object }) => ({ tuple_key: { user, relation, object } }));
  const explained = await timesOf(server, "/explain", questions, EXPLAIN_WARM_UP + runs, 0);
  const first = explained.splice(0, EXPLAIN_WARM_UP * questions.length).slice(0, questions.length);
  return {
    permissions: median(permissions), relations: relations.length, filter: median(filtered), allowed,
    explained: p99(explained), explainedMedian: median(explained), explainedFirst: p99(first),
  };
}

const p99 = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)];

/** Times of requests in milliseconds; the first runs warm the server up. */
async function timesOf(server, path, bodies, runs, warmUp = 1) {
  const times = [];
  for (let run = 0; run < warmUp + runs; run++) {
    for (const body of bodies) {
      const began = performance.now();
      await ask(server, path, body);
      if (run >= warmUp) times.push(performance.now() - began);
    }
  }
  return times;
}

async function ask({ port }, path, body) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer;
}
