// Pages of the OpenFGA API: their size, and the opaque token that continues them.
import type { Fields } from "./fields.ts";

/** Entries of a page that names no size, and most entries of a page: OpenFGA 1.22.1. */
const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 100;
/** Longest continuation token, in characters: OpenFGA's API definition. */
export const MAX_PAGE_TOKEN_LENGTH = 5120;

/** Where a page goes on: after a cursor of the store, among objects of one type ("": of every type). */
export interface PageToken {
  readonly cursor: string;
  readonly type: string;
}

/** Reads a page size, a number or its decimal text; 50 when absent. */
export function readPageSize(fields: Fields, asked: unknown): number {
  if (asked === undefined || asked === null) return DEFAULT_PAGE_SIZE;
  const size = typeof asked === "string" && /^-?\d{1,9}$/.test(asked) ? Number(asked) : asked;
  if (typeof size !== "number" || !Number.isInteger(size)) {
    fields.refuse("validation_error", "invalid page_size: an integer is expected");
    return DEFAULT_PAGE_SIZE;
  }
  if (size >= 1 && size <= MAX_PAGE_SIZE) return size;
  fields.refuse("page_size_invalid", `invalid page_size: value must be inside range [1, ${MAX_PAGE_SIZE}]`);
  return DEFAULT_PAGE_SIZE;
}

/** Reads a continuation token; undefined for "", the first page. */
export function readPageToken(fields: Fields, token: string): PageToken | undefined {
  if (token === "") return undefined;
  if (token.length > MAX_PAGE_TOKEN_LENGTH) {
    const message = `invalid continuation_token: value length must be at most ${MAX_PAGE_TOKEN_LENGTH} bytes`;
    fields.refuse("validation_error", message);
    return undefined;
  }
  try {
    const [cursor, type] = JSON.parse(Buffer.from(token, "base64url").toString()) as unknown[];
    if (typeof cursor === "string" && typeof type === "string") return { cursor, type };
  } catch {
    // Not one of ours, as below.
  }
  fields.refuse("invalid_continuation_token", "Invalid continuation token");
  return undefined;
}

/** The token of a place. */
export function writePageToken(cursor: string, type: string): string {
  return Buffer.from(JSON.stringify([cursor, type])).toString("base64url");
}
