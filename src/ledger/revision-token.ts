// The tokens in receipts: each names an org and the event's revision, and is opaque to its holder.
import { z } from "zod";
import { base64url, bytesOfBase64url } from "../tuples/digest.ts";
import type { Position } from "../checks/checker.ts";
import type { Failure } from "../checks/question.ts";
import { MAX_TOKENS, MAX_TOKEN_LENGTH } from "../domain/event-limits.ts";

/** The refusal of a text that is not a list of tokens. */
const MALFORMED_TOKEN: Failure = Object.freeze({
  code: "validation_error",
  message: "Sideline-Token must be the token of a receipt, unchanged, or several of them, separated by commas",
});

/** The refusal of too many tokens. */
const TOO_MANY_TOKENS: Failure = Object.freeze({
  code: "validation_error", message: `Sideline-Token has at most ${MAX_TOKENS} tokens`,
});

/** The refusal of a token whose event the store does not have. */
export const UNKNOWN_POSITION: Failure = Object.freeze({
  code: "validation_error",
  message: "Sideline-Token names a state that this server has not reached: the token is from another installation, "
    + "or the store was restored from an older copy",
});

const shape = z.tuple([z.string(), z.number().int().nonnegative()]);

/**
 * Returns the token of a position.
 *
 * @example readTokens(makeToken({ org: "fc", revision: 7 })) // [{ org: "fc", revision: 7 }]
 */
export function makeToken(position: Position): string {
  return base64url(new TextEncoder().encode(JSON.stringify([position.org, position.revision])));
}

/** Returns the position that a token names; undefined for a text that is not a token. */
function readToken(token: string): Position | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  try {
    const [org, revision] = shape.parse(JSON.parse(new TextDecoder().decode(bytesOfBase64url(token))));
    return { org, revision };
  } catch {
    return undefined;
  }
}

/**
 * Returns the positions that a list of tokens names, separated by commas: the newest one of each org. Returns a failure
 * for a text that is not such a list, and for more than MAX_TOKENS tokens.
 *
 * @example
 * readTokens(makeToken({ org: "fc", revision: 7 })) // [{ org: "fc", revision: 7 }]
 * const both = [{ org: "fc", revision: 9 }, { org: "academy", revision: 2 }];
 * readTokens(both.map(makeToken).join(", ")) // [{ org: "fc", revision: 9 }, { org: "academy", revision: 2 }]
 */
export function readTokens(text: string): readonly Position[] | Failure {
  if (!text.includes(",")) {
    const position = readToken(text);
    return position === undefined ? MALFORMED_TOKEN : [position];
  }
  const tokens = text.split(",", MAX_TOKENS + 1);
  if (tokens.length > MAX_TOKENS) return TOO_MANY_TOKENS;
  const newest = new Map<string, Position>();
  for (const token of tokens) {
    const position = readToken(token.trim());
    if (position === undefined) return MALFORMED_TOKEN;
    if (position.revision >= (newest.get(position.org)?.revision ?? 0)) newest.set(position.org, position);
  }
  return [...newest.values()];
}
