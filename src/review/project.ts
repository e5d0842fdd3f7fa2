import type { Project } from "../analyzers/index.ts";
import type { Config } from "../core/config.ts";
import type { Skipped } from "../core/finding.ts";
import type { Models } from "../core/models.ts";
import type { SourceTree } from "../core/source-tree.ts";
import { decodeText } from "../core/text.ts";
import { ModuleFile } from "../python/index.ts";

/** Python that is longer is not parsed: no person wrote it. */
const MAX_PYTHON_CHARACTERS = 2_000_000;

/** The part of a tree that was read. Analyzers read it without waiting; what is missing is noted and read between their runs. */
export class TreeProject implements Project {
  readonly models: Models;
  readonly config: Config;
  readonly paths: ReadonlySet<string>;
  readonly skipped: Skipped[] = [];
  readonly #tree: SourceTree;
  readonly #texts = new Map<string, string | undefined>();
  readonly #modules = new Map<string, ModuleFile>();
  readonly #wanted = new Set<string>();

  constructor(tree: SourceTree, paths: ReadonlySet<string>, models: Models, config: Config) {
    this.#tree = tree;
    this.paths = paths;
    this.models = models;
    this.config = config;
  }

  read(path: string): string | undefined {
    if (!this.#texts.has(path) && this.paths.has(path)) this.#wanted.add(path);
    return this.#texts.get(path);
  }

  module(path: string): ModuleFile | undefined {
    const known = this.#modules.get(path);
    if (known !== undefined) return known;
    const text = this.read(path);
    if (text === undefined || text.length > MAX_PYTHON_CHARACTERS) return undefined;
    const file = new ModuleFile(path, text);
    this.#modules.set(path, file);
    return file;
  }

  /** Gives the project a text that was read anyway. */
  keep(path: string, text: string): void {
    this.#texts.set(path, text);
  }

  /** How many files were asked for in vain since they were last read. */
  get wanted(): number {
    return this.#wanted.size;
  }

  /** Reads what was asked for in vain since the last time; false when that was nothing. */
  async readWanted(): Promise<boolean> {
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    if (wanted.length === 0) return false;
    for (const [path, content] of await this.#tree.read(wanted)) {
      const decoded = content.kind === "bytes" ? decodeText(content.bytes) : undefined;
      this.#texts.set(path, decoded !== undefined && "text" in decoded ? decoded.text : undefined);
      if (content.kind === "unreadable") this.skipped.push({ path, reason: content.reason });
    }
    return true;
  }

  /** Lets go of everything that was read, so that a large tree does not fill the memory. */
  forget(): void {
    this.#texts.clear();
    this.#modules.clear();
    this.#wanted.clear();
  }
}
