// The fault of a model that cannot be compiled.

/** Thrown by the compilers; the message names the type, relation or condition at fault. */
export class ModelError extends Error {
  override readonly name = "ModelError";
}
