// The error of a model that does not compile.

/** Thrown by the compilers. The message names the type, relation or condition at fault. */
export class ModelError extends Error {
  override readonly name = "ModelError";
}
