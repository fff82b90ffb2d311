// The arguments and the environment of scripts/explore.mjs, read and checked, and whether a run explored enough.
import { availableParallelism } from "node:os";

/** @typedef {{ part: "states" | undefined, slices: string[], states: number, processes: number }} Wanted */

/**
 * Reads the arguments and the environment. Returns a message if one of them is wrong. `unknownSlices` checks the names
 * of the slices. @returns {Wanted | string}
 */
export function wanted(/** @type {readonly string[]} */ [part, ...slices], /** @type {NodeJS.ProcessEnv} */ env) {
  if (part !== undefined && part !== "states") return `there is no part ${part}: it is \`states\`, or left out`;
  const numbers = { SIDELINE_EXPLORE_STATES: 1, SIDELINE_EXPLORE_PROCESSES: 1, SIDELINE_TEST_SEED: 0 };
  for (const [name, least] of Object.entries(numbers)) {
    const text = env[name];
    if (text === undefined) continue;
    const isNumber = text.trim() !== "" && Number.isSafeInteger(Number(text)) && Number(text) >= least;
    if (!isNumber) return `${name} must be a whole number of at least ${least}, not ${JSON.stringify(text)}`;
  }
  const { SIDELINE_EXPLORE_STATES: states = 1_000_000 } = env;
  const { SIDELINE_EXPLORE_PROCESSES: processes = Math.min(2, availableParallelism()) } = env;
  return { part, slices, states: Number(states), processes: Number(processes) };
}

/** Returns a message if a wanted slice does not exist. */
export function unknownSlices(/** @type {readonly string[]} */ slices, /** @type {readonly string[]} */ known) {
  const unknown = slices.filter((name) => !known.includes(name));
  return unknown.length === 0 ? undefined
    : `there is no slice ${unknown.join(", ")}: the slices are ${known.join(", ")}`;
}

/**
 * True if the slices have a number of states together, or no further one can be reached.
 * @param {readonly string[]} slices @param {ReadonlyMap<string, { states: number, isWhole: boolean }>} results
 * @param {number} states
 */
export function isExplored(slices, results, states) {
  const sum = [...results.values()].reduce((total, result) => total + result.states, 0);
  return sum >= states || (slices.length > 0 && slices.every((name) => results.get(name)?.isWhole === true));
}
