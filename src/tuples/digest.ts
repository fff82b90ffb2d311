// Digests: SHA-256 in base64url, 43 characters; and canonical JSON.
import { sha256 } from "@noble/hashes/sha2.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * Encodes bytes in base64url, without padding.
 *
 * @example base64url(Uint8Array.of(255, 254)) // "__4"
 */
export function base64url(bytes: Uint8Array): string {
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const word = (bytes[i] ?? 0) << 16 | (bytes[i + 1] ?? 0) << 8 | (bytes[i + 2] ?? 0);
    for (let k = 0; k <= Math.min(left, 3); k++) out += ALPHABET[(word >> (18 - 6 * k)) & 63];
  }
  return out;
}

/**
 * Decodes base64url, with or without padding. Throws for any other text.
 *
 * @example [...bytesOfBase64url("__4")] // [255, 254]
 */
export function bytesOfBase64url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (byte) => byte.charCodeAt(0));
}

/** Returns the SHA-256 of a text's UTF-8 bytes, in base64url. */
export function digest(text: string): string {
  return base64url(sha256(new TextEncoder().encode(text)));
}

/**
 * Returns JSON with sorted keys, which is the same for equal content.
 *
 * @example canonical({ b: 1, a: [2, 3] }) // '{"a":[2,3],"b":1}'
 */
export function canonical(content: unknown): string {
  return JSON.stringify(withSortedKeys(content));
}

function withSortedKeys(content: unknown): unknown {
  if (content === null || typeof content !== "object") return content;
  if (Array.isArray(content)) return content.map(withSortedKeys);
  const entries = Object.entries(content).map(([key, part]): [string, unknown] => [key, withSortedKeys(part)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
