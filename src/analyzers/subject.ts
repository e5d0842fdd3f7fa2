/**
 * Code without its layout: white space outside strings, comments, the kind of quotes and trailing commas do not count, so that
 * reformatting does not make a finding new.
 */
export function normalise(source: string): string {
  const parts: string[] = [];
  for (let at = 0; at < source.length; at++) {
    const char = source[at] ?? "";
    if (char === "#") {
      while (at < source.length && source[at] !== "\n") at++;
      continue;
    }
    if (char === "'" || char === '"') {
      const long = source.startsWith(char.repeat(3), at);
      const quote = long ? char.repeat(3) : char;
      let end = at + quote.length;
      while (end < source.length && !source.startsWith(quote, end))
        end += source[end] === "\\" ? 2 : 1;
      parts.push(`"${source.slice(at + quote.length, end)}"`);
      at = end + quote.length - 1;
      continue;
    }
    if (/\s|\\/.test(char)) {
      if (/^\w$/.test(parts.at(-1) ?? "") && /^\s*\w/.test(source.slice(at, at + 200)))
        parts.push(" ");
      continue;
    }
    if (/[)\]}]/.test(char)) {
      if (parts.at(-1) === " ") parts.pop();
      if (parts.at(-1) === ",") parts.pop();
    }
    parts.push(char);
  }
  return parts.join("");
}

const MAX_QUOTED = 60;
/** More is not looked at: the patterns below take long for long runs of letters. */
const MAX_READ = 2000;
const LITERAL = /("""|'''|"|')(?:\\[\s\S]|(?!\1)[^\\])*(?:\1|$)/g;
/** In code, names are long too; two digits are rare in them. */
const KEY_LIKE_ANYWHERE = /(?=[\w+/=~-]*\d[\w+/=~-]*\d)[\w+/=~-]{16,}/g;
const KEY_LIKE = /(?=[\w+/=.~-]*\d)[\w+/=.~-]{16,}/g;
const PASSWORD_IN_ADDRESS = /(:\/\/)[^/\s@]+@/g;

/**
 * Code on one line, to be quoted in a message. What may be a secret is left out of its texts: a message can come from another
 * file than the finding, where nobody has looked for secrets, and a cut may make one unrecognisable.
 */
export function quotable(source: string): string {
  const line = source
    .slice(0, MAX_READ)
    .replace(LITERAL, (literal) =>
      literal.replace(PASSWORD_IN_ADDRESS, "$1…@").replace(KEY_LIKE, "…"),
    )
    .replace(KEY_LIKE_ANYWHERE, "…")
    .replace(/\s+/g, " ");
  return line.length > MAX_QUOTED ? `${line.slice(0, MAX_QUOTED - 3)}...` : line;
}
