// A server of scripted answers for tests of the client, which keeps the requests.
import { createClient, type Client, type ClientOptions } from "../../src/client/create-client.ts";

/** A request as the server got it. */
export interface Sent {
  readonly url: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: any;
  readonly init: RequestInit;
}

/** An answer, made from the request; or an error that the fetch throws. */
export type Scripted = Response | Error | ((sent: Sent) => Response | Promise<Response>);

const URL_OF_STAGE = "http://sideline.test";

/** Answers with JSON. */
export const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json", ...headers } });

/** Answers with a problem. */
export const problem = (code: string, status: number, headers: Record<string, string> = {}): Response =>
  json({ type: `/problems/${code}`, title: code, status, code, detail: `because of ${code}` }, status, headers);

/** Answers an event with the receipt of an applied one. */
export const receipt = ({ body: { id, source, type } }: Pick<Sent, "body">, token = "t"): Response =>
  json({ id, source, type, status: "applied", token, written: 1, deleted: 0 });

/** A client whose requests get the scripted answers, in order; the last one again and again. */
export function staged(script: readonly Scripted[], options: Partial<ClientOptions> = {}):
{ readonly client: Client; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const client = createClient({
    url: URL_OF_STAGE, ...options,
    fetch: async (url, init) => {
      const path = url.slice((options.url ?? URL_OF_STAGE).replace(/\/+$/, "").length);
      const request = { url, path, headers: new Headers(init.headers), body: JSON.parse(init.body as string), init };
      const answer = script[Math.min(sent.length, script.length - 1)];
      sent.push(request);
      if (answer instanceof Error) throw answer;
      return answer instanceof Response ? answer.clone() : answer!(request);
    },
  });
  return { client, sent };
}

/** The token of a revision of an org, as the server makes it. */
export const tokenOf = (org: string, revision: number): string =>
  btoa(JSON.stringify([org, revision])).replaceAll("+", "-").replaceAll("/", "_");
