/** What a regex of Python lets through, as far as that can be told by reading it. */

/** Characters that break out of nothing: not of SQL, a shell, HTML, a path, an address or a header. */
const HARMLESS = /[\w ]/;
const CLASSES: Readonly<Record<string, boolean>> = {
  w: true,
  d: true,
  s: false,
  W: false,
  D: false,
  S: false,
};

/** What is no word, or no number, alone or among other characters: `\W+`, `[\W_]+`. */
const REMOVES_ALL_ELSE =
  /^(?:\\[WD]|\[(?!\^)(?:\\.|[^\]\\]){0,50}?\\[WD](?:\\.|[^\]\\]){0,50}\])(?:[+*]|\{1,\})?$/;

/**
 * `whole`: the pattern, matched against all of a text, lets only harmless characters through. `start`: the same, matched at
 * the start, so that the pattern itself must hold the end. `any`: matched anywhere, so that it must hold both. `none`: it
 * matches nothing in a text, or what it matches was removed, and all else is harmless. A `+` breaks out of nothing where the harm
 * is known and is not that of a regex. `others` are harmless where the text stands.
 */
export function allowsOnlyHarmless(
  pattern: string,
  how: "whole" | "start" | "any" | "none",
  harm = "regex",
  others = "",
): boolean {
  const more = harm === "regex" ? others : `+${others}`;
  if (how === "none") {
    const plain = pattern.replace(SWITCHES, "");
    const negated = /^\[\^((?:\\.|[^\]\\])+)\][+*]?$/.exec(plain)?.[1];
    return negated !== undefined ? isHarmlessSet(negated, more) : REMOVES_ALL_ELSE.test(plain);
  }
  let rest = pattern;
  const opening = /^(?:\^|\\A)/.exec(rest)?.[0] ?? "";
  rest = rest.slice(opening.length);
  const closing = /(?:(?<!\\)\$|\\Z|\\z)$/.exec(rest)?.[0] ?? "";
  rest = rest.slice(0, rest.length - closing.length);
  if (how !== "whole" && closing === "") return false;
  if (how === "any" && opening === "") return false;
  // An anchor belongs to the alternative that it stands in.
  if (how !== "whole" && rest.replace(ENCLOSED, "").includes("|")) return false;
  return isHarmlessSequence(rest, more, others);
}

/** Switches at the start of a regex that change nothing of which signs there are. */
const SWITCHES = /^\(\?[aiLu]+\)/;
/** One of several ways in which a regex matches; a `|` in a set is a sign. */
const WAY = /(?:\[(?:\\.|[^\]\\])+\]|\\.|[^|\\[])+/gs;
/** What stands for one character, and may stand several times: a set, a class or a letter. */
const ONE_CHARACTER = /^(?:\[(?:\\.|[^\]\\])+\]|\\.|[^\\[\](){}|*+?.^$])\+?$/s;

/** True where a regex surely matches a character, wherever that stands: `[/\\]`, `[^a-z]+`, `<|>`. */
export function matchesEach(pattern: string, character: string): boolean {
  const plain = pattern.replace(SWITCHES, "");
  // Of a group only what stands around it tells.
  if (character.length !== 1 || plain.replace(ENCLOSED, (one) => one[0] ?? "").includes("("))
    return false;
  return (plain.match(WAY) ?? []).some((way) => {
    if (!ONE_CHARACTER.test(way)) return false;
    try {
      return new RegExp(`^${way}$`, "s").test(character);
    } catch {
      return false;
    }
  });
}

/** One slash, and then a character that is none, nor the backslash that browsers take for one. */
const PATH_OF_SITE =
  /^(?:\/|\\\/)(?:\w|\\[wd]|\[(?!\^)-?(?:[a-z]-[a-z]|[A-Z]-[A-Z]|\d-\d|\\[wd.-]|[^\]\\/-])+-?\]|\[\^(?=(?:\\.|[^\]\\])*\/)(?=(?:\\[^\\]|[^\]\\])*\\\\)(?:\\.|[^\]\\])+\])(?!\?|\*|\{)/;

/** True where what matches a regex is an address that begins with one slash, and so stays on its site; for `how` see above. */
export function staysOnSiteBy(pattern: string, how: "whole" | "start" | "any"): boolean {
  const opening = /^(?:\^|\\A)/.exec(pattern)?.[0] ?? "";
  if (how === "any" && opening === "") return false;
  if (pattern.replace(ENCLOSED, "").includes("|")) return false;
  return PATH_OF_SITE.test(pattern.slice(opening.length));
}

/** Longer regexes are for more than a host. */
const MAX_HOST = 300;
const DOT = String.raw`(?:\\\.|\[\.\])`;
/** `shop\.com`, and what a host may still have behind it: `(?:\.cn)?`, a port. */
const DOMAIN = String.raw`[a-z\d-]+(?:${DOT}[a-z\d-]+)+(?:\((?:\?:)?(?:\\\.[a-z]+|:\\d\+?)\)\?)?$`;
const BELOW_DOMAIN = new RegExp(DOT + DOMAIN, "i");
/** Alone, or behind `(?:[a-z]+\.)*`. */
const ALL_OF_DOMAIN = new RegExp(String.raw`^(?:\([^()]*${DOT}\)[*+?])?${DOMAIN}`, "i");

/** True where what matches a regex is a host of one domain; for `how` see above. */
export function keepsToDomain(pattern: string, how: "whole" | "start" | "any"): boolean {
  const opening = /^(?:\^|\\A)/.exec(pattern)?.[0] ?? "";
  const closing = /(?:(?<!\\)\$|\\Z|\\z)$/.exec(pattern)?.[0] ?? "";
  const host = pattern.slice(opening.length, pattern.length - closing.length);
  if ((how !== "whole" && closing === "") || host.length > MAX_HOST) return false;
  if (host.replace(ENCLOSED, "").includes("|")) return false;
  // Found anywhere, a domain without a dot ahead is the end of another one.
  const isFromStart = how !== "any" || opening !== "";
  return BELOW_DOMAIN.test(host) || (isFromStart && ALL_OF_DOMAIN.test(host));
}

/** `^https://[a-z]+\.example\.com/`: a scheme, characters of hosts, and what ends the host. */
const WITH_HOST =
  /^(?:\^|\\A)?http(?:s\??|\[s\]\?)?:(?:\\?\/){2}(?<host>(?:\\[wd.-]|[\w-]|\[(?:\\[wd.-]|[\w.-])+\]|\(\?:|[()+*?])+)(?:\\?\/|\$$|\\[Zz]$)/;

/** True where what matches a regex is an address whose host is of one domain; for `how` see above. */
export function beginsWithDomain(pattern: string, how: "whole" | "start" | "any"): boolean {
  if (how === "any" && !/^(?:\^|\\A)/.test(pattern)) return false;
  if (pattern.replace(ENCLOSED, "").includes("|")) return false;
  const host = WITH_HOST.exec(pattern.slice(0, MAX_HOST))?.groups?.["host"];
  return host !== undefined && keepsToDomain(host, "whole");
}

/** What stands behind a backslash, in a set or in a group without others. A set without an end is no regex. */
const ENCLOSED = /\\.|\[(?:\\.|[^\]\\])*\]?|\([^()]*\)/g;

/** Reads a pattern piece by piece; false as soon as a piece may match something else than harmless characters. */
function isHarmlessSequence(pattern: string, more: string, others: string): boolean {
  for (let at = 0; at < pattern.length; ) {
    const piece =
      /^(?:\\(?<class>.)|\[(?<set>(?:\\.|[^\]\\])+)\]|(?<group>\((?:\?:|\?P<\w+>)?)|(?<mark>[)|*+?]|\{\d*,?\d*\})|(?<literal>[^\\[\](){}|*+?.^$]))/.exec(
        pattern.slice(at, at + 300),
      );
    if (piece === null) return false;
    const { class: letter, set, literal } = piece.groups ?? {};
    if (letter !== undefined && !(CLASSES[letter] ?? /[-._~]/.test(letter))) return false;
    if (set !== undefined && (set.startsWith("^") || !isHarmlessSet(set, more))) return false;
    if (literal !== undefined && !/[\w\- :@,]/.test(literal) && !others.includes(literal))
      return false;
    at += piece[0].length;
  }
  return true;
}

/** True for a set of harmless characters, and perhaps some more. */
function isHarmlessSet(set: string, more: string): boolean {
  // `A-z` holds signs, too.
  if (/\w-\w/.test(set.replace(/[a-z]-[a-z]|[A-Z]-[A-Z]|\d-\d/g, ""))) return false;
  return set
    .replace(/\w-\w/g, "a")
    .replace(/\\([wd])/g, "a")
    .replace(/\\[-._]/g, "-")
    .split("")
    .every((char) => HARMLESS.test(char) || `-._@${more}`.includes(char));
}

/** A group of a regex that can be asked for. */
export interface Group {
  readonly source: string;
  readonly name?: string;
}

/** The groups of a regex in the order of their numbers. */
export function groupsOf(pattern: string): readonly Group[] {
  const found: { from: number; end: number; name: string | undefined }[] = [];
  const open: { end: number }[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at];
    if (char === "\\") at++;
    else if (char === "[") at = endOfSet(pattern, at);
    else if (char === "(") {
      const opening = /^\((?:\?P<(\w+)>|(\?))?/.exec(pattern.slice(at, at + 100));
      const group = {
        from: at + (opening?.[0].length ?? 1),
        end: pattern.length,
        name: opening?.[1],
      };
      open.push(group);
      if (opening?.[2] === undefined) found.push(group);
    } else if (char === ")") {
      const group = open.pop();
      if (group !== undefined) group.end = at;
    }
  }
  return found.map(({ from, end, name }) => ({
    source: pattern.slice(from, end),
    ...(name !== undefined && { name }),
  }));
}

/** Where a set ends that begins at a place: a bracket right at its start is one of its characters. */
function endOfSet(pattern: string, start: number): number {
  let at = start + (pattern[start + 1] === "^" ? 2 : 1);
  if (pattern[at] === "]") at++;
  for (; at < pattern.length && pattern[at] !== "]"; at++) if (pattern[at] === "\\") at++;
  return at;
}
