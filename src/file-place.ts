// Where files lie on the disk, whichever links lead there.
import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** Returns whether a file lies, or would lie, in a folder itself. Neither needs to exist. Links are followed. */
export function isInFolder(path: string, folder: string): boolean {
  return realFolder(dirname(path)) === realFolder(folder);
}

/** Returns the path of a folder without links; of a folder that does not exist, that of the part that does. */
function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const whole = resolve(path);
    const above = dirname(whole);
    return above === whole ? whole : join(realFolder(above), basename(whole));
  }
}
