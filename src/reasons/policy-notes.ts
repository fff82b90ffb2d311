// Knowledge about model.fga in addition to its definitions: rule numbers, words and facts that never change.
import { readRuleIndex } from "../analysis/rule-index.ts";
import type { ModelNotes } from "./explained.ts";
import { POLICY_FACTS } from "./fixed-facts.ts";
import { REASON_PHRASES } from "./reason-text.ts";

/**
 * Returns the notes of the policy, with which `explain` names rules and uses the words of the policy; `text` is that of
 * model.fga.
 *
 * @example
 * const text = "type note\n  relations\n    # NP1 The author.\n    define author: [user]";
 * policyNotes(text).rules.get("note#author") // ["NP1"]
 */
export function policyNotes(text: string): ModelNotes {
  // A hat's line says which hats there are, and not why one opens something.
  const rules = new Map([...readRuleIndex(text)].filter(([line]) => !/^org#\w+_hat$/.test(line)));
  return { rules, phrases: REASON_PHRASES, facts: POLICY_FACTS };
}
