// The token of a receipt: opaque to its holder, it names an org and the revision of the event.
import { z } from "zod";

/** A place in the order of an org's events (PLATFORM: the platform's). */
export interface Position {
  readonly org: string;
  readonly revision: number;
}

const shape = z.tuple([z.string(), z.number().int().nonnegative()]);

/** Longest token that is looked at, in characters. */
export const MAX_TOKEN_LENGTH = 512;

/** The token of a position. */
export function makeToken(position: Position): string {
  return btoa(JSON.stringify([position.org, position.revision])).replaceAll("+", "-").replaceAll("/", "_");
}

/** The position a token names; undefined for a text that is no token. */
export function readToken(token: string): Position | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  try {
    const [org, revision] = shape.parse(JSON.parse(atob(token.replaceAll("-", "+").replaceAll("_", "/"))));
    return { org, revision };
  } catch {
    return undefined;
  }
}
