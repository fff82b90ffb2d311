// Generates the searches that run in one go from the searches that run in parts: the same source without its pauses,
// which is faster. The build and the tests call it; git ignores the generated files.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const folder = resolve(import.meta.dirname, "../src/checks");

/** Files of src/checks, without extension, that have a second form. */
export const SEARCHES = ["budget", "bulk-check", "forward-search", "list-search", "reverse-search"];

/** Lines that the second form omits. */
const REST = /^ *(?:if \(.*\bisPartOver\) |this\.budget\.charge\(\);$)/;
const PARTS = /^import .*"\.\/parts\.ts";$/;

/** Path of the second form of a file. @param {string} name */
export const pathAtOnce = (name) => join(folder, `${name}-at-once.ts`);

/** Source text of the second form of a file. @param {string} name */
export function atOnce(name) {
  const lines = readFileSync(join(folder, `${name}.ts`), "utf8").split("\n").slice(1);
  const body = lines.filter((line) => !REST.test(line) && !PARTS.test(line))
    .map((line) => line.replace(/if \((\S+\.spend\(\))\) yield\* \S+\.rest\(\);/, "$1;"))
    .join("\n")
    .replace(/^ *(?:if \(.*\) )?yield;\n/gm, "")
    .replace(/yield\* /g, "")
    .replace(/function\* ?/g, "function ")
    .replace(/^( +(?:private )?)\*(?=[a-z])/gm, "$1")
    .replace(/\bpartsWith/g, "with");
  const own = new RegExp(`"\\./(${SEARCHES.join("|")})\\.ts"`, "g");
  return `// Made by scripts/at-once.mjs of src/checks/${name}.ts, whose parts are done at once here. Do not edit.\n`
    + withoutParts(body).replace(own, '"./$1-at-once.ts"');
}

/** Replaces `Parts<X>` by X. @param {string} text */
function withoutParts(text) {
  for (let at = text.indexOf("Parts<"); at >= 0; at = text.indexOf("Parts<")) {
    let end = at + "Parts<".length;
    for (let depth = 1; depth > 0; end++) {
      if (text[end] === "<") depth++;
      if (text[end] === ">" && text[end - 1] !== "=") depth--;
    }
    text = text.slice(0, at) + text.slice(at + "Parts<".length, end - 1) + text.slice(end);
  }
  return text;
}

/** Writes the second form of each file. Leaves a file alone if it is up to date, so that watchers see no change. */
export function writeSearchesAtOnce() {
  for (const name of SEARCHES) {
    const path = pathAtOnce(name);
    const text = atOnce(name);
    if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) writeSearchesAtOnce();
