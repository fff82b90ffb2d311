// The log: pino, one line at a time, with invite ids hidden in it. The id of an open invite is a secret (S20).
import { pino, type DestinationStream, type Logger } from "pino";
import { onOneLine } from "./sidecar/log-line.ts";
import { writeOut } from "./standard-output.ts";

/** An object or a path that names an invite: `invite:x`, `invitation:x`, `claim:invite/x`, `/invites/x`. */
const INVITE = /\b(invites?|invitation)([:/])[A-Za-z0-9_.|@+~-]+/g;
/** Part of the payload of an event that needs several writes, as stored in a tuple: `value:0%3A{"envelope"…`. */
const PAYLOAD = /\b(value:\d+%3A)(?:[^"\\]|\\.)*/g;

/** Replaces invite ids and event payloads in a text, such as a log line, with `(hidden)`. */
export function hideInvites(text: string): string {
  return text.replace(INVITE, "$1$2(hidden)").replace(PAYLOAD, "$1(hidden)");
}

/**
 * Writes lines to standard output. A line that cannot be written, as on a full disk or to a closed pipe, is dropped:
 * pino's own destination tries such a line for ever, and the server then answers nobody.
 */
const standardOutput: DestinationStream = {
  write(line) {
    // There is no other place to report a lost line.
    writeOut(line);
  },
};

/** Creates the log. It writes JSON lines to `destination`, or to standard output by default. */
export function createLog(level: string, destination: DestinationStream = standardOutput): Logger {
  return pino({ level, hooks: { streamWrite: (line) => onOneLine(hideInvites(line)) } }, destination);
}
