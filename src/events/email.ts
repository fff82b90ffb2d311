// The keyed hash of an email address, the only form in which Sideline keeps one.
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { base64url } from "../tuples/digest.ts";
import { MIN_EMAIL_KEY_LENGTH } from "../domain/event-limits.ts";

/** A key given as bytes: `hex:` and at least 32 bytes, two hexadecimal digits each. */
const HEX_KEY = /^hex:(?:[0-9a-f]{2}){32,}$/i;

/**
 * Returns the hash function of a key: HMAC-SHA-256 of the trimmed, lower-cased address, in base64url.
 *
 * @example
 * const hash = emailHasher(readEmailKey("a secret of 32 characters or more"));
 * hash(" Ann@Example.org ") === hash("ann@example.org") // true
 * hash("ann@example.org").length // 43
 */
export function emailHasher(key: Uint8Array): (email: string) => string {
  return (email) => base64url(hmac(sha256, key, new TextEncoder().encode(email.trim().toLowerCase())));
}

/** Returns the fault of a key setting; undefined for a valid one. */
export function emailKeyFault(text: string): string | undefined {
  if (text.startsWith("hex:") && !HEX_KEY.test(text)) {
    return "after hex: come 64 or more hexadecimal digits, an even number of them";
  }
  return text.length < MIN_EMAIL_KEY_LENGTH ? `a key has at least ${MIN_EMAIL_KEY_LENGTH} characters` : undefined;
}

/** Returns the key of a setting: the bytes of the text, or the bytes after `hex:`, as `nameEmailKey` prints them. */
export function readEmailKey(text: string): Uint8Array {
  return HEX_KEY.test(text) ? hexToBytes(text.slice("hex:".length)) : new TextEncoder().encode(text);
}

/**
 * Returns the setting for a key, such as one that an embedded store generated.
 *
 * @example nameEmailKey(Uint8Array.of(1, 171)) // "hex:01ab"
 */
export function nameEmailKey(key: Uint8Array): string {
  return `hex:${bytesToHex(key)}`;
}
