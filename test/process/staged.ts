// Processes that run some code of a test before their own, so that the test controls their timing.

/** Settings of a process that runs a module before its own code. */
function after(module: string): { readonly NODE_OPTIONS: string } {
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(module)}` };
}

/** Number of steps of a start that wait for a signal. */
export const HELD_STEPS = 2;

/**
 * A process that stops while it loads its store, after each of the first `HELD_STEPS` steps, and answers requests until
 * a SIGUSR2 resumes it. Send the signal only to a process that was seen to wait: it ends any other.
 */
export const HELD_WHILE_LOADING = after(`
  import timers from "node:timers/promises";
  import { syncBuiltinESMExports } from "node:module";
  const turn = timers.setImmediate;
  let steps = ${HELD_STEPS};
  timers.setImmediate = async (...args) => {
    if (steps-- > 0) await new Promise((goOn) => process.once("SIGUSR2", goOn));
    return turn(...args);
  };
  syncBuiltinESMExports();
`);

/** A resolver of modules that looks for OpenTelemetry's packages where there are none. */
const NOWHERE = `
  export const resolve = (specifier, context, next) => next(specifier, specifier.startsWith("@opentelemetry/")
    ? { ...context, parentURL: "file:///nowhere/main.js" } : context);
`;

/** A process that finds no package of OpenTelemetry, as if none was installed. */
export const WITHOUT_OPENTELEMETRY = after(`
  import { register } from "node:module";
  register("data:text/javascript," + encodeURIComponent(${JSON.stringify(NOWHERE)}));
`);

/** A process that sends itself a signal at the moment when it writes a line with these words to its log. */
export function signalledAt(words: string, signal: "SIGTERM" | "SIGINT" | "SIGHUP"): { readonly NODE_OPTIONS: string } {
  return after(`
    import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    for (const name of ["write", "writeSync"]) {
      const write = fs[name];
      fs[name] = (...args) => {
        const written = write(...args);
        if (args[0] === 1 && String(args[1]).includes(${JSON.stringify(words)})) process.kill(process.pid, "${signal}");
        return written;
      };
    }
    syncBuiltinESMExports();
  `);
}
