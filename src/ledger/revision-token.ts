// The token in a receipt: it names an org and the event's revision, and is opaque to its holder.
import { z } from "zod";
import { MAX_TOKEN_LENGTH } from "../domain/event-limits.ts";

/** A position in the order of an org's events, or of the platform's (PLATFORM). */
export interface Position {
  readonly org: string;
  readonly revision: number;
}

const shape = z.tuple([z.string(), z.number().int().nonnegative()]);

/** Returns the token of a position. */
export function makeToken(position: Position): string {
  return btoa(JSON.stringify([position.org, position.revision])).replaceAll("+", "-").replaceAll("/", "_");
}

/** Returns the position that a token names; undefined for a text that is not a token. */
export function readToken(token: string): Position | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  try {
    const [org, revision] = shape.parse(JSON.parse(atob(token.replaceAll("-", "+").replaceAll("_", "/"))));
    return { org, revision };
  } catch {
    return undefined;
  }
}
