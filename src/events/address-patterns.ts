// Patterns of email addresses in a text, in each way of writing an `@`. Each takes steps that grow with the text alone.

/** A domain of two labels or more, in any script: `example.org`, `xn--bcher-kva.example`, `bücher.example`. */
const DOMAIN = /[\p{L}\p{M}\p{N}-]{1,63}(?:[.\u3002\uff0e\uff61][\p{L}\p{M}\p{N}-]{1,63}){0,9}/u;

/** The last label of a domain, after its dot: two letters or more. A number with a fraction has none. */
const TOP = /[.\u3002\uff0e\uff61]\p{L}[\p{L}\p{M}]/u;

/** `dot` in place of a dot. */
const SPELLED_TOP = /(?:\s{0,3}[([{<]\s{0,3}dot\s{0,3}[)\]}>]\s{0,3}|\s{1,3}dot\s{1,3})\p{L}[\p{L}\p{M}]/u;

/** Writings of an `@` in one word. Quoted-printable writes `=40`, which may be a number: there a domain must follow. */
const SIGN = oneOf(
  /[@\uff20\ufe6b]/u,
  // In a URL, encoded once or more often.
  /%(?:25){0,9}(?:40|ef%(?:25){0,9}bc%(?:25){0,9}a0|ef%(?:25){0,9}b9%(?:25){0,9}ab)/u,
  // In HTML.
  /&(?:amp;){0,9}(?:commat;|#0{0,9}(?:64|65312|65131)(?!\d)|#x0{0,9}(?:40|ff20|fe6b)(?![\da-f]))/u,
  // In JSON and JavaScript.
  /\\(?:x40|u(?:0040|ff20|fe6b)|u\{0{0,9}(?:40|ff20|fe6b)\})/u,
  /=ef=(?:bc=a0|b9=ab)/u,
  new RegExp(`=40(?=${DOMAIN.source}${TOP.source})`, "u"),
);

/** A word with a sign inside. */
export const ADDRESS = new RegExp(`.${SIGN}.`, "iu");

/** A quoted part before a sign, and one more character: `"ann.doe"@example.org`. */
export const QUOTED_ADDRESS = new RegExp(`[^"'\`]["'\`]${SIGN}[^"'\`]`, "iu");

/** Whether a text may have one of the next two. */
export const SPELLED = /[\s([{<]at[\s)\]}>]/iu;

/** `at` in brackets between two parts. */
export const BRACKETED_AT = /(?<=[^\s"'`]["'`]?)\s{0,3}[([{<]\s{0,3}at\s{0,3}[)\]}>]\s{0,3}(?=[^\s"'`])/giu;

/** `at` between two words, the second a domain. */
export const AT_DOMAIN = new RegExp(
  `(?<=[^\\s"'\`]["'\`]?)\\s{1,3}at\\s{1,3}(?=${DOMAIN.source}${oneOf(TOP, SPELLED_TOP)})`, "giu",
);

function oneOf(...patterns: readonly RegExp[]): string {
  return `(?:${patterns.map(({ source }) => source).join("|")})`;
}
