// The sizes that OpenFGA's API allows for the parts of a question.
import { MAX_OBJECT_LENGTH, MAX_RELATION_LENGTH, MAX_TYPE_LENGTH, MAX_USER_LENGTH } from "../tuples/field-sizes.ts";

/** Parts of a question whose size is limited, in characters. `userBytes` is a user limited in bytes of UTF-8. */
interface Parts {
  readonly user?: string;
  readonly object?: string;
  readonly relation?: string;
  readonly type?: string;
  readonly userBytes?: string;
}

/** Returns an error that names the part that is too long, or undefined. */
export function sizeFault(parts: Parts): string | undefined {
  if (isLonger(parts.user, MAX_USER_LENGTH)) return `'user' is longer than ${MAX_USER_LENGTH} characters`;
  if (isLonger(parts.object, MAX_OBJECT_LENGTH)) return `'object' is longer than ${MAX_OBJECT_LENGTH} characters`;
  if (isLonger(parts.relation, MAX_RELATION_LENGTH)) {
    return `'relation' is longer than ${MAX_RELATION_LENGTH} characters`;
  }
  if (isLonger(parts.type, MAX_TYPE_LENGTH)) return `'type' is longer than ${MAX_TYPE_LENGTH} characters`;
  if (parts.userBytes !== undefined && bytesOf(parts.userBytes) > MAX_USER_LENGTH) {
    return `'user' is longer than ${MAX_USER_LENGTH} bytes`;
  }
  return undefined;
}

function bytesOf(text: string): number {
  if (text.length * 3 <= MAX_USER_LENGTH) return text.length;
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function isLonger(text: string | undefined, limit: number): boolean {
  return text !== undefined && text.length > limit && [...text].length > limit;
}
