import type * as z from "zod";
import { type Config, isTestPath } from "../core/config.ts";
import type { RawFinding, Skipped } from "../core/finding.ts";
import type { Models } from "../core/models.ts";
import type { Rule } from "../core/rule.ts";
import type { ToldPackage } from "../core/source-tree.ts";
import type { Word } from "../core/word-finder.ts";
import type { AdvisoryIndex, Question } from "../dependencies/index.ts";
import type {
  CallObservation,
  CodeText,
  FunctionValue,
  Interpreter,
  ModuleFile,
  World,
} from "../python/index.ts";

/** Words that must all stand in a file before a rule has to look at it. Files that satisfy no trigger are not even decoded. */
export type Trigger = readonly TriggerWord[];

export interface TriggerWord extends Word {
  /** May stand anywhere in the file: it does not tell that the lines on which it stands matter. */
  readonly elsewhere?: true;
  /** In a program, only where it may be the use that is looked for. */
  readonly use?: Use;
}

/** True where the word between two places of a program may be the use that a rule speaks of, as far as the text around it tells. */
export type Use = (code: CodeText, start: number, end: number) => boolean;

/** One file to be looked at. */
export interface FileUnit {
  readonly path: string;
  readonly text: string;
  /** The words of all triggers that stand in it. */
  readonly words: ReadonlySet<string>;
  /** The triggers of all analyzers that it satisfies, with the places of words that tell which lines matter, as far as they are kept. */
  readonly triggers: ReadonlyMap<Trigger, readonly (readonly number[])[]>;
  /** The text that has those places; absent where nobody asked what words are used for. */
  readonly code?: CodeText | undefined;
  readonly project: Project;
  /** Where it is looked at for what a change does elsewhere: true for the files of the change. */
  readonly isChanged?: (path: string) => boolean;
  /** The file as Python, parsed and run once for all analyzers; undefined when it is not a Python file. */
  python(): PythonUnit | undefined;
  /**
   * Asks for what another module of the tree makes of the data that a line uses: the functions that lead there are run anew
   * with that module entered, within bounds.
   */
  enter(path: string, line: number): void;
}

export interface PythonUnit {
  readonly file: ModuleFile;
  readonly interpreter: Interpreter;
  /** Every call that was reached, in the order of execution; a call in a loop or a shared function may come more than once. */
  readonly calls: readonly CallObservation[];
  /** Functions that were run on their own, with how many calls were seen before; each run ends where the next one begins. */
  readonly runs: readonly { readonly function: FunctionValue; readonly from: number }[];
}

/** The tree around the files, as far as it was read. */
export interface Project extends World {
  readonly models: Models;
  readonly config: Config;
  readonly paths: ReadonlySet<string>;
  /** A file's text; undefined when it is not there, not text, or not read yet (it is then read, and the analyzer runs again). */
  read(path: string): string | undefined;
  /** A file's text, where that takes no waiting. */
  atHand?(path: string): string | undefined;
  /** A file's text, where reading it costs no request to a server; otherwise as far as it is at hand. */
  readFree?(path: string): string | undefined;
  /** What a file's text answers to a question, where that takes no waiting. */
  tells?<T>(path: string, question: AskedOnce<T>): T | undefined;
  /** The same file as Python, parsed. */
  file(path: string): ModuleFile | undefined;
  /**
   * What `make` makes of files. It must read them through the project that it is given; the key says what it makes. While these
   * files stay the same, it need not be made again; with `mayBeOld`, not even when they are others.
   */
  once<T>(key: string, make: (project: Project) => T, mayBeOld?: boolean): T;
}

/** A question about texts that each file of a tree is asked once. */
export class AskedOnce<T> {
  readonly ask: (text: string) => T;
  readonly #answers = new WeakMap<object, Map<string, T>>();

  constructor(ask: (text: string) => T) {
    this.ask = ask;
  }

  /** What a file of a tree answers; undefined where it has no text. */
  askFile(tree: object, path: string, textOf: (path: string) => string | undefined): T | undefined {
    const answers = this.#answers.get(tree) ?? new Map<string, T>();
    this.#answers.set(tree, answers);
    const known = answers.get(path);
    if (known !== undefined) return known;
    const text = textOf(path);
    if (text !== undefined) answers.set(path, this.ask(text));
    return answers.get(path);
  }
}

/** A fix that is tried: the rules whose findings it is to mend, and the paths that it changes. */
export interface FixTrial {
  readonly ruleIds: ReadonlySet<string>;
  readonly paths: ReadonlySet<string>;
}

/** The tree as a survey sees it. */
export interface SurveyedProject extends Project {
  /** What a review is about: paths of either side that the change touches. Undefined where the whole tree is meant. */
  readonly touched: ReadonlySet<string> | undefined;
  /** Set where a fix is tried after the tree was surveyed without it. */
  readonly trial: FixTrial | undefined;
  /**
   * What is known of packages; undefined where there is nobody to ask. What was not asked yet is asked, and the analyzer runs again;
   * what got no answer is told in the report, at the path that wanted to know.
   */
  lookUp(path: string, questions: readonly Question[]): AdvisoryIndex | undefined;
  /** What a server tells of the packages of a file that could not be read, apart from those that the other side of a change names, too. */
  told(path: string): readonly ToldPackage[] | undefined;
  /** Notes a part of a file that could not be read. */
  skip(part: Skipped): void;
}

/** What somebody is asked about a package, and the file that names it. */
export interface NamedPackage extends Question {
  readonly path: string;
  /** What else decides which advisories count. */
  readonly range?: string;
}

/** What a rule takes for the protection of something that may stand in another file. */
export interface Guard {
  readonly ruleId: string;
  readonly pattern: RegExp;
  readonly triggers: readonly Trigger[];
}

/** An analyzer with the rules that it is to apply. */
export interface Prepared {
  /** One for each way in which some rule may have to look at a file; files without any are passed over. */
  readonly triggers: readonly Trigger[];
  /** Those of them whose rules ask other modules what values are: these may change what is said of a file. */
  readonly asking?: readonly Trigger[];
  /** What protects something that stands in another file, by rule: how its code looks, and the triggers of what it protects. */
  readonly guards?: readonly Guard[];
  /** Those of them that count in a file at a path: the same list for all paths of one kind. Without it, all do. */
  triggersAt?(path: string): readonly Trigger[];
  /** True for paths of which `inspect` may have something to say. */
  wants?(path: string): boolean;
  /** True for paths of which it judges each line by those around it. */
  byLines?(path: string): boolean;
  /** What the file itself shows. */
  inspect?(unit: FileUnit): readonly RawFinding[];
  /**
   * Those of the triggers that a Python file satisfies on whose lines `inspect` may find something in it: the functions that hold
   * or reach one are run. Asked before the file is parsed; without it, `inspect` has no need of the run.
   */
  runsFor?(unit: FileUnit): Iterable<Trigger>;
  /** Modules, by path, that `inspect` needs to have entered from the start; asked before the file is parsed. */
  enters?(unit: FileUnit): Iterable<string>;
  /** What only several files together show: runs once for the tree. */
  survey?(project: SurveyedProject): readonly RawFinding[];
  /** True for changes of a path after which `survey` may say something else; so may any file that satisfies a trigger. */
  concerns?(path: string, config: Config): boolean;
  /** False for a text that satisfies a trigger by the way: `survey` does not say something else for it. */
  tells?(path: string, text: string): boolean;
  /** Files of which `survey` takes one fact: after a change of those alone it says the same as long as the fact is the same. */
  readonly facts?: readonly { isIn(path: string): boolean; of(project: SurveyedProject): string }[];
  /** Packages that `survey` wants to know of, by the file that names them. */
  packages?(project: SurveyedProject): readonly NamedPackage[];
  /** What `survey` begins to read in a tree with those paths after a change of some: whoever has to fetch it can do so ahead. */
  expects?(paths: ReadonlySet<string>, touched: ReadonlySet<string>): readonly string[];
  /** The same of files that are only searched: what they import is not read for that. */
  searches?(paths: ReadonlySet<string>, touched: ReadonlySet<string>): readonly string[];
  /** Of a text in which data of a request may stand, what tells of its parts whether it may stand there; undefined for any other. */
  hostileIn?(text: string): ((part: string) => boolean) | undefined;
  /** What a module makes of libraries whose objects count, by the names that it gives it: for each, words that say what that is. */
  makes?(text: string): ReadonlyMap<string, string>;
}

/** One kind of rule: what its `match:` block may say, and how to find what that block describes. */
export interface Analyzer {
  readonly kind: string;
  readonly match: z.ZodType;
  /** Where an example of a rule stands that names no path of its own. */
  readonly examplePath: string;
  /** Pure and synchronous, as all that it returns. A throw in there is our bug. */
  prepare(rules: readonly Rule[], models: Models): Prepared;
  /** What takes out of a text of ours, as of a report or an error, what the rules know for a secret wherever it stands. */
  hide?(rules: readonly Rule[]): (text: string) => string;
}

/** Makes an analyzer of one whose rules are typed: the `match` of each has passed the schema when it was loaded. */
export function analyzer<Match>(definition: {
  readonly kind: string;
  readonly match: z.ZodType<Match>;
  readonly examplePath: string;
  prepare(rules: readonly Rule<Match>[], models: Models): Prepared;
  hide?(rules: readonly Rule<Match>[]): (text: string) => string;
}): Analyzer {
  const { kind, match, examplePath, hide } = definition;
  return {
    kind,
    match,
    examplePath,
    // Loading a rule passed its `match` through this very schema; to do so again would double the time of every start.
    prepare: (rules, models) => definition.prepare(rules as readonly Rule<Match>[], models),
    ...(hide !== undefined && { hide: (rules) => hide(rules as readonly Rule<Match>[]) }),
  };
}

/** True for paths of Python source that is not for tests. */
export function isProgram(path: string): boolean {
  return isPython(path) && !isTestPath(path);
}

/** True for paths of Python source. */
export function isPython(path: string): boolean {
  return /\.pyw?$/.test(path);
}
