// An operation of the API as the reference describes it, and the parameters that many operations share.
import type { z } from "zod";
import type { ProblemCode } from "../problem.ts";

/** A parameter in the path, the query or a header. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly means: string;
  readonly values?: readonly string[];
}

/** One operation of the API. */
export interface Operation {
  /** `<method> <path>`, as the app has it. */
  readonly route: string;
  readonly group: "Events" | "Questions" | "Questions as OpenFGA asks them"
    | "Questions as AuthZEN asks them" | "Directory" | "Running it" | "Reference";
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  /** The body; a request without one has no body. */
  readonly body?: { readonly schema: z.ZodType; readonly example: object };
  /** The answer with status 200; `type` is its media type, by default JSON. */
  readonly answer: { readonly schema?: z.ZodType; readonly example?: unknown; readonly type?: string };
  /** Codes of the problems it may answer besides those of every operation. */
  readonly problems?: readonly ProblemCode[];
  /** Further statuses whose body has the schema of the answer. */
  readonly also?: readonly number[];
}

/** The header that asks for a state with an event. */
export const TOKEN: Parameter = {
  name: "Sideline-Token", in: "header",
  means: "Token of a receipt, or several, separated by commas: the answer includes their events.",
};

/** The header that asks for the state of an earlier time. */
export const AS_OF: Parameter = {
  name: "Sideline-As-Of", in: "header",
  means: "An RFC 3339 time, or the token of one event: the answer is that of the state then. It needs the scope "
    + "`read`, and excludes Sideline-Token.",
};
