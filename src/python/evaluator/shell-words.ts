/** Words of a text as a POSIX shell reads them: what `shlex.split` gives. */

const MAX_TEXT = 10_000;

/** The words; undefined for a quote that nothing closes, or a text that is too long. With `comments`, `#` ends a line. */
export function shellWords(text: string, comments: boolean): readonly string[] | undefined {
  if (text.length > MAX_TEXT) return undefined;
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  const end = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (char === quote) quote = undefined;
    else if (char === "\\" && quote !== "'") {
      if (next === "") return undefined;
      // Within quotes it stands before few characters that it means.
      word =
        (word ?? "") + (quote === undefined || next === '"' || next === "\\" ? "" : char) + next;
      at++;
    } else if (quote !== undefined) word = (word ?? "") + char;
    else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (/[ \t\r\n]/.test(char)) end();
    else if (comments && char === "#") {
      end();
      const line = text.indexOf("\n", at);
      at = line < 0 ? text.length : line;
    } else word = (word ?? "") + char;
  }
  if (quote !== undefined) return undefined;
  end();
  return words;
}
