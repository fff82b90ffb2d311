// The `@example` of each docstring in src runs and gives the results that it states.
import { describe, expect, test } from "vitest";
import * as engine from "../../src/engine.ts";
import { ROOT } from "../live/pins.ts";
import { projectOf, readProject, type Project } from "../tidy/project.ts";
import { examplesOf, run, type Example } from "./example.ts";

const project = readProject(ROOT);
const isSource = ({ path }: { readonly path: string }): boolean => path.startsWith("src/") && path.endsWith(".ts");
const examples = project.files.filter(isSource).filter(({ path }) => !path.endsWith("-at-once.ts"))
  .flatMap(examplesOf);

describe("the examples", () => {
  test.each(examples.map((example) => [`${example.path}:${example.line} ${example.of}`, example] as const))(
    "%s", (_, example) => run(example, ROOT, engine));

  test("are of what their file exports", () => {
    expect(examples.filter(({ of }) => of === "").map(({ path, line }) => `${path}:${line}`)).toEqual([]);
  });

  test("there is one for each function of the published engine", () => {
    expect(withoutExample(project, "src/engine.ts")).toEqual([]);
  });
});

/** Functions that a file passes on from others, and whose docstrings have no example. */
function withoutExample({ sources, files }: Project, entry: string): string[] {
  const found = new Map(files.filter(isSource).map((file) => [file.path, examplesOf(file)]));
  const passedOn = sources.find(({ path }) => path === entry)?.imports ?? [];
  return passedOn.flatMap(({ target = "", names }) => names
    .filter((name) => new RegExp(`export (?:async )?function\\*? ${name}\\b`)
      .test(files.find(({ path }) => path === target)?.text ?? ""))
    .filter((name) => found.get(target)?.some(({ of }) => of === name) !== true)
    .map((name) => `${target} ${name}`));
}

describe("an example fails", () => {
  /** The example of a docstring, as if it stood in a file of src. */
  const of = (...code: string[]): Example => {
    const text = `/**\n * Does it.\n *\n * @example ${code.join("\n * ")}\n * @internal\n */\nexport function f() {}\n`;
    const [example] = examplesOf({ path: "src/tuples/tuple.ts", text });
    return example!;
  };
  const ran = (...code: string[]): Promise<void> => run(of(...code), ROOT, engine);

  test("not where it runs and its results are right", async () => {
    await ran("typeOf('user:ann') // 'user'");
    await ran("", "const type = typeOf('user:ann'); // 'user'", "[type, 1]; // ['user', 1]");
    await ran("compileModel('model') // throws mismatched input");
    await ran("", 'import { digest } from "./digest.ts";', "digest('').length // 43");
    expect(of("1").of).toBe("f");
    expect(of("1").code).toBe("1");
  });

  test.each([
    ["with another result", "typeOf('user:ann') // 'users'"],
    ["with another result of a name", "const type = typeOf('user:ann'); // 'users'"],
    ["that does not run", "typeof_('user:ann') // 'user'"],
    ["that does not parse", "typeOf('user:ann' // 'user'"],
    ["without a result", "typeOf('user:ann')"],
    ["with a comment that is no result", "typeOf('user:ann') // the type"],
    ["that should throw and does not", "typeOf('user:ann') // throws anything"],
    ["that throws another error", "compileModel('model') // throws nothing of the kind"],
  ])("%s", async (_, code) => {
    await expect(ran(code)).rejects.toThrow();
  });

  test("where a function of the entry has none", () => {
    const made = (text: string): Project => projectOf([
      { path: "src/a.ts", text }, { path: "src/engine.ts", text: 'export { f } from "./a.ts";' },
    ]);
    expect(withoutExample(made("/**\n * Does it.\n * @example f() // 1\n */\nexport function f() {}"), "src/engine.ts"))
      .toEqual([]);
    expect(withoutExample(made("/** Does it. */\nexport function f() {}"), "src/engine.ts")).toEqual(["src/a.ts f"]);
  });
});
