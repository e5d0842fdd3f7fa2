/** How people move a package to another version: the command of the program that keeps the file. */
import type { Manifest, Package } from "./package.ts";

/** Words for a shell, and nothing that means anything to it: names and versions come from a pull request. */
const SAFE = /^[\w@./+!-]+$/;

/**
 * The command that moves a locked or compiled package; undefined where the program is not known, or has none. `direct` is whether
 * the project asks for the package itself; a compiled file says in `compiledBy` how it was made.
 */
export function upgradeCommand(
  { tool, compiledBy }: Pick<Manifest, "tool" | "compiledBy">,
  { name, direct }: Pick<Package, "name" | "direct">,
  version: string,
): string | undefined {
  if (!SAFE.test(name) || !SAFE.test(version)) return undefined;
  switch (tool) {
    case "uv":
      return `uv lock --upgrade-package ${name}==${version}`;
    case "uv-pip":
      return `${compiledBy ?? "uv pip compile"} --upgrade-package ${name}==${version}`;
    case "pip-compile":
      return `${compiledBy ?? "pip-compile"} --upgrade-package ${name}==${version}`;
    case "poetry":
      return `poetry update ${name}`;
    case "pdm":
      return `pdm update ${name}`;
    case "pipenv":
      return `pipenv upgrade ${name}==${version}`;
    case "pixi":
      return `pixi update ${name}`;
    case "rye":
      return `rye lock --update ${name}`;
    case "npm":
      return direct === true ? `npm install ${name}@${version}` : `npm update ${name}`;
    case "yarn":
      // For what others ask for it has no command, but `resolutions` in package.json.
      return direct === true ? `yarn upgrade ${name}@${version}` : undefined;
    case "yarn-berry":
      return direct === true ? `yarn up ${name}@${version}` : `yarn up --recursive ${name}`;
    case "bun":
      return direct === true ? `bun add ${name}@${version}` : `bun update ${name}`;
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
    case undefined:
      return undefined;
    default:
      return tool satisfies never;
  }
}

/** The command that compiles a file anew from a source whose requirements have changed; undefined where that is not known. */
export function compileCommand(
  { tool, compiledBy }: Pick<Manifest, "tool" | "compiledBy">,
  source: string,
  compiled: string,
): string | undefined {
  if (compiledBy !== undefined) return compiledBy;
  if (!SAFE.test(source) || !SAFE.test(compiled)) return undefined;
  switch (tool) {
    case "pip-compile":
      return `pip-compile --output-file=${compiled} ${source}`;
    case "uv-pip":
      return `uv pip compile --output-file=${compiled} ${source}`;
    default:
      return undefined;
  }
}
