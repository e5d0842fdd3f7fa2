import { describe, expect, it } from "vitest";
import { upgradeCommand } from "../../src/dependencies/commands.ts";

describe("the command that moves a package", () => {
  // As the manuals of the programs have it.
  it.each([
    ["uv", true, "uv lock --upgrade-package lib==2.1"],
    ["uv-pip", true, "uv pip compile --upgrade-package lib==2.1"],
    ["pip-compile", false, "pip-compile --upgrade-package lib==2.1"],
    ["poetry", false, "poetry update lib"],
    ["pdm", true, "pdm update lib"],
    ["pipenv", true, "pipenv upgrade lib==2.1"],
    ["pixi", true, "pixi update lib"],
    ["rye", false, "rye lock --update lib"],
    ["npm", true, "npm install lib@2.1"],
    ["npm", false, "npm update lib"],
    ["yarn", true, "yarn upgrade lib@2.1"],
    ["yarn", false, undefined],
    ["yarn-berry", true, "yarn up lib@2.1"],
    ["yarn-berry", false, "yarn up --recursive lib"],
    ["pnpm", true, "pnpm update lib@2.1"],
    ["pnpm", false, "pnpm update lib --depth Infinity"],
    ["bun", true, "bun add lib@2.1"],
    ["bun", false, "bun update lib"],
    ["go", true, "go get lib@v2.1"],
    ["bundler", true, "bundle update --conservative lib"],
    ["cargo", false, "cargo update --package lib --precise 2.1"],
    ["composer", true, "composer update lib --with-dependencies"],
    ["pip", true, undefined],
    [undefined, true, undefined],
  ] as const)("of %s (direct: %s) is %s", (tool, direct, expected) => {
    const keeper = tool === undefined ? {} : { tool };
    expect(upgradeCommand(keeper, { name: "lib", direct }, "2.1")).toBe(expected);
  });

  it.each([
    ["lib; id", "2.1"],
    ["$(id)", "2.1"],
    ["lib", "2.1 && id"],
    ["lib", "`id`"],
  ])("is not made of %j and %j", (name, version) => {
    expect(upgradeCommand({ tool: "poetry" }, { name, direct: true }, version)).toBeUndefined();
  });
});
