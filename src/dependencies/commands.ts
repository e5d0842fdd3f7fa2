/** How people move a package to another version: the command of the program that keeps the file. */
import type { Package, Tool } from "./package.ts";

/** Words for a shell, and nothing that means anything to it: names and versions come from a pull request. */
const SAFE = /^[\w@./+!-]+$/;

/**
 * The command that moves a locked or compiled package; undefined where the program is not known, or has none. `direct` is whether
 * the project asks for the package itself.
 */
export function upgradeCommand(
  tool: Tool,
  { name, direct }: Pick<Package, "name" | "direct">,
  version: string,
): string | undefined {
  if (!SAFE.test(name) || !SAFE.test(version)) return undefined;
  switch (tool) {
    case "uv":
      return `uv lock --upgrade-package ${name}==${version}`;
    case "pip-compile":
      return `pip-compile --upgrade-package ${name}==${version}`;
    case "poetry":
      return `poetry update ${name}`;
    case "pdm":
      return `pdm update ${name}`;
    case "pipenv":
      return `pipenv upgrade ${name}==${version}`;
    case "npm":
      return direct === true ? `npm install ${name}@${version}` : `npm update ${name}`;
    case "yarn":
      return direct === true ? `yarn upgrade ${name}@${version}` : `yarn up -R ${name}`;
    case "pnpm":
      return direct === true
        ? `pnpm update ${name}@${version}`
        : `pnpm update ${name} --depth Infinity`;
    case "go":
      return `go get ${name}@v${version.replace(/^v/, "")}`;
    case "bundler":
      return `bundle update --conservative ${name}`;
    case "cargo":
      return `cargo update --package ${name} --precise ${version}`;
    case "composer":
      return `composer update ${name} --with-dependencies`;
    case "pip":
      return undefined;
    default:
      return tool satisfies never;
  }
}
