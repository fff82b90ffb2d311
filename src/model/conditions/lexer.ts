// Splits a CEL expression into words, by the grammar of cel-go.
import type { Budget } from "./condition-budget.ts";
import { Uint, MAX_INT, MAX_UINT, MIN_INT, type Value } from "./values.ts";
import { MAX_EXPRESSION_WORDS } from "../model-limits.ts";

type TokenKind = "float" | "uint" | "int" | "bytes" | "string" | "name" | "escaped" | "mark" | "end";

/** A word and its place in the text. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
}

/** The reason why a text is not a CEL expression. */
export class SyntaxFault extends Error {}

/** Reserved names. */
export const RESERVED = new Set([
  "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
  "package", "namespace", "null", "return", "true", "var", "void", "while",
]);
/** Words that are values. */
export const CONSTANTS = new Map([["true", true], ["false", false], ["null", null]]);
/** Words that look like names but cannot be names, not even of a field. */
export const KEYWORDS = new Set([...CONSTANTS.keys(), "in"]);

const ESCAPE = String.raw`\\(?:[abfnrtv"'\\?\x60]|[0-3][0-7]{2}|[xX][\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8})`;
const STRING = [
  String.raw`"""(?:${ESCAPE}|[^\\])*?"""`, String.raw`'''(?:${ESCAPE}|[^\\])*?'''`,
  String.raw`"(?:${ESCAPE}|[^\\"\n\r])*"`, String.raw`'(?:${ESCAPE}|[^\\'\n\r])*'`,
  String.raw`[rR]"""[^]*?"""`, String.raw`[rR]'''[^]*?'''`, String.raw`[rR]"[^"\n\r]*"`, String.raw`[rR]'[^'\n\r]*'`,
].join("|");

const PATTERNS: readonly (readonly [TokenKind, string])[] = [
  ["float", String.raw`\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?`],
  ["uint", String.raw`0x[\da-fA-F]+[uU]|\d+[uU]`],
  ["int", String.raw`0x[\da-fA-F]+|\d+`],
  ["bytes", String.raw`[bB](?:${STRING})`],
  ["string", STRING],
  ["name", String.raw`[A-Za-z_]\w*`],
  ["escaped", String.raw`\x60[\w.\-/ ]+\x60`],
  ["mark", String.raw`==|!=|<=|>=|&&|\|\||[<>[\]{}().,\-!?:+*/%]`],
];

/** A word, with one group per kind. The first kind that matches is the longest match. */
const WORD = new RegExp(PATTERNS.map(([, pattern]) => `(${pattern})`).join("|"), "y");

const SPACE = /[\t \r\n\f]*/y;
const COMMENT = /\/\/[^\n]*/y;

/** Number of evaluation steps counted per word for the whole compilation: measured as up to 1.2 microseconds. */
const STEPS_PER_WORD = 20;

/** Returns the place after white space and comments. */
function afterSpace(source: string, from: number): number {
  for (let at = from; ;) {
    SPACE.lastIndex = at;
    SPACE.test(source);
    COMMENT.lastIndex = SPACE.lastIndex;
    if (!COMMENT.test(source)) return SPACE.lastIndex;
    at = COMMENT.lastIndex;
  }
}

/** Splits an expression into words, the last of which is `end`. Throws a SyntaxFault. */
export function tokensOf(source: string, budget: Budget): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; ;) {
    at = afterSpace(source, at);
    if (at >= source.length) return [...tokens, { kind: "end", text: "", at }];
    WORD.lastIndex = at;
    const found = WORD.exec(source);
    if (found === null) throw new SyntaxFault(`unexpected character at ${at}`);
    if (tokens.length >= MAX_EXPRESSION_WORDS) {
      throw new SyntaxFault(`an expression has at most ${MAX_EXPRESSION_WORDS} words`);
    }
    budget.add(STEPS_PER_WORD);
    const kind = PATTERNS[found.indexOf(found[0], 1) - 1]![0];
    tokens.push({ kind, text: found[0], at });
    at = WORD.lastIndex;
  }
}

/** Returns the value of a literal. `sign` is `-` for a number with a minus sign. Throws a SyntaxFault. */
export function literalOf({ kind, text }: Token, sign: string): Value {
  switch (kind) {
    case "int": {
      const whole = BigInt(text);
      const value = sign === "-" ? -whole : whole;
      if (value < MIN_INT || value > MAX_INT) throw new SyntaxFault("invalid int literal");
      return value;
    }
    case "uint": {
      const value = BigInt(text.slice(0, -1));
      if (value > MAX_UINT) throw new SyntaxFault("invalid uint literal");
      return new Uint(value);
    }
    case "float": {
      const value = Number(sign + text);
      if (!Number.isFinite(value)) throw new SyntaxFault("invalid double literal");
      return value;
    }
    case "bytes":
      return bytesOf(text.slice(1));
    default:
      return textOf(text);
  }
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v",
};

/** Returns the text between the quotes, and whether it is raw: escapes are not read in raw text. */
function content(literal: string): { readonly text: string; readonly isRaw: boolean } {
  const isRaw = /^[rR]/.test(literal);
  const quoted = isRaw ? literal.slice(1) : literal;
  const quotes = quoted.length >= 6 && /^(?:"""|''')/.test(quoted) ? 3 : 1;
  return { text: quoted.slice(quotes, -quotes), isRaw };
}

const ESCAPED = new RegExp(ESCAPE, "g");

function textOf(literal: string): string {
  const { text, isRaw } = content(literal);
  return isRaw ? text : text.replace(ESCAPED, (escape) => {
    const code = codeOf(escape);
    if (typeof code === "string") return code;
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new SyntaxFault("invalid unicode code point");
    return String.fromCodePoint(code);
  });
}

function bytesOf(literal: string): Uint8Array {
  const { text, isRaw } = content(literal);
  const encoder = new TextEncoder();
  if (isRaw) return encoder.encode(text);
  const bytes: number[] = [];
  let from = 0;
  for (const { 0: escape, index } of text.matchAll(ESCAPED)) {
    for (const byte of encoder.encode(text.slice(from, index))) bytes.push(byte);
    const code = codeOf(escape);
    if (/^\\[uU]/.test(escape)) throw new SyntaxFault("unable to unescape string");
    bytes.push(typeof code === "string" ? code.charCodeAt(0) : code);
    from = index + escape.length;
  }
  for (const byte of encoder.encode(text.slice(from))) bytes.push(byte);
  return Uint8Array.from(bytes);
}

/** Returns the meaning of an escape: a character, or the number that it gives. */
function codeOf(escape: string): string | number {
  const kind = escape[1]!;
  if (/[xXuU]/.test(kind)) return Number.parseInt(escape.slice(2), 16);
  if (/[0-3]/.test(kind)) return Number.parseInt(escape.slice(1), 8);
  return SIMPLE[kind] ?? kind;
}
