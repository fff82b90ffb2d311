// The evaluator without I/O: compiles a model, holds tuples, answers and analyses. Published as `sideline/engine`.
export { compileModel } from "./model/compile.ts";
export { buildModel } from "./model/build.ts";
export { ModelError } from "./model/model-error.ts";
export type { Model } from "./model/rewrite.ts";
export type { AuthorizationModelJson } from "./model/schema.ts";
export type { Tuple, TupleCondition, TupleKey } from "./tuples/tuple.ts";
export { createTupleSet } from "./memory/indexed-tuple-set.ts";
export type { TupleFilter, TupleSet } from "./tuples/tuple-set.ts";
export { check, expand, listObjects, listUsers } from "./checks/sized-questions.ts";
export type {
  CheckAnswer, CheckRequest, ExpandAnswer, ExpandLeaf, ExpandNode, ExpandRequest, Failure, FailureCode,
  ListObjectsAnswer, ListObjectsRequest, ListUsersAnswer, ListUsersRequest,
} from "./checks/question.ts";
export { explain } from "./reasons/explain.ts";
export type { Explanation, Missing, ModelNotes, Reason } from "./reasons/explained.ts";
export { policyNotes } from "./reasons/policy-notes.ts";
export { listWays, type WayList, type WrittenWay } from "./analysis/list-ways.ts";
export {
  compareModels, type ModelComparison, type RelationComparison, type Verdict,
} from "./analysis/compare-models.ts";
export { readClaimsFile, type ClaimsFile, type WrittenClaim, type WrittenInvariant } from "./analysis/claims-file.ts";
export { ClaimError } from "./analysis/claim-patterns.ts";
export { proveClaims, type ClaimOutcome, type ClaimQuestion } from "./analysis/prove-claims.ts";
export type { World } from "./analysis/tuple-world.ts";
export { written, type WrittenWorld } from "./analysis/written-world.ts";
