// Reads a --cpu-prof file and sums up the time by function and by file.
import { readFileSync } from "node:fs";

/**
 * Fractions of the process's busy time, largest first.
 * @param {string} file
 * @returns {{ functions: [string, number][], files: [string, number][] }}
 */
export function summaryOf(file) {
  const { nodes, samples } = JSON.parse(readFileSync(file, "utf8"));
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const functions = new Map();
  const files = new Map();
  let busy = 0;
  for (const id of samples) {
    const { functionName, url } = byId.get(id);
    if (functionName === "(idle)" || functionName === "(program)") continue;
    busy++;
    const place = placeOf(url, functionName);
    const name = `${functionName || "(anonymous)"} ${place}`;
    functions.set(name, (functions.get(name) ?? 0) + 1);
    files.set(place, (files.get(place) ?? 0) + 1);
  }
  const sorted = (counts) => [...counts].map(([name, count]) => /** @type {[string, number]} */ ([name, count / busy]))
    .sort((a, b) => b[1] - a[1]);
  return { functions: sorted(functions), files: sorted(files) };
}

/** The part that a function belongs to: a folder of src, a package, Node, or the engine. */
function placeOf(url, name) {
  if (name === "(garbage collector)") return "garbage collection";
  const ours = /\/dist\/([\w-]+)\//.exec(url)?.[1];
  const theirs = /\/node_modules\/((?:@[\w-]+\/)?[\w-]+)\//.exec(url)?.[1];
  if (theirs !== undefined) return theirs;
  if (ours !== undefined) return `src/${ours}`;
  return url.startsWith("node:") ? `Node: ${url.slice("node:".length).replace("internal/", "")}` : "the system and V8";
}
