// Every law that the exploration checks on a transition.
import { ANSWER_LAWS } from "./answer-laws.ts";
import type { Transition } from "./explorer.ts";
import { GIVING_LAWS } from "./giving-laws.ts";
import { HISTORY_LAWS } from "./history-laws.ts";
import type { Law } from "./law.ts";
import { REDEMPTION_LAWS } from "./redemption-laws.ts";
import { RIGHT_LAW } from "./rights.ts";

/** All laws about one applied event. */
const LAWS: readonly Law[] = [RIGHT_LAW, ...HISTORY_LAWS, ...REDEMPTION_LAWS, ...GIVING_LAWS, ...ANSWER_LAWS];

/** Returns the violations by a transition, each as `law: example`. */
export function breaches(transition: Transition, laws: readonly Law[] = LAWS): string[] {
  return laws.flatMap(({ name, check }) => check(transition).map((fault) => `${name}: ${fault}`));
}
