// Log lines that only report a slow machine: a test that expects an empty log ignores them.
import { OpenfgaError } from "../../src/openfga/openfga-error.ts";

/** Log lines about an error, which is slowness where it is that OpenFGA did not answer. */
const LINES_WITH_ERRORS = ["OpenFGA refused to write", "the store could not answer a question"];

/** True for a replica that lags, and for a poll or a Write that OpenFGA did not answer in time. */
export function isSlowness(fields: object, message: string): boolean {
  if (message === "the replica lags behind the store") return true;
  const { err, trouble } = fields as { err?: unknown; trouble?: unknown };
  if (message === "the store cannot be followed") return trouble === "FGA Error: canceled";
  return LINES_WITH_ERRORS.includes(message) && err instanceof OpenfgaError
    && err.fault === "unavailable" && err.status === undefined;
}
