/**
 * What a call is made on, as far as the text around it tells: `session.get(url)`, `(ROOT / name).read_text()`,
 * `with engine.connect() as c: c.execute(…)`. Asked before a file is parsed, and by names alone, which finds more than there is.
 */
import { type CodeText, type Imported, isInWord } from "../../python/index.ts";
import type { Use } from "../analyzer.ts";

/** A name that an import binds, with the attributes behind it: `extensions.db.session`. */
export interface Origin {
  readonly imported: Imported;
  readonly members: readonly string[];
}

/** How far before a dot its bracket is looked for, and how many parts a chain of attributes and calls has at most. */
const MAX_BRACKETS = 400;
const MAX_PARTS = 12;
/** Different things that methods are called on; for each name of one the text is searched. */
const MAX_CHAINS = 300;
/** Lines that may bind one name. */
const MAX_LINES = 4;
/** How often a name of the file leads on to another one: `c`, `engine.connect()`, `engine = make()`. */
const MAX_STEPS = 2;

/** Up to the name that a context is given. */
const ENTERED = /(?:\bwith\b|^|,)(.*) as $/;
/** A container, or the type of one, as it begins: nothing that a library makes; no more is a literal. */
const PLAIN =
  /^(?:[fr]["']|(?:default)?dict\b|[Dd]ict\b|list\b|List\b|set\b|tuple\b|str\b|int\b|bool\b|True\b|False\b)/;
const LITERAL = "\"'[{0123456789";
/** Up to a parameter of which its function says nothing. */
const PARAMETER = /\bdef \w+\([^()\n]*$/;
const MAX_HEAD = 120;
/** Names with their attributes, but what a keyword argument is given: that is data. */
const DOTTED = /(?<![\w.=])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,4}/g;
const CLASS = /^[ \t]*class\b(.*)/gm;
const NOTHING: readonly Origin[] = [];

const known = new WeakMap<CodeText, Receivers>();

/** A use that counts only where it is a call of a method, of what may come from an import that is meant; `places` are those of the data. */
export function ofImported(
  use: Use,
  places: readonly (number | string)[],
  isMeant: (imported: Imported) => boolean,
): Use {
  return (code, start, end) => {
    const { text } = code;
    const open = text.charAt(end - 1) === "(" ? end - 1 : end;
    const dot = text.charAt(start) === "." ? start : start - 1;
    return (
      text.charAt(open) === "(" &&
      text.charAt(dot) === "." &&
      !(places[0] === 0 && GIVEN_LITERAL.test(text.slice(open, open + MAX_LITERAL))) &&
      use(code, start, end) &&
      receiversIn(code)
        .at(dot)
        .some(({ imported }) => isMeant(imported))
    );
  };
}

/** Most calls of common methods are given a text that is written out, which takes no longer look. */
const GIVEN_LITERAL = /^\(\s*(?:"[^"\\\n]*"|'[^'\\\n]*')\s*[,)]/;
const MAX_LITERAL = 60;

/** What the calls of a text are made on. */
export function receiversIn(code: CodeText): Receivers {
  let receivers = known.get(code);
  if (receivers === undefined) {
    receivers = new Receivers(code);
    known.set(code, receivers);
  }
  return receivers;
}

class Receivers {
  readonly #code: CodeText;
  readonly #text: string;
  /** Several rules ask about one place. */
  readonly #byPlace = new Map<number, readonly Origin[]>();
  readonly #byChain = new Map<string, readonly Origin[]>();

  constructor(code: CodeText) {
    this.#code = code;
    this.#text = code.text;
  }

  /** The imports from which what a method is called on may come, by the place of the method's name, or of the dot before it. */
  at(start: number): readonly Origin[] {
    const origins = this.#byPlace.get(start) ?? this.#at(start);
    this.#byPlace.set(start, origins);
    return origins;
  }

  #at(start: number): readonly Origin[] {
    const dot = this.#text.charAt(start) === "." ? start : before(this.#text, start) - 1;
    const chain = this.#text.charAt(dot) === "." ? chainBefore(this.#text, dot) : undefined;
    if (chain === undefined) return NOTHING;
    const known = this.#byChain.get(chain);
    if (known !== undefined) return known;
    const origins = this.#byChain.size < MAX_CHAINS ? this.#originsOf(chain) : NOTHING;
    this.#byChain.set(chain, origins);
    return origins;
  }

  #originsOf(chain: string): readonly Origin[] {
    const found = new Map<string, Origin>();
    const seen = new Set<string>();
    let open: readonly string[] = chain.match(DOTTED) ?? [];
    for (let step = 0; step <= MAX_STEPS && open.length > 0; step++) {
      const next: string[] = [];
      for (const one of open) {
        const [first = "", member] = one.split(".", 2);
        const name = first === "self" || first === "cls" ? member : first;
        if (name === undefined || seen.has(name) || /^(?:await|not|yield)$/.test(name)) continue;
        seen.add(name);
        const bound = step < MAX_STEPS ? this.#boundTo(name, name !== first) : [];
        // Most of what is asked for something is a dict, and that asks for no imports.
        if (bound.length > 0 && bound.every((names) => names.length === 0)) continue;
        if (this.#isImported(one, found)) continue;
        // Of what stands beside other things only an import counts: most of it is data.
        for (const names of bound)
          next.push(...names.filter((other) => !this.#isImported(other, found)).slice(0, 1));
      }
      open = next;
    }
    return [...found.values()];
  }

  /** True for a name that an import binds, which is then noted. */
  #isImported(name: string, found: Map<string, Origin>): boolean {
    const [first = "", ...members] = name.split(".");
    const imports = this.#code.imports.get(first) ?? [];
    for (const [index, imported] of imports.entries())
      found.set(`${name} ${index}`, { imported, members });
    return imports.length > 0;
  }

  /**
   * To what lines bind a name, each with the names there, none for what is surely made there of nothing else. Where none binds an
   * attribute of the own object, what the classes extend.
   */
  #boundTo(name: string, isOwn: boolean): readonly (readonly string[])[] {
    const text = this.#text;
    const found: (readonly string[])[] = [];
    for (let at = text.indexOf(name); at >= 0 && found.length < MAX_LINES; ) {
      const behind = at + name.length;
      if (!isInWord(text.charCodeAt(at - 1)) && !isInWord(text.charCodeAt(behind))) {
        const to = this.#bindingAt(at, behind);
        if (to !== undefined) found.push(to.match(DOTTED) ?? []);
      }
      at = text.indexOf(name, behind);
    }
    if (found.length > 0) return found;
    if (isOwn) return [...text.matchAll(CLASS)].map(([, head = ""]) => head.match(DOTTED) ?? []);
    // What nothing binds, a module may have brought of which all names are imported.
    return this.#code.imports.has("*") ? [[`*.${name}`]] : [];
  }

  /** To what a name between two places is bound there, by what stands around it on its line. */
  #bindingAt(start: number, end: number): string | undefined {
    const text = this.#text;
    if (text.startsWith(" as ", start - 4))
      return ENTERED.exec(text.slice(text.lastIndexOf("\n", start) + 1, start))?.[1];
    let sign = end;
    while (text.charCodeAt(sign) === SPACE) sign++;
    const code = text.charCodeAt(sign);
    if (code === COMMA || code === CLOSING)
      return PARAMETER.test(text.slice(Math.max(0, start - MAX_HEAD), start)) ? "" : undefined;
    if ((code !== COLON && code !== EQUALS) || text.charCodeAt(sign + 1) === EQUALS)
      return undefined;
    do sign++;
    while (text.charCodeAt(sign) === SPACE);
    if (LITERAL.includes(text.charAt(sign))) return "";
    const lineEnd = text.indexOf("\n", sign);
    const to = text.slice(sign, lineEnd < 0 ? text.length : lineEnd);
    return PLAIN.test(to) ? "" : to;
  }
}

/** The names, attributes and calls that end before a dot, without what the calls are given; of what stands in brackets, all. */
function chainBefore(text: string, dot: number): string | undefined {
  const parts: string[] = [];
  let at = dot;
  for (let count = 0; count < MAX_PARTS; count++) {
    let end = before(text, at);
    while (text.charAt(end - 1) === ")" || text.charAt(end - 1) === "]") {
      const open = openingOf(text, end - 1);
      if (open === undefined) return undefined;
      // `return (ROOT / name).open()`
      if (!/[\w)\]]/.test(text.charAt(open - 1))) return text.slice(open + 1, at);
      end = open;
    }
    let start = end;
    while (start > 0 && isInWord(text.charCodeAt(start - 1))) start--;
    if (start === end) return undefined;
    parts.unshift(text.slice(start, end));
    at = before(text, start) - 1;
    if (text.charAt(at) !== ".") return parts.join(".");
  }
  return undefined;
}

/** The place behind the last character before a place that is no space. */
function before(text: string, place: number): number {
  let end = place;
  while (end > 0 && text.charCodeAt(end - 1) <= SPACE) end--;
  return end;
}

const [SPACE, CLOSING, COMMA, COLON, EQUALS] = [32, 41, 44, 58, 61];

function openingOf(text: string, close: number): number | undefined {
  let depth = 0;
  for (let at = close; at >= 0 && at > close - MAX_BRACKETS; at--) {
    const char = text.charAt(at);
    if (char === ")" || char === "]" || char === "}") depth++;
    else if ((char === "(" || char === "[" || char === "{") && --depth === 0) return at;
  }
  return undefined;
}
