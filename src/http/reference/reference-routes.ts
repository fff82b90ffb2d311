// The routes of the reference: the OpenAPI document, the page, and what each problem code means.
import type { Context } from "hono";
import { answerText } from "../compress.ts";
import { headerOf } from "../header.ts";
import { answerProblem, problem, PROBLEM_STATUS, titleOf, type ProblemCode } from "../problem.ts";
import { PROBLEM_MEANINGS } from "../problem-meanings.ts";
import type { Route } from "../route.ts";
import { openapiDocument } from "./openapi.ts";
import { referenceBlocks } from "./reference-blocks.ts";
import { PAGE_HEADERS, printMarkdown, printPage } from "./reference-text.ts";

/** Returns the routes; `version` is Sideline's. The document and the page are made at their first request. */
export function referenceRoutes(version: string): Route[] {
  const document = once(() => JSON.stringify(openapiDocument(version)));
  const markdown = once(() => printMarkdown(referenceBlocks()));
  const page = once(() => printPage(`Sideline ${version}`, referenceBlocks()));
  return [
    {
      method: "GET", path: "/openapi.json",
      handle: (c) => answerText(c, document(), { "content-type": "application/json" }),
    },
    { method: "GET", path: "/reference", handle: (c) => answerPage(c, page, markdown) },
    { method: "GET", path: "/problems/:code", handle: (c) => answerMeaning(c.req.param("code") ?? "") },
  ];
}

/** Answers with the page, or with its Markdown where the caller prefers that. */
function answerPage(c: Context, page: () => string, markdown: () => string): Response | Promise<Response> {
  const isMarkdown = headerOf(c, "accept")?.startsWith("text/markdown") === true;
  if (!isMarkdown) return answerText(c, page(), PAGE_HEADERS);
  return answerText(c, markdown(), { "content-type": "text/markdown; charset=utf-8" });
}

function answerMeaning(code: string): Response {
  if (!isCode(code)) return answerProblem(problem("not_found", "there is no problem with this code"));
  const { means, isFinal, action } = PROBLEM_MEANINGS[code];
  return Response.json({ code, status: PROBLEM_STATUS[code], title: titleOf(code), means, final: isFinal, action });
}

function isCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEM_MEANINGS, code);
}

function once(make: () => string): () => string {
  let made: string | undefined;
  return () => made ??= make();
}
