// The high-water mark of the embedded store: the number of acknowledged events, kept outside the database and its log.
import { closeSync, fdatasync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";

/** The counts of what a store had acknowledged. */
export interface MarkRecord {
  /** Random id of the database, 32 hexadecimal digits. */
  readonly id: string;
  /** Number of deltas, which are the rows of the log; an event has one or more. */
  readonly seq: number;
  /** Number of events; undefined where an earlier release, which did not count events, wrote the record. */
  readonly events: number | undefined;
}

/**
 * Length of a record in bytes: magic 8, format 4, unused 4, id 16, seq 8, events 8 (the number plus one; 0: not
 * counted), unused 12, CRC-32 of all bytes before it 4.
 */
const RECORD_BYTES = 64;

/** Offsets of the two records. They lie in different blocks, so that one torn write leaves the other whole. */
const SLOTS = [0, 4096] as const;

/** Length of the file in bytes. It is written whole, so that a later write needs no new block, even on a full disk. */
const FILE_BYTES = 8192;

const MAGIC = Buffer.from("SIDEMARK");
const FORMAT = 1;
const [ID, SEQ, EVENTS, CRC] = [16, 32, 40, 60];

const fdatasyncLater = promisify(fdatasync);

/** Path of the mark in a store's folder. */
function pathOf(folder: string): string {
  return join(folder, "store.mark");
}

/** A mark as it was found. `isHalf`: one of its two records is damaged, and that one may have counted more. */
export interface FoundMark extends MarkRecord {
  readonly isHalf: boolean;
}

/** Reads the mark of a folder. If both records are whole, returns the one with more deltas. */
export function readMark(folder: string): FoundMark | "missing" | "damaged" {
  const found = readSlots(folder);
  if (found === undefined) return "missing";
  const newest = newestOf(found);
  return newest < 0 ? "damaged" : { ...found[newest]!, isHalf: found.includes(undefined) };
}

type Slots = readonly (MarkRecord | undefined)[];

/** Returns the two records, each undefined if damaged; undefined if there is no file. */
function readSlots(folder: string): Slots | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(pathOf(folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return SLOTS.map((at) => decode(bytes.subarray(at, at + RECORD_BYTES)));
}

/** Returns the index of the valid record with more deltas; -1 where both are damaged. */
function newestOf([first, second]: Slots): number {
  if (first === undefined) return second === undefined ? -1 : 1;
  return second === undefined || first.seq > second.seq ? 0 : 1;
}

function encode({ id, seq, events = -1 }: MarkRecord): Buffer {
  const record = Buffer.alloc(RECORD_BYTES);
  MAGIC.copy(record);
  record.writeUInt32LE(FORMAT, MAGIC.length);
  record.write(id, ID, "hex");
  count(record, seq, events);
  return record;
}

function count(record: Buffer, seq: number, events: number): void {
  record.writeBigUInt64LE(BigInt(seq), SEQ);
  record.writeBigUInt64LE(BigInt(events + 1), EVENTS);
  record.writeUInt32LE(crc32(record.subarray(0, CRC)), CRC);
}

function decode(record: Buffer): MarkRecord | undefined {
  if (record.length < RECORD_BYTES || record.readUInt32LE(CRC) !== crc32(record.subarray(0, CRC))) return undefined;
  if (!record.subarray(0, MAGIC.length).equals(MAGIC) || record.readUInt32LE(MAGIC.length) !== FORMAT) return undefined;
  const [seq, events] = [SEQ, EVENTS].map((at) => Number(record.readBigUInt64LE(at))) as [number, number];
  return { id: record.toString("hex", ID, SEQ), seq, events: events === 0 ? undefined : events - 1 };
}

/**
 * The open mark of a store. `write` follows each commit and goes only to the page cache. So a killed process loses
 * nothing, and after a power cut the mark may be behind the database but never ahead of it: there are no false alarms.
 */
export class Mark {
  readonly #descriptor: number;
  readonly #record: Buffer;
  #next = 0;
  #isDirty = false;
  #syncing: Promise<void> = Promise.resolve();
  #fault: string | undefined;

  /**
   * Opens the mark of a folder and writes a record to it. An existing mark of the same store that counts no more than
   * the record is overwritten in place: a full disk must not keep a store from starting. Any other mark is replaced,
   * whole or not at all.
   */
  constructor(folder: string, record: MarkRecord) {
    this.#record = encode(record);
    const found = readSlots(folder) ?? [];
    const newest = found[newestOf(found)];
    if (newest !== undefined && newest.id === record.id && newest.seq <= record.seq) {
      this.#descriptor = openSync(pathOf(folder), "r+");
      this.#next = 1 - newestOf(found);
      this.#write();
    } else {
      this.#descriptor = replaceMark(folder, this.#record);
    }
  }

  /** Why the last write or sync failed; undefined if it succeeded. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Writes the numbers of deltas and events into the older of the two records. If the disk refuses, sets `fault`. */
  write(seq: number, events: number): void {
    count(this.#record, seq, events);
    this.#write();
  }

  #write(): void {
    this.#isDirty = true;
    try {
      writeSync(this.#descriptor, this.#record, 0, RECORD_BYTES, SLOTS[this.#next] as number);
      this.#next = 1 - this.#next;
      this.#fault = undefined;
    } catch (error) {
      this.#fault = (error as Error).message;
    }
  }

  /** Syncs the written records to disk, outside the event loop. */
  sync(): Promise<void> {
    if (!this.#isDirty) return this.#syncing;
    this.#isDirty = false;
    this.#syncing = fdatasyncLater(this.#descriptor).catch((error: unknown) => {
      this.#isDirty = true;
      this.#fault = (error as Error).message;
    });
    return this.#syncing;
  }

  /** Syncs the written records to disk and closes the file. */
  async close(): Promise<void> {
    await this.#syncing;
    await this.sync();
    closeSync(this.#descriptor);
  }
}

/** Replaces the mark of a folder with a new file that holds a record in both places. Returns its descriptor. */
function replaceMark(folder: string, record: Buffer): number {
  const draft = `${pathOf(folder)}.new`;
  const bytes = Buffer.alloc(FILE_BYTES);
  for (const at of SLOTS) record.copy(bytes, at);
  const descriptor = openSync(draft, "w", 0o600);
  try {
    writeSync(descriptor, bytes);
    fsyncSync(descriptor);
    renameSync(draft, pathOf(folder));
    syncFolder(folder);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
