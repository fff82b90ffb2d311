// Makes a backup of the running embedded store: streams a copy from its folder to the caller and deletes the copy.
import { randomBytes } from "node:crypto";
import { open, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { Backup, BackupRefusal } from "../sidecar/sidecar.ts";
import { isStoreFull } from "./store-error.ts";
import type { EmbeddedStore } from "./embedded-store.ts";
import { BACKUP_CHUNK_BYTES, BACKUP_STALL_TIMEOUT_MS } from "./embedded-limits.ts";

/** Makes backups of a store, one copy at a time. */
export class StoreBackups {
  readonly #store: Pick<EmbeddedStore, "copyTo">;
  readonly #folder: string;
  readonly #failed: (error: unknown) => void;
  #isCopying = false;

  constructor(store: Pick<EmbeddedStore, "copyTo">, folder: string, failed: (error: unknown) => void) {
    this.#store = store;
    this.#folder = folder;
    this.#failed = failed;
  }

  /** Copies the store with every event acknowledged by now, while further events are accepted. */
  async make(): Promise<Backup | BackupRefusal> {
    if (this.#isCopying) return { refused: "running", detail: "another backup is running: try again after it" };
    this.#isCopying = true;
    try {
      const file = join(this.#folder, `store.${randomBytes(8).toString("hex")}.copy`);
      const { bytes, sha256 } = await this.#store.copyTo(file);
      const handle = await open(file, "r");
      // The open file exists until the stream ends; a killed process leaves nothing behind.
      await rm(file);
      return { bytes, sha256, content: streamOf(handle) };
    } catch (error) {
      this.#failed(error);
      const why = isStoreFull(error) ? "the disk has no room for a copy of the store" : "the log has the reason";
      return { refused: "failed", detail: `the backup could not be made: ${why}` };
    } finally {
      this.#isCopying = false;
    }
  }
}

function streamOf(handle: FileHandle): ReadableStream<Uint8Array> {
  let stalled: NodeJS.Timeout | undefined;
  const end = async (): Promise<void> => {
    clearTimeout(stalled);
    await handle.close();
  };
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      stalled = setTimeout(() => {
        controller.error(new Error("the client stopped reading the backup for too long"));
        void end();
      }, BACKUP_STALL_TIMEOUT_MS).unref();
    },
    pull: async (controller) => {
      stalled?.refresh();
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(BACKUP_CHUNK_BYTES), 0, BACKUP_CHUNK_BYTES);
      if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead));
      controller.close();
      await end();
    },
    cancel: end,
  });
}
