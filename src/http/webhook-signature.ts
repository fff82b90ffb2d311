// Signatures of Standard Webhooks (https://www.standardwebhooks.com), version v1: HMAC-SHA256 over id, time and body.
// The library `standardwebhooks` 1.1.1 signs in the tests, and is not used here: it hashes in JavaScript (50 ms for
// 1 MiB), reads the body as text first, and takes `123x` for a time.
import { createHmac, timingSafeEqual } from "node:crypto";
import {
  MAX_SIGNATURES, MAX_SIGNING_SECRET_BYTES, MAX_WEBHOOK_ID_LENGTH, MIN_SIGNING_SECRET_BYTES,
  WEBHOOK_TOLERANCE_SECONDS,
} from "./http-limits.ts";

/** Returns the bytes of a secret, `whsec_` followed by 24 to 64 bytes in base64; undefined if it is none. */
export function readSecret(text: string): Buffer | undefined {
  const [, base64 = ""] = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(text) ?? [];
  const bytes = Buffer.from(base64, "base64");
  return bytes.length >= MIN_SIGNING_SECRET_BYTES && bytes.length <= MAX_SIGNING_SECRET_BYTES ? bytes : undefined;
}

/** Why the headers of a request are no signature, or whether they sign a body, byte for byte. */
export type Signature = { readonly fault: string } | { readonly covers: (body: Uint8Array) => boolean };

/**
 * An id may not have the dot that separates the signed parts (else one signature covers two splits of the same bytes),
 * nor the comma and space with which HTTP joins a header that was sent twice.
 */
const ID = new RegExp(String.raw`^[\x21-\x2b\x2d\x2f-\x7e]{1,${MAX_WEBHOOK_ID_LENGTH}}$`);
const SECONDS = /^[1-9]\d{0,11}$/;
/** A signature of any version: `v1`, or one that is not read, such as `v1a`. */
const VERSIONED = /^(v[0-9a-z]{1,8}),([A-Za-z0-9+/=_-]{1,256})$/;
const BASE64_OF_SHA256 = /^[A-Za-z0-9+/]{43}=$/;

const fault = (text: string): Signature => ({ fault: text });

/**
 * Reads the signature of a request. `secrets` are those of one sender, which has several while it changes them; `now`
 * is in milliseconds since 1970. `header` returns a header by its lower-case name.
 */
export function readSignature(
  header: (name: string) => string | undefined, secrets: readonly Uint8Array[], now: number,
): Signature {
  const id = header("webhook-id");
  const timestamp = header("webhook-timestamp");
  const list = header("webhook-signature");
  if (id === undefined || timestamp === undefined || list === undefined) {
    return fault("a signed request has the headers webhook-id, webhook-timestamp and webhook-signature");
  }
  if (!ID.test(id)) return fault("webhook-id must be printable, without a dot, a comma or a space");
  if (!SECONDS.test(timestamp)) return fault("webhook-timestamp must be in seconds since 1970");
  if (Math.abs(now / 1000 - Number(timestamp)) > WEBHOOK_TOLERANCE_SECONDS) {
    return fault(`webhook-timestamp is more than ${WEBHOOK_TOLERANCE_SECONDS} seconds from the server's clock`);
  }
  const versioned = list.split(" ");
  if (versioned.length > MAX_SIGNATURES) return fault(`webhook-signature has more than ${MAX_SIGNATURES} signatures`);
  const parts = versioned.map((one) => VERSIONED.exec(one));
  if (parts.includes(null)) return fault("webhook-signature must be signatures v1,<base64> with single spaces between");
  const given = parts.filter((part) => part?.[1] === "v1" && BASE64_OF_SHA256.test(part[2] ?? ""))
    .map((part) => Buffer.from(part?.[2] ?? "", "base64"));
  if (given.length === 0) return fault("webhook-signature has no signature of version v1");
  return { covers: (body) => isSigned(`${id}.${timestamp}.`, body, given, secrets) };
}

/** Compares every signature with every secret's, so that the time does not reveal which one matched. */
function isSigned(
  head: string, body: Uint8Array, given: readonly Uint8Array[], secrets: readonly Uint8Array[],
): boolean {
  let found = false;
  for (const secret of secrets) {
    const expected = createHmac("sha256", secret).update(head).update(body).digest();
    for (const signature of given) if (timingSafeEqual(expected, signature)) found = true;
  }
  return found;
}
