// The version and the digest of a policy: equal for equal models, and reported if a store has a newer one.
import { expect, test } from "vitest";
import { policyOf } from "../../src/policy/version.ts";
import { policyPart } from "../../src/sidecar/policy-part.ts";
import { compileModel } from "../../src/model/compile.ts";

const text = (version: number, rule: string): string => `model
  schema 1.1
type user
type value
type org
  relations
    define admin: [user]
    define member: [user]
    define view: ${rule}
type policy
  relations
    define version_${version}: [value]
`;
const policy = (version: number, rule: string, comment = "") =>
  policyOf(compileModel(text(version, rule) + comment).json);

test("the digest changes with a rule and with the version, and not with a comment", () => {
  const { version, digest } = policy(3, "admin or member");
  expect(version).toBe(3);
  expect(digest).toMatch(/^[\w-]{43}$/);
  expect(policy(3, "admin or member", "# a comment\n").digest).toBe(digest);
  expect(policy(3, "admin and member").digest).not.toBe(digest);
  expect(policy(4, "admin or member").digest).not.toBe(digest);
});

test("a sidecar reports its policy, and that the store has a newer one", () => {
  const [own, newer] = [policy(1, "admin"), policy(2, "admin")];
  expect(policyPart(own)).toMatchObject({ name: "policy", ready: true, detail: `version 1, digest ${own.digest}` });
  expect(policyPart(own).figures).toMatchObject([
    { name: "info", value: 1, labels: { version: "1", digest: own.digest } }, { name: "outdated", value: 0 },
  ]);
  const outdated = policyPart(own, newer);
  expect(outdated).toMatchObject({ ready: false, detail: expect.stringContaining(`has 2, ${newer.digest}`) });
  expect(outdated.figures).toMatchObject([{ name: "info" }, { name: "outdated", value: 1 }]);
});
