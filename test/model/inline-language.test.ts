// `with $expression` in the DSL: accepted and refused where the `fga` command line accepts and refuses it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, inject, test } from "vitest";
import { compileModel, type Model } from "../../src/engine.ts";

describe.skipIf(!("path" in inject("fga")))("the DSL is the fga command line's", () => {
  const folder = mkdtempSync(join(tmpdir(), "sideline-inline-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const source = (restriction: string, more = ""): string =>
    `model\n  schema 1.1\ntype user\ntype doc\n  relations\n    define viewer: [${restriction}]\n${more}`;
  const restrictions = [
    "user with $expression", "user, user with   $expression ,user:* with\t$expression", "user with $expressions",
    "doc#viewer with $expression, user", "user with $expression.x", "user with $ expression", "user with $other",
    "user with\n$expression", "user with $expression\n,user", "user $expression", "$expression",
    "user with $expression user", "user with c, user with $expression", "user with $expression/x",
    "user\twith $expression",
    "user with $expression # more", "user with $expression-x", "user,\n      user with $expression\n    ",
  ];
  const CONDITION = "condition c(x: string) {\n  x == \"[user with $expression]\"\n}\n";
  const sources = [
    ...restrictions.map((restriction) => source(restriction, CONDITION)),
    source("user", "  relations\n    define $expression: [user]\n"), source("user", "type $expression\n"),
    source("user", "condition $expression(x: string) {\n  x == 'a'\n}\n"),
    source("user", "    define more: viewer or $expression\n"), `# [user with $expression]\n${source("user")}`,
  ];

  test.each(sources)("%s", (text) => {
    const file = join(folder, "model.fga");
    writeFileSync(file, text);
    const { path } = inject("fga") as { path: string };
    const run = spawnSync(path, ["model", "transform", "--file", file, "--input-format", "fga"], { encoding: "utf8" });
    const theirs = run.status === 0 ? JSON.parse(run.stdout) as object : undefined;
    const ours = ((): object | undefined => {
      try {
        return compileModel(text).json;
      } catch {
        return undefined;
      }
    })();
    expect(ours === undefined).toBe(theirs === undefined);
    const relationsIn = (json: object | undefined): unknown => json && (json as Model["json"]).type_definitions
      .map((type) => type.metadata?.relations?.["viewer"]?.directly_related_user_types?.map((each) =>
        `${each.type}#${each.relation ?? ""}${each.wildcard ? ":*" : ""} with ${each.condition ?? ""}`));
    expect(relationsIn(ours)).toEqual(relationsIn(theirs));
    const expressionIn = (json: object | undefined): unknown => (json as Model["json"])?.conditions?.["c"]?.expression;
    expect(expressionIn(ours)).toEqual(expressionIn(theirs));
  });
});
