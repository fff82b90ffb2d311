// Prints the reference as Markdown, for docs/reference.md, and as a page that needs nothing from elsewhere.
import { createHash } from "node:crypto";
import type { Block } from "./reference-blocks.ts";

/** Prints blocks as Markdown. */
export function printMarkdown(blocks: readonly Block[]): string {
  return `${blocks.map(markdownOf).join("\n\n")}\n`;
}

function markdownOf(block: Block): string {
  if (block.kind === "heading") return `${"#".repeat(block.level)} ${block.text}`;
  if (block.kind === "paragraph") return wrapped(block.text);
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(block.head), line(block.head.map(() => "---")), ...block.rows.map(line)].join("\n");
}

/** Length of a line of Markdown outside tables, in characters. */
const LINE_LENGTH = 120;

function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > LINE_LENGTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join("\n");
}

const STYLE = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem}
code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{border-bottom:1px solid #8886;padding:.3rem .5rem;text-align:left;vertical-align:top}`;

/** Headers of the page: nothing but its own style sheet may load. */
export const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src "
    + `'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; frame-ancestors 'none'; base-uri 'none'`,
  "x-content-type-options": "nosniff",
};

/** Prints blocks as an HTML page. */
export function printPage(title: string, blocks: readonly Block[]): string {
  const contents = blocks.filter((block) => block.kind === "heading" && block.level === 2)
    .map((block) => `<li><a href="#${idOf(textOf(block))}">${inline(textOf(block))}</a></li>`).join("");
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${inline(title)}</title>`
    + `<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body>`
    + `<nav aria-label="Contents"><ul>${contents}</ul></nav>`
    + `<main>${blocks.map(htmlOf).join("\n")}</main></body></html>`;
}

function textOf(block: Block): string {
  return block.kind === "heading" ? block.text : "";
}

function htmlOf(block: Block): string {
  if (block.kind === "heading") {
    const { level, text } = block;
    return `<h${level} id="${idOf(text)}">${inline(text)}</h${level}>`;
  }
  if (block.kind === "paragraph") return `<p>${inline(block.text)}</p>`;
  const head = block.head.map((cell) => `<th scope="col">${inline(cell)}</th>`).join("");
  const rows = block.rows
    .map((row) => `<tr>${row.map((cell) => `<td>${inline(cell)}</td>`).join("")}</tr>`).join("\n");
  return `<div class="wide" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function idOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9._]+/g, "-");
}

function inline(text: string): string {
  const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  const parts = text.replaceAll(/[&<>"]/g, (sign) => escapes[sign]!).split("`");
  return parts.map((part, i) => (i % 2 === 0 ? part : `<code>${part}</code>`)).join("");
}
