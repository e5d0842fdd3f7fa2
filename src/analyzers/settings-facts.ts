/** What the facts about a framework's settings say of paths and commands, made ready to be asked of many. */
import { braceExpand, Minimatch } from "minimatch";
import type { Models } from "../core/models.ts";

export type Facts = Models["settings"][number];

/** Whether a path, or another text, is of a kind. */
export type Matcher = (text: string) => boolean;

interface Matchers {
  readonly paths: Matcher;
  readonly namedIn: Matcher;
  readonly loads: Matcher;
  readonly prefixed: Matcher;
  readonly servedBy: Matcher;
  readonly images: Matcher;
  readonly composed: Matcher;
  readonly namedInTests: Matcher;
  /** Either of them. */
  readonly starting: Matcher;
  readonly values: Matcher;
  readonly needing: Matcher;
  /** Paths and other names, in which a word says that something is for tests or development, or is deployed. */
  readonly notDeployed: Matcher;
  readonly deployed: Matcher;
  /** Paths for tests or development, not counting the word that files which compose programs have by habit. */
  readonly notDeployedComposed: Matcher;
  /** Commands that start a server, and those that only developers start one with. */
  readonly serves: Matcher;
  readonly develops: Matcher;
}

/** Globs and patterns are slow to read, and facts do not change. */
const known = new WeakMap<Facts, Matchers>();

/** The matchers of a framework, made once. */
export function matchersOf(facts: Facts): Matchers {
  const matchers = known.get(facts) ?? {
    paths: matcher(facts.paths),
    namedIn: matcher(facts.namedIn),
    loads: matcher(facts.loads?.in ?? []),
    prefixed: matcher(facts.prefixes.flatMap((one) => one.in)),
    servedBy: matcher(facts.servedBy),
    images: matcher(facts.images?.files ?? []),
    composed: matcher(facts.composed?.files ?? []),
    namedInTests: matcher(facts.namedInTests),
    starting: matcher([...facts.namedIn, ...facts.namedInTests]),
    values: matcher(facts.valuesIn),
    needing: matcher(facts.needing.paths),
    notDeployed: wordsIn(facts.notDeployed),
    deployed: wordsIn(facts.deployed),
    notDeployedComposed: wordsIn(facts.notDeployed.filter((one) => one !== facts.composed?.word)),
    serves: commandsIn(facts.images?.servers ?? []),
    develops: commandsIn(facts.composed?.developing ?? []),
  };
  known.set(facts, matchers);
  return matchers;
}

const knownGlobs = new WeakMap<readonly string[], Matcher>();

/** The matcher of globs that stay the same, made once. */
export function knownMatcher(globs: readonly string[]): Matcher {
  const known = knownGlobs.get(globs) ?? matcher(globs);
  knownGlobs.set(globs, known);
  return known;
}

/** A tree is looked at more than once: on both sides of a review, and again for each fix. */
const MAX_REMEMBERED = 100_000;

/** True for paths that match one of some globs. */
export function matcher(globs: readonly string[]): Matcher {
  const expanded = globs.flatMap((glob) => braceExpand(glob));
  const names = new Set(expanded.flatMap((glob) => ANYWHERE.exec(glob)?.[1] ?? []));
  const forms = expanded
    .filter((glob) => !ANYWHERE.test(glob))
    .map((glob) => ({ literal: literalOf(glob), matches: matching(glob) }));
  const answers = new Map<string, boolean>();
  return (path) => {
    let answer = answers.get(path);
    if (answer === undefined) {
      answer =
        names.has(path.slice(path.lastIndexOf("/") + 1)) ||
        forms.some(({ literal, matches }) => path.includes(literal) && matches(path));
      if (answers.size >= MAX_REMEMBERED) answers.clear();
      answers.set(path, answer);
    }
    return answer;
  };
}

/** The glob of a file's whole name, wherever it lies: by far the most of them. */
const ANYWHERE = /^\*\*\/([\w.-]+)$/;

/** Few globs are ever asked for, and to read one takes a while. */
function matching(glob: string): Matcher {
  let form: Minimatch | undefined;
  return (path) => {
    form ??= new Minimatch(glob, { dot: true });
    return form.match(path);
  };
}

/** The longest text that stands in every path that a glob without braces matches: looking for it is quicker than matching. */
function literalOf(glob: string): string {
  if (/[()[\]!\\]/.test(glob)) return "";
  return glob.split(/[*?/]+/).reduce((a, b) => (b.length > a.length ? b : a), "");
}

/** Tells of texts whether one of some words, each a pattern, stands in them between signs that part names. */
export function wordsIn(words: readonly string[]): Matcher {
  return tested(new RegExp(`(?:^|[/_.-])(?:${oneOf(words)})(?=[/_.-]|$)`, "i"));
}

function commandsIn(names: readonly string[]): Matcher {
  return tested(new RegExp(`(?<![\\w-])(?:${oneOf(names)})(?![\\w-])`));
}

function oneOf(words: readonly string[]): string {
  return words.join("|") || "(?!)";
}

/** A pattern as a question. */
export function tested(pattern: RegExp): Matcher {
  return (text) => pattern.test(text);
}
