// The token in a receipt: it names an org and the event's revision, and is opaque to its holder.
import { z } from "zod";
import { base64url, bytesOfBase64url } from "../tuples/digest.ts";
import type { Position } from "../checks/checker.ts";
import type { Failure } from "../checks/question.ts";
import { MAX_TOKEN_LENGTH } from "../domain/event-limits.ts";

/** The refusal of a text that is not a token. */
export const MALFORMED_TOKEN: Failure = Object.freeze({
  code: "validation_error", message: "Sideline-Token must be the token of a receipt, unchanged",
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
 * @example readToken(makeToken({ org: "fc", revision: 7 })) // { org: "fc", revision: 7 }
 */
export function makeToken(position: Position): string {
  return base64url(new TextEncoder().encode(JSON.stringify([position.org, position.revision])));
}

/** Returns the position that a token names; undefined for a text that is not a token. */
export function readToken(token: string): Position | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  try {
    const [org, revision] = shape.parse(JSON.parse(new TextDecoder().decode(bytesOfBase64url(token))));
    return { org, revision };
  } catch {
    return undefined;
  }
}
