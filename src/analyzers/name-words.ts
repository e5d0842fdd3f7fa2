/**
 * Names as words: `DB_PASSWORD`, `db-password`, `dbPassword` and `db.password` are all `db password`. Whether a name means a
 * secret is asked of whole words, so that `tokenizer`, `passwords_max` and `monkey` do not.
 */
export function wordsOf(name: string): string[] {
  const words: string[] = [];
  const end = Math.min(name.length, MAX_NAME);
  let start = 0;
  let before: number = Sign.other;
  // Asked of every candidate, of which a file may have a million: one pass, and no pattern.
  for (let at = 0; at <= end; at++) {
    const sign = at === end ? Sign.other : signOf(name.charCodeAt(at));
    if (sign === Sign.other) {
      if (before !== Sign.other) words.push(wordIn(name, start, at));
      start = at + 1;
    } else if (sign === Sign.upper && before !== Sign.other) {
      // `dbPassword`, and `HTTPToken`, in which the last capital begins a word.
      const isNext = before !== Sign.upper || isLower(name.charCodeAt(at + 1), at + 1 < end);
      if (isNext) {
        words.push(wordIn(name, start, at));
        start = at;
      }
    }
    before = sign;
  }
  return words;
}

const Sign = { other: 0, lower: 1, upper: 2, digit: 3 } as const;

function signOf(code: number): number {
  if (code >= 97 && code <= 122) return Sign.lower;
  if (code >= 65 && code <= 90) return Sign.upper;
  return code >= 48 && code <= 57 ? Sign.digit : Sign.other;
}

function isLower(code: number, isThere: boolean): boolean {
  return isThere && signOf(code) === Sign.lower;
}

/** In lower case, and without the number behind it: `password1` is `password`. */
function wordIn(name: string, start: number, end: number): string {
  let letters = end;
  while (letters > start && signOf(name.charCodeAt(letters - 1)) === Sign.digit) letters--;
  let isNumbered = letters > start && letters < end;
  for (let at = start; isNumbered && at < letters; at++)
    if (signOf(name.charCodeAt(at)) === Sign.digit) isNumbered = false;
  return name.slice(start, isNumbered ? letters : end).toLowerCase();
}

/** A longer name is no name. */
const MAX_NAME = 120;
