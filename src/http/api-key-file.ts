// The key file of a running server: read at the start, on request, and whenever it changes.
import { existsSync, readFileSync, unwatchFile, watchFile } from "node:fs";
import { dirname, isAbsolute, parse, resolve } from "node:path";
import { KeysError, parseKeys, type Keys } from "./api-keys.ts";
import { KEY_FILE_LOOK_INTERVAL_MS } from "./http-limits.ts";

/** Logs when the file is read again. */
interface KeyFileLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * The keys of a file. If the file is faulty or missing when it is read again, the present keys stay in force: a server
 * that started with keys never answers without them.
 */
export class KeyFile implements Keys {
  readonly #path: string;
  readonly #log: KeyFileLog;
  readonly #changed = (): void => this.reload();
  #keys: Keys;

  /** Reads the file. Throws KeysError for a faulty file, and an error with Node's code for one that cannot be read. */
  constructor(path: string, log: KeyFileLog) {
    this.#path = path;
    this.#log = log;
    this.#keys = readKeys(path);
    // Watching the path also notices a file that is replaced by a rename or through a symbolic link.
    watchFile(path, { interval: KEY_FILE_LOOK_INTERVAL_MS, persistent: false }, this.#changed);
  }

  callerOf(key: string): ReturnType<Keys["callerOf"]> {
    return this.#keys.callerOf(key);
  }

  signerOf(name: string): ReturnType<Keys["signerOf"]> {
    return this.#keys.signerOf(name);
  }

  /** Reads the file again. */
  reload(): void {
    try {
      this.#keys = readKeys(this.#path);
      this.#log.info({ file: this.#path }, "API keys reloaded");
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#log.error({ file: this.#path, why }, "API keys could not be reloaded: the keys in force stay as they were");
    }
  }

  /** Stops watching the file. */
  close(): void {
    unwatchFile(this.#path, this.#changed);
  }
}

function readKeys(path: string): Keys {
  try {
    return parseKeys(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof KeysError || isSurelyName(path)) throw error;
    throw new KeysError("there is no such file; its name is not shown, since it may be a key");
  }
}

/**
 * Whether a text is surely the name of a file, and not a key or the content of the file, which must not reach a log if
 * the variable is set to it by mistake. It is a name if that file exists, or at least the folder it would be in. A key
 * in base64 may begin with a slash, and any text is a possible name in the folder that the process runs in.
 */
function isSurelyName(path: string): boolean {
  const folder = resolve(dirname(path));
  const namesFolder = folder !== parse(folder).root && (isAbsolute(path) || folder !== resolve("."));
  return existsSync(path) || (namesFolder && existsSync(folder));
}
