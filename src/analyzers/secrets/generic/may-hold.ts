/**
 * Whether a Python file may hold a secret that its name gives away, told by its text: parsing costs more than looking, and most
 * files that speak of passwords hold none.
 */
import { type Group, groupOf, HOSTS, isSecretText, USERS } from "./groups.ts";
import { looksSecret } from "./values.ts";

/** How names of secrets are found in a text. */
export interface Mentions {
  readonly groups: readonly Group[];
  /** A part of a name that may mean a secret. Global: whoever uses it sets where it begins. */
  readonly mention: RegExp;
  /** What stands beside a literal that has no name of its own, and is one half of a login or an option of a program. */
  readonly nameless: RegExp;
}

/** `phrases` are words in a row; `ends` are words that count only where a name ends with them. */
export function mentionsOf(phrases: readonly string[], ends: readonly string[]): RegExp {
  const parts = byFirstLetter(phrases.map((phrase) => phrase.replaceAll(" ", "[\\W_]?")));
  if (ends.length > 0)
    parts.push(
      `(?<![a-z])(?:${byFirstLetter(ends).join("|")})(?=["'\\]]{0,3}\\s{0,4}(?::[^=\\n]{0,20})?[:=,])`,
    );
  return new RegExp(parts.join("|") || "(?!)", "gi");
}

/** The same texts, those with one first letter as one pattern: most letters of a file begin none of them, and are passed quickly. */
function byFirstLetter(texts: readonly string[]): string[] {
  const rests = new Map<string, string[]>();
  for (const text of texts) {
    const known = rests.get(text.slice(0, 1));
    if (known === undefined) rests.set(text.slice(0, 1), [text.slice(1)]);
    else known.push(text.slice(1));
  }
  return [...rests].map(([letter, those]) => `${letter}(?:${those.join("|")})`);
}

/**
 * Matches where one of these names begins a pair or a login in one text, the words of one of these programs a list, or a call one of
 * these functions.
 */
export function namelessOf(
  pairs: readonly string[],
  programs: readonly string[],
  functions: readonly string[],
  entrances: readonly string[],
): RegExp {
  const pair = `(?:${pairs.join("|") || "(?!)"})["']?\\]?\\s{0,4}[=:]\\s{0,4}(?:\\(|["'][\\w.@+-]{1,80}:\\S)`;
  const lists = programs.map((program) => program.replaceAll(" ", `["'],\\s{0,80}["']`));
  const login = `\\b(?:${entrances.join("|") || "(?!)"})\\(\\s{0,40}["'][^"'\\n]{1,80}["'],\\s{0,40}["']`;
  return new RegExp(
    `${pair}|["'](?:${lists.join("|") || "(?!)"})["'],|(?:${functions.join("|") || "(?!)"})\\(b?["']|${login}`,
    "i",
  );
}

/** How far behind a name its value may begin. */
const REACH = 200;
/** How far from a password the machine may stand that it opens. */
const BESIDE = 2_000;
const USER = mention(USERS);
const HOST = mention(HOSTS);
const LITERAL = /"([^"\\\n]{6,1000})"|'([^'\\\n]{6,1000})'/g;

/** True where a name of a secret has a literal behind it that may be one. */
export function mayHold(text: string, { groups, mention, nameless }: Mentions): boolean {
  if (nameless.test(text)) return true;
  let done = 0;
  let quote = -1;
  let judged = { name: "", to: 0 };
  mention.lastIndex = 0;
  for (const match of text.matchAll(mention)) {
    const { index } = match;
    if (index < done) continue;
    const [start, end] = nameAround(text, index, index + match[0].length);
    done = end;
    const name = text.slice(start, end);
    const group = groupOf(groups, name);
    if (group === undefined) continue;
    if (
      group.shape === "password" &&
      LITERAL_BEFORE.test(text.slice(Math.max(0, start - 100), start))
    )
      return true;
    // The sign that ends a name in quotes begins no text.
    const from = /["']/.test(text[end] ?? "") && text[end] === text[start - 1] ? end + 1 : end;
    if (quote < from) quote = nextQuote(text, from);
    if (quote > from + REACH) continue;
    const near = text.slice(from, from + REACH + 1_000);
    if (judged.name !== name) judged = { name, to: 0 };
    let around: string | undefined;
    for (const { index, value, isPiece } of literalsIn(near)) {
      if (index > REACH) break;
      const isPassword = group.shape === "password";
      if (isPassword && COMPARED.test(near.slice(0, index))) return true;
      // Behind the same name before, and it was none.
      if (!isPiece && from + index < judged.to) continue;
      judged.to = Math.max(judged.to, from + index + 1);
      // All that looks like a strong password looks like a weak one, too, but for what has words.
      const isWeak = isPassword && looksSecret(value, name, "fixed");
      if ((isWeak || !isPassword || value.includes(" ")) && isSecretText(name, value, group.shape))
        return true;
      // Beside a user and a machine, which only the tree tells, a weaker password is one.
      if (isWeak) {
        around ??= text.slice(Math.max(0, start - BESIDE), end + BESIDE);
        if (USER.test(around) && HOST.test(around)) return true;
      }
    }
  }
  return false;
}

function mention(names: readonly string[]): RegExp {
  return new RegExp(names.join("|"), "i");
}

function nextQuote(text: string, from: number): number {
  QUOTE.lastIndex = from;
  return QUOTE.exec(text)?.index ?? text.length + REACH;
}

const QUOTE = /["']/g;

/** The texts in quotes of a stretch; of pieces with nothing but a sign between them, what they come to. */
function* literalsIn(
  text: string,
): Generator<{ readonly index: number; readonly value: string; readonly isPiece?: true }> {
  let pieces = "";
  let end = -1;
  for (const literal of text.matchAll(LITERAL)) {
    const value = literal[1] ?? literal[2] ?? "";
    const isPiece = end >= 0 && JOINED.test(text.slice(end, literal.index));
    pieces = isPiece ? pieces + value : value;
    end = literal.index + literal[0].length;
    yield { index: literal.index, value };
    if (isPiece) yield { index: literal.index, value: pieces, isPiece };
  }
}

const JOINED = /^[\s+,]{0,80}$/;
const COMPARED = /==|!=/;
/** A literal that what follows is compared with. */
const LITERAL_BEFORE = /["']\s{0,4}[=!]=\s{0,4}[\w.]{0,80}$/;

/** The whole name that a part of it stands in. */
function nameAround(text: string, from: number, to: number): readonly [number, number] {
  let start = from;
  let end = to;
  while (start > from - REACH && /[\w-]/.test(text[start - 1] ?? "")) start--;
  while (end < to + REACH && /[\w-]/.test(text[end] ?? "")) end++;
  return [start, end];
}

/** How the value of a pair begins, however code is laid out. */
const PAIR_ENDS = ["=(", " = (", '": (', "': (", '"] = (', "'] = (", '="', "='", ' = "', " = '"];

/** Texts of which a file has one that holds what `namelessOf` finds. */
export function namelessWords(
  pairs: readonly string[],
  programs: readonly string[],
  entrances: readonly string[],
): string[] {
  return [
    ...entrances.flatMap((name) => [`${name}("`, `${name}('`, `${name}(\n`]),
    ...pairs.flatMap((word) => PAIR_ENDS.map((end) => word + end)),
    ...programs.flatMap((program) => [`"${program}"`, `'${program}'`]),
  ];
}

/** How a name may end with a word, and what stands behind it then. */
export function endings(word: string): string[] {
  return [word, word.toUpperCase()].flatMap((text) =>
    ['"', "'", "=", " =", ":"].map((end) => text + end),
  );
}

/** A phrase as it stands in names of all habits, or enough of it. */
export function spellings(phrase: string): string[] {
  const words = phrase.split(" ");
  const capitals = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  // `X-API-Key`
  const acronym = [words[0]?.toUpperCase(), ...capitals.slice(1)];
  return [
    ...new Set([
      words.join("_"),
      words.join("_").toUpperCase(),
      words.join("-"),
      words.join("-").toUpperCase(),
      words.join(""),
      words.join("").toUpperCase(),
      capitals.join(""),
      capitals.join("-"),
      capitals.join("_"),
      [words[0], ...capitals.slice(1)].join(""),
      acronym.join(""),
      acronym.join("-"),
    ]),
  ];
}
