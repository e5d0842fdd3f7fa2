/**
 * Which words stand in a file that data of a source comes to, told before the file is parsed: a sink without any is handed what
 * others made, and says nothing of where that came from.
 */
import type { Models } from "../../core/models.ts";
import { CodeText } from "../../python/index.ts";
import { AskedOnce, type FileUnit, type Project } from "../analyzer.ts";
import type { TaintMatch } from "./match.ts";
import { nameFinder } from "./named.ts";

/** Tells whether data of a rule's sources may come to a file, or from a module that it imports. */
export type SourceTest = (unit: FileUnit) => boolean;

/**
 * What stands in a program that has data of a source, all of it: a word; one behind a dot or in quotes, `.kwargs`; or a
 * function, `def get`.
 */
interface Clue {
  readonly marks: readonly string[];
  /**
   * True for what a framework hands to functions and objects: whoever has it from there names it, or extends a class that does. All
   * else, `flask.request`, a program reaches from anywhere: a function of another module may give it.
   */
  readonly isHanded: boolean;
}

type Marks = ReadonlySet<string>;

/** Clues, found by what stands in a text: of thousands of marks a file holds few. */
class ClueIndex {
  readonly #byFirst = new Map<string, Clue[]>();

  constructor(clues: readonly Clue[]) {
    for (const clue of clues) {
      const [first = ""] = clue.marks;
      const known = this.#byFirst.get(first);
      if (known === undefined) this.#byFirst.set(first, [clue]);
      else known.push(clue);
    }
  }

  /** True where all marks of some clue that is meant stand in one or another of the sets. */
  isIn(sets: readonly Marks[], isMeant: (clue: Clue) => boolean = () => true): boolean {
    for (const set of sets)
      for (const mark of set)
        for (const clue of this.#byFirst.get(mark) ?? [])
          if (isMeant(clue) && clue.marks.every((one) => sets.some((other) => other.has(one))))
            return true;
    return false;
  }

  get isEmpty(): boolean {
    return this.#byFirst.size === 0;
  }
}

/** The tests of rules; those that look for the same data share one. */
export class SourceTests {
  readonly #models: Models;
  readonly #clues: Clues;
  readonly #known = new Map<string, SourceTest>();
  readonly #asks: Asks;
  /** Of the file that was asked about last: many rules ask about one. */
  #last: { readonly unit: FileUnit; readonly around: Surroundings } | undefined;

  constructor(models: Models) {
    this.#models = models;
    this.#clues = new Clues(models);
    const clues = [...models.sources.keys()].flatMap((group) => this.#clues.of([group]) ?? []);
    this.#asks = {
      marks: new AskedOnce(markFinder(new Set(clues.flatMap(({ marks }) => marks)))),
      lineage: new AskedOnce((text) => ({ imports: importsIn(text), bases: basesIn(text) })),
    };
  }

  of(match: TaintMatch): SourceTest {
    if (match.parameters || match.unknown || match.names) return anyFile;
    // Text of any attacker becomes such data where it is parsed.
    const from = match.data === "structure" ? [...match.from, "remote"] : match.from;
    const key = from.join(" ");
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const clues = this.#clues.of(from);
    const named = from.flatMap((group) => this.#models.sources.get(group)?.named ?? []);
    const isNamed = nameFinder(named);
    const index = clues && new ClueIndex(clues);
    const test: SourceTest =
      index === undefined
        ? anyFile
        : (unit) => isNamed(unit.text) || isTold(index, this.#around(unit));
    this.#known.set(key, test);
    return test;
  }

  /**
   * Tells of a text whether data that is likely an attacker's comes in there, by some groups of sources, and if so in which parts of
   * it.
   */
  hostileIn(groups: Iterable<string>): (text: string) => ((part: string) => boolean) | undefined {
    const isLikely = (name: string) =>
      (this.#models.sources.get(name)?.confidence ?? "high") !== "low";
    const clues = this.#clues.of(groups, isLikely) ?? [];
    const marksIn = this.#asks.marks.ask;
    // Many places of one text may be asked about in a row.
    let last: { readonly text: string; readonly marks: Marks } | undefined;
    return (text) => {
      if (last?.text !== text) {
        const own = marksIn(text);
        const standing = clues.filter(({ marks }) => marks.every((mark) => own.has(mark)));
        last = { text, marks: new Set(standing.flatMap((clue) => clue.marks)) };
      }
      const { marks } = last;
      if (marks.size === 0) return undefined;
      return (part) => [...marksIn(part)].some((mark) => marks.has(mark));
    };
  }

  /** Words of which one stands in any text in which data of some groups of sources comes in by name. */
  wordsOf(groups: Iterable<string>): readonly string[] {
    const clues = this.#clues.of(groups) ?? [];
    return [...new Set(clues.flatMap(({ marks }) => marks.slice(0, 1)))].map((mark) =>
      mark.replace(/^(?:def |\.)/, ""),
    );
  }

  #around(unit: FileUnit): Surroundings {
    if (this.#last?.unit !== unit)
      this.#last = { unit, around: new Surroundings(unit, this.#asks) };
    return this.#last.around;
  }
}

const anyFile: SourceTest = () => true;

/** What texts are asked without being parsed. */
interface Asks {
  readonly marks: AskedOnce<Marks>;
  readonly lineage: AskedOnce<Lineage>;
}

interface Lineage {
  readonly imports: readonly ImportLine[];
  /** The words among what the classes of a text extend. */
  readonly bases: ReadonlySet<string>;
}

/** Modules that are looked at for the classes that those of one file extend. */
const MAX_EXTENDED = 30;

/** The marks in a file and in modules of the tree around it; undefined for a module that is not at hand. */
class Surroundings {
  readonly own: Marks;
  readonly #unit: FileUnit;
  readonly #asks: Asks;
  readonly #lineage: Lineage;
  #imported: readonly (Marks | undefined)[] | undefined;
  #extended: readonly (Marks | undefined)[] | undefined;

  constructor(unit: FileUnit, asks: Asks) {
    this.#unit = unit;
    this.#asks = asks;
    this.#lineage = asks.lineage.ask(unit.text);
    this.own = asks.marks.ask(unit.text);
  }

  /** In what it imports. */
  get imported(): readonly (Marks | undefined)[] {
    const { path, project } = this.#unit;
    this.#imported ??= this.#lineage.imports
      .flatMap((line) => this.#modulesAt(path, line))
      .map((module) => project.tells?.(module, this.#asks.marks));
    return this.#imported;
  }

  /** Where the classes stand that its own ones extend, however far away, as long as they are not too many. */
  get extended(): readonly (Marks | undefined)[] {
    this.#extended ??= this.#extend();
    return this.#extended;
  }

  #extend(): readonly (Marks | undefined)[] {
    const { path, project } = this.#unit;
    const { bases } = this.#lineage;
    if (bases.size === 0) return [];
    const modules = new Map([[path, { ...this.#lineage, wanted: bases }]]);
    // A map grows while it is walked, and holds each module once.
    for (const [from, { imports, wanted }] of modules)
      for (const line of imports) {
        // A package may hand on what its modules define.
        const isWanted =
          line.names.length === 0 || line.names.some((name) => name === "*" || wanted.has(name));
        for (const module of isWanted ? this.#modulesAt(from, line) : []) {
          if (modules.has(module)) continue;
          const inner = project.tells?.(module, this.#asks.lineage);
          if (inner === undefined || modules.size > MAX_EXTENDED) return [undefined];
          modules.set(module, { ...inner, wanted: new Set([...wanted, ...inner.bases]) });
        }
      }
    return [...modules.keys()].map((module) => project.tells?.(module, this.#asks.marks));
  }

  #modulesAt(from: string, { dotted, level, names }: ImportLine): readonly string[] {
    return modulesAt(this.#unit.project, from, dotted, level, names);
  }
}

function isTold(clues: ClueIndex, around: Surroundings): boolean {
  const { own } = around;
  if (clues.isEmpty) return false;
  if (clues.isIn([own])) return true;
  // What is not at hand may hold anything.
  if (around.imported.includes(undefined) || around.extended.includes(undefined)) return true;
  const imported = around.imported.filter((one) => one !== undefined);
  const extended = around.extended.filter((one) => one !== undefined);
  if (clues.isIn([own, ...extended])) return true;
  return imported.some((one) => clues.isIn([own, one], ({ isHanded }) => !isHanded));
}

/** A text in quotes that may be meant as a name, or as an annotation: `"request"`, `"HttpRequest | None"`. */
const MAX_QUOTED = 200;
const QUOTED_NAMES = /^\w{0,2}(["']{1,3})[\w.[\]]+(?:(?: \| |, ?)[\w.[\]]+)*\1$/;

/** What finds those of some marks that stand in a program, be it only in its text. */
function markFinder(marks: Marks): (text: string) => Marks {
  const words = new Set([...marks].map((mark) => mark.replace(/^(?:def |\.)/, "")));
  const anyWord = new RegExp(`\\b(?:${[...words].join("|") || "(?!)"})\\b`, "g");
  return (text) => {
    const found = new Set<string>();
    let code: CodeText | undefined;
    for (const { 0: word, index } of text.matchAll(anyWord)) {
      const before = text.slice(Math.max(0, index - 20), index).trimEnd();
      const told = [word];
      if (/[.'"]$/.test(before)) told.push(`.${word}`);
      else if (/\bdef$/.test(before)) told.push(`def ${word}`);
      const fresh = told.filter((mark) => marks.has(mark) && !found.has(mark));
      if (fresh.length === 0) continue;
      code ??= new CodeText(text);
      const quiet = code.quietAround(index);
      if (quiet !== undefined && (quiet.length > MAX_QUOTED || !QUOTED_NAMES.test(quiet))) continue;
      for (const mark of fresh) found.add(mark);
    }
    return found;
  };
}

/** The clues of sources, each looked up once: many rules ask for the same. */
class Clues {
  readonly #models: Models;
  readonly #known = new Map<string, readonly Clue[]>();
  /** Names in code, by the type that they are of. */
  readonly #named = new Map<string, string[]>();

  constructor(models: Models) {
    this.#models = models;
    for (const [name, type] of models.types)
      this.#named.set(type, [...(this.#named.get(type) ?? []), name]);
  }

  /** Undefined where some source of the groups has no word of its own: an error, or what any call gives. */
  of(
    from: Iterable<string>,
    isMeant: (group: string) => boolean = () => true,
  ): readonly Clue[] | undefined {
    const clues: Clue[] = [];
    const groups = new Set(from);
    // A set grows while it is walked, and holds each group once.
    for (const name of groups) {
      const group = this.#models.sources.get(name);
      for (const inner of group?.includes ?? []) groups.add(inner);
      for (const value of isMeant(name) ? (group?.values ?? []) : []) {
        const found = this.#ofSource(value);
        if (found.length === 0) return undefined;
        clues.push(...found);
      }
    }
    return clues;
  }

  #ofSource(source: string): readonly Clue[] {
    const known =
      this.#known.get(source) ?? cluesOfSource(source, this.#models, this.#renamed(source));
    this.#known.set(source, known);
    return known;
  }

  /** What stands where the beginning of a source is had under another name. */
  #renamed(source: string): readonly Clue[] {
    const clues: Clue[] = [];
    for (let end = 1; end <= source.length; end++)
      for (const name of this.#named.get(source.slice(0, end)) ?? [])
        clues.push({ marks: [name.split(".", 1)[0] ?? name], isHanded: false });
    return clues;
  }
}

/** None for a source that has no word of its own. */
function cluesOfSource(source: string, models: Models, renamed: readonly Clue[]): readonly Clue[] {
  const [first = "", second] = source.replace(/^\*\./, "").split(".");
  const isParameter = models.parameters.some((one) => one.name === first);
  if (source.startsWith("*.")) {
    // An object of a class is known by what it is asked for: `self.kwargs`.
    if (first.endsWith("()") && second !== undefined)
      return [{ marks: [identifierOf(first), `.${identifierOf(second)}`], isHanded: true }];
    return [{ marks: [identifierOf(first)], isHanded: isParameter }];
  }
  const holder = /^[^()]*\(\)/.exec(source)?.[0] ?? "";
  const given = models.parameters.filter((one) => one.is === holder);
  const type = identifierOf(holder.split(".").at(-1) ?? holder);
  if (given.length > 0) {
    const annotated = /^[A-Z]/.test(type) ? [{ marks: [type], isHanded: true }] : [];
    return [...renamed, ...annotated, ...given.flatMap((one) => cluesOfParameter(one, models))];
  }
  if (second === undefined) return [];
  // What an object has that is made of a class: `zipfile.ZipFile().namelist()`.
  const isObject = /^[A-Z]/.test(type);
  const member = isObject ? /^\.(\w+)/.exec(source.slice(holder.length))?.[1] : undefined;
  const marks = [first, isObject ? type : second].map(identifierOf);
  if (member !== undefined) marks.push(`.${member}`);
  return [...renamed, { marks, isHanded: isParameter }];
}

type Parameter = Models["parameters"][number];

/** What stands where a framework fills the parameter. */
function cluesOfParameter(parameter: Parameter, models: Models): readonly Clue[] {
  const { name, after, importing, beside } = parameter;
  // Of a name that only begins so, the class tells.
  const functions = parameter["in-function"].flatMap((one) =>
    one.endsWith("*") ? [] : [`def ${one}`],
  );
  const owners = parameter["method-of"].map((one) => identifierOf(one.split(".").at(-1) ?? one));
  const clue = (...marks: string[]): Clue => ({ marks, isHanded: true });
  if (name !== undefined)
    return allOf([[name], [beside ?? []].flat(), functions, [importing ?? []].flat()]).map((one) =>
      clue(...one),
    );
  const before = models.parameters.filter((one) => one.is === after && one !== parameter);
  if (before.length > 0) return before.flatMap((one) => cluesOfParameter(one, models));
  if (functions.length > 0) return allOf([functions, owners]).map((one) => clue(...one));
  if (importing !== undefined) return [clue(importing)];
  return [...parameter.decorated, ...parameter["method-of"], ...parameter.described].map((one) =>
    clue(identifierOf(one.replace(/^\*\./, "").split(".")[0] ?? one)),
  );
}

/** Every way to take one of each list; an empty list asks for nothing. */
function allOf(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return lists
    .filter((list) => list.length > 0)
    .reduce<readonly (readonly string[])[]>(
      (ways, list) => ways.flatMap((way) => list.map((one) => [...way, one])),
      [[]],
    );
}

function identifierOf(part: string): string {
  return part.replace(/[()[\]]+$/, "");
}

export interface ImportLine {
  readonly dotted: string;
  readonly level: number;
  readonly names: readonly string[];
}

const FROM = /^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]{0,4000}|[^\n]*)/gm;
const IMPORT = /^[ \t]*import[ \t]+([\w., \t]+)/gm;

/** The imports of a text, wherever they stand. */
export function importsIn(text: string): ImportLine[] {
  const from = [...text.matchAll(FROM)].map(([, dots = "", dotted = "", list = ""]) => ({
    dotted,
    level: dots.length,
    names: list.match(/[\w*]+/g) ?? [],
  }));
  const whole = [...text.matchAll(IMPORT)].flatMap(([, list = ""]) =>
    list.split(",").map((one) => ({ dotted: /[\w.]+/.exec(one)?.[0] ?? "", level: 0, names: [] })),
  );
  return [...from, ...whole];
}

// What stands in brackets first, the names of types, does no harm among them.
const BASES = /^[ \t]*class[ \t]+\w+[ \t]*[([]([^)]{0,1000})/gm;

/** The words among what the classes of a text extend. */
function basesIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(BASES)].flatMap(([, list = ""]) => list.match(/\w+/g) ?? []));
}

/** The modules of the tree that an import leads to, those among its names included. */
export function modulesAt(
  project: Project,
  from: string,
  dotted: string,
  level: number,
  names: readonly string[],
): string[] {
  const inner = names.map((name) => (dotted === "" ? name : `${dotted}.${name}`));
  const targets = [dotted, ...inner].map((one) => project.resolve(from, one, level));
  return targets.flatMap((target) => (target.kind === "tree" ? [target.path] : []));
}
