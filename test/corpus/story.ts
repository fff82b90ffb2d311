// A story: one `.fga.yaml` store file, parsed into plain questions and answers for every judge.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { ROOT } from "../live/pins.ts";

/** Context of a question: JSON values by parameter name. */
type Context = Readonly<Record<string, unknown>>;

export interface CheckCase {
  readonly user: string;
  readonly relation: string;
  readonly object: string;
  readonly context?: Context;
  readonly expected: boolean;
}

export interface ListObjectsCase {
  readonly user: string;
  readonly relation: string;
  readonly type: string;
  readonly context?: Context;
  readonly expected: readonly string[];
}

export interface ListUsersCase {
  readonly object: string;
  readonly relation: string;
  readonly userFilter: { readonly type: string; readonly relation?: string };
  readonly context?: Context;
  readonly expected: readonly string[];
}

/** One test of a story: its whole world (the file's tuples and its own) and the expected answers in it. */
export interface StoryTest {
  readonly name: string;
  readonly tuples: readonly Tuple[];
  readonly checks: readonly CheckCase[];
  readonly listObjects: readonly ListObjectsCase[];
  readonly listUsers: readonly ListUsersCase[];
}

export interface Story {
  /** Path relative to the project's folder. */
  readonly file: string;
  /** The model in OpenFGA's language. */
  readonly model: string;
  readonly tests: readonly StoryTest[];
}

/** Number of tests and assertions that a story holds, or that a judge evaluated. */
export interface Counts {
  readonly tests: number;
  readonly checks: number;
  readonly listObjects: number;
  readonly listUsers: number;
}

const text = z.string().min(1);
const context = z.record(z.string(), z.unknown());
const tuple = z.strictObject({
  user: text, relation: text, object: text,
  condition: z.strictObject({ name: text, context: context.default({}) }).optional(),
});
const asserted = <T extends z.ZodType>(value: T) => z.record(text, value)
  .refine((all) => Object.keys(all).length > 0, "no assertion");
const checkBlock = z.strictObject({
  user: text.optional(), users: z.array(text).min(1).optional(),
  object: text.optional(), objects: z.array(text).min(1).optional(),
  context: context.optional(),
  assertions: asserted(z.boolean()),
}).refine((c) => (c.user === undefined) !== (c.users === undefined), "exactly one of user and users")
  .refine((c) => (c.object === undefined) !== (c.objects === undefined), "exactly one of object and objects");
const listObjectsBlock = z.strictObject({
  user: text, type: text, context: context.optional(), assertions: asserted(z.array(text)),
});
const listUsersBlock = z.strictObject({
  object: text,
  user_filter: z.array(z.strictObject({ type: text, relation: text.optional() })).length(1),
  context: context.optional(),
  assertions: asserted(z.strictObject({ users: z.array(text) })),
});
const testBlock = z.strictObject({
  name: text,
  description: text.optional(),
  tuples: z.array(tuple).default([]),
  check: z.array(checkBlock).default([]),
  list_objects: z.array(listObjectsBlock).default([]),
  list_users: z.array(listUsersBlock).default([]),
}).refine((t) => t.check.length + t.list_objects.length + t.list_users.length > 0, "a test asserts nothing");
const storeFile = z.strictObject({
  name: text,
  model_file: text,
  tuples: z.array(tuple).default([]),
  tests: z.array(testBlock).min(1),
});

/** Paths of all stories in a folder of the project, sorted. */
export function storyFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder)).filter((f) => f.endsWith(".fga.yaml")).sort().map((f) => join(folder, f));
}

/** Reads one story. Throws if the file does not match the format, asserts nothing, or gives two tests the same name. */
export function readStory(file: string): Story {
  const path = join(ROOT, file);
  const parsed = storeFile.safeParse(parse(readFileSync(path, "utf8")));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  const { model_file: modelFile, tuples, tests } = parsed.data;
  const names = new Set(tests.map((t) => t.name));
  if (names.size < tests.length) throw new Error(`${file}: two tests have the same name`);
  return {
    file: relative(ROOT, path),
    model: readFileSync(join(dirname(path), modelFile), "utf8"),
    tests: tests.map((block) => ({
      name: block.name,
      tuples: [...tuples, ...block.tuples] as Tuple[],
      checks: block.check.flatMap(checksOf),
      listObjects: block.list_objects.flatMap(listObjectsOf),
      listUsers: block.list_users.flatMap(listUsersOf),
    })),
  };
}

/** Size of a story, summed over its tests. */
export function countsOf(story: Story): Counts {
  const sum = (of: (test: StoryTest) => readonly unknown[]): number =>
    story.tests.reduce((total, test) => total + of(test).length, 0);
  return {
    tests: story.tests.length,
    checks: sum((t) => t.checks),
    listObjects: sum((t) => t.listObjects),
    listUsers: sum((t) => t.listUsers),
  };
}

function contextOf(block: { context?: Context | undefined }): { context?: Context } {
  return block.context === undefined ? {} : { context: block.context };
}

function checksOf(block: z.infer<typeof checkBlock>): CheckCase[] {
  const users = block.users ?? [block.user ?? ""];
  const objects = block.objects ?? [block.object ?? ""];
  return users.flatMap((user) => objects.flatMap((object) =>
    Object.entries(block.assertions).map(([relation, expected]) =>
      ({ user, relation, object, expected, ...contextOf(block) }))));
}

function listObjectsOf(block: z.infer<typeof listObjectsBlock>): ListObjectsCase[] {
  const { user, type } = block;
  return Object.entries(block.assertions)
    .map(([relation, expected]) => ({ user, relation, type, expected, ...contextOf(block) }));
}

function listUsersOf(block: z.infer<typeof listUsersBlock>): ListUsersCase[] {
  const [filter] = block.user_filter;
  const userFilter = filter?.relation === undefined
    ? { type: filter?.type ?? "" }
    : { type: filter.type, relation: filter.relation };
  return Object.entries(block.assertions).map(([relation, { users }]) =>
    ({ object: block.object, relation, userFilter, expected: users, ...contextOf(block) }));
}
