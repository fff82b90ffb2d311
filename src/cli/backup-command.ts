// The command `sideline backup`: streams a copy of a running server's store into a file, complete or not at all.
import { createHash } from "node:crypto";
import { link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { causeOf } from "./command-line.ts";

/** Source and target of a backup. */
interface BackupCommand {
  /** Base URL of the server. */
  readonly url: string;
  readonly key: string | undefined;
  readonly file: string;
  /** Replace an existing file. */
  readonly force: boolean;
}

/**
 * Writes the backup to `<file>.partial`, compares its SHA-256 with the digest the server announced, and renames it.
 * Returns its length in bytes. On failure removes the partial file and throws an Error that gives the reason.
 * `progress` is called with the number of bytes received so far.
 */
export async function backup(
  { url, key, file, force }: BackupCommand, progress: (bytes: number) => void,
): Promise<number> {
  const partial = `${file}.partial`;
  const response = await fetch(`${url.replace(/\/+$/, "")}/backup`, {
    method: "POST", redirect: "error", headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
  }).catch((error: unknown) => {
    throw new Error(`${url} does not answer: ${causeOf(error)}`, { cause: error });
  });
  if (response.status !== 200 || response.body === null) throw new Error(await refusalIn(response, url));
  await rm(partial, { force: true });
  try {
    const bytes = await save(response, response.body, partial, progress);
    await give(partial, file, force);
    return bytes;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Saves the backup to a file that only its owner can read: the store holds the key of the email hashes. */
async function save(
  { headers }: Response, body: ReadableStream<Uint8Array>, path: string, progress: (bytes: number) => void,
): Promise<number> {
  const digest = /^sha-256=:([A-Za-z0-9+/=]+):$/.exec(headers.get("repr-digest") ?? "")?.[1];
  if (digest === undefined) throw new Error("the answer has no Repr-Digest: it is not from a Sideline server");
  const target = await open(path, "wx", 0o600);
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const chunk of body) {
      hash.update(chunk);
      await target.writeFile(chunk);
      bytes += chunk.length;
      progress(bytes);
    }
    await target.sync();
  } catch (error) {
    throw new Error(`the backup was cut off after ${bytes} bytes: ${causeOf(error)}`, { cause: error });
  } finally {
    await target.close();
  }
  if (hash.digest("base64") !== digest) throw new Error(`the ${bytes} bytes received do not match the server's digest`);
  return bytes;
}

/** Gives the partial file its name. Without `force` it is linked, since a rename would replace an existing file. */
async function give(partial: string, file: string, force: boolean): Promise<void> {
  if (force) await rename(partial, file);
  else {
    await link(partial, file);
    await rm(partial);
  }
  const folder = await open(dirname(file), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function refusalIn(response: Response, url: string): Promise<string> {
  const text = await response.text();
  try {
    const { code, detail } = JSON.parse(text) as { code?: string; detail?: string };
    if (code !== undefined) return `${url} refused the backup: ${code}: ${detail ?? ""}`;
  } catch {
    // Not a Sideline problem document: another server answered, or a proxy in front of Sideline.
  }
  return `${url} answered POST /backup with status ${response.status}`;
}
