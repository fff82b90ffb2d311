// Pages of the OpenFGA API: their size, and the opaque token that continues them.
import type { Fields } from "./fields.ts";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, MAX_PAGE_TOKEN_LENGTH } from "./http-limits.ts";
import { base64url, bytesOfBase64url } from "../tuples/digest.ts";

/** The place where a page continues: after a cursor of the store, among objects of one type ("": of every type). */
export interface PageToken {
  readonly cursor: string;
  readonly type: string;
}

/** Maximum integer that OpenFGA's API can hold: 32 bits. */
const MAX_INT32 = 2 ** 31 - 1;

/** Reads a page size from a query; 50 if absent. */
export function readPageSizeText(fields: Fields, text: string | undefined): number {
  return checkedPageSize(fields, text === undefined || !/^[+-]?\d{1,20}$/.test(text) ? text : Number(text));
}

/** Reads a page size from a JSON body, a number or its text; 50 if absent. */
export function readPageSize(fields: Fields, asked: unknown): number {
  const isText = typeof asked === "string" && /^-?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?$/.test(asked);
  return checkedPageSize(fields, isText ? Number(asked) : asked);
}

function checkedPageSize(fields: Fields, size: unknown): number {
  if (size === undefined || size === null) return DEFAULT_PAGE_SIZE;
  if (typeof size !== "number" || !Number.isInteger(size) || Math.abs(size) > MAX_INT32) {
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
    const [cursor, type] = JSON.parse(new TextDecoder().decode(bytesOfBase64url(token))) as unknown[];
    if (typeof cursor === "string" && typeof type === "string") return { cursor, type };
  } catch {
    // Not a token of Sideline: refused below.
  }
  fields.refuse("invalid_continuation_token", "Invalid continuation token");
  return undefined;
}

/** Returns the token of a place. */
export function writePageToken(cursor: string, type: string): string {
  return base64url(new TextEncoder().encode(JSON.stringify([cursor, type])));
}
