/**
 * An upper bound for the steps that one try of a regular expression at one place can take, read off its source. It knows what
 * the patterns for secrets are made of, and throws at everything else: then nothing is proved.
 */
interface Part {
  /** Characters that are compared until the part is given up, for the first way in which it may match. */
  readonly steps: number;
  /** In how many ways it can match at one place: how often backtracking may try again what follows. */
  readonly ways: number;
  /** Steps until it is given up where no sign that it may begin with stands. */
  readonly refused: number;
  /** Those of the steps that it takes where every repetition without a bound of its own is at its least. */
  readonly fixed: number;
  /** Characters that it may begin with, those that may stand behind its first one, and all that it may hold. */
  readonly first: Characters;
  readonly tail: Characters;
  readonly all: Characters;
  /** True where it matches at every place, be it nothing: then nothing is given up because of it. */
  readonly sure: boolean;
  /** The shortest text that it matches, and the longest. */
  readonly least: number;
  readonly most: number;
}

type Characters = ReadonlySet<number>;

/** ASCII, and one sign that stands for all others. */
const SIGNS = Array.from({ length: 129 }, (_, code) => (code < 128 ? code : 0x2026));
const NONE: Characters = new Set();
const EMPTY: Part = {
  steps: 1,
  refused: 1,
  fixed: 1,
  ways: 1,
  first: NONE,
  tail: NONE,
  all: NONE,
  sure: true,
  least: 0,
  most: 0,
};
const ASSERTED: Part = { ...EMPTY, sure: false };

/** The bound. Throws where a repetition has none, or where the pattern uses what is not understood here. */
export function patternSteps(source: string): number {
  return branchesOf(source, { anyCase: false }).reduce((sum, { steps }) => sum + steps, 0);
}

/**
 * An upper bound for the steps of a whole search in a text of a length, by the characters of the text. Repetitions without a bound
 * end with the text. What begins with `^` is tried at one place, and all else at every place.
 */
export function searchSteps({ source, flags }: RegExp, length: number): number {
  const isSticky = flags.includes("y");
  const branches = branchesOf(source, {
    longest: length,
    anyCase: flags.includes("i"),
    isSearch: !isSticky,
  });
  return branches.reduce((sum, { steps, isAnchored }) => {
    const places = isSticky || (isAnchored && !flags.includes("m")) ? 1 : length;
    return sum + steps * places;
  }, 0);
}

interface Given {
  /** Length of the text, in characters; without it, every repetition needs a bound of its own. */
  readonly longest?: number;
  /** True where both cases are one. */
  readonly anyCase: boolean;
  /** True where the search goes on behind what was found: what the last repetition took is not read again. */
  readonly isSearch?: boolean;
}

/** The alternatives of a whole pattern. */
function branchesOf(
  source: string,
  { longest, anyCase, isSearch = false }: Given,
): { readonly steps: number; readonly isAnchored: boolean }[] {
  let at = 0;
  let depth = 0;
  const groups: Part[] = [];

  function alternatives(): Part {
    let result = sequence();
    while (source[at] === "|") {
      at++;
      result = either(result, sequence());
    }
    return result;
  }

  function sequence(): Part {
    const parts: Part[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")") parts.push(repeated());
    return parts.reduceRight((rest, part) => followed(part, rest), EMPTY);
  }

  function repeated(): Part {
    const part = atom();
    const match = /^(?:[?*+]|\{(\d+)(?:(,)(\d*))?\})/.exec(source.slice(at));
    if (match === null) return part;
    at += match[0].length;
    if (source[at] === "?") at++;
    const [sign, low, comma, high] = match;
    if (sign === "?") return times(part, 0, 1);
    const least = sign === "*" ? 0 : sign === "+" ? 1 : Number(low);
    if (low !== undefined && comma === undefined) return times(part, least, least);
    if (high) return times(part, least, Number(high));
    if (longest === undefined) throw new Error(`no bound: ${sign} in ${source}`);
    const isLast = depth === 0 && (source[at] ?? "|") === "|" && part.ways === 1;
    if (isSearch && isLast) return times(part, Math.max(1, least), Math.max(1, least));
    return unbounded(part, least, longest);
  }

  function atom(): Part {
    const char = source[at++] ?? "";
    if (char === "(") return group();
    if (char === "[") return one(characterClass());
    if (char === "\\") return escapedPart();
    if (char === "^" || char === "$") return ASSERTED;
    if (char === ".") return one(where(/./));
    if (/[*+?{]/.test(char)) throw new Error(`not understood: ${char} in ${source}`);
    return one(inCase(codes(char)));
  }

  function group(): Part {
    const opening = /^\?(?:<\w+>|<?[=!]|:)/.exec(source.slice(at))?.[0] ?? "";
    at += opening.length;
    const isNumbered = opening === "" || opening.endsWith(">");
    const index = groups.length;
    if (isNumbered) groups.push(EMPTY);
    depth++;
    const inner = alternatives();
    depth--;
    if (isNumbered) groups[index] = inner;
    at++;
    // What looks ahead or behind reads no text of its own, but is read.
    return /[=!]$/.test(opening)
      ? { ...ASSERTED, steps: inner.steps, refused: inner.steps, fixed: inner.fixed }
      : inner;
  }

  function escapedPart(): Part {
    if (source[at] === "b") {
      at++;
      return ASSERTED;
    }
    const earlier = groups[Number(/^[1-9]/.exec(source.slice(at))?.[0]) - 1];
    if (earlier === undefined) return one(escaped());
    at++;
    // The text of a group again: in one way, and nothing is known of its signs.
    const { least, most } = earlier;
    const any = new Set(SIGNS);
    return {
      ...ASSERTED,
      steps: most,
      refused: most,
      fixed: most,
      first: any,
      tail: any,
      all: any,
      least,
      most,
    };
  }

  /** What stands behind a backslash, which is read already. */
  function escaped(): Characters {
    const known = /^(?:[dDwWsSnrt]|x[\da-f]{2}|p\{L\})/i.exec(source.slice(at))?.[0];
    if (known !== undefined) {
      at += known.length;
      return where(new RegExp(`\\${known}`, "u"));
    }
    const char = source[at++] ?? "";
    if (/[A-Za-z\d]/.test(char)) throw new Error(`not understood: \\${char}`);
    return codes(char);
  }

  function characterClass(): Characters {
    const isNegated = source[at] === "^";
    if (isNegated) at++;
    const found = new Set<number>();
    const single = () => {
      const char = source[at++] ?? "";
      return char === "\\" ? escaped() : codes(char);
    };
    while (source[at] !== "]") {
      const from = single();
      if (source[at] === "-" && source[at + 1] !== "]" && from.size === 1) {
        at++;
        const [first = 0] = from;
        const [last = 0] = single();
        for (let code = first; code <= last; code++) found.add(code);
      } else for (const code of from) found.add(code);
    }
    at++;
    const held = inCase(found);
    return isNegated ? new Set(SIGNS.filter((code) => !held.has(code))) : held;
  }

  function inCase(found: Characters): Characters {
    if (!anyCase) return found;
    const texts = [...found].map((code) => String.fromCharCode(code));
    return codes(texts.flatMap((text) => [text.toLowerCase(), text.toUpperCase()]).join(""));
  }

  const branches = [];
  do {
    const isAnchored = source[at] === "^";
    branches.push({ steps: sequence().steps, isAnchored });
  } while (source[at++] === "|");
  if (at <= source.length) throw new Error(`not understood: ${source.slice(at - 1)}`);
  return branches;
}

function where(pattern: RegExp): Characters {
  return new Set(SIGNS.filter((code) => pattern.test(String.fromCharCode(code))));
}

function codes(text: string): Characters {
  return new Set([...text].map((char) => char.charCodeAt(0)));
}

function one(characters: Characters): Part {
  return { ...ASSERTED, first: characters, all: characters, least: 1, most: 1 };
}

function either(a: Part, b: Part): Part {
  return {
    steps: a.steps + b.steps,
    refused: a.refused + b.refused,
    fixed: a.fixed + b.fixed,
    // Only where both may begin alike can one text match both.
    ways: overlap(a.first, b.first) ? a.ways + b.ways : Math.max(a.ways, b.ways),
    first: union(a.first, b.first),
    tail: union(a.tail, b.tail),
    all: union(a.all, b.all),
    sure: a.sure || b.sure,
    least: Math.min(a.least, b.least),
    most: Math.max(a.most, b.most),
  };
}

function followed(part: Part, rest: Part): Part {
  // Where what follows cannot begin with what the part holds, only one of the part's ways leads on.
  const isApart = !overlap(part.all, rest.first);
  const isClear = rest.least > 0 && isApart;
  // Where the part gives a character back, what follows is not there; but it may need nothing.
  const each = isApart ? rest.refused : rest.sure ? 0 : rest.steps;
  const again = (part.ways - 1) * each;
  return {
    steps: part.steps + rest.steps + again,
    refused: part.refused + (part.least > 0 ? 0 : rest.refused),
    fixed: part.fixed + rest.fixed + 1,
    ways: isClear ? rest.ways : isApart ? part.ways + rest.ways - 1 : part.ways * rest.ways,
    first: part.least > 0 ? part.first : union(part.first, rest.first),
    tail: union(part.tail, rest.all),
    all: union(part.all, rest.all),
    sure: part.sure && rest.sure,
    least: part.least + rest.least,
    most: part.most + rest.most,
  };
}

function times(part: Part, least: number, most: number): Part {
  if (part.least === 0 && most > 1) throw new Error("a repetition of what may be empty");
  const isTold = isDivided(part);
  return {
    ...repeatedPart(part, least, most),
    steps: isTold ? part.steps * most : part.steps * most * part.ways ** most,
    fixed: part.fixed * most,
    ways: isTold ? (most - least) * part.ways + part.ways : part.ways ** most * (most - least + 1),
  };
}

/** As often as it goes on a text of a length: the text is shared out, so that what it costs by its length is paid once. */
function unbounded(part: Part, least: number, longest: number): Part {
  const most = Math.ceil(longest / Math.max(1, part.least));
  if (part.ways > 1 && !isDivided(part)) return times(part, least, most);
  return {
    ...repeatedPart(part, least, most),
    steps: part.fixed * most + part.steps,
    fixed: part.fixed * least,
    ways: longest + 1,
  };
}

/** True where a text can be shared out among the repetitions in one way: none holds what the next begins with. */
function isDivided(part: Part): boolean {
  return part.least > 0 && (part.ways === 1 || !overlap(part.first, part.tail));
}

function repeatedPart(part: Part, least: number, most: number): Part {
  return {
    ...part,
    tail: most > 1 ? part.all : part.tail,
    sure: least === 0 || part.sure,
    least: part.least * least,
    most: part.most * most,
  };
}

function overlap(a: Characters, b: Characters): boolean {
  return [...a].some((code) => b.has(code));
}

function union(a: Characters, b: Characters): Characters {
  return new Set([...a, ...b]);
}
