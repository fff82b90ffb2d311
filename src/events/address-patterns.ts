// Patterns of email addresses in a text, in each way of writing an `@`. Each takes steps that grow with the text alone.

/** A domain of two labels or more, in any script: `example.org`, `xn--bcher-kva.example`, `bücher.example`. */
const DOMAIN = /[\p{L}\p{M}\p{N}-]{1,63}(?:[.\u3002\uff0e\uff61][\p{L}\p{M}\p{N}-]{1,63}){0,9}/u;

/** The last label of a domain, after its dot: two letters or more. A number with a fraction has none. */
const TOP = /[.\u3002\uff0e\uff61]\p{L}[\p{L}\p{M}]/u;

/** `dot` in place of a dot. */
const SPELLED_TOP = /(?:\s{0,3}[([{<]\s{0,3}dot\s{0,3}[)\]}>]\s{0,3}|\s{1,3}dot\s{1,3})\p{L}[\p{L}\p{M}]/u;

/** A percent sign in a URL, as it is or encoded: `%25`, `%2525`, `%25%32%35`. */
const PERCENT = `%(?:${urlDigits("25")}){0,9}`;

/** Whether a text may have a sign: each begins with one of these. */
export const SIGN_START = /[@\uff20\ufe6b%&\\=+]/u;

/** Writings of an `@` in one word. Those that may be a number, a path or a part of an id need a domain after them. */
const SIGN = oneOf(
  /[@\uff20\ufe6b]/u,
  // In a URL, encoded once or more often, and as JavaScript's `escape` writes it.
  new RegExp(`${PERCENT}(?:${urlDigits("40")}|${["ef", "bc", "a0"].map(urlDigits).join(PERCENT)}`
    + `|${["ef", "b9", "ab"].map(urlDigits).join(PERCENT)}`
    + `|${urlDigits("u")}(?:${["0040", "ff20", "fe6b"].map(urlDigits).join("|")}))`, "u"),
  // In HTML.
  /&(?:amp;){0,9}(?:commat;|(?:#0{0,9}(?:64|65312|65131)(?!\d)|#x0{0,9}(?:40|ff20|fe6b)(?![\da-f]));?)/u,
  // In JSON and JavaScript.
  /\\(?:x40|u(?:0040|ff20|fe6b)|u\{0{0,9}(?:40|ff20|fe6b)\})/u,
  /=ef=(?:bc=a0|b9=ab)/u,
  // In quoted-printable, as an octal number, and in UTF-7.
  new RegExp(`(?:=40|\\\\100|\\+(?:AEA|/yA|/ms)-)(?=${DOMAIN.source}${TOP.source})`, "u"),
);

/** A word with a sign inside. */
export const ADDRESS = new RegExp(`.${SIGN}.`, "iu");

/** A quoted part before a sign, and one more character: `"ann.doe"@example.org`. */
export const QUOTED_ADDRESS = new RegExp(`[^"'\`]["'\`]${SIGN}[^"'\`]`, "iu");

/** Whether a text may have a `BRACKETED_AT` or an `AT_DOMAIN`. */
export const SPELLED = /[\s([{<]at[\s)\]}>]/iu;

/** `at` in brackets between two parts. */
export const BRACKETED_AT = /(?<=[^\s"'`]["'`]?)\s{0,3}[([{<]\s{0,3}at\s{0,3}[)\]}>]\s{0,3}(?=[^\s"'`])/giu;

/** The place after a word, quoted or not; and the place before a domain, whose last dot may be spelled. */
const AFTER_WORD = "(?<=[^\\s\"'`][\"'`]?)";
const BEFORE_DOMAIN = `(?=${DOMAIN.source}${oneOf(TOP, SPELLED_TOP)})`;

/** `at` between two words, the second a domain. */
export const AT_DOMAIN = new RegExp(`${AFTER_WORD}\\s{1,3}at\\s{1,3}${BEFORE_DOMAIN}`, "giu");

/** A sign between two words, the second a domain, with white space before the sign, after it or both. */
export const SPACED_SIGN = new RegExp(
  `${AFTER_WORD}(?:\\s{1,3}${SIGN}\\s{0,3}|${SIGN}\\s{1,3})${BEFORE_DOMAIN}`, "giu",
);

function oneOf(...patterns: readonly RegExp[]): string {
  return `(?:${patterns.map(({ source }) => source).join("|")})`;
}

/** Characters of a code in a URL, in lower case, each as it is or percent-encoded: `4` or `%34` or `%2534`. */
function urlDigits(code: string): string {
  const encoded = (character: string): string => [...new Set([character, character.toUpperCase()])]
    .map((each) => each.charCodeAt(0).toString(16)).join("|");
  return [...code].map((character) => `(?:${character}|%(?:25){0,9}(?:${encoded(character)}))`).join("");
}
