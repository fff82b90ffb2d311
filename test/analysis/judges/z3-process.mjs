// Runs z3 in a process of its own: reads questions in SMT-LIB as lines of JSON, and writes an answer for each.
import { createInterface } from "node:readline";
import { init } from "z3-solver";

/** Answers of a solver: Z3_lbool. */
const ANSWERS = new Map([[1, "sat"], [-1, "unsat"], [0, "unknown"]]);

const { Z3 } = await init();
for await (const line of createInterface({ input: process.stdin })) {
  const { id, text, timeoutMs } = JSON.parse(line);
  const context = Z3.mk_context(Z3.mk_config());
  let said;
  try {
    const solver = Z3.mk_solver(context);
    Z3.solver_inc_ref(context, solver);
    const params = Z3.mk_params(context);
    Z3.params_inc_ref(context, params);
    Z3.params_set_uint(context, params, Z3.mk_string_symbol(context, "timeout"), timeoutMs);
    Z3.solver_set_params(context, solver, params);
    Z3.solver_from_string(context, solver, text);
    said = ANSWERS.get(await Z3.solver_check(context, solver));
  } catch (error) {
    said = `error: ${error}`;
  }
  process.stdout.write(`${JSON.stringify({ id, said })}\n`);
  Z3.del_context(context);
}
process.exit(0);
