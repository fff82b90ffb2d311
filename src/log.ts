// The log: pino, with the ids of invites left out of every line. An open invite's id is a secret (S20).
import { pino, type DestinationStream, type Logger } from "pino";

/** An object or a path that names an invite: `invite:x`, `invitation:x`, `claim:invite/x`, `/invites/x`. */
const INVITE = /\b(invites?|invitation)([:/])[A-Za-z0-9_.|@+~-]+/g;
/** A part of the payload of an event that needs several writes, as a tuple holds it: `value:0%3A{"envelope"…`. */
const PAYLOAD = /\b(value:\d+%3A)(?:[^"\\]|\\.)*/g;

/** Replaces the ids of invites in a text, such as a line of the log, by `(hidden)`. */
function hideInvites(text: string): string {
  return text.replace(INVITE, "$1$2(hidden)").replace(PAYLOAD, "$1(hidden)");
}

/** Creates the log. It writes lines of JSON to `destination`, or else to standard output. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = { level, hooks: { streamWrite: hideInvites } };
  return destination === undefined ? pino(options) : pino(options, destination);
}
