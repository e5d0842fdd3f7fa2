/**
 * Which words stand in a file that data of a source comes to, told before the file is parsed: a sink without any is handed what
 * others made, and says nothing of where that came from.
 */
import type { Models } from "../../core/models.ts";
import type { FileUnit, Project } from "../analyzer.ts";
import type { TaintMatch } from "./match.ts";

/** Tells whether data of a rule's sources may come to a file, or from a module that it imports. */
export type SourceTest = (unit: FileUnit) => boolean;

interface Words {
  /** Of what a program reaches from anywhere: `flask.request`. A function of another module may give it. */
  readonly anywhere: Set<string>;
  /** Of what a framework hands to functions and objects: whoever has it from there names it, or extends a class that does. */
  readonly handed: Set<string>;
}

/** The tests of rules; those that look for the same data share one. */
export class SourceTests {
  readonly #models: Models;
  readonly #known = new Map<string, SourceTest>();

  constructor(models: Models) {
    this.#models = models;
  }

  of(match: TaintMatch): SourceTest {
    if (match.parameters || match.unknown || match.names) return anyFile;
    // Text of any attacker becomes such data where it is parsed.
    const from = match.data === "structure" ? [...match.from, "remote"] : match.from;
    const key = from.join(" ");
    const words = this.#known.has(key) ? undefined : wordsOf(from, this.#models);
    const test = this.#known.get(key) ?? (words === undefined ? anyFile : testFor(words));
    this.#known.set(key, test);
    return test;
  }
}

const anyFile: SourceTest = () => true;

function testFor(words: Words): SourceTest {
  const anywhere = mentionOf(words.anywhere);
  const any = mentionOf([...words.anywhere, ...words.handed]);
  const isAnywhereIn = (text: string) => anywhere.test(text);
  const isAnyIn = (text: string) => any.test(text);
  return ({ path, text, project }) =>
    isAnyIn(text) ||
    importsIn(text).some(({ dotted, level, names }) => {
      const isExtended = names.some((name) => extendsClass(text, name));
      // What is not at hand may hold anything.
      return modulesAt(project, path, dotted, level, names).some(
        (module) => project.passes?.(module, isExtended ? isAnyIn : isAnywhereIn) ?? true,
      );
    });
}

function mentionOf(words: Iterable<string>): RegExp {
  const texts = [...words].map((word) => word.replace(/\W/g, "\\$&"));
  return new RegExp(`\\b(?:${texts.join("|") || "(?!)"})\\b`);
}

/** Undefined where some source has no word of its own: an error, or what any call gives. */
function wordsOf(from: readonly string[], models: Models): Words | undefined {
  const words: Words = { anywhere: new Set(), handed: new Set() };
  const groups = new Set(from);
  // A set grows while it is walked, and holds each group once.
  for (const name of groups) {
    const group = models.sources.get(name);
    for (const inner of group?.includes ?? []) groups.add(inner);
    for (const value of group?.values ?? []) if (!addWords(value, models, words)) return undefined;
  }
  return words;
}

/** Adds the words of a source; false where it has none. */
function addWords(source: string, models: Models, words: Words): boolean {
  const [first = "", second] = source.replace(/^\*\./, "").split(".");
  const isParameter = models.parameters.some((one) => one.name === first);
  if (source.startsWith("*.")) {
    // An object of a class is known by what it is asked for: `self.kwargs`.
    const isOwn = first.endsWith("()") && second !== undefined;
    (isOwn || isParameter ? words.handed : words.anywhere).add(
      identifierOf(isOwn ? second : first),
    );
    return true;
  }
  const holder = /^[^()]*\(\)/.exec(source)?.[0] ?? "";
  const given = models.parameters.filter((one) => one.is === holder);
  for (const [name, type] of models.types)
    if (source.startsWith(type)) words.anywhere.add(name.split(".", 1)[0] ?? name);
  for (const parameter of given)
    for (const word of wordsOfParameter(parameter, models)) words.handed.add(word);
  if (given.length > 0) {
    words.handed.add(identifierOf(holder.split(".").at(-1) ?? holder));
    return true;
  }
  if (second === undefined) return false;
  (isParameter ? words.handed : words.anywhere).add(identifierOf(first));
  return true;
}

type Parameter = Models["parameters"][number];

/** One of these stands where a framework fills the parameter. */
function wordsOfParameter(parameter: Parameter, models: Models): readonly string[] {
  const { name, after, importing } = parameter;
  if (name !== undefined) return [name];
  const before = models.parameters.filter((one) => one.is === after && one !== parameter);
  if (before.length > 0) return before.flatMap((one) => wordsOfParameter(one, models));
  const functions = parameter["in-function"];
  if (functions.length > 0) return functions;
  if (importing !== undefined) return [importing];
  return [...parameter.decorated, ...parameter["method-of"], ...parameter.described].map((one) =>
    identifierOf(one.split(".")[0] ?? one),
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

const FROM = /^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]{0,4000}\)|[^\n]*)/gm;
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

/** True where a class of a text may extend something by a name; all that is imported with `*` may be. */
function extendsClass(text: string, name: string): boolean {
  if (name === "*") return /^[ \t]*class[ \t]+\w+\(/m.test(text);
  return new RegExp(`^[ \\t]*class[ \\t]+\\w+\\([^)]{0,1000}\\b${name}\\b`, "m").test(text);
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
