// The examples of the documents, run in order on an empty server, return the answers that follow them.
import { readFileSync } from "node:fs";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { openEmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import { createApp } from "../../src/http/app.ts";
import { MODEL, POLICY } from "../world/policy.ts";

/** One example: a request, and the expected answer, with `…` for omitted parts. */
interface Example {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
  readonly told: string | undefined;
}

/** The commands of the shell blocks that ask the server, each with the comment that follows it. */
function examplesOf(text: string): Example[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].map((block) => block[1] ?? "");
  return blocks.flatMap((block) => {
    const commands = [...block.matchAll(/^curl (?:'[^']*'|[^'#])*?(?=^#|^curl|(?![\s\S]))(?:^# (?<told>.*)$)?/gm)];
    return commands.map((command) => readCommand(command[0].replace(/^# .*$/m, ""), command.groups?.["told"]));
  });
}

function readCommand(command: string, told: string | undefined): Example {
  const words = [...command.replaceAll("\\\n", " ").matchAll(/'([^']*)'|[^\s']+/g)].map((word) => word[1] ?? word[0]);
  const after = (flag: string): string[] => words.filter((_, i) => words[i - 1] === flag);
  const url = words.find((word) => word.startsWith("localhost:8090")) ?? "";
  const headers = Object.fromEntries(after("-H").map((header) => header.split(/: (.*)/).slice(0, 2)));
  return { path: url.slice("localhost:8090".length), headers, body: after("-d")[0], told };
}

/** Whether an answer is as expected: the same text, with anything in place of `…`. */
function isAsTold(answer: string, told: string): boolean {
  const parts = told.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(answer.trim());
}

describe.each([["README.md"], ["docs/api.md"], ["docs/reasons.md"]])("%s", (document) => {
  // test/example-apps asks the guarded page. The questions to three sidecars on one OpenFGA are in test/suites.
  const text = readFileSync(new URL(`../../${document}`, import.meta.url), "utf8")
    .replace(/^## (?:A first guarded page|When one machine is not enough)$.*?(?=^## )/gms, "");
  const examples = examplesOf(text);

  test("no example is overlooked", () => {
    expect(examples.length).toBeGreaterThan(0);
    expect(examples).toHaveLength(text.match(/^curl /gm)?.length ?? 0);
    expect(examples.filter((example) => example.told !== undefined)).toHaveLength(text.match(/^# [{[]/gm)?.length ?? 0);
  });

  test("each example returns its answer", async () => {
    const log = pino({ level: "silent" });
    const sidecar = await openEmbeddedSidecar({
      folder: ":memory:", storeName: "sideline", model: MODEL, emailKey: undefined, log, now: Date.now,
      fatal: (why) => { throw new Error(why); },
    });
    const app = createApp(sidecar, { keys: undefined, log, policy: POLICY });
    for (const { path, headers, body, told } of examples) {
      const response = await app.request(path, {
        method: body === undefined ? "GET" : "POST", headers, ...(body === undefined ? {} : { body }),
      });
      const answer = await response.text();
      if (told === undefined) expect(answer, path).toMatch(/"status":"(?:applied|unchanged)"|"allowed":/);
      else if (!isAsTold(answer, told)) expect.fail(`${path} answers ${answer}, not ${told}`);
    }
    await sidecar.close();
  });
});

test("a different answer is found", () => {
  expect(isAsTold('{"a":1,"b":[2]}', '{"a":1,…}')).toBe(true);
  expect(isAsTold('{"a":2,"b":[2]}', '{"a":1,…}')).toBe(false);
  expect(isAsTold('{"a":1}', '{"a":1,…}')).toBe(false);
});
