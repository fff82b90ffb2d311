// Runs z3 in a process of its own: reads questions in SMT-LIB as lines of JSON, and writes an answer for each.
import { createInterface } from "node:readline";
import { init } from "z3-solver";

const { Z3 } = await init();
for await (const line of createInterface({ input: process.stdin })) {
  const { id, text, timeoutMs } = JSON.parse(line);
  const context = Z3.mk_context(Z3.mk_config());
  try {
    const said = await Z3.eval_smtlib2_string(context, `(set-option :timeout ${timeoutMs})\n${text}\n(check-sat)`);
    process.stdout.write(`${JSON.stringify({ id, said: said.trim() })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ id, said: `error: ${error}` })}\n`);
  } finally {
    Z3.del_context(context);
  }
}
process.exit(0);
