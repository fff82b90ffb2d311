// The keyed hash of an email address: all that Sideline keeps of one.
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64url } from "../state/digest.ts";

/** HMAC-SHA-256 of the trimmed lower-case address, in base64url, under the installation's key. */
export function emailHasher(key: Uint8Array): (email: string) => string {
  return (email) => base64url(hmac(sha256, key, new TextEncoder().encode(email.trim().toLowerCase())));
}
