/** What every door starts with: the rules and the configuration, from the base of what is reviewed. */
import { ruleFiles } from "#rules";
import { matchSchemas } from "../analyzers/index.ts";
import {
  CONFIG_PATH,
  type Config,
  defaultConfig,
  mergeConfigs,
  readConfig,
} from "../core/config.ts";
import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { Profile } from "../core/rule.ts";
import type { FileContent, SourceTree } from "../core/source-tree.ts";
import { decodeText } from "../core/text.ts";
import { lineOfKey } from "../core/yaml.ts";
import { hideIn, matchesRule } from "../review/index.ts";
import { extendRules, loadRules, type RuleFile, type RuleSet } from "../rules/index.ts";

/** Where a repository keeps rules of its own. */
export const RULES_FOLDER = ".portcullis/rules";

/** What a run is set up with. */
export interface Setup {
  readonly rules: RuleSet;
  readonly config: Config;
  /** The repository's own rule files, for other threads. */
  readonly ownRules: readonly RuleFile[];
}

/** A configuration that stands somewhere else than in the tree. */
export interface ConfigFile {
  /** How errors name it. */
  readonly path: string;
  readonly yaml: string;
}

export interface SetupOptions {
  readonly profile: Profile;
  /** Used instead of the tree's own configuration. */
  readonly config?: ConfigFile;
  /** True where it is known that the tree has no rules of its own: it is then not listed for them. */
  readonly withoutOwnRules?: boolean;
  /** Used where the tree has none: that of the organisation. */
  readonly fallback?: ConfigFile;
  /** The configurations that one builds on, nearest first. Without it `_extends` is checked and not followed. */
  readonly extend?: (file: ConfigFile) => Promise<readonly ConfigFile[]>;
}

/**
 * Reads configuration and rules. Both come from a tree that the author of a pull request does not control: the base.
 * Throws `ConfigError` or `RuleError` with file, line and hint.
 */
export async function setUp(tree: SourceTree, options: SetupOptions): Promise<Setup> {
  const entries = options.withoutOwnRules === true ? [] : await tree.list();
  const own = entries
    .map((entry) => entry.path)
    .filter((path) => path.startsWith(`${RULES_FOLDER}/`) && /\.ya?ml$/.test(path));
  const contents = await tree.read([CONFIG_PATH, ...own]);
  const ownRules = own.flatMap((path) => {
    const text = settingText(path, contents.get(path));
    return text === undefined ? [] : [{ path: path.slice(RULES_FOLDER.length + 1), text }];
  });
  const rules = buildRules(options.profile, ownRules);
  // One that is not used need not be readable either.
  const yaml =
    options.config === undefined ? settingText(CONFIG_PATH, contents.get(CONFIG_PATH)) : undefined;
  const file =
    options.config ?? (yaml === undefined ? options.fallback : { path: CONFIG_PATH, yaml });
  if (file === undefined) return { rules, config: defaultConfig, ownRules };
  const config = checkConfig(file, rules);
  const below = config._extends === undefined ? [] : ((await options.extend?.(file)) ?? []);
  for (const one of below) checkConfig(one, rules);
  return { rules, config: below.length === 0 ? config : mergeConfigs([file, ...below]), ownRules };
}

/** Reads a configuration and checks the rules that it names. Throws `ConfigError` with file, line and hint. */
export function checkConfig(file: ConfigFile, rules: RuleSet): Config {
  const config = readConfig(file.path, file.yaml);
  checkRuleNames(config, rules, file);
  return config;
}

/** The built-in rules of a profile and a repository's own. */
export function buildRules(profile: Profile, own: readonly RuleFile[] = []): RuleSet {
  const builtIn = builtInRules(profile);
  if (own.length === 0) return builtIn;
  const added = loadRules(own, matchSchemas, { profile: "all", folder: RULES_FOLDER });
  return extendRules(builtIn, added);
}

const builtIns = new Map<Profile, RuleSet>();

/** Loaded once: they do not change while we run, and a server sets up many reviews. */
function builtInRules(profile: Profile): RuleSet {
  const known = builtIns.get(profile);
  if (known !== undefined) return known;
  const rules = loadRules(ruleFiles, matchSchemas, { profile });
  builtIns.set(profile, rules);
  return rules;
}

/** A text for people, as of an error, without what any of the built-in rules knows for a secret. */
export function withoutSecrets(text: string): string {
  return hideIn(text, builtInRules("all"));
}

/**
 * The text of a file that says what is to be done; undefined where there is none. Throws `ConfigError` for what is there and cannot be
 * read: to do without it would be to do something else, without a word.
 */
export function settingText(path: string, content: FileContent | undefined): string | undefined {
  if (content === undefined || content.kind === "missing") return undefined;
  const decoded = content.kind === "bytes" ? decodeText(content.bytes) : { reason: content.reason };
  if ("text" in decoded) return decoded.text;
  throw new ConfigError(`${path}:1: cannot be read: ${decoded.reason}`, {
    hint: "Write it as a text file of its own, in UTF-8.",
  });
}

/** A misspelt name would silently change nothing. Throws `ConfigError` that lists every one. */
function checkRuleNames(config: Config, rules: RuleSet, { path, yaml }: ConfigFile): void {
  const named = [
    ...Object.keys(config.rules).map((name) => ({ name, keys: ["rules", name] })),
    ...config.allow.flatMap(({ rule }, index) =>
      rule === undefined ? [] : [{ name: rule, keys: ["allow", index, "rule"] }],
    ),
  ];
  if (named.length === 0) return;
  // A rule outside the profile in use is a known name all the same.
  const known = [...buildRules("all").rules, ...rules.rules];
  const problems = named
    .filter(({ name }) => !known.some((rule) => matchesRule(name, rule)))
    .map(({ name, keys }) => {
      const names = known.flatMap((rule) => [rule.id, ...rule.aliases]);
      const guess = nearest(name, names);
      const hint = guess === undefined ? "" : ` Did you mean "${guess}"?`;
      return `${path}:${lineOfKey(yaml, keys)}: ${keys[0]}: there is no rule "${name}".${hint}`;
    });
  if (problems.length > 0)
    throw new ConfigError(problems.join("\n"), { hint: "`portcullis rules` lists them all." });
}
