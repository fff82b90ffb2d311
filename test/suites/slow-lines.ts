// Lines of a log that only say that the machine was slow: a test that expects an empty log does not count them.
import { OpenfgaError } from "../../src/openfga/openfga-error.ts";

/** True for a replica that lags, and for a Write that OpenFGA did not answer in time and that is sent again. */
export function isSlowness(fields: object, message: string): boolean {
  if (message === "the replica lags behind the store") return true;
  const { err } = fields as { err?: unknown };
  return message === "OpenFGA did not take events" && err instanceof OpenfgaError
    && err.fault === "unavailable" && err.status === undefined;
}
