// Reads a file with an event in each line, and puts the events into batches that the server takes.
import { MAX_BYTES_PER_REQUEST, MAX_EVENTS_PER_REQUEST } from "../client/generated/request-limits.ts";
import { LineFault, objectOf, textOfLine, type Line } from "./line-splitter.ts";

/** An event of the file. */
export interface FileEvent {
  readonly line: number;
  /** The event as it is sent. */
  readonly text: string;
  readonly id: string | undefined;
  readonly source: string | undefined;
  readonly type: string | undefined;
}

/** A line that was not applied, and why. */
export interface RefusedLine {
  readonly line: number;
  readonly id?: string | undefined;
  readonly source?: string | undefined;
  readonly type?: string | undefined;
  /** The server's code, or `malformed_line` for a line that is no JSON object and was not sent. */
  readonly code: string;
  readonly detail: string;
}

/** Events that are sent in one request, and the lines among them that are no events. */
export interface Batch {
  readonly events: readonly FileEvent[];
  readonly refused: readonly RefusedLine[];
  /** All of its lines, with those that are blank. */
  readonly lines: readonly Line[];
}

/** Yields the batches of a file in order. Blank lines count as lines and hold no event. */
export async function* batchesOf(lines: AsyncIterable<readonly Line[]>): AsyncGenerator<Batch> {
  let open = new OpenBatch();
  for await (const some of lines) {
    for (const line of some) {
      const read = readEvent(line);
      if (read !== undefined && "text" in read && !open.hasRoomFor(read)) {
        yield open;
        open = new OpenBatch();
      }
      open.add(line, read);
    }
  }
  if (open.lines.length > 0) yield open;
}

/** Returns events in as few requests as the server takes. */
export function* packed(events: readonly FileEvent[]): Iterable<readonly FileEvent[]> {
  let open = new OpenBatch();
  for (const event of events) {
    if (!open.hasRoomFor(event)) {
      yield open.events;
      open = new OpenBatch();
    }
    open.addEvent(event);
  }
  if (open.events.length > 0) yield open.events;
}

/** A batch that is being filled. */
class OpenBatch implements Batch {
  readonly events: FileEvent[] = [];
  readonly refused: RefusedLine[] = [];
  readonly lines: Line[] = [];
  /** Length of the request: two brackets, and a comma or bracket for each event. */
  #bytes = 1;

  hasRoomFor({ text }: FileEvent): boolean {
    const bytes = this.#bytes + Buffer.byteLength(text) + 1;
    return this.events.length === 0
      || (this.events.length < MAX_EVENTS_PER_REQUEST && bytes <= MAX_BYTES_PER_REQUEST);
  }

  add(line: Line, read: FileEvent | RefusedLine | undefined): void {
    if (read !== undefined && "text" in read) this.addEvent(read);
    else if (read !== undefined) this.refused.push(read);
    this.lines.push(line);
  }

  addEvent(event: FileEvent): void {
    this.events.push(event);
    this.#bytes += Buffer.byteLength(event.text) + 1;
  }
}

/** Reads the event of a line; undefined for a blank line. */
function readEvent(line: Line): FileEvent | RefusedLine | undefined {
  const malformed = ({ detail }: LineFault): RefusedLine => ({ line: line.number, code: "malformed_line", detail });
  const text = textOfLine(line);
  if (text instanceof LineFault) return malformed(text);
  if (text.trim() === "") return undefined;
  const event = objectOf(text);
  if (event instanceof LineFault) return malformed(event);
  const { id, source, type } = event;
  return { line: line.number, text, id: nameOf(id), source: nameOf(source), type: nameOf(type) };
}

function nameOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
