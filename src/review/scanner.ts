import {
  type FixTrial,
  type Guard,
  isPython,
  mayHelpSettings,
  type NamedPackage,
  type Prepared,
} from "../analyzers/index.ts";
import type { Config } from "../core/config.ts";
import { lineStarts } from "../core/edits.ts";
import type { RawFinding } from "../core/finding.ts";
import type { FileContent, SourceTree } from "../core/source-tree.ts";
import { decodeText } from "../core/text.ts";
import type { AdvisorySource } from "../dependencies/index.ts";
import type { RuleSet } from "../rules/index.ts";
import { AppliedRules } from "./applied-rules.ts";
import { readImported } from "./imported.ts";
import { inspectFile } from "./inspection.ts";
import { Kept } from "./kept.ts";
import { LookUps } from "./look-ups.ts";
import { Collector, type Observed } from "./observed.ts";
import { type OpenFile, openFile } from "./open-file.ts";
import { TreeProject } from "./project.ts";
import { inFile, isOwn, windowsOf } from "./windows.ts";

/** Files are read in batches of this size: large enough for a server, small enough for the memory. */
const BATCH = 200;
/** Findings of one file that is looked at in parts: who has more of them does not need to read of each. */
const MAX_IN_PARTS = 200;
/** How often analyzers run again because they asked for a file that was not read yet. */
const MAX_ROUNDS = 8;
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
  /** Set where findings are compared and not shown: no secret has to be hidden in the lines around them. */
  readonly trial?: FixTrial;
}

/** Applies one set of rules under one configuration to trees. What it keeps between calls only saves work. */
export class Scanner {
  readonly #applied: AppliedRules;
  readonly #lookUps: LookUps | undefined;
  readonly #kept = new Kept();

  /** Without a source of advisories nothing is said of packages. */
  constructor(rules: RuleSet, config: Config, advisories?: AdvisorySource) {
    this.#applied = new AppliedRules(rules, config);
    this.#lookUps = advisories && new LookUps(advisories);
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
      for (const [path, content] of contents) {
        const file = openFile(this.#applied, path, content, seen, only);
        if (file !== undefined) files.push(file);
      }
      for (const [path, content] of contents)
        if (content.kind === "unreadable" && content.parts !== undefined)
          await this.#inspectParts(tree, path, content.parts(), seen);
    }
    return { tree, files, seen, texts };
  }

  /** Of a text in which data of a request may stand, what tells of its parts whether it may stand there; undefined for any other. */
  hostileIn(text: string): ((part: string) => boolean) | undefined {
    return this.#applied.prepared.find((one) => one.hostileIn !== undefined)?.hostileIn?.(text);
  }

  /** What a module makes of libraries whose objects count, by the names that it gives it. */
  makes(text: string): ReadonlyMap<string, string> {
    const makes = this.#applied.prepared.find((one) => one.makes !== undefined)?.makes;
    return makes?.(text) ?? new Map();
  }

  /** True for a path at which values, or what protects something, may stand that rules ask for in other files, where any does. */
  mayHoldValues(path: string): boolean {
    const { prepared, rules } = this.#applied;
    return (
      mayHelpSettings(path, rules.models) &&
      prepared.some(({ asking = [], guards = [] }) => asking.length + guards.length > 0)
    );
  }

  /** True for a file in which a rule may apply that asks other modules what values are. */
  asksModules({ hits }: OpenFile): boolean {
    return this.#applied.prepared.some(({ asking = [] }) =>
      asking.some((trigger) => hits.triggers.has(trigger)),
    );
  }

  /** The rules that take something in a text for the protection of what may stand in another file. */
  guardedBy(text: string): readonly Guard[] {
    return this.#applied.prepared.flatMap(({ guards = [] }) =>
      guards.filter(({ pattern }) => pattern.test(text)),
    );
  }

  /** True for a file in which something may stand that one of some guards protects. */
  isGuarded({ hits }: OpenFile, guards: readonly Guard[]): boolean {
    return guards.some(({ triggers }) => triggers.some((trigger) => hits.triggers.has(trigger)));
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
    seen.spared = project.spared;
    project.forget();
  }

  #around(tree: SourceTree, all: ReadonlySet<string>): TreeProject {
    return this.#project(tree, all, { lender: this.#kept });
  }

  #project(
    tree: SourceTree,
    all: ReadonlySet<string>,
    more?: ConstructorParameters<typeof TreeProject>[4],
  ): TreeProject {
    const { rules, config } = this.#applied;
    return new TreeProject(tree, all, rules.models, config, more);
  }

  /** Looks at files again for as long as they ask for others that are not read yet. */
  async #inspectOpen(
    files: readonly OpenFile[],
    project: TreeProject,
    total: Collector,
  ): Promise<void> {
    const results = new Map<string, Collector>();
    await readImported(files, project);
    let open = files;
    for (let round = 0; open.length > 0 && round < MAX_ROUNDS; round++) {
      const again: OpenFile[] = [];
      for (const file of open) {
        const { missed, missedForGood } = project;
        const result = new Collector();
        inspectFile(this.#applied, file, project, result);
        if (project.missedForGood > missedForGood) result.doubtFlows();
        results.set(file.path, result);
        if (project.missed > missed) again.push(file);
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
    { change, ahead = [], trial }: SurveyOptions = {},
  ): Promise<Observed> {
    const project = this.#project(tree, all, {
      lookUps: this.#lookUps,
      kept: this.#kept,
      trial,
      ...(change !== undefined && { touched: change.touched }),
    });
    const total = new Collector();
    for (const path of ahead) project.read(path);
    if (ahead.length > 0) await project.readWanted();
    const raw = new Map<number, readonly RawFinding[]>();
    let open = this.#applied.prepared.flatMap((one, index) =>
      one.survey === undefined ||
      change?.surveys.has(index) === false ||
      (trial !== undefined && !this.#mayTellOf(one, trial.paths))
        ? []
        : [index],
    );
    // What all of them lack is read at once: each time may be a call to a server.
    for (let round = 0; round < MAX_ROUNDS && open.length > 0; round++) {
      const again: number[] = [];
      for (const index of open) {
        const { missed } = project;
        const run = () => this.#applied.prepared[index]?.survey?.(project) ?? [];
        raw.set(index, total.guard(index, "", run));
        if (project.missed > missed) again.push(index);
      }
      open = (await project.readWanted()) ? again : [];
    }
    for (const findings of raw.values()) {
      for (const [path, found] of byPath(findings)) {
        const text = project.read(path) ?? "";
        const module = () => (isPython(path) ? project.file(path) : undefined);
        // The file is shown without having been looked at for keys and tokens.
        const secrets = trial
          ? []
          : this.#applied
              .inspectForSecrets(path, text, project, total)
              .flatMap((finding) => finding.secrets ?? []);
        this.#applied.finish(found, path, text, module, total, secrets);
      }
    }
    const asked = this.#lookUps?.asked;
    if (asked !== undefined)
      total.notes.push(`Dependencies were compared with the advisories of ${asked}.`);
    total.skipped.push(...project.skipped, ...project.unchecked);
    total.asked = project.asked;
    total.spared = project.spared;
    total.told = project.toldPaths;
    return total;
  }

  /** False for an analyzer whose survey says the same whatever files at the paths hold. */
  #mayTellOf({ triggers, concerns, facts = [] }: Prepared, paths: ReadonlySet<string>): boolean {
    if (triggers.length > 0) return true;
    return [...paths].some(
      (path) => concerns?.(path, this.#applied.config) || facts.some((fact) => fact.isIn(path)),
    );
  }

  /** True for an analyzer, by its place in the list, whose survey wants to know of packages, where there is anybody to ask. */
  asks(index: number): boolean {
    return this.#lookUps !== undefined && this.#applied.prepared[index]?.packages !== undefined;
  }

  /** Which packages a survey of the tree will want to know of, where there is anybody to ask. */
  async packages(
    tree: SourceTree,
    all: ReadonlySet<string>,
    touched: ReadonlySet<string>,
  ): Promise<readonly NamedPackage[]> {
    if (this.#lookUps === undefined) return [];
    const ask = (project: TreeProject) =>
      this.#applied.prepared.flatMap((one) => one.packages?.(project) ?? []);
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
    for (const [index, { survey, concerns, facts = [] }] of this.#applied.prepared.entries()) {
      if (survey === undefined) continue;
      if (paths.some((path) => concerns?.(path, this.#applied.config))) surveys.add(index);
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
    const project = this.#project(tree, all, {
      kept: this.#kept,
      ...(touched !== undefined && { touched }),
    });
    let made = make(project);
    for (let round = 1; round < MAX_ROUNDS && (await project.readWanted()); round++)
      made = make(project);
    return made;
  }

  /** Looks for the secrets in a file that is too large for all else. */
  async #inspectParts(
    tree: SourceTree,
    path: string,
    parts: AsyncIterable<Uint8Array>,
    total: Collector,
  ): Promise<void> {
    if (!this.#applied.wantsSecrets(path)) return;
    total.files++;
    // Nothing around the file is read for it, nor the file again.
    const nothing = this.#project(tree, new Set());
    let count = 0;
    for await (const window of windowsOf(parts)) {
      const { text } = window;
      const found = this.#applied.inspectForSecrets(path, text, nothing, total);
      if (found.length === 0) continue;
      const starts = lineStarts(text);
      const own = found.filter(({ region }) => isOwn(window, starts, region));
      const result = new Collector();
      this.#applied.finish(own, path, text, () => undefined, result);
      for (const hit of result.hits) total.hits.push(inFile(window, hit));
      count += result.hits.length;
      if (count < MAX_IN_PARTS) continue;
      total.notes.push(`${path}: of its secrets only the first ${count} are told.`);
      return;
    }
  }
}

/** Files of a tree that were read, what that showed already, and those of them that have to be looked at closely. */
export interface Opened {
  readonly tree: SourceTree;
  readonly files: readonly OpenFile[];
  readonly seen: Collector;
  readonly texts: ReadonlyMap<string, string>;
}

function byPath(findings: readonly RawFinding[]): ReadonlyMap<string, readonly RawFinding[]> {
  const found = new Map<string, RawFinding[]>();
  for (const finding of findings) {
    const known = found.get(finding.path);
    if (known === undefined) found.set(finding.path, [finding]);
    else known.push(finding);
  }
  return found;
}

function keep(path: string, content: FileContent, texts: Map<string, string>): void {
  const decoded = content.kind === "bytes" ? decodeText(content.bytes) : undefined;
  if (decoded !== undefined && "text" in decoded) texts.set(path, decoded.text);
}
