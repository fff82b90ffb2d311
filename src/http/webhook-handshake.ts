// OPTIONS /events: the validation handshake of CloudEvents webhooks, by which a sender asks whether it is expected.
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md#4-abuse-protection
import type { Context } from "hono";
import { headerOf } from "./header.ts";
import { answerProblem, problem } from "./problem.ts";
import type { Route } from "./route.ts";

/** The method that senders may use here. */
const ALLOW = { allow: "POST" };

/**
 * Returns the route of the handshake. `origins` are DNS names in lower case. A sender that none of them names is
 * refused; its `WebHook-Request-Callback`, by which permission could be given later, is never called.
 */
export function handshakeRoute(origins: readonly string[]): Route {
  const handle = (c: Context): Response => {
    const origin = headerOf(c, "webhook-request-origin");
    if (origin === undefined || origins.length === 0) {
      return answerProblem(problem("method_not_allowed", "/events does not accept OPTIONS"), ALLOW);
    }
    if (!origins.includes(origin.toLowerCase())) {
      return answerProblem(problem("origin_not_allowed", "webhooks of this origin are not expected here"), ALLOW);
    }
    // The standard asks for both headers; the rate `*` sets no limit, since a sender that is too fast gets 429.
    return new Response(null, { headers: { ...ALLOW, "webhook-allowed-origin": origin, "webhook-allowed-rate": "*" } });
  };
  return { method: "OPTIONS", path: "/events", handle };
}
