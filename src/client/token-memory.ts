// Remembers the newest token of each org, so that a question sees the events that this client has sent.
import { MAX_TOKENS_PER_REQUEST } from "./generated/request-limits.ts";

/** Maximum number of orgs whose tokens are remembered. The one whose last event is the oldest is forgotten first. */
const MAX_ORGS = 1_000;

/** Maximum length of a header with tokens, in characters: nginx takes 8 KiB for a line of the request. */
const MAX_HEADER_LENGTH = 4_096;

/** Name of the platform's own order of events. No org can have it. */
const PLATFORM = "/platform";

/** The tokens of one client. */
export class TokenMemory {
  /** By org; the org of the newest event is last. */
  readonly #newest = new Map<string, { readonly revision: number; readonly token: string }>();

  /** The tokens for a question about any org, until the next event. */
  #all: readonly string[] | undefined;

  /** Remembers the token of a receipt, unless a newer one of its org is known. */
  remember(token: string): void {
    this.#all = undefined;
    const { org, revision } = positionOf(token);
    const known = this.#newest.get(org);
    const kept = known !== undefined && known.revision > revision ? known : { revision, token };
    this.#newest.delete(org);
    this.#newest.set(org, kept);
    if (this.#newest.size <= MAX_ORGS) return;
    for (const oldest of this.#newest.keys()) {
      if (oldest === PLATFORM) continue;
      this.#newest.delete(oldest);
      return;
    }
  }

  /**
   * Returns the tokens for a question about an object: the platform's, whose staff have rights in every org, and that
   * of its org if the object is an org or names one, else those of all orgs, the newest first.
   */
  tokensFor(object: string | undefined): readonly string[] {
    const org = object === undefined ? undefined : /^(?:org:|role:)([^/]+)/.exec(object)?.[1];
    if (org === undefined) return this.#all ??= this.#list();
    return [PLATFORM, org].flatMap((each) => this.#newest.get(each)?.token ?? []);
  }

  #list(): readonly string[] {
    const names = [...this.#newest.keys()].reverse().filter((name) => name !== PLATFORM);
    return [PLATFORM, ...names.slice(0, MAX_TOKENS_PER_REQUEST)].flatMap((each) => this.#newest.get(each)?.token ?? []);
  }
}

/**
 * Returns one header for several tokens; undefined for none. All of `own` are in it, and of the remembered ones as many
 * as the server reads and proxies let pass. Throws a RangeError if `own` alone are too many.
 */
export function combined(own: readonly string[], remembered: readonly string[]): string | undefined {
  if (own.length > MAX_TOKENS_PER_REQUEST) {
    throw new RangeError(`a question has at most ${MAX_TOKENS_PER_REQUEST} tokens`);
  }
  let header = own.join(",");
  let count = own.length;
  for (const token of remembered) {
    const longer = header === "" ? token : `${header},${token}`;
    if (++count > MAX_TOKENS_PER_REQUEST || longer.length > MAX_HEADER_LENGTH) break;
    header = longer;
  }
  return header === "" ? undefined : header;
}

/** Returns the org and the revision of a token; one in another form counts as the newest of an org of its own. */
function positionOf(token: string): { readonly org: string; readonly revision: number } {
  try {
    const [org, revision] = JSON.parse(atob(token.replaceAll("-", "+").replaceAll("_", "/"))) as unknown[];
    if (typeof org === "string" && typeof revision === "number") return { org, revision };
  } catch {
    // The form of a token is the server's own.
  }
  return { org: "", revision: Number.POSITIVE_INFINITY };
}
