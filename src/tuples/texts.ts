// Texts: many short strings as bytes in one flat array, outside of the heap; each by the place where it was put.

const FIRST_BYTES = 16_384;
/** Less room than this is not worth the packing, in bytes. */
const LEAST_PACKING = 65_536;
/** Most bytes there can be, so that a place fits 32 bits. */
const MOST_BYTES = 2 ** 31 - 1;
/** Characters made into a string at a time. */
const AT_A_TIME = 1024;

/** A place: the offset of the first byte times two, plus one where a character takes two bytes. */
type Place = number;

/** Hash of a text, 32 bits. `seed` keeps outsiders from choosing texts that collide. */
export function hashOfText(seed: number, text: string): number {
  const { length } = text;
  let hash = Math.imul(seed, 0x85ebca77) ^ length;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const word = text.charCodeAt(i) ^ (text.charCodeAt(i + 1) << 8) ^ (text.charCodeAt(i + 2) << 16)
      ^ (text.charCodeAt(i + 3) << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; i < length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return hash ^ (hash >>> 15);
}

/** Bytes of texts. A text's length, in characters, is kept by who put it here. Throws when full: at 2 GiB. */
export class Texts {
  private bytes = new Uint8Array(FIRST_BYTES);
  private used = 0;
  private dropped = 0;

  /** True when most of the room is taken by dropped texts. */
  get wantsPacking(): boolean {
    return this.dropped > LEAST_PACKING && this.dropped * 2 > this.used;
  }

  /** Puts a text here and returns its place. */
  add(text: string): Place {
    const wide = isWide(text);
    const size = wide ? text.length * 2 : text.length;
    if (this.used + size > this.bytes.length) this.grow(size);
    const { bytes, used } = this;
    if (wide) {
      for (let i = 0; i < text.length; i++) {
        bytes[used + 2 * i] = text.charCodeAt(i);
        bytes[used + 2 * i + 1] = text.charCodeAt(i) >> 8;
      }
    } else {
      for (let i = 0; i < text.length; i++) bytes[used + i] = text.charCodeAt(i);
    }
    this.used += size;
    return used * 2 + (wide ? 1 : 0);
  }

  /** Whether the text at a place, known to be as long, is this one. */
  equals(place: Place, text: string): boolean {
    const { bytes } = this;
    const offset = place >>> 1;
    if ((place & 1) === 1) return this.read(place, text.length) === text;
    for (let i = 0; i < text.length; i++) if (bytes[offset + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** The text of a length at a place. */
  read(place: Place, length: number): string {
    const { bytes } = this;
    const offset = place >>> 1;
    if ((place & 1) === 0 && length <= AT_A_TIME) {
      return String.fromCharCode.apply(null, bytes.subarray(offset, offset + length) as unknown as number[]);
    }
    let text = "";
    const wide = (place & 1) === 1;
    for (let i = 0; i < length; i++) {
      const code = wide ? bytes[offset + 2 * i]! | (bytes[offset + 2 * i + 1]! << 8) : bytes[offset + i]!;
      text += String.fromCharCode(code);
    }
    return text;
  }

  /** Gives up the text at a place; its room comes back with the next packing. */
  drop(place: Place, length: number): void {
    this.dropped += sizeAt(place, length);
  }

  /** Keeps only the texts at the given places and lengths, and tells the new place of each, by its number. */
  pack(kept: ReadonlyArray<readonly [place: Place, length: number]>, moved: (i: number, place: Place) => void): void {
    const total = kept.reduce((sum, [place, length]) => sum + sizeAt(place, length), 0);
    const packed = new Uint8Array(Math.max(FIRST_BYTES, Math.ceil(total * 1.25)));
    let used = 0;
    kept.forEach(([place, length], i) => {
      const offset = place >>> 1;
      const size = sizeAt(place, length);
      packed.set(this.bytes.subarray(offset, offset + size), used);
      moved(i, used * 2 + (place & 1));
      used += size;
    });
    this.bytes = packed;
    this.used = used;
    this.dropped = 0;
  }

  private grow(size: number): void {
    const needed = this.used + size;
    if (needed > MOST_BYTES) throw new RangeError("more than 2 GiB of names");
    const longer = new Uint8Array(Math.min(MOST_BYTES, Math.ceil(Math.max(this.bytes.length * 1.5, needed))));
    longer.set(this.bytes);
    this.bytes = longer;
  }
}

function sizeAt(place: Place, length: number): number {
  return (place & 1) === 1 ? length * 2 : length;
}

function isWide(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 255) return true;
  return false;
}
