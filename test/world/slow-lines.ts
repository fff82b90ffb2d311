// Lines of a log that only say that the machine was slow: a test that expects an empty log does not count them.
import { OpenfgaError } from "../../src/openfga/openfga-error.ts";

/** True for a replica that lags, a poll that OpenFGA did not answer in time, and such a Write, which is sent again. */
export function isSlowness(fields: object, message: string): boolean {
  if (message === "the replica lags behind the store") return true;
  const { err, trouble } = fields as { err?: unknown; trouble?: unknown };
  if (message === "the store cannot be followed") return trouble === "FGA Error: canceled";
  return message === "OpenFGA did not take events" && err instanceof OpenfgaError
    && err.fault === "unavailable" && err.status === undefined;
}
