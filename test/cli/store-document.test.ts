// Models and store files as the commands read them: models of several modules, and the tuples of a store file's tests.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FileFault, readModelFile, readStoreDocument, readStoreTuples } from "../../src/cli/store-document.ts";
import { printTuple } from "../../src/tuples/tuple.ts";

let folder: string;
const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sideline-documents-"));
  write("core.fga", "module core\ntype user\ntype note\n  relations\n    define author: [user]\n");
  write("reading.fga", "module reading\nextend type note\n  relations\n    define reader: author\n");
  write("fga.mod", "schema: '1.2'\ncontents: [core.fga, reading.fga]\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("modules are read from fga.mod, and from a store file that names it", () => {
  const named = write("named.fga.yaml", "model_file: fga.mod\n");
  for (const path of [join(folder, "fga.mod"), named]) {
    const { model, text } = readModelFile(path);
    expect([...model.types.get("note")!.relations.keys()]).toEqual(["author", "reader"]);
    expect([text.includes("module core"), text.includes("module reading")]).toEqual([true, true]);
  }
});

test("the tuples are those of the file, of its tests, and of the files that each of them names", () => {
  write("of-test.yaml", "- { user: user:ann, relation: author, object: note:1 }\n");
  write("of-store.csv", "user_type,user_id,user_relation,relation,object_type,object_id\nuser,cy,,author,note,3\n");
  const path = write("tests.fga.yaml", "tuple_file: of-store.csv\ntests: [{ name: one, check: [], "
    + "tuple_file: of-test.yaml, tuples: [{ user: user:bob, relation: author, object: note:1, condition: null }] }]\n");
  expect(readStoreTuples(path).map(printTuple))
    .toEqual(["note:3#author@user:cy", "note:1#author@user:bob", "note:1#author@user:ann"]);
});

test("tests that are none keep nobody from serving the file", () => {
  const path = write("odd.fga.yaml", "name: odd\nmodel_file: fga.mod\ntests: [{ tuples: [1] }]\n");
  expect(readStoreDocument(path)).toMatchObject({ name: "odd", tuples: [] });
  expect(() => readStoreTuples(path)).toThrow(`${path} is not a store file: 0.tuples.0: `);
});

test.each([
  ["an unknown field", "tuple: []\n", "is not a store file: Unrecognized key"],
  ["a model in two places", "model: x\nmodel_file: fga.mod\n", "has exactly one of model and model_file"],
  ["a store file as the model", "model_file: loop.fga.yaml\n", "is not valid"],
  ["no YAML", "a: [\n", "cannot be parsed"],
])("%s is a fault that names the file", (_, text, fault) => {
  const path = write("loop.fga.yaml", text);
  const read = (): unknown => readModelFile(path);
  expect(read).toThrow(FileFault);
  expect(read).toThrow(new RegExp(`${path.replaceAll(".", "\\.")}.* ?${fault}`));
});
