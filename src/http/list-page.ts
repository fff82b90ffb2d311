// Pages of sorted lists: their size, and the token that continues a list, which belongs to one question.
import type { Context } from "hono";
import { z } from "zod";
import { base64url, bytesOfBase64url, canonical, digest } from "../tuples/digest.ts";
import { clean } from "../events/payload.ts";
import { faulty, invalidQuestion } from "./app-question.ts";
import { DEFAULT_ENTRIES_PER_PAGE, MAX_ENTRIES_PER_PAGE, MAX_LIST_TOKEN_LENGTH } from "./http-limits.ts";

/** Schema of the number of entries in a page. */
export const pageSizeSchema = z.int().min(1).max(MAX_ENTRIES_PER_PAGE);

/** Schema of the same as text, in a query. */
export const pageSizeTextSchema =
  z.string().regex(/^\d{1,9}$/, "must be a whole number").transform(Number).pipe(pageSizeSchema);

/** Schema of a continuation token; "" is the first page. */
export const tokenSchema = z.string().max(MAX_LIST_TOKEN_LENGTH);

/** A page as a request asks for it. */
interface AskedPage {
  readonly page_size?: number | undefined;
  readonly continuation_token?: string | undefined;
}

/** A place in a sorted list: at most `size` entries, after the name `after` ("": from the first). */
export interface ListPlace {
  readonly after: string;
  readonly size: number;
}

const tokenShape = z.tuple([z.string(), z.string()]);

/**
 * Returns the place of a page. `question` is everything that the list depends on. Throws a problem for a token that was
 * not issued for this question.
 */
export function placeOf({ page_size: size = DEFAULT_ENTRIES_PER_PAGE, continuation_token: token = "" }: AskedPage,
  question: readonly unknown[]): ListPlace {
  if (token === "") return { after: "", size };
  const [of, after] = readToken(token) ?? [];
  if (after !== undefined && of === digestOf(question)) return { after, size };
  const message = "this is no token of this question: send it unchanged, with the question of the page before";
  throw invalidQuestion(message, [{ path: "continuation_token", message }]);
}

/** Returns the token of the page after a name. */
export function tokenAfter(name: string, question: readonly unknown[]): string {
  return base64url(new TextEncoder().encode(JSON.stringify([digestOf(question), name])));
}

function readToken(token: string): readonly [string, string] | undefined {
  try {
    return tokenShape.parse(JSON.parse(new TextDecoder().decode(bytesOfBase64url(token))));
  } catch {
    return undefined;
  }
}

function digestOf(question: readonly unknown[]): string {
  return digest(canonical(question));
}

/** Returns the query. Throws a problem for a field that the schema does not admit, or that is given more than once. */
export function queryOf<Query>(c: Context, schema: z.ZodType<Query>): Query {
  const given = Object.entries(c.req.queries());
  const repeated = given.find(([, values]) => values.length > 1)?.[0];
  if (repeated !== undefined) {
    const message = clean(`${repeated} is given more than once`);
    throw invalidQuestion(message, [{ path: clean(repeated), message }]);
  }
  const read = schema.safeParse(Object.fromEntries(given.map(([name, [value]]) => [name, value])));
  if (!read.success) throw faulty(read.error);
  return read.data;
}
