// OpenFGA's numbers for the errors that its suites expect.
import type { FailureCode } from "../../src/engine.ts";

export const NUMBERS: Record<FailureCode, number> = {
  validation_error: 2000,
  authorization_model_resolution_too_complex: 2002,
  invalid_expand_input: 2010,
  type_not_found: 2021,
  relation_not_found: 2022,
  invalid_tuple: 2027,
};
