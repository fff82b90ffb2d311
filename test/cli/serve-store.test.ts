// `sideline serve`: as `npm start`, and on a store file with a model of its own, which is only read.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { FOUNDED, oneBuild } from "../process/one-build.ts";

const sideline = oneBuild();

const MODEL = `model
  schema 1.1
type user
type employee
type team
  relations
    define member: [employee, employee:*]
type document
  relations
    define owner: [user, user with in_region]
    define viewer: [user, team#member, user:*] or owner
    define can_delete: owner
condition in_region(subject_region: string, region: string, current_time: timestamp) {
  subject_region == region && current_time > timestamp("2020-01-01T00:00:00Z")
}
`;

const STORE = `name: documents
model_file: ./model/documents.fga
tuples:
  - { user: "user:anne@example.com", relation: owner, object: "document:a/1" }
  - user: user:bob
    relation: owner
    object: document:b
    condition: { name: in_region, context: { region: north } }
tuple_file: ./more.csv
tests:
  - name: not run by the server
    check: []
`;

const CSV = `user_type,user_id,user_relation,relation,object_type,object_id,condition_name,condition_context
team,red,member,viewer,document,b,,
employee,eve,,member,team,red,,
user,cy,,owner,document,c,in_region,"{""region"":""south""}"
`;

const NORTH = '{"subject_region":"north"}';

let file: string;
const write = (name: string, text: string): void => writeFileSync(join(sideline.root, name), text);
beforeEach(() => {
  file = join(sideline.root, "documents.fga.yaml");
  mkdirSync(join(sideline.root, "model"));
  write("model/documents.fga", MODEL);
  write("more.csv", CSV);
  write("documents.fga.yaml", STORE);
});

const evaluation = (subject: object, name: string, id: string): object =>
  ({ subject, action: { name }, resource: { type: "document", id } });

test("check, lists and AuthZEN answer under the model of the file, with its conditions", async () => {
  const server = await sideline.build.serve(["--store", file]);
  const ask = (...args: string[]) => sideline.build.command(args, { SIDELINE_URL: server.url });
  expect(await ask("check", "user:anne@example.com", "can_delete", "document:a/1")).toMatchObject({ code: 0 });
  expect(await ask("check", "employee:eve", "viewer", "document:b")).toMatchObject({ code: 0 });
  expect(await ask("check", "user:bob", "owner", "document:b", "--context", '{"subject_region":"south"}'))
    .toMatchObject({ code: 1 });
  expect(await ask("check", "user:bob", "owner", "document:b", "--context", NORTH))
    .toMatchObject({ code: 0 });
  expect(await ask("list", "employee:eve", "viewer", "document")).toMatchObject({ said: "document:b\n" });
  const who = (type: string) => ask("who", "viewer", "document:b", "--type", type, "--context", NORTH);
  expect((await who("employee")).said).toBe("employee:eve\n");
  expect((await who("team#member")).said).toBe("team:red#member\n");

  const decide = async (subject: object, name: string, id: string) =>
    (await server.send("POST", "/access/v1/evaluation", evaluation(subject, name, id)))?.body;
  const bob = (region: string) => ({ type: "user", id: "bob", properties: { region } });
  expect(await decide(bob("north"), "can_delete", "b")).toEqual({ decision: true });
  expect(await decide(bob("south"), "can_delete", "b")).toEqual({ decision: false });
  expect(await decide({ type: "employee", id: "eve" }, "viewer", "b")).toEqual({ decision: true });
  expect(await decide({ type: "user", id: "anne@example.com" }, "owner", "a/1")).toEqual({ decision: true });
  expect(await decide({ type: "ghost", id: "x" }, "owner", "b")).toMatchObject({ code: "invalid_request" });
  expect(await decide({ type: "user", id: "bob" }, "flies", "b")).toMatchObject({ code: "invalid_request" });
  const actions = await server.send("POST", "/access/v1/search/action",
    { subject: bob("north"), resource: { type: "document", id: "b" } });
  expect(actions?.body.results).toEqual([{ name: "can_delete" }, { name: "owner" }, { name: "viewer" }]);
});

test("events are refused, and the tuples can be read", async () => {
  const server = await sideline.build.serve(["--store", file]);
  expect(await server.send("POST", "/events", FOUNDED)).toMatchObject({ status: 501, body: { code: "not_supported" } });
  const [store] = (await server.send("GET", "/stores"))!.body.stores;
  expect(store.name).toBe("documents");
  const read = await server.send("POST", `/stores/${store.id}/read`, {});
  expect(read?.body.tuples).toHaveLength(5);
  expect(await server.send("POST", "/backup", {})).toMatchObject({ status: 501 });
});

test("a model and tuples in the file itself, in JSON and in JSON lines", async () => {
  write("one.yaml", "- { user: user:u1, relation: viewer, object: document:d }\n");
  write("two.json", '[{"user":"user:u2","relation":"viewer","object":"document:d"}]');
  write("three.jsonl", '{"user":"user:u3","relation":"viewer","object":"document:d"}\n\n');
  const inline = MODEL.split("\n").map((line) => `  ${line}`).join("\n");
  write("documents.fga.yaml", `model: |\n${inline}\ntuple_files: [./one.yaml, ./two.json, ./three.jsonl]\n`);
  const server = await sideline.build.serve(["--store", file]);
  const { said } = await sideline.build.command(["who", "viewer", "document:d"], { SIDELINE_URL: server.url });
  expect(said).toBe("user:u1\nuser:u2\nuser:u3\n");
});

test("a model of several modules, which extend each other's types", async () => {
  write("model/core.fga", "module core\ntype user\ntype team\n  relations\n    define member: [user]\n");
  write("model/wiki.fga", "module wiki\nextend type team\n  relations\n    define writer: member\n");
  write("model/fga.mod", "schema: '1.2'\ncontents: [core.fga, wiki.fga]\n");
  write("documents.fga.yaml",
    "model_file: model/fga.mod\ntuples: [{ user: 'user:ann', relation: member, object: 'team:red' }]\n");
  const server = await sideline.build.serve(["--store", file]);
  const ask = (user: string) =>
    sideline.build.command(["check", user, "writer", "team:red"], { SIDELINE_URL: server.url });
  expect([await ask("user:ann"), await ask("user:bob")]).toMatchObject([{ code: 0 }, { code: 1 }]);
});

test.each<[string, () => void, RegExp]>([
  ["a misspelt field", () => write("documents.fga.yaml", STORE.replace("tuples:", "tuple:")), /Unrecognized key/],
  ["no model", () => write("documents.fga.yaml", "name: x\n"), /exactly one of model and model_file/],
  ["a model that is missing", () => write("documents.fga.yaml", STORE.replace("./model", "./none")), /cannot be read/],
  ["a model with a fault", () => write("model/documents.fga", MODEL.replace("or owner", "or ownr")), /not valid.*ownr/],
  ["a tuple that the model does not admit", () => write("more.csv", CSV.replace("team,red,member", "team,red,")),
    /does not admit document:b#viewer@team:red/],
  ["a tuple without its condition's context", () => write("documents.fga.yaml", STORE.replace("in_region", "in_rgion")),
    /does not admit document:b#owner@user:bob/],
  ["a store file in the place of a model", () => write("documents.fga.yaml", "model_file: documents.fga.yaml\n"),
    /the model in .* is not valid/],
  ["a module that is missing", () => {
    write("model/fga.mod", "schema: '1.2'\ncontents: [none.fga]\n");
    write("documents.fga.yaml", "model_file: model/fga.mod\n");
  }, /none.fga cannot be read/],
  ["modules without a list", () => {
    write("model/fga.mod", "schema: '1.2'\n");
    write("documents.fga.yaml", "model_file: model/fga.mod\n");
  }, /fga.mod is not an fga.mod: contents/],
  ["a row that does not fit", () => write("more.csv", `${CSV}a,b\n`), /row 4 does not fit the header/],
])("the file is refused with 2 and one line: %s", async (_, spoil, words) => {
  spoil();
  const { code, errors } = await sideline.build.command(["serve", "--store", file]);
  expect([code, errors]).toEqual([2, [expect.stringMatching(words)]]);
});

test("without --store it is the server of npm start, which SIGTERM ends in order", async () => {
  const server = await sideline.build.serve([], { SIDELINE_DATA: sideline.folder });
  expect((await server.send("POST", "/events", FOUNDED))?.status).toBe(200);
  server.signal("SIGTERM");
  expect(await server.ended()).toMatchObject({ code: 0, signal: null });
  const taken = await sideline.start();
  const { code, errors } = await sideline.build.command(["serve"], { SIDELINE_DATA: sideline.folder });
  expect([code, errors]).toEqual([3, [expect.stringContaining(sideline.folder)]]);
  taken.signal("SIGTERM");
  await taken.ended();
});
