import {
  type AskedOnce,
  type FixTrial,
  isPython,
  type Project,
  type SurveyedProject,
} from "../analyzers/index.ts";
import type { Config } from "../core/config.ts";
import { compareText, type Skipped } from "../core/finding.ts";
import type { Models } from "../core/models.ts";
import type { FileContent, SourceTree, ToldPackage } from "../core/source-tree.ts";
import { decodeText } from "../core/text.ts";
import {
  type AdvisoryIndex,
  formatOf,
  MAX_MANIFEST_CHARACTERS,
  type Question,
} from "../dependencies/index.ts";
import { type ImportTarget, ModuleFile, moduleName, resolveModule } from "../python/index.ts";

import type { Kept } from "./kept.ts";
import type { LookUps } from "./look-ups.ts";

/** Python that is longer is not parsed: no person wrote it. */
const MAX_PYTHON_CHARACTERS = 2_000_000;

/** The part of a tree that was read. Analyzers read it without waiting; what is missing is noted and read between their runs. */
export class TreeProject implements SurveyedProject {
  readonly models: Models;
  readonly config: Config;
  readonly paths: ReadonlySet<string>;
  readonly skipped: Skipped[] = [];
  /** How often a file was asked for in vain, or a question about packages. */
  missed = 0;
  /** How often a module was asked for that the tree spared. */
  missedForGood = 0;
  readonly #tree: SourceTree;
  readonly #texts = new Map<string, string | undefined>();
  readonly #modules = new Map<string, ModuleFile>();
  readonly #wanted = new Set<string>();
  readonly #spared = new Set<string>();
  readonly #told = new Map<string, readonly ToldPackage[]>();
  readonly #targets = new Map<string, ImportTarget>();
  readonly #names = new Map<string, string>();
  readonly #lookUps: LookUps | undefined;
  readonly #kept: Kept | undefined;
  readonly #lender: Kept | undefined;
  readonly touched: ReadonlySet<string> | undefined;
  readonly trial: FixTrial | undefined;
  readonly #unanswered = new Map<string, Set<string>>();
  readonly #has = (path: string): boolean => this.paths.has(path);

  constructor(
    tree: SourceTree,
    paths: ReadonlySet<string>,
    models: Models,
    config: Config,
    more: {
      readonly lookUps?: LookUps | undefined;
      readonly touched?: ReadonlySet<string>;
      readonly trial?: FixTrial | undefined;
      /** Where everything is kept that was made of the tree. */
      readonly kept?: Kept;
      /** Where parsed files are lent. */
      readonly lender?: Kept;
    } = {},
  ) {
    this.#tree = tree;
    this.#lookUps = more.lookUps;
    this.#kept = more.kept;
    this.#lender = more.lender;
    this.touched = more.touched;
    this.trial = more.trial;
    this.paths = paths;
    this.models = models;
    this.config = config;
  }

  read(path: string): string | undefined {
    if (!this.#texts.has(path) && this.paths.has(path)) {
      const content = this.#tree.readNow?.(path);
      if (content === undefined || hasParts(path, content)) {
        this.#wanted.add(path);
        this.missed++;
      } else this.#take(path, content);
    }
    if (this.#spared.has(path) && isPython(path)) this.missedForGood++;
    return this.#texts.get(path);
  }

  tells<T>(path: string, question: AskedOnce<T>): T | undefined {
    return question.askFile(this.#tree, path, (one) => this.#glance(one));
  }

  /** A file's text, which is let go at once: of most files a few words are asked, and all together they would fill the memory. */
  #glance(path: string): string | undefined {
    if (this.#texts.has(path) || !this.paths.has(path)) return this.#texts.get(path);
    const content = this.#tree.readNow?.(path);
    const decoded = content?.kind === "bytes" ? decodeText(content.bytes) : undefined;
    return decoded !== undefined && "text" in decoded ? decoded.text : undefined;
  }

  atHand(path: string): string | undefined {
    return this.#tree.readNow !== undefined || this.#texts.has(path) ? this.read(path) : undefined;
  }

  readFree(path: string): string | undefined {
    return this.#tree.free === undefined ? this.read(path) : this.atHand(path);
  }

  file(path: string): ModuleFile | undefined {
    const known = this.#modules.get(path);
    if (known !== undefined) return known;
    const text = this.read(path);
    if (text === undefined || text.length > MAX_PYTHON_CHARACTERS) return undefined;
    const file =
      this.#kept?.file(path, text) ?? this.#lender?.lend(path, text) ?? new ModuleFile(path, text);
    this.#modules.set(path, file);
    return file;
  }

  once<T>(key: string, make: (project: Project) => T, mayBeOld?: boolean): T {
    return this.#kept === undefined ? make(this) : this.#kept.thing(key, this, make, mayBeOld);
  }

  resolve(from: string, dotted: string, level: number): ImportTarget {
    const folder = from.slice(0, from.lastIndexOf("/") + 1);
    // A file that imports its own name is the one case in which two files of a folder differ.
    const own = from.slice(folder.length).startsWith(`${dotted.split(".")[0]}.`) ? from : "";
    const key = `${folder}\0${own}\0${level}\0${dotted}`;
    let target = this.#targets.get(key);
    if (target === undefined) {
      target = resolveModule(this.#has, from, dotted, level);
      this.#targets.set(key, target);
    }
    return target;
  }

  nameOf(path: string): string {
    let name = this.#names.get(path);
    if (name === undefined) {
      name = moduleName(this.#has, path);
      this.#names.set(path, name);
    }
    return name;
  }

  lookUp(path: string, questions: readonly Question[]): AdvisoryIndex | undefined {
    if (this.#lookUps === undefined) return undefined;
    const { index, failed, isOpen } = this.#lookUps.find(questions);
    if (isOpen) this.missed++;
    for (const [question, reason] of failed) {
      const key = `${path}\0${reason}`;
      const names = this.#unanswered.get(key) ?? new Set();
      names.add(question.name);
      this.#unanswered.set(key, names);
    }
    return index;
  }

  /** True for a question that has no answer, or none yet. */
  isOpen(question: Question): boolean {
    return this.#lookUps?.isAnswered(question) !== true;
  }

  skip(part: Skipped): void {
    const isKnown = this.skipped.some(
      (one) => one.path === part.path && one.reason === part.reason,
    );
    if (!isKnown) this.skipped.push(part);
  }

  /** Files with packages that nobody could tell anything about. */
  get unchecked(): Skipped[] {
    return [...this.#unanswered]
      .sort(([a], [b]) => compareText(a, b))
      .map(([key, names]) => {
        const [path = "", reason = ""] = key.split("\0");
        const [first = ""] = names;
        const who = names.size === 1 ? `${first} was` : `${names.size} packages were`;
        return { path, reason: `${who} not checked for advisories: ${reason}` };
      });
  }

  /** The paths that were asked for so far. */
  get asked(): string[] {
    return [...this.#texts.keys()];
  }

  told(path: string): readonly ToldPackage[] | undefined {
    return this.#told.get(path);
  }

  /** Files of which nothing but packages was told. */
  get toldPaths(): string[] {
    return [...this.#told.keys()];
  }

  /** Files that were asked for, and that the tree spared. */
  get spared(): string[] {
    return [...this.#spared];
  }

  /** Gives the project a text that was read anyway. */
  keep(path: string, text: string): void {
    this.#texts.set(path, text);
  }

  /** True where a file is read at once with others for nothing, and alone means to wait. */
  get readsInBatches(): boolean {
    const { readNow, readBeside, free } = this.#tree;
    return readNow === undefined && readBeside === undefined && free === undefined;
  }

  /** Reads files that may be asked for, and gives their texts. What cannot be read is left for whoever asks for it. */
  async readAhead(paths: readonly string[]): Promise<{ path: string; text: string }[]> {
    const unread = paths.filter((path) => !this.#texts.has(path));
    const contents = unread.length === 0 ? [] : await this.#tree.read(unread);
    for (const [path, content] of contents) {
      const decoded = content.kind === "bytes" ? decodeText(content.bytes) : undefined;
      if (decoded !== undefined && "text" in decoded) this.#texts.set(path, decoded.text);
    }
    return paths.flatMap((path) => {
      const text = this.#texts.get(path);
      return text === undefined ? [] : [{ path, text }];
    });
  }

  /** Reads what was asked for in vain since the last time; false when that was nothing. */
  async readWanted(): Promise<boolean> {
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    // At once: it may be one call to a server.
    const [hasAnswers = false, contents] = await Promise.all([
      this.#lookUps?.askWanted(),
      wanted.length === 0 ? new Map<string, FileContent>() : this.#readBeside(wanted),
    ]);
    for (const [path, content] of contents)
      this.#take(path, hasParts(path, content) ? await putTogether(content) : content);
    return hasAnswers || wanted.length > 0;
  }

  #readBeside(paths: readonly string[]): Promise<ReadonlyMap<string, FileContent>> {
    return this.#tree.readBeside?.(paths) ?? this.#tree.read(paths);
  }

  #take(path: string, content: FileContent): void {
    const decoded = content.kind === "bytes" ? decodeText(content.bytes) : undefined;
    this.#texts.set(path, decoded !== undefined && "text" in decoded ? decoded.text : undefined);
    if (content.kind !== "unreadable") return;
    if (content.packages !== undefined) this.#told.set(path, content.packages);
    if (content.isSpared === true) this.#spared.add(path);
    else this.skipped.push({ path, reason: content.reason });
  }

  /** Lets go of everything that was read, so that a large tree does not fill the memory. */
  forget(): void {
    this.#texts.clear();
    this.#modules.clear();
    this.#wanted.clear();
  }
}

type InParts = Extract<FileContent, { kind: "unreadable" }> & {
  readonly parts: () => AsyncIterable<Uint8Array>;
};

/** True for a lock file that is larger than any source, and can be had in parts. */
function hasParts(path: string, content: FileContent): content is InParts {
  return (
    content.kind === "unreadable" && content.parts !== undefined && formatOf(path) !== undefined
  );
}

async function putTogether(content: InParts): Promise<FileContent> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of content.parts()) {
    size += part.byteLength;
    if (size > MAX_MANIFEST_CHARACTERS) return content;
    parts.push(part);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return { kind: "bytes", bytes };
}
