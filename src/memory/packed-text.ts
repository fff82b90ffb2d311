// Packed texts: strings as 32-bit words of four characters (or two wide ones), which are hashed and compared as words.
import { scrambled } from "./slot-table.ts";

/** Initial size of the buffer of `packText`, in characters. */
const FIRST_CHARS = 1024;
/** Number of characters turned into a string at a time. */
const AT_A_TIME = 1024;

/** A packed text: the first `size` of `words`; `length` in characters, negative if each character takes two bytes. */
export interface PackedText {
  words: Int32Array;
  size: number;
  length: number;
}

/** Text packed last. All callers share it, since packing is synchronous. */
const packed: PackedText = { words: new Int32Array(FIRST_CHARS), size: 0, length: 0 };

/** Packs a text. The result is valid until the next text is packed. */
export function packText(text: string): PackedText {
  const { length } = text;
  if (length > packed.words.length) packed.words = new Int32Array(length * 2);
  const { words } = packed;
  let all = 0;
  let size = 0;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    all |= a | b | c | d;
    words[size++] = a | (b << 8) | (c << 16) | (d << 24);
  }
  if (i < length) {
    let last = 0;
    for (let shift = 0; i < length; i++, shift += 8) {
      const char = text.charCodeAt(i);
      all |= char;
      last |= char << shift;
    }
    words[size++] = last;
  }
  if (all > 255) return packWide(text);
  packed.size = size;
  packed.length = length;
  return packed;
}

/** Packs the ASCII bytes from `start` to `end`. The result is valid until the next text is packed. */
export function packBytes(bytes: Uint8Array, start: number, end: number): PackedText {
  const length = end - start;
  if (length > packed.words.length) packed.words = new Int32Array(length * 2);
  const { words } = packed;
  let size = 0;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    words[size++] = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
  }
  if (i < end) {
    let last = 0;
    for (let shift = 0; i < end; i++, shift += 8) last |= bytes[i]! << shift;
    words[size++] = last;
  }
  packed.size = size;
  packed.length = length;
  return packed;
}

function packWide(text: string): PackedText {
  const { words } = packed;
  const size = (text.length + 1) >> 1;
  for (let i = 0; i < size; i++) {
    const second = 2 * i + 1 < text.length ? text.charCodeAt(2 * i + 1) : 0;
    words[i] = text.charCodeAt(2 * i) | (second << 16);
  }
  packed.size = size;
  packed.length = -text.length;
  return packed;
}

/** Returns the number of words of a text of this length (negative for wide characters). */
export function sizeOfText(length: number): number {
  return length < 0 ? (1 - length) >> 1 : (length + 3) >> 2;
}

/**
 * Returns the 32-bit hash of a text packed into `words` from `at` on. A secret `seed` keeps outsiders from choosing
 * texts that collide.
 */
export function hashOfText(seed: number, words: Int32Array, at: number, size: number, length: number): number {
  let hash = Math.imul(seed, 0x85ebca77) ^ length;
  for (let i = at; i < at + size; i++) {
    hash = Math.imul(hash ^ words[i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return scrambled(hash);
}

/** A buffer that makes a string of the bytes from `start` to `end`, one character per byte. */
export interface Latin1 {
  latin1Slice(start: number, end: number): string;
}

/** Maximum number of bytes viewed as one Buffer. */
const MOST_BYTES = 2 ** 31 - 1;

/** Returns a view that reads narrow packed texts three times as fast as `unpackText`; undefined outside Node. */
export function latin1Of({ buffer }: Int32Array<ArrayBuffer>): Latin1 | undefined {
  const isLittle = new Uint8Array(Int32Array.of(1).buffer)[0] === 1;
  if (!isLittle || buffer.byteLength > MOST_BYTES || typeof Buffer !== "function") return undefined;
  const view = Buffer.from(buffer) as Buffer & Partial<Latin1>;
  return view.latin1Slice === undefined ? undefined : view as Latin1;
}

/** Does the same as `unpackText`, through the view that `latin1Of` returned for the words. */
export function textAt(words: Int32Array, latin1: Latin1 | undefined, at: number, length: number): string {
  if (length < 0 || latin1 === undefined) return unpackText(words, at, length);
  return latin1.latin1Slice(at * 4, at * 4 + length);
}

/** Returns the text of this length that was packed into `words` from `at` on. */
export function unpackText(words: Int32Array, at: number, length: number): string {
  const chars = Math.abs(length);
  const codes: number[] = [];
  let text = "";
  for (let i = 0; i < chars; i++) {
    const code = length < 0 ? (words[at + (i >> 1)]! >>> ((i & 1) * 16)) & 0xffff
      : (words[at + (i >> 2)]! >>> ((i & 3) * 8)) & 0xff;
    codes.push(code);
    if (codes.length < AT_A_TIME) continue;
    text += String.fromCharCode.apply(null, codes);
    codes.length = 0;
  }
  return text + String.fromCharCode.apply(null, codes);
}

const COLON = 0x3a;
const SPACE = 0x20;
const HASH = 0x23;
const STAR = 0x2a;
const TILDE = 0x7e;

/** Returns the length of the type if a packed text is surely `type:id`; 0 if it must be parsed. */
export function typeLengthOfPlain({ words, length }: PackedText): number {
  let colon = 0;
  for (let i = 0; i < length; i++) {
    const char = (words[i >> 2]! >>> ((i & 3) * 8)) & 0xff;
    if (char === COLON) {
      if (colon > 0 || i === 0) return 0;
      colon = i;
    } else if (char <= SPACE || char === HASH || char === STAR || char > TILDE) return 0;
  }
  return colon === length - 1 ? 0 : colon;
}
