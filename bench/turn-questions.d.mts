// Types of the questions at their longest, for the suite.
export const CHECKS: readonly (readonly [user: string, relation: string, object: string])[];
