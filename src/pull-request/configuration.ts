import type { Change } from "../core/change.ts";
import { CONFIG_PATH } from "../core/config.ts";
import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { SourceTree } from "../core/source-tree.ts";
import type { Annotation } from "../github/index.ts";
import { type ConfigFile, checkConfig, type Setup } from "../setup/index.ts";
import type { Trees } from "./commits.ts";
import type { Services } from "./services.ts";

/** The configuration at a path that someone chose. Undefined where only head has it: then it rules from the next change on. */
export async function configAt(
  path: string,
  { base, head }: Trees,
  remarks: string[],
): Promise<ConfigFile | undefined> {
  const read = async (tree: SourceTree) => (await tree.read([path])).get(path);
  const content = await read(base);
  if (content?.kind === "bytes") return { path, yaml: new TextDecoder().decode(content.bytes) };
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
  if (file?.content.kind !== "bytes") return undefined;
  return {
    path: `${owner}/.github:${CONFIG_PATH}`,
    yaml: new TextDecoder().decode(file.content.bytes),
  };
}

export async function checkOwnConfig(
  path: string,
  head: SourceTree,
  changes: readonly Change[],
  setup: Setup,
): Promise<Annotation[]> {
  if (!changes.some((change) => change.path === path && change.status !== "removed")) return [];
  const content = (await head.read([path])).get(path);
  if (content?.kind !== "bytes") return [];
  try {
    checkConfig({ path, yaml: new TextDecoder().decode(content.bytes) }, setup.rules);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split("\n").map((problem): Annotation => {
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
