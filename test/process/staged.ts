// Processes that run some code of a test before their own, so that the test says what comes first, not the machine.

/** Settings of a process that runs a module before its own. */
function after(module: string): { readonly NODE_OPTIONS: string } {
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(module)}` };
}

/** Steps of a start that wait to be let go on. */
export const HELD_STEPS = 2;

/**
 * A process that stops within the loading of its store, after each of the first `HELD_STEPS` steps, and answers
 * requests until a SIGUSR2 lets it go on. The signal is for a process that was seen to wait: any other it ends.
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

/** A process that sends itself a signal in the moment in which it writes a line with these words to its log. */
export function signalledAt(words: string, signal: "SIGTERM" | "SIGINT" | "SIGHUP"): { readonly NODE_OPTIONS: string } {
  return after(`
    import fs from "node:fs";
    for (const name of ["write", "writeSync"]) {
      const write = fs[name];
      fs[name] = (...args) => {
        const written = write(...args);
        if (args[0] === 1 && String(args[1]).includes(${JSON.stringify(words)})) process.kill(process.pid, "${signal}");
        return written;
      };
    }
  `);
}
