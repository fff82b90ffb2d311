// Starts a headless Chromium for tests of pages. Debian's package brings the browser; nothing is downloaded.
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";
import { reasonToSkip } from "./required.ts";

/** Where Debian and Ubuntu install it. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];

/** Whether a Chromium is installed. If not, it prints the reason, and throws in CI. */
export function chromiumAvailable(): boolean {
  if (PLACES.some(existsSync)) return true;
  console.warn(`[chromium] tests are SKIPPED: ${reasonToSkip("there is no /usr/bin/chromium: install chromium")}`);
  return false;
}

/** Starts a browser. Its sandbox is off: root cannot use it, and the only pages are those of the tests. */
export function startChromium(): Promise<Browser> {
  const executablePath = PLACES.find((place) => existsSync(place));
  if (executablePath === undefined) throw new Error("no Chromium to start");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}
