// Reads CloudEvents 1.0 from requests in binary, structured and batch mode; invents no value for a missing attribute.
import type { Envelope } from "../ledger/envelope.ts";
import { refuse, type PayloadError, type Refusal } from "../events/refusal.ts";
import { isRecord } from "./fields.ts";
import { parseJson, readJson, shownName } from "./json-text.ts";
import { MAX_SEQUENCE_LENGTH } from "./http-limits.ts";

/** The form in which the events of a request are sent. */
export type Mode = "binary" | "structured" | "batch" | "structured_or_batch";

/**
 * Returns the mode of a request by its content type, regardless of case; undefined for an unsupported type. Plain
 * `application/json` is the data of an event in binary mode if there are `ce-` headers; otherwise it is an event or an
 * array. Binary mode without a content type is JSON: the CloudEvents SDK for Python sends none.
 */
export function modeOf(headers: Headers): Mode | undefined {
  const type = headers.get("content-type")?.trim() ?? "";
  const media = mediaType(type === "" && isBinary(headers) ? "application/json" : type);
  if (media === undefined) return undefined;
  if (media === "application/cloudevents-batch+json") return "batch";
  if (media === "application/cloudevents+json") return "structured";
  if (media.startsWith("application/cloudevents") || !isJsonType(media)) return undefined;
  if (isBinary(headers)) return "binary";
  return media === "application/json" ? "structured_or_batch" : undefined;
}

/** True for a request with an attribute of an event among its headers. */
function isBinary(headers: Headers): boolean {
  return [...headers.keys()].some((name) => name.startsWith("ce-"));
}

/** Returns the media type without parameters; undefined if it names a character set other than UTF-8. */
function mediaType(contentType: string): string | undefined {
  const [media = "", ...parameters] = contentType.toLowerCase().split(";").map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="));
  return charset === undefined || /^charset="?utf-8"?$/.test(charset) ? media : undefined;
}

function isJsonType(media: string): boolean {
  return /^[a-z0-9!#$&^_.+-]+\/(?:json|[a-z0-9!#$&^_.-]+\+json)$/.test(media);
}

/** Reads one event in binary mode: attributes from the headers, data from the body. */
export function readBinary(headers: Headers, body: Uint8Array): Envelope | Refusal {
  const attributes: Record<string, unknown> = {};
  const errors: PayloadError[] = [];
  for (const [name, value] of headers) {
    if (!name.startsWith("ce-")) continue;
    const decoded = decodeHeader(value);
    if (decoded === undefined) errors.push({ path: name.slice(3), message: "must be percent-encoded UTF-8" });
    else attributes[name.slice(3)] = decoded;
  }
  const data = readJson(body);
  if ("fault" in data) errors.push({ path: "data", message: data.fault });
  return toEnvelope(attributes, "fault" in data ? undefined : data.value, errors);
}

/** Undoes quoting, then one round of percent-encoding; undefined if the result is not UTF-8. */
function decodeHeader(value: string): string | undefined {
  const unquoted = /^"(?:[^"\\]|\\.)*"$/.test(value) ? value.slice(1, -1).replaceAll(/\\(.)/g, "$1") : value;
  if (!/^[\x20-\x7e]*$/.test(unquoted)) return undefined;
  try {
    return decodeURIComponent(unquoted);
  } catch {
    return undefined;
  }
}

/** Reads one event in structured mode, or an entry of a batch. */
export function readStructured(event: unknown): Envelope | Refusal {
  if (!isRecord(event)) return invalid([{ path: "", message: "an event is a JSON object" }]);
  const errors = misnamed(event);
  const { data, data_base64: base64, datacontenttype: contentType } = event;
  if (contentType !== undefined && contentType !== null) {
    const media = typeof contentType === "string" ? mediaType(contentType) : undefined;
    const isJson = media !== undefined && isJsonType(media);
    if (!isJson) errors.push({ path: "datacontenttype", message: "must be a JSON type" });
  }
  if (base64 === undefined || base64 === null) return toEnvelope(event, data, errors);
  if (data !== undefined) errors.push({ path: "data_base64", message: "must not be given together with data" });
  const decoded = decodeBase64(base64);
  if ("fault" in decoded) errors.push({ path: "data_base64", message: decoded.fault });
  return toEnvelope(event, "fault" in decoded ? undefined : decoded.value, errors);
}

/**
 * Refuses names that break the CloudEvents 1.0 rule for attributes: lower-case letters and digits. A misspelt `Actor`
 * must not be ignored: the event would then count as one of the system.
 */
function misnamed(event: Readonly<Record<string, unknown>>): PayloadError[] {
  return Object.keys(event).filter((name) => name !== "data_base64" && !/^[a-z0-9]+$/.test(name))
    .map((name) => ({ path: shownName(name), message: "is not an attribute name: only a-z and 0-9 are allowed" }));
}

function decodeBase64(text: unknown): ReturnType<typeof parseJson> {
  const grammar = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
  if (typeof text !== "string" || !grammar.test(text)) return { fault: "must be base64" };
  return readJson(Buffer.from(text, "base64"));
}

interface AttributeRule {
  readonly required: boolean;
  readonly fits: (text: string) => boolean;
  readonly message: string;
}

const URI_REFERENCE = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;

/** True for a URI reference of RFC 3986, judged by its characters; a source must be one. */
export const isSourceReference = (text: string): boolean => URI_REFERENCE.test(text);

const HOUR_MINUTE = "(?:[01]\\d|2[0-3]):[0-5]\\d";
const OFFSET = `(?:Z|[+-]${HOUR_MINUTE})`;
const RFC3339 = new RegExp(`^\\d{4}-(\\d\\d)-(\\d\\d)T${HOUR_MINUTE}:[0-5]\\d(?:\\.\\d+)?${OFFSET}$`, "i");
const CONTROL_OR_BROKEN = /[\p{Cc}\p{Cs}]/u;

const isText = (text: string): boolean => text !== "" && !CONTROL_OR_BROKEN.test(text);

/** The attributes that are read. Whether `actor` is a user id is checked when the event is decided. */
const ATTRIBUTES: Readonly<Record<string, AttributeRule>> = {
  specversion: { required: true, fits: (text) => text === "1.0", message: "must be 1.0" },
  id: { required: true, fits: isText, message: "must be a text with at least one character" },
  source: { required: true, fits: isSourceReference, message: "must be a URI reference" },
  type: { required: true, fits: isText, message: "must be a text with at least one character" },
  subject: { required: false, fits: isText, message: "must be a text with at least one character" },
  time: { required: false, fits: isTime, message: "must be an RFC 3339 time" },
  sequence: { required: false, fits: isSequence, message: `must be 1 to ${MAX_SEQUENCE_LENGTH} printable characters` },
  actor: { required: false, fits: isText, message: "must be a user id" },
};

function isTime(text: string): boolean {
  const [, month, day] = RFC3339.exec(text) ?? [];
  const at = new Date(Date.parse(text));
  if (month === undefined || day === undefined || Number.isNaN(at.getTime())) return false;
  const given = new Date(Date.parse(`${text.slice(0, 10)}T00:00:00Z`));
  return given.getUTCMonth() + 1 === Number(month) && given.getUTCDate() === Number(day);
}

function isSequence(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text) && text.length <= MAX_SEQUENCE_LENGTH;
}

/** Builds an envelope. `null` means absent, except for the actor: a sender that lost it must not act as the system. */
function toEnvelope(attributes: Readonly<Record<string, unknown>>, data: unknown, errors: PayloadError[]) {
  const read: Record<string, string> = {};
  for (const [name, { required, fits, message }] of Object.entries(ATTRIBUTES)) {
    const value = attributes[name];
    if (value === undefined || (value === null && name !== "actor")) {
      if (required) errors.push({ path: name, message: "is missing" });
    } else if (typeof value !== "string" || !fits(value)) errors.push({ path: name, message });
    else read[name] = value;
  }
  if (data === undefined && !errors.some((error) => error.path.startsWith("data"))) {
    errors.push({ path: "data", message: "is missing" });
  }
  if (errors.length > 0) return invalid(errors);
  const { id = "", source = "", type = "", actor, subject, sequence, time } = read;
  return { id, source, type, actor, subject, sequence, time, data } satisfies Envelope;
}

function invalid(errors: readonly PayloadError[]): Refusal {
  const { path, message } = errors[0] ?? { path: "", message: "" };
  return refuse("invalid_event", `the event is not valid: ${path} ${message}`, errors);
}
