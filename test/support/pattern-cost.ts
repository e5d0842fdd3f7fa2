/**
 * An upper bound for the steps that one try of a regular expression at one place can take, read off its source. It knows what
 * patterns for tokens are made of, and throws at everything else: then nothing is proved.
 */
interface Part {
  /** Characters that are compared until the part is given up, for the first way in which it may match. */
  readonly steps: number;
  /** In how many ways it can match at one place: how often backtracking may try again what follows. */
  readonly ways: number;
  /** Characters that it may begin with, and those that it may hold. */
  readonly first: Characters;
  readonly all: Characters;
  /** The shortest text that it matches. */
  readonly least: number;
}

type Characters = ReadonlySet<number>;

const ASCII = Array.from({ length: 128 }, (_, code) => code);
const NONE: Characters = new Set();
const EMPTY: Part = { steps: 1, ways: 1, first: NONE, all: NONE, least: 0 };

/** The bound. Throws where a repetition has none, or where the pattern uses what is not understood here. */
export function patternSteps(source: string): number {
  let at = 0;

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
    const match = /^(?:\?|\{(\d+)(?:(,)(\d*))?\}|[*+])/.exec(source.slice(at));
    if (match === null) return part;
    at += match[0].length;
    if (source[at] === "?") at++;
    const least = match[0] === "?" ? 0 : Number(match[1]);
    const most = match[0] === "?" ? 1 : match[2] === undefined ? least : Number(match[3] || "x");
    if (!Number.isFinite(most)) throw new Error(`no bound: ${match[0]} in ${source}`);
    return times(part, least, most);
  }

  function atom(): Part {
    const char = source[at++] ?? "";
    if (char === "(") {
      const opening = /^\?(?:<\w+>|<?[=!]|:)/.exec(source.slice(at))?.[0] ?? "";
      at += opening.length;
      const inner = alternatives();
      at++;
      // What looks ahead or behind reads no text of its own, but is read.
      return /[=!]$/.test(opening) ? { ...EMPTY, steps: inner.steps } : inner;
    }
    if (char === "[") return one(characterClass());
    if (char === "\\") return one(escaped(source[at++] ?? ""));
    if (/[.^*+?{}]/.test(char)) throw new Error(`not understood: ${char} in ${source}`);
    return one(new Set([char.charCodeAt(0)]));
  }

  function characterClass(): Characters {
    const isNegated = source[at] === "^";
    if (isNegated) at++;
    const found = new Set<number>();
    while (source[at] !== "]") {
      const from = source[at] === "\\" ? escaped(source[++at] ?? "") : charSet(source[at] ?? "");
      at++;
      if (source[at] === "-" && source[at + 1] !== "]" && from.size === 1) {
        const to = (source[at + 1] ?? "").charCodeAt(0);
        for (let code = [...from][0] ?? 0; code <= to; code++) found.add(code);
        at += 2;
      } else for (const code of from) found.add(code);
    }
    at++;
    return isNegated ? new Set(ASCII.filter((code) => !found.has(code))) : found;
  }

  const result = alternatives();
  if (at < source.length) throw new Error(`not understood: ${source.slice(at)}`);
  return result.steps;
}

function charSet(char: string): Characters {
  return new Set([char.charCodeAt(0)]);
}

function escaped(char: string): Characters {
  if (char === "d" || char === "w" || char === "s") {
    const test = new RegExp(`\\${char}`);
    return new Set(ASCII.filter((code) => test.test(String.fromCharCode(code))));
  }
  if (/[A-Za-z]/.test(char)) throw new Error(`not understood: \\${char}`);
  return charSet(char);
}

function one(characters: Characters): Part {
  return { steps: 1, ways: 1, first: characters, all: characters, least: 1 };
}

function either(a: Part, b: Part): Part {
  return {
    steps: a.steps + b.steps,
    // Only where both may begin alike can one text match both.
    ways: overlap(a.first, b.first) ? a.ways + b.ways : Math.max(a.ways, b.ways),
    first: union(a.first, b.first),
    all: union(a.all, b.all),
    least: Math.min(a.least, b.least),
  };
}

function followed(part: Part, rest: Part): Part {
  // Where what follows cannot begin with what the part holds, only one of the part's ways leads on.
  const isClear = rest.least > 0 && !overlap(part.all, rest.first);
  const again = isClear ? 1 : part.ways;
  return {
    steps: part.steps + part.ways + again * rest.steps,
    ways: again * rest.ways,
    first: part.least > 0 ? part.first : union(part.first, rest.first),
    all: union(part.all, rest.all),
    least: part.least + rest.least,
  };
}

function times(part: Part, least: number, most: number): Part {
  if (part.least === 0 && most > 1) throw new Error("a repetition of what may be empty");
  return {
    steps: part.steps * most * part.ways ** most,
    ways: part.ways ** most * (most - least + 1),
    first: part.first,
    all: part.all,
    least: part.least * least,
  };
}

function overlap(a: Characters, b: Characters): boolean {
  return [...a].some((code) => b.has(code));
}

function union(a: Characters, b: Characters): Characters {
  return new Set([...a, ...b]);
}
