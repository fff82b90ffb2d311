// The sizes OpenFGA's API allows for the parts of a question.
import { MAX_OBJECT_LENGTH, MAX_RELATION_LENGTH, MAX_TYPE_LENGTH, MAX_USER_LENGTH } from "./limits.ts";

/** Parts of a question whose size is limited. */
interface Parts {
  readonly user?: string;
  readonly object?: string;
  readonly relation?: string;
  readonly type?: string;
}

/** Which part is too long, or undefined. */
export function sizeFault(parts: Parts): string | undefined {
  if (isLonger(parts.user, MAX_USER_LENGTH)) return `'user' is longer than ${MAX_USER_LENGTH} characters`;
  if (isLonger(parts.object, MAX_OBJECT_LENGTH)) return `'object' is longer than ${MAX_OBJECT_LENGTH} characters`;
  if (isLonger(parts.relation, MAX_RELATION_LENGTH)) {
    return `'relation' is longer than ${MAX_RELATION_LENGTH} characters`;
  }
  if (isLonger(parts.type, MAX_TYPE_LENGTH)) return `'type' is longer than ${MAX_TYPE_LENGTH} characters`;
  return undefined;
}

function isLonger(text: string | undefined, limit: number): boolean {
  return text !== undefined && text.length > limit && [...text].length > limit;
}
