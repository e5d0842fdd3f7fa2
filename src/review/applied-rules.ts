import { analyzers, type FileUnit, type Prepared } from "../analyzers/index.ts";
import { type Config, isTestPath } from "../core/config.ts";
import type { RawFinding, Region } from "../core/finding.ts";
import type { ModuleFile } from "../python/index.ts";
import type { RuleSet } from "../rules/index.ts";
import { type FileContext, redact, toHit } from "./hit.ts";
import type { Collector } from "./observed.ts";
import type { Hits, Prefilters } from "./prefilter.ts";
import { prepareOnce } from "./prepared-rules.ts";
import type { TreeProject } from "./project.ts";
import { statementAround } from "./python-run.ts";
import { commentsOf, faultOf, SUPPRESSION_WORDS } from "./suppressions.ts";
import { toldOnce } from "./told-once.ts";

/** Comments of one file whose faults are told: who writes more of them does not mean them. */
const MAX_COMMENTS = 100;

const NOTHING_FOUND: Hits = { analyzers: [], words: new Set(), triggers: new Map() };

/**
 * One set of rules under one configuration: which analyzers look at a file, and what becomes of their reports. Analyzers are known by
 * their place in the list.
 */
export class AppliedRules {
  readonly rules: RuleSet;
  readonly config: Config;
  readonly prepared: readonly Prepared[];
  readonly #prefilters: Prefilters;
  readonly #ruleIds: readonly string[];
  readonly #aliases: ReadonlySet<string>;

  constructor(rules: RuleSet, config: Config) {
    this.rules = rules;
    this.config = config;
    const { prepared, prefilters } = prepareOnce(rules);
    this.prepared = prepared;
    this.#prefilters = prefilters;
    this.#ruleIds = [...rules.byId.keys()];
    this.#aliases = new Set([...rules.byId.values()].flatMap((rule) => rule.aliases));
  }

  /** Whether an analyzer looks at files at a path. In tests only secrets are looked for. */
  wants(index: number, path: string): boolean {
    if (isTestPath(path) && !isForSecrets(index)) return false;
    return this.prepared[index]?.wants?.(path) ?? true;
  }

  /** True where there is more to say of files at a path than their secrets. */
  wantsMoreThanSecrets(path: string): boolean {
    return this.prepared.some(
      ({ wants }, index) => !isForSecrets(index) && wants !== undefined && this.wants(index, path),
    );
  }

  wantsSecrets(path: string): boolean {
    return this.prepared.some((_, index) => isForSecrets(index) && this.wants(index, path));
  }

  /** What one pass over a file's bytes tells; with `only`, to analyzers of that kind. In a program, what a word is used for counts. */
  look(path: string, bytes: Uint8Array, isProgram: boolean, only?: string): Hits {
    const wanting = analyzers.flatMap(({ kind }, index) =>
      (only === undefined || kind === only) && this.wants(index, path) ? [index] : [],
    );
    return this.#prefilters.at(path, wanting).look(bytes, isProgram) ?? NOTHING_FOUND;
  }

  /** What an analyzer says of a file. */
  inspect(index: number, unit: FileUnit, result: Collector): readonly RawFinding[] {
    return result.guard(index, unit.path, () => this.prepared[index]?.inspect?.(unit) ?? []);
  }

  /** What the rules for secrets say of a text without parsing it. */
  inspectForSecrets(
    path: string,
    text: string,
    project: TreeProject,
    result: Collector,
  ): readonly RawFinding[] {
    const hits = this.look(path, new TextEncoder().encode(text), false);
    const unit: FileUnit = {
      path,
      text,
      words: hits.words,
      triggers: hits.triggers,
      project,
      python: () => undefined,
      enter: () => {},
    };
    return hits.analyzers
      .filter(isForSecrets)
      .flatMap((index) => this.inspect(index, unit, result));
  }

  /** Turns what analyzers reported of one file into findings. `hidden` are further regions that hold secrets. */
  finish(
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
    for (const finding of toldOnce(raw, this.rules.byId)) {
      const rule = this.rules.byId.get(finding.ruleId);
      const hit = rule === undefined ? undefined : toHit(finding, rule, this.config, context);
      if (hit !== undefined) result.hits.push(hit);
    }
  }
}

function isForSecrets(index: number): boolean {
  return analyzers[index]?.kind === "secret";
}
