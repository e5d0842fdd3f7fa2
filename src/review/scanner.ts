import {
  analyzers,
  type FileUnit,
  isPython,
  type NamedPackage,
  type Prepared,
} from "../analyzers/index.ts";
import { type LineRange, touches } from "../core/change.ts";
import { type Config, isTestPath } from "../core/config.ts";
import { lineStarts } from "../core/edits.ts";
import type { RawFinding, Region, Skipped, Step } from "../core/finding.ts";
import type { FileContent, SourceTree } from "../core/source-tree.ts";
import { decodeText, searchable } from "../core/text.ts";
import type { AdvisorySource } from "../dependencies/index.ts";
import type { ModuleFile } from "../python/index.ts";
import type { RuleSet } from "../rules/index.ts";
import { type FileContext, type Hit, redact, toHit } from "./hit.ts";
import { Kept } from "./kept.ts";
import { LookUps } from "./look-ups.ts";
import type { Hits, Prefilters } from "./prefilter.ts";
import { prepareOnce } from "./prepared-rules.ts";
import { TreeProject } from "./project.ts";
import { type PythonRun, runPython, statementAround } from "./python-run.ts";
import { commentsOf, faultOf, SUPPRESSION_WORDS } from "./suppressions.ts";
import { inFile, isOwn, windowsOf } from "./windows.ts";

/** What one side of a review, or one part of a scan, showed. Plain data. */
export interface Observed {
  readonly hits: readonly Hit[];
  readonly skipped: readonly Skipped[];
  readonly notes: readonly string[];
  /** Paths of files that are not text. */
  readonly binary: readonly string[];
  /** How many files were read. */
  readonly files: number;
  /** The analyzers, by their place in the list, whose survey of the tree may say something else for what some file holds. */
  readonly surveys: ReadonlySet<number>;
  /** Paths that a survey asked for: another one of nearly the same tree will ask for them too. */
  readonly asked?: readonly string[];
}

/** Files are read in batches of this size: large enough for a server, small enough for the memory. */
const BATCH = 200;
/** Comments of one file whose faults are told: who writes more of them does not mean them. */
const MAX_COMMENTS = 100;
/** Findings of one file that is looked at in parts: who has more of them does not need to read of each. */
const MAX_IN_PARTS = 200;
/** How often analyzers run again because they asked for a file that was not read yet. */
const MAX_ROUNDS = 8;
/** Modules that one file's data is followed into. */
const MAX_ENTERED = 12;
/** Files that no person reads as text. They are not even read. */
const NEVER_TEXT =
  /\.(?:png|jpe?g|gif|webp|avif|bmp|ico|tiff?|psd|woff2?|ttf|otf|eot|pdf|zip|gz|tgz|bz2|xz|7z|rar|jar|whl|mp[34]|webm|ogg|wav|mov|pyc|so|dll|exe|mo|sqlite3?|docx?|xlsx?|pptx?)$/i;
/** False for files that are not even read. */
export function mayBeText(path: string): boolean {
  return !NEVER_TEXT.test(path);
}

/** How a survey is to be made. */
export interface SurveyOptions {
  /** After a change: the paths that it touches, and the analyzers, by their place in the list, that may say something else. */
  readonly change?: {
    readonly touched: ReadonlySet<string>;
    readonly surveys: ReadonlySet<number>;
  };
  /** Paths that it is known to read: what is there from the start needs no second run. */
  readonly ahead?: readonly string[];
  /** True where findings are compared and not shown: no secret has to be hidden in the lines around them. */
  readonly isTrial?: boolean;
}

/** Applies one set of rules under one configuration to trees. What it keeps between calls only saves work. */
export class Scanner {
  readonly #rules: RuleSet;
  readonly #config: Config;
  readonly #prepared: readonly Prepared[];
  readonly #prefilters: Prefilters;
  readonly #ruleIds: readonly string[];
  readonly #aliases: ReadonlySet<string>;

  readonly #lookUps: LookUps | undefined;
  readonly #kept = new Kept();

  /** Without a source of advisories nothing is said of packages. */
  constructor(rules: RuleSet, config: Config, advisories?: AdvisorySource) {
    this.#lookUps = advisories && new LookUps(advisories);
    this.#rules = rules;
    this.#config = config;
    const { prepared, prefilters } = prepareOnce(rules);
    this.#prepared = prepared;
    this.#prefilters = prefilters;
    this.#ruleIds = [...rules.byId.keys()];
    this.#aliases = new Set([...rules.byId.values()].flatMap((rule) => rule.aliases));
  }

  /**
   * Looks at single files. `all` gives every path of the tree, for what the files import; it is asked only when some file
   * has to be looked at closely, because a tree on a server pays for the answer. With `only`, rules of that kind alone do.
   */
  async inspect(
    tree: SourceTree,
    paths: readonly string[],
    all: () => Promise<ReadonlySet<string>>,
    only?: string,
  ): Promise<Observed> {
    const total = new Collector();
    let project: TreeProject | undefined;
    const around = async () => {
      project ??= this.#around(tree, await all());
      return project;
    };
    for (let start = 0; start < paths.length; start += BATCH) {
      const opened = await this.open(tree, paths.slice(start, start + BATCH), only);
      await this.#inspectOpened(opened, around);
      total.add(opened.seen);
    }
    return total;
  }

  /** Reads files and finds out which of them have to be looked at closely. Of those that it `keeps` the texts are given, too. */
  async open(
    tree: SourceTree,
    paths: readonly string[],
    only?: string,
    keeps?: (path: string) => boolean,
  ): Promise<Opened> {
    const seen = new Collector();
    const texts = new Map<string, string>();
    const files: OpenFile[] = [];
    const readable = paths.filter(mayBeText);
    seen.binary.push(...paths.filter((path) => !mayBeText(path)));
    for (let start = 0; start < readable.length; start += BATCH) {
      const contents = await tree.read(readable.slice(start, start + BATCH));
      for (const [path, content] of contents) if (keeps?.(path)) keep(path, content, texts);
      for (const [path, content] of contents) files.push(...this.#open(path, content, seen, only));
      for (const [path, content] of contents)
        if (content.kind === "unreadable" && content.parts !== undefined)
          await this.#inspectParts(tree, path, content.parts(), seen);
    }
    return { tree, files, seen, texts };
  }

  /** Of a text in which data of a request may stand, what tells of its parts whether it may stand there; undefined for any other. */
  hostileIn(text: string): ((part: string) => boolean) | undefined {
    return this.#prepared.find((one) => one.hostileIn !== undefined)?.hostileIn?.(text);
  }

  /** Looks at what was opened; see `inspect`. Files that are `beside` it are at hand from the start. */
  async inspectOpened(
    opened: Opened,
    all: () => Promise<ReadonlySet<string>>,
    beside: ReadonlyMap<string, string> = new Map(),
  ): Promise<Observed> {
    await this.#inspectOpened(opened, async () => {
      const project = this.#around(opened.tree, await all());
      for (const [path, text] of beside) project.keep(path, text);
      return project;
    });
    return opened.seen;
  }

  async #inspectOpened({ files, seen }: Opened, around: () => Promise<TreeProject>): Promise<void> {
    if (files.length === 0) return;
    const project = await around();
    for (const file of files) project.keep(file.path, file.text);
    await this.#inspectOpen(files, project, seen);
    project.forget();
  }

  #around(tree: SourceTree, all: ReadonlySet<string>): TreeProject {
    const { models } = this.#rules;
    return new TreeProject(tree, all, models, this.#config, { parsed: this.#kept });
  }

  /** Looks at files again for as long as they ask for others that are not read yet. */
  async #inspectOpen(
    files: readonly OpenFile[],
    project: TreeProject,
    total: Collector,
  ): Promise<void> {
    const results = new Map<string, Collector>();
    let open = files;
    for (let round = 0; open.length > 0 && round < MAX_ROUNDS; round++) {
      const again: OpenFile[] = [];
      for (const file of open) {
        const before = project.missed;
        const result = new Collector();
        this.#inspectFile(file, project, result);
        results.set(file.path, result);
        if (project.missed > before) again.push(file);
      }
      open = (await project.readWanted()) ? again : [];
    }
    for (const result of results.values()) total.add(result);
  }

  /**
   * Looks at what only several files together show.
   */
  async survey(
    tree: SourceTree,
    all: ReadonlySet<string>,
    { change, ahead = [], isTrial = false }: SurveyOptions = {},
  ): Promise<Observed> {
    const project = new TreeProject(tree, all, this.#rules.models, this.#config, {
      lookUps: this.#lookUps,
      kept: this.#kept,
      ...(change !== undefined && { touched: change.touched }),
    });
    const total = new Collector();
    for (const path of ahead) project.read(path);
    if (ahead.length > 0) await project.readWanted();
    const raw = new Map<number, readonly RawFinding[]>();
    let open = this.#prepared.flatMap(({ survey }, index) =>
      survey === undefined || change?.surveys.has(index) === false ? [] : [index],
    );
    // What all of them lack is read at once: each time may be a call to a server.
    for (let round = 0; round < MAX_ROUNDS && open.length > 0; round++) {
      const again: number[] = [];
      for (const index of open) {
        const { missed } = project;
        const run = () => this.#prepared[index]?.survey?.(project) ?? [];
        raw.set(index, guarded(index, "", total, run));
        if (project.missed > missed) again.push(index);
      }
      open = (await project.readWanted()) ? again : [];
    }
    for (const findings of raw.values()) {
      for (const [path, found] of byPath(findings)) {
        const text = project.read(path) ?? "";
        this.#finish(
          found,
          path,
          text,
          () => (isPython(path) ? project.file(path) : undefined),
          total,
          isTrial ? [] : this.#secretsIn(path, text, project, total),
        );
      }
    }
    const asked = this.#lookUps?.asked;
    if (asked !== undefined)
      total.notes.push(`Dependencies were compared with the advisories of ${asked}.`);
    total.skipped.push(...project.skipped, ...project.unchecked);
    total.asked = project.asked;
    return total;
  }

  /** True for an analyzer, by its place in the list, whose survey wants to know of packages, where there is anybody to ask. */
  asks(index: number): boolean {
    return this.#lookUps !== undefined && this.#prepared[index]?.packages !== undefined;
  }

  /** Which packages a survey of the tree will want to know of, where there is anybody to ask. */
  async packages(
    tree: SourceTree,
    all: ReadonlySet<string>,
    touched: ReadonlySet<string>,
  ): Promise<readonly NamedPackage[]> {
    if (this.#lookUps === undefined) return [];
    const ask = (project: TreeProject) =>
      this.#prepared.flatMap((one) => one.packages?.(project) ?? []);
    return this.#afterReading(tree, all, ask, touched);
  }

  /** From now on nobody is asked about other packages than those, of which `all` has every mention. */
  askOnlyAbout(packages: readonly NamedPackage[], all: readonly NamedPackage[]): void {
    this.#lookUps?.narrow(packages, all);
  }

  /**
   * The analyzers, by their place in the list, whose survey may say something else after a change of the paths: those of which some
   * file's content showed it, those whom a path concerns, and those that take a fact of one that is another one now.
   */
  async surveysAfter(
    sides: readonly { readonly tree: SourceTree; all(): Promise<ReadonlySet<string>> }[],
    touched: ReadonlySet<string>,
    shown: ReadonlySet<number>,
  ): Promise<ReadonlySet<number>> {
    const surveys = new Set(shown);
    const paths = [...touched];
    for (const [index, { survey, concerns, facts = [] }] of this.#prepared.entries()) {
      if (survey === undefined) continue;
      if (paths.some((path) => concerns?.(path, this.#config))) surveys.add(index);
      for (const fact of facts) {
        if (surveys.has(index) || !paths.some((path) => fact.isIn(path))) continue;
        const both = await Promise.all(
          sides.map(async ({ tree, all }) =>
            this.#afterReading(tree, await all(), fact.of, touched),
          ),
        );
        if (new Set(both).size > 1) surveys.add(index);
      }
    }
    return surveys;
  }

  /** What comes of a tree once all that was asked for is read. */
  async #afterReading<T>(
    tree: SourceTree,
    all: ReadonlySet<string>,
    make: (project: TreeProject) => T,
    touched?: ReadonlySet<string>,
  ): Promise<T> {
    const project = new TreeProject(tree, all, this.#rules.models, this.#config, {
      kept: this.#kept,
      ...(touched !== undefined && { touched }),
    });
    let made = make(project);
    for (let round = 1; round < MAX_ROUNDS && (await project.readWanted()); round++)
      made = make(project);
    return made;
  }

  /** Reads and prefilters one file; empty when there is nothing to do in it. */
  #open(path: string, content: FileContent, total: Collector, only?: string): OpenFile[] {
    if (content.kind === "missing") return [];
    if (content.kind === "unreadable") {
      // Of text that is too large only secrets are told, which is all there is to say of most.
      const others = this.#prepared.some(
        (one, index) =>
          analyzers[index]?.kind !== "secret" &&
          one.wants !== undefined &&
          this.#wants(index, path),
      );
      if (content.parts === undefined || others)
        total.skipped.push({ path, reason: content.reason });
      return [];
    }
    total.files++;
    const bytes = searchable(content.bytes);
    const prefilter = this.#prefilters.at(path, this.#wanting(path, only));
    const hits = prefilter.look(bytes, isPython(path)) ?? NOTHING_FOUND;
    const wanted = hits.analyzers;
    const inspectors = wanted.filter((index) => this.#prepared[index]?.inspect !== undefined);
    const surveyors = wanted.filter(
      (index) => this.#prepared[index]?.survey !== undefined && !total.surveys.has(index),
    );
    // A comment of ours with a fault is told even where there is nothing to silence.
    const isOpened = inspectors.length > 0 || (isPython(path) && hasOurComment(bytes));
    if (!isOpened && surveyors.length === 0) return [];
    const decoded = decodeText(content.bytes);
    if ("text" in decoded)
      for (const index of surveyors)
        if (this.#prepared[index]?.tells?.(path, decoded.text) ?? true) total.surveys.add(index);
    if (!isOpened) return [];
    if ("reason" in decoded) {
      // Images and archives are no surprise; a program that is not text is.
      if (isPython(path)) total.skipped.push({ path, reason: "contains NUL bytes" });
      return [];
    }
    if (decoded.note !== undefined && isPython(path)) total.notes.push(`${path}: ${decoded.note}.`);
    const lines = linesAt(bytes, hits.offsets);
    return [{ path, text: decoded.text, hits, inspectors, lines, entered: new Set() }];
  }

  /** Looks for the secrets in a file that is too large for all else. */
  async #inspectParts(
    tree: SourceTree,
    path: string,
    parts: AsyncIterable<Uint8Array>,
    total: Collector,
  ): Promise<void> {
    const isAsked = (index: number) =>
      analyzers[index]?.kind === "secret" && this.#wants(index, path);
    if (!this.#prepared.some((_, index) => isAsked(index))) return;
    total.files++;
    // Nothing around the file is read for it, nor the file again.
    const nothing = new TreeProject(tree, new Set(), this.#rules.models, this.#config);
    let count = 0;
    for await (const window of windowsOf(parts)) {
      const { text } = window;
      const found = this.#secretFindings(path, text, nothing, total);
      if (found.length === 0) continue;
      const starts = lineStarts(text);
      const own = found.filter(({ region }) => isOwn(window, starts, region));
      const result = new Collector();
      this.#finish(own, path, text, () => undefined, result);
      for (const hit of result.hits) total.hits.push(inFile(window, hit));
      count += result.hits.length;
      if (count < MAX_IN_PARTS) continue;
      total.notes.push(`${path}: of its secrets only the first ${count} are told.`);
      return;
    }
  }

  /** The analyzers that want a path, by their place in the list; with `only`, of those of that kind. */
  #wanting(path: string, only?: string): readonly number[] {
    return analyzers.flatMap(({ kind }, index) =>
      (only === undefined || kind === only) && this.#wants(index, path) ? [index] : [],
    );
  }

  #wants(index: number, path: string): boolean {
    if (isTestPath(path) && analyzers[index]?.kind !== "secret") return false;
    return this.#prepared[index]?.wants?.(path) ?? true;
  }

  #inspectFile(file: OpenFile, project: TreeProject, result: Collector): void {
    const { path, text, entered } = file;
    let python: PythonRun | undefined;
    let isExhausted = false;
    let current = -1;
    let before: ReadonlySet<string> = new Set(entered);
    let asking: Asking = { inspectors: new Set(), lines: new Set() };
    let lines: ReadonlySet<number> | undefined;
    const unit: FileUnit = {
      path,
      text,
      words: file.hits.words,
      triggers: file.hits.triggers,
      project,
      python: () => {
        python ??= isPython(path) ? runPython(path, project, file, lines) : undefined;
        return python;
      },
      enter: (module, line) => {
        if (entered.size < MAX_ENTERED) entered.add(module);
        if (before.has(module) || !entered.has(module)) return;
        asking.inspectors.add(current);
        asking.lines.add(line);
      },
    };
    const found = new Map<number, readonly RawFinding[]>();
    for (let inspectors: Iterable<number> = file.inspectors; ; ) {
      for (const index of inspectors) {
        current = index;
        const now = guarded(
          index,
          path,
          result,
          () => this.#prepared[index]?.inspect?.(unit) ?? [],
        );
        const kept = found.get(index)?.filter(({ region }) => python?.leftOut(region) === true);
        found.set(index, [...(kept ?? []), ...now]);
      }
      isExhausted ||= python?.interpreter.exhausted === true;
      if (asking.inspectors.size === 0) break;
      // What is not read yet is read first; then the file is looked at again.
      if ([...entered].map((module) => project.file(module)).includes(undefined)) break;
      inspectors = asking.inspectors;
      lines = asking.lines;
      before = new Set(entered);
      asking = { inspectors: new Set(), lines: new Set() };
      python = undefined;
    }
    const raw = [...found.values()].flat();
    for (const part of python?.file.unread ?? []) {
      const lines =
        part.startLine === part.endLine
          ? `line ${part.startLine}`
          : `lines ${part.startLine} to ${part.endLine}`;
      result.skipped.push({ path, reason: `${lines} could not be parsed: ${part.reason}` });
    }
    if (isExhausted)
      result.skipped.push({ path, reason: "partly read: too much work to follow it all" });
    const parsed = () => python?.file ?? (isPython(path) ? project.file(path) : undefined);
    const { touched } = file;
    const shown = touched === undefined ? raw : raw.map((finding) => inChange(finding, touched));
    for (const at of new Set([path, ...shown.map((finding) => finding.path)])) {
      const own = shown.filter((finding) => finding.path === at);
      if (at === path) this.#finish(own, path, text, parsed, result);
      else this.#finish(own, at, project.read(at) ?? "", () => project.file(at), result);
    }
  }

  /** Where keys and tokens stand in a file that is shown without having been looked at for them. */
  #secretsIn(path: string, text: string, project: TreeProject, total: Collector): Region[] {
    const found = this.#secretFindings(path, text, project, total);
    return found.flatMap((finding) => finding.secrets ?? []);
  }

  /** What the rules for secrets say of a text without parsing it. */
  #secretFindings(
    path: string,
    text: string,
    project: TreeProject,
    total: Collector,
  ): readonly RawFinding[] {
    const prefilter = this.#prefilters.at(path, this.#wanting(path));
    const hits = prefilter.look(new TextEncoder().encode(text), false);
    if (hits === undefined) return [];
    const unit: FileUnit = {
      path,
      text,
      words: hits.words,
      triggers: hits.triggers,
      project,
      python: () => undefined,
      enter: () => {},
    };
    const secret = hits.analyzers.filter((index) => analyzers[index]?.kind === "secret");
    return secret.flatMap((index) =>
      guarded(index, path, total, () => this.#prepared[index]?.inspect?.(unit) ?? []),
    );
  }

  /** Turns what analyzers reported of one file into findings. */
  #finish(
    raw: readonly RawFinding[],
    path: string,
    text: string,
    module: () => ModuleFile | undefined,
    result: Collector,
    hidden: readonly Region[] = [],
  ): void {
    // Comments for other tools matter only where there is something to silence; ours are checked for mistakes too.
    const hasComments =
      raw.length > 0 ? SUPPRESSION_WORDS.test(text) : text.includes("portcullis:");
    if (raw.length === 0 && !hasComments) return;
    const file = hasComments ? module() : undefined;
    const comments = hasComments ? commentsOf(path, text, file) : [];
    const context: FileContext = {
      lines: file?.lines ?? text.split(/\r\n|\r|\n/),
      secrets: [...hidden, ...raw.flatMap((finding) => finding.secrets ?? [])],
      comments,
      wholeFile: comments.filter((comment) => comment.wholeFile),
      statement: (region) => (file === undefined ? region : statementAround(file.body, region)),
    };
    const faults = comments
      .slice(0, MAX_COMMENTS)
      .map((comment) => faultOf(comment, this.#ruleIds, this.#aliases));
    for (const fault of faults) if (fault !== undefined) result.notes.push(redact(fault, context));
    const places = new Set(raw.map((finding) => placeOf(finding.ruleId, finding.region)));
    for (const finding of raw) {
      const rule = this.#rules.byId.get(finding.ruleId);
      if (rule?.["yields-to"]?.some((id) => places.has(placeOf(id, finding.region)))) continue;
      const hit = rule === undefined ? undefined : toHit(finding, rule, this.#config, context);
      if (hit !== undefined) result.hits.push(hit);
    }
  }
}

const NOTHING_FOUND: Hits = { analyzers: [], words: new Set(), triggers: new Set(), offsets: [] };

function byPath(findings: readonly RawFinding[]): ReadonlyMap<string, readonly RawFinding[]> {
  const found = new Map<string, RawFinding[]>();
  for (const finding of findings) {
    const known = found.get(finding.path);
    if (known === undefined) found.set(finding.path, [finding]);
    else known.push(finding);
  }
  return found;
}

function hasOurComment(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes("portcullis:");
}

function placeOf(ruleId: string, region: Region): string {
  return `${ruleId} ${region.startLine}:${region.startColumn}-${region.endLine}:${region.endColumn}`;
}

/** Files of a tree that were read, what that showed already, and those of them that have to be looked at closely. */
export interface Opened {
  readonly tree: SourceTree;
  readonly files: readonly OpenFile[];
  readonly seen: Collector;
  readonly texts: ReadonlyMap<string, string>;
}

function keep(path: string, content: FileContent, texts: Map<string, string>): void {
  const decoded = content.kind === "bytes" ? decodeText(content.bytes) : undefined;
  if (decoded !== undefined && "text" in decoded) texts.set(path, decoded.text);
}

interface OpenFile {
  readonly path: string;
  readonly text: string;
  readonly hits: Hits;
  /** The analyzers that look at it, by their place in the list. */
  readonly inspectors: readonly number[];
  /** Lines on which trigger words stand. */
  readonly lines: readonly number[];
  /** Modules that data goes through. */
  readonly entered: Set<string>;
  /** Where the change is that it is looked at for, if it does not change itself: the lines of each path. */
  readonly touched?: ReadonlyMap<string, readonly LineRange[]>;
}

/**
 * Shows a finding of a file that a change does not touch where the change hands on the data: there a reviewer can be told of it, and
 * a comment silences it. Nobody can take a suggestion for the other file.
 */
function inChange(
  { fix: _, within: __, origin: ___, ...finding }: RawFinding,
  touched: ReadonlyMap<string, readonly LineRange[]>,
): RawFinding {
  const steps = (finding.trace ?? []).filter((one) => touched.has(one.path));
  const isAdded = ({ path, region }: Step) =>
    touches(touched.get(path) ?? [], region.startLine, region.endLine);
  const step = steps.find(isAdded) ?? steps[0];
  if (step === undefined) return finding;
  const sink = { path: finding.path, region: finding.region, message: "is where it does harm" };
  return {
    ...finding,
    path: step.path,
    region: step.region,
    related: [sink, ...(finding.related ?? [])],
  };
}

class Collector implements Observed {
  readonly hits: Hit[] = [];
  readonly skipped: Skipped[] = [];
  readonly notes: string[] = [];
  readonly binary: string[] = [];
  files = 0;
  readonly surveys = new Set<number>();
  asked: readonly string[] = [];

  add(other: Collector): void {
    for (const hit of other.hits) this.hits.push(hit);
    for (const part of other.skipped) this.skipped.push(part);
    for (const note of other.notes) this.notes.push(note);
    for (const path of other.binary) this.binary.push(path);
    this.files += other.files;
    for (const index of other.surveys) this.surveys.add(index);
  }
}

/** One analyzer's crash costs what it would have said, and is said. */
function guarded(
  index: number,
  path: string,
  result: Collector,
  run: () => readonly RawFinding[],
): readonly RawFinding[] {
  try {
    return run();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    result.skipped.push({
      path,
      reason: `the ${analyzers[index]?.kind} analyzer failed (a bug of ours): ${message}`,
    });
    return [];
  }
}

/** Who asked for modules that were not entered, and for which lines. */
interface Asking {
  readonly inspectors: Set<number>;
  readonly lines: Set<number>;
}

/** The numbers of the lines at ascending offsets. */
function linesAt(bytes: Uint8Array, offsets: readonly number[]): number[] {
  const lines: number[] = [];
  let line = 1;
  let at = 0;
  for (const offset of offsets) {
    for (; at < offset; at++) {
      // Alone, a carriage return ends a line too.
      if (bytes[at] === 10 || (bytes[at] === 13 && bytes[at + 1] !== 10)) line++;
    }
    if (lines.at(-1) !== line) lines.push(line);
  }
  return lines;
}
