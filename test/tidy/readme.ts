// House rule on documents: every path, link and npm script a Markdown file names exists.
import { dirname, join, normalize } from "node:path";

/** The facts that a document must match: existing paths, and the names of the npm scripts. */
export interface Facts {
  exists(path: string): boolean;
  readonly scripts: readonly string[];
}

/**
 * Everything that a document names and that does not exist. `path` is the document's own, from the project's folder.
 */
export function brokenMentions(path: string, text: string, facts: Facts): string[] {
  return [...brokenLinks(path, text, facts), ...missingPaths(text, facts), ...missingScripts(text, facts)]
    .map((what) => `${path} names ${what}, which does not exist`);
}

/** Relative links to files, and links to headings of the document itself. */
function brokenLinks(path: string, text: string, facts: Facts): string[] {
  const prose = text.replace(/^```[^]*?^```/gm, "");
  const anchors = new Set([...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading)));
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = ""]) => to).filter((to) => {
    if (/^[a-z]+:/.test(to)) return false;
    if (to.startsWith("#")) return !anchors.has(to.slice(1));
    return !facts.exists(normalize(join(dirname(path), to.replace(/#.*$/, ""))));
  });
}

/** Paths written as code, such as `src/main.ts`; with a wildcard or placeholder, the folder before it. */
function missingPaths(text: string, facts: Facts): string[] {
  const named = text.matchAll(/(?<![\w/.@-])((?:src|test|tuples|docs|scripts|\.ci)\/[\w./*<>{},-]*|model\.fga)/g);
  return [...named].map(([, path = ""]) => path.replace(/[.,]+$/, ""))
    .map((path) => path.replace(/[^/]*[*<{].*$/, "")).filter((path) => !facts.exists(path));
}

/** `npm run x`, `npm test` and `npm start`. */
function missingScripts(text: string, facts: Facts): string[] {
  return [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start)\b)/g)].map(([, run, short]) => run ?? short ?? "")
    .filter((name) => !facts.scripts.includes(name)).map((name) => `npm run ${name}`);
}

/** The anchor of a heading, as code hosts derive it. */
function anchorOf(heading: string): string {
  return heading.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
}
