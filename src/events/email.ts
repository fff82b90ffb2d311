// The keyed hash of an email address: all that Sideline keeps of one.
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { base64url } from "../tuples/digest.ts";

/** Least characters of a key that is a text. */
const MIN_EMAIL_KEY_LENGTH = 32;
/** A key named by its bytes: 32 or more, two hexadecimal digits each. */
const HEX_KEY = /^hex:(?:[0-9a-f]{2}){32,}$/i;

/** HMAC-SHA-256 of the trimmed lower-case address, in base64url, under the installation's key. */
export function emailHasher(key: Uint8Array): (email: string) => string {
  return (email) => base64url(hmac(sha256, key, new TextEncoder().encode(email.trim().toLowerCase())));
}

/** What is wrong with a key as a setting has it; undefined where nothing is. */
export function emailKeyFault(text: string): string | undefined {
  if (text.startsWith("hex:") && !HEX_KEY.test(text)) return "hex: stands before 64 hexadecimal digits or more";
  return text.length < MIN_EMAIL_KEY_LENGTH ? `at least ${MIN_EMAIL_KEY_LENGTH} characters` : undefined;
}

/** The key of a setting: the bytes of the text, or those that `hex:` names, as `nameEmailKey` does. */
export function readEmailKey(text: string): Uint8Array {
  return HEX_KEY.test(text) ? hexToBytes(text.slice("hex:".length)) : new TextEncoder().encode(text);
}

/** The setting that stands for a key: such as one an embedded store made for itself. */
export function nameEmailKey(key: Uint8Array): string {
  return `hex:${bytesToHex(key)}`;
}
