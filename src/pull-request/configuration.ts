import type { Change } from "../core/change.ts";
import { CONFIG_PATH, type Extended, extendedBy, readConfig } from "../core/config.ts";
import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { SourceTree } from "../core/source-tree.ts";
import { lineOfKey } from "../core/yaml.ts";
import type { Annotation } from "../github/index.ts";
import {
  type ConfigFile,
  checkConfig,
  type Setup,
  settingText,
  withoutSecrets,
} from "../setup/index.ts";
import type { Trees } from "./commits.ts";
import type { Services } from "./services.ts";

/** The configuration at a path that someone chose. Undefined where only head has it: then it rules from the next change on. */
export async function configAt(
  path: string,
  { base, head }: Trees,
  remarks: string[],
): Promise<ConfigFile | undefined> {
  const read = async (tree: SourceTree) => (await tree.read([path])).get(path);
  const yaml = settingText(path, await read(base));
  if (yaml !== undefined) return { path, yaml };
  if ((await read(head))?.kind === "bytes") {
    remarks.push("The configuration is new in this change: it rules once it is merged.");
    return undefined;
  }
  const paths = (await base.list()).map((entry) => entry.path);
  const guess = nearest(
    path,
    paths.filter((one) => /\.ya?ml$/.test(one)),
  );
  throw new ConfigError(`There is no configuration at \`${path}\` in the base.`, {
    hint:
      guess === undefined
        ? "Name a file by its path from the root of the repository."
        : `Did you mean \`${guess}\`?`,
  });
}

/** The configuration for all repositories of an owner, in its repository `.github`. */
export async function organisationConfig({
  github,
  name,
}: Pick<Services, "github" | "name">): Promise<ConfigFile | undefined> {
  const { owner, repo } = name;
  if (repo === ".github") return undefined;
  const [file] = await github.files([
    { sha: "HEAD", path: CONFIG_PATH, repository: { owner, repo: ".github" } },
  ]);
  const path = `${owner}/.github:${CONFIG_PATH}`;
  const yaml = settingText(path, file?.content);
  return yaml === undefined ? undefined : { path, yaml };
}

/** Links of a chain of `_extends` that are followed. */
const MAX_EXTENDED = 5;

/**
 * The configurations that one builds on, nearest first: one call each. What is wrong is said at the `_extends` that leads there, also
 * where nothing is there: a rule that is silently missing would be worse than a check that says so.
 */
export async function extendedConfigs(
  { github, name }: Pick<Services, "github" | "name">,
  file: ConfigFile,
): Promise<ConfigFile[]> {
  const chain: ConfigFile[] = [];
  const seen = new Set([file.path]);
  for (let last = file; ; ) {
    const wanted = extendedBy(readConfig(last.path, last.yaml));
    if (wanted === undefined) return chain;
    const owner = wanted.owner ?? name.owner;
    const { repo, path } = wanted;
    const shown = `${owner}/${repo}:${path}`;
    const wrong = (what: string, hint: string) =>
      new ConfigError(`${last.path}:${lineOfKey(last.yaml, ["_extends"])}: _extends: ${what}`, {
        hint,
      });
    if (seen.has(shown) || chain.length === MAX_EXTENDED)
      throw wrong(`${shown} leads back to itself, or too far.`, "Let one configuration end it.");
    seen.add(shown);
    const [read] = await github.files([{ sha: "HEAD", path, repository: { owner, repo } }]);
    if (read?.content.kind !== "bytes") {
      throw wrong(
        `${shown} is not there, or may not be read.`,
        "Correct it, or install the App on that repository too.",
      );
    }
    last = { path: shown, yaml: settingText(shown, read.content) ?? "" };
    if (!isValid(last, wanted))
      throw wrong(`${shown} is not a valid configuration.`, "Correct that file.");
    chain.push(last);
  }
}

/** The words of a file that somebody chose by its path, and that may be any, are not for everybody's eyes: it is only told whether it will do. */
function isValid({ path, yaml }: ConfigFile, { path: chosen }: Extended): boolean {
  if (chosen === CONFIG_PATH) return true;
  try {
    readConfig(path, yaml);
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

export async function checkOwnConfig(
  services: Pick<Services, "github" | "name">,
  path: string,
  head: SourceTree,
  changes: readonly Change[],
  setup: Setup,
): Promise<Annotation[]> {
  if (!changes.some((change) => change.path === path && change.status !== "removed")) return [];
  const content = (await head.read([path])).get(path);
  try {
    const yaml = settingText(path, content);
    if (yaml === undefined) return [];
    const file = { path, yaml };
    checkConfig(file, setup.rules);
    for (const below of await extendedConfigs(services, file)) checkConfig(below, setup.rules);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return withoutSecrets(error.message)
      .split("\n")
      .map((problem): Annotation => {
        const line = Number(/:(\d+): /.exec(problem)?.[1] ?? 1);
        const region = { startLine: line, startColumn: 1, endLine: line, endColumn: 1 };
        return {
          path,
          region,
          level: "failure",
          title: "The new configuration is wrong",
          message: problem,
        };
      });
  }
}
