/**
 * Code without its layout: white space outside strings, comments, the kind of quotes and trailing commas do not count, so that
 * reformatting does not make a finding new.
 */
export function normalise(source: string): string {
  let result = "";
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
      result += `"${source.slice(at + quote.length, end)}"`;
      at = end + quote.length - 1;
      continue;
    }
    if (/\s|\\/.test(char)) {
      if (/\w$/.test(result) && /^\s*\w/.test(source.slice(at, at + 200))) result += " ";
      continue;
    }
    if (/[)\]}]/.test(char)) result = result.replace(/, ?$/, "");
    result += char;
  }
  return result.replace(/ +/g, " ");
}
