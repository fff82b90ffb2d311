// Types of the longest questions, for the test suite.
export const CHECKS: readonly (readonly [user: string, relation: string, object: string])[];
