// Draws how events become tuples and how an answer rests on them, from a real run, as SVG.
import type { ExplainedTuple } from "../../src/client/explanation.ts";

/** An event of the run, with all the tuples of access that it wrote. */
export interface DrawnEvent {
  readonly type: string;
  readonly actor: string | null;
  readonly revision: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly tuples: readonly ExplainedTuple[];
}

/** The answer of the run. */
export interface DrawnAnswer {
  readonly question: string;
  readonly rules: readonly string[];
  readonly text: string;
  readonly proof: readonly ExplainedTuple[];
}

const STYLE = `
  text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2933 }
  .head { font: 600 14px system-ui, sans-serif; fill: #52606d }
  .bold { font-weight: 600 } .long { font-size: 12px }
  .small { font-size: 12px; fill: #52606d } .prose { font: 13px system-ui, sans-serif }
  .yes { font: 700 22px system-ui, sans-serif; fill: #0b6e4f }
  .box { fill: #ffffff; stroke: #9fb3c8 } .used { fill: #e3f9f0; stroke: #0b6e4f } .page { fill: #f5f7fa }
  .line { fill: none; stroke: #9fb3c8; stroke-width: 1.5 } .strong { fill: none; stroke: #0b6e4f; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e4e7eb } .head, .small { fill: #9aa5b1 } .yes { fill: #5fe3b2 }
    .box { fill: #1f2933; stroke: #616e7c } .used { fill: #12392d; stroke: #3ebd93 } .page { fill: #121a21 }
    .line { stroke: #616e7c } .strong { stroke: #3ebd93 }
  }`;

const LEFT = { x: 20, width: 280 };
const MIDDLE = { x: 360, width: 370 };
const RIGHT = { x: 790, width: 290 };
const TOP = 56;
const ROW = 32;
/** Height of the space between the tuples of two events. */
const SPACE = 18;

/** Returns the drawing as SVG. The events stand in their order; of each, the tuples it wrote. */
export function drawing(events: readonly DrawnEvent[], answer: DrawnAnswer): string {
  const used = new Set(answer.proof.map(keyOf));
  const parts: string[] = [];
  const ends: number[] = [];
  let y = TOP;
  for (const event of events) {
    const height = Math.max(event.tuples.length * ROW, 56 + 18 * Object.keys(event.data).length) + SPACE;
    const middle = y + (height - SPACE) / 2;
    parts.push(...eventBox(event, middle));
    const first = middle - (event.tuples.length * ROW) / 2;
    for (const [i, tuple] of event.tuples.entries()) {
      const at = first + i * ROW + ROW / 2;
      const isUsed = used.has(keyOf(tuple));
      parts.push(curve(LEFT.x + LEFT.width, middle, MIDDLE.x, at, isUsed), ...tupleBox(tuple, at, isUsed));
      if (isUsed) ends.push(at);
    }
    y += height;
  }
  const height = y + 8;
  const center = TOP + (y - TOP) / 2;
  const lines = ends.map((at) => curve(MIDDLE.x + MIDDLE.width, at, RIGHT.x, center, true));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1100 ${height}" role="img" aria-labelledby="t d">
<title id="t">From events to a yes</title>
<desc id="d">${escaped(`${events.length} events wrote tuples. ${answer.text}`)}</desc>
<style>${STYLE}
</style>
<rect class="page" width="1100" height="${height}" rx="8"/>
<text class="head" x="${LEFT.x}" y="34">An event is sent ...</text>
<text class="head" x="${MIDDLE.x}" y="34">... and becomes tuples.</text>
<text class="head" x="${RIGHT.x}" y="34">A yes rests on some of them.</text>
${[...lines, ...parts, ...answerBox(answer, center)].join("\n")}
</svg>
`;
}

function eventBox({ type, actor, revision, data }: DrawnEvent, middle: number): string[] {
  const fields = Object.entries(data).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const height = 56 + 18 * fields.length;
  const top = middle - height / 2;
  const by = actor === null ? "by the system" : `by user:${actor}`;
  return [
    box(LEFT, top, height, "box"), text(LEFT.x + 12, top + 22, type, "bold"),
    text(LEFT.x + LEFT.width - 12, top + 22, `revision ${revision}`, "small", "end"),
    ...fields.map((field, i) => text(LEFT.x + 12, top + 42 + 18 * i, field, "small")),
    text(LEFT.x + LEFT.width - 12, top + height - 10, by, "small", "end"),
  ];
}

function tupleBox({ user, relation, object }: ExplainedTuple, at: number, isUsed: boolean): string[] {
  const shown = `${user} ${relation} ${object}`;
  const size = shown.length > 40 ? "long" : "";
  return [box(MIDDLE, at - ROW / 2 + 3, ROW - 6, isUsed ? "used" : "box"), text(MIDDLE.x + 10, at + 4, shown, size)];
}

function answerBox({ question, rules, text: why, proof }: DrawnAnswer, center: number): string[] {
  const lines = wrapped(why, 38);
  const height = 104 + 18 * lines.length;
  const top = center - height / 2;
  return [
    box(RIGHT, top, height, "used"), text(RIGHT.x + 14, top + 26, question, "bold"),
    text(RIGHT.x + 14, top + 58, "yes", "yes"),
    text(RIGHT.x + RIGHT.width - 14, top + 58, `${proof.length} tuples`, "small", "end"),
    ...lines.map((line, i) => text(RIGHT.x + 14, top + 84 + 18 * i, line, "prose")),
    text(RIGHT.x + 14, top + height - 14, `Rules ${rules.join(", ")}`, "small"),
  ];
}

function box({ x, width }: { x: number; width: number }, y: number, height: number, style: string): string {
  return `<rect class="${style}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`;
}

function text(x: number, y: number, shown: string, style: string, anchor?: string): string {
  const attributes = [["class", style], ["text-anchor", anchor ?? ""]].filter(([, value]) => value !== "")
    .map(([name, value]) => ` ${name}="${value}"`).join("");
  return `<text x="${x}" y="${y}"${attributes}>${escaped(shown)}</text>`;
}

function curve(x1: number, y1: number, x2: number, y2: number, isUsed: boolean): string {
  const middle = (x1 + x2) / 2;
  return `<path class="${isUsed ? "strong" : "line"}" d="M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}"/>`;
}

function wrapped(shown: string, columns: number): string[] {
  const lines = [""];
  for (const word of shown.split(" ")) {
    const line = `${lines.at(-1)} ${word}`.trim();
    if (line.length <= columns) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines;
}

const keyOf = ({ user, relation, object }: ExplainedTuple): string => `${user} ${relation} ${object}`;

const escaped = (shown: string): string =>
  shown.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
