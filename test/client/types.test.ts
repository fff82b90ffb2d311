// The types of the client: the compiler refuses each line that a comment expects to be an error.
import { expect, expectTypeOf, test } from "vitest";
import type { z } from "zod";
import type { ExplainedTuple, Explanation, MissingWay, Reason, TupleEvent } from "../../src/client/explanation.ts";
import type { HistoryEvent } from "../../src/client/history.ts";
import type { Receipt as ServerReceipt } from "../../src/events/event.ts";
import type { HistoryEvent as ServerHistoryEvent } from "../../src/history/event-history.ts";
import type { ErrorCode as ServerQuestionCode } from "../../src/http/api-error.ts";
import type { ProblemCode as ServerProblemCode } from "../../src/http/problem.ts";
import type { explainAnswer, reason } from "../../src/http/reference/reason-schemas.ts";
import type { CHECKABLE } from "../../src/policy/checkable.ts";
import type { TupleEvent as ServerTupleEvent } from "../../src/reasons/tuple-origins.ts";
import type { AthleteKey as ServerKey } from "../../src/policy/permission-keys.ts";
import type {
  AthleteKey, Client, ErrorCode, ObjectName, ObjectType, ProblemCode, QuestionCode, Receipt, RelationOf,
  RelationOfType,
} from "../../src/client/create-client.ts";
import { json, receipt, staged } from "./stage.ts";

type Offered<Type extends ObjectType> = (typeof CHECKABLE)[Type][number];

test("types and relations are those of the table", () => {
  expectTypeOf<ObjectType>().toEqualTypeOf<keyof typeof CHECKABLE>();
  expectTypeOf<RelationOfType<"org">>().toEqualTypeOf<Offered<"org">>();
  expectTypeOf<RelationOfType<"athlete">>().toEqualTypeOf<Offered<"athlete">>();
  expectTypeOf<RelationOfType<"note">>().toEqualTypeOf<Offered<"note">>();
  expectTypeOf<RelationOf<"activity:a1">>().toEqualTypeOf<"can_view" | "can_comment">();
  expectTypeOf<AthleteKey>().toEqualTypeOf<ServerKey>();
});

test("a receipt is the server's, with the type of its event", () => {
  expectTypeOf<Omit<Receipt, "type">>().toEqualTypeOf<Omit<ServerReceipt, "type">>();
  expectTypeOf<Receipt["type"]>().toExtend<ServerReceipt["type"]>();
});

test("explanations and the history are the server's", () => {
  expectTypeOf<TupleEvent>().toEqualTypeOf<ServerTupleEvent>();
  expectTypeOf<Omit<HistoryEvent, "code" | "changes">>().toEqualTypeOf<Omit<ServerHistoryEvent, "code" | "changes">>();
  expectTypeOf<ServerHistoryEvent>().toExtend<HistoryEvent>();
  type Schema = z.infer<typeof explainAnswer>;
  type MissingSchema = Extract<Schema, { allowed: false }>["missing"][number];
  type Yes = { allowed: true };
  expectTypeOf<keyof Extract<Schema, Yes>>().toEqualTypeOf<keyof Extract<Explanation, Yes>>();
  expectTypeOf<keyof z.infer<typeof reason>>().toEqualTypeOf<keyof Reason>();
  expectTypeOf<keyof MissingSchema>().toEqualTypeOf<keyof MissingWay>();
  expectTypeOf<keyof (MissingSchema["present"] | MissingSchema["absent"])[number]>().toExtend<keyof ExplainedTuple>();
});

test("codes are those of the server, and three of the client", () => {
  expectTypeOf<ProblemCode>().toEqualTypeOf<ServerProblemCode>();
  expectTypeOf<QuestionCode>().toEqualTypeOf<Exclude<ServerQuestionCode, ServerProblemCode>>();
  expectTypeOf<Exclude<ErrorCode, ProblemCode | QuestionCode>>()
    .toEqualTypeOf<"no_answer" | "timed_out" | "unreadable_answer">();
});

test("a relation that the type of the object lacks is no question", async () => {
  const { client } = staged([json({ allowed: true })]);
  const id: string = "n1";
  expect(await client.can("user:a", "can_read", `note:${id}`)).toBe(true);
  // @ts-expect-error A team is not read.
  await client.can("user:a", "can_read", `team:${id}`);
  // @ts-expect-error There is no such relation.
  await client.can("user:a", "can_raed", "note:n1");
  // @ts-expect-error Coach hats are the model's own.
  await client.can("user:a", "coach_hat", "org:fc");
  // @ts-expect-error A user is user:<id>.
  await client.can("a", "can_read", "note:n1");
  // @ts-expect-error An object is <type>:<id>.
  await client.can("user:a", "can_read", "n1");
  // @ts-expect-error There is nothing to ask of a user.
  await client.can("user:a", "can_read", "user:b");
});

test("objects of several types are asked for a relation that all of them have", () => {
  const ask = (client: Client): void => {
    const mixed: readonly (ObjectName<"team"> | ObjectName<"athlete">)[] = ["team:red", "athlete:a1"];
    void client.filter("user:a", "can_view", mixed);
    // @ts-expect-error A team has no sessions.
    void client.filter("user:a", "sessions_read", mixed);
    expectTypeOf(client.filter("user:a", "can_read", ["note:n1"])).resolves.toEqualTypeOf<"note:n1"[]>();
    // @ts-expect-error A note has no sessions.
    client.objects("user:a", "sessions_read", "note");
    expectTypeOf(client.objects("user:a", "can_read", "note").next).returns.resolves
      .toExtend<IteratorResult<`note:${string}`>>();
    expectTypeOf(client.users("can_read", "note:n1")).resolves.toEqualTypeOf<`user:${string}`[]>();
  };
  expect(ask).toBeTypeOf("function");
});

test("permissions have the relations of the object's type", () => {
  const ask = async (client: Client): Promise<void> => {
    const may = await client.permissions("user:a", "activity:a1");
    expectTypeOf(may).toEqualTypeOf<{ readonly can_view?: true; readonly can_comment?: true }>();
    // @ts-expect-error An activity is not edited.
    void may.can_edit;
  };
  expect(ask).toBeTypeOf("function");
});

test("payloads are typed by event, and nobody's word is the system's by mistake", async () => {
  const { client, sent } = staged([(each) => receipt(each)]);
  await client.send("member.added", { org: "fc", user: "carl", hats: ["coach"] }, { actor: "olga" });
  // @ts-expect-error A user is required.
  await client.send("member.added", { org: "fc" }, { actor: "olga" });
  // @ts-expect-error A misspelt field would be refused.
  await client.send("member.added", { org: "fc", user: "carl", rôle: "admin" }, { actor: "olga" });
  // @ts-expect-error There is no such hat.
  await client.send("member.added", { org: "fc", user: "carl", hats: ["chief"] }, { actor: "olga" });
  // @ts-expect-error There is no such key.
  await client.send("role.updated", { org: "fc", role: "r", keys: ["sessions.raed"] }, { actor: "olga" });
  // @ts-expect-error An artifact is <type>:<id>.
  await client.send("artifact.deleted", { artifact: "note:n1" }, { actor: "olga" });
  // @ts-expect-error There is no such event.
  await client.send("member.vanished", { org: "fc", user: "carl" }, { actor: "olga" });
  const before = sent.length;
  // @ts-expect-error An actor is named, or null.
  await expect(client.send("note.deleted", { note: "n1" }, {})).rejects.toThrow(TypeError);
  // @ts-expect-error An actor is named, or null.
  await expect(client.sendAll([{ type: "note.deleted", data: { note: "n1" } }])).rejects.toThrow(TypeError);
  await expect(client.send("note.deleted", { note: "n1" }, { actor: "" })).rejects.toThrow(TypeError);
  expect(sent).toHaveLength(before);
});
