// Entry point of the server: reads the settings, and serves until a signal ends the process.
import { ConfigError, readConfig } from "./config.ts";
import { serve } from "./serve.ts";

try {
  await serve(readConfig());
} catch (error) {
  const isExpected = error instanceof ConfigError || (error instanceof Error && "code" in error);
  process.stderr.write(`sideline: ${isExpected ? (error as Error).message : String((error as Error).stack)}\n`);
  process.exit(1);
}
