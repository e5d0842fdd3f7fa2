// Manifests come from pull requests of strangers. Whatever they hold, a reader ends soon and hands over what it could read.
import { describe, expect, it } from "vitest";
import { manifestFormats, readManifest } from "../../../src/dependencies/manifests/index.ts";
import { rows } from "./rows.ts";
import { samples } from "./samples.ts";

/** Numbers that look random and are the same each time (a linear congruential generator, after Numerical Recipes). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
}

const PIECES = [
  "[",
  "]",
  "{",
  "}",
  "[[",
  '"',
  "'",
  '"""',
  "\\",
  "\n",
  "\r",
  "\t",
  "#",
  ":",
  "=",
  "==",
  ",",
  "@",
  "- ",
  "? ",
  "&a",
  "*a",
  "<<: ",
  "|",
  "-r ",
  "\0",
  "\ud800",
  "é",
  " ",
  "    ",
];

function mutate(text: string, next: (below: number) => number): string {
  let result = text;
  for (let change = next(4); change >= 0; change--) {
    const at = next(result.length + 1);
    const length = next(3) === 0 ? next(60) : next(3);
    const piece = (PIECES[next(PIECES.length)] ?? "").repeat(1 + (next(9) === 0 ? next(50) : 0));
    const moved = next(5) === 0 ? result.slice(next(result.length + 1)).slice(0, next(80)) : piece;
    result = result.slice(0, at) + moved + result.slice(at + length);
  }
  return result;
}

describe("a reader", () => {
  it.each(Object.entries(samples))("takes any text: %s", (id, { path, text, files }) => {
    const next = numbers(id.length * 7919);
    const format = manifestFormats.find((one) => one.id === id);
    if (format === undefined) throw new Error("no such format");
    const context = { read: (other: string) => files?.[other] };
    for (let length = 0; length < text.length; length += 23)
      readManifest(format, text.slice(0, length), path, context);
    for (let round = 0; round < (id === "setup-py" ? 30 : 80); round++) {
      const changed = mutate(text, next);
      const { packages, problems } = readManifest(format, changed, path, context);
      const lines = changed.split(/\r\n|\r|\n/).length;
      for (const { name, location } of packages) {
        expect(name).not.toBe("");
        expect(location.region.startLine).toBeGreaterThanOrEqual(1);
        expect(location.region.endLine).toBeLessThanOrEqual(lines);
      }
      expect(problems.length).toBeLessThanOrEqual(60);
    }
  });

  it.each([
    ["package-lock.json", '{"packages":'.repeat(20_000)],
    ["package-lock.json", "[".repeat(100_000)],
    [
      "package-lock.json",
      `{"dependencies":{"a":${'{"version":"1","dependencies":{"a":'.repeat(2000)}`,
    ],
    ["composer.lock", `{"packages": [${'{"name":"a/b","version":"1"},'.repeat(20_000)}`],
    ["poetry.lock", "a = [".repeat(40_000)],
    ["poetry.lock", `${"a.".repeat(40_000)}b = 1`],
    ["poetry.lock", `[${"a.".repeat(40_000)}b]`],
    ["poetry.lock", "[[package]]\n".repeat(40_000)],
    ["poetry.lock", `x = """${'\\"'.repeat(80_000)}`],
    ["poetry.lock", 'a = "\n'.repeat(40_000)],
    ["poetry.lock", `x = {${Array.from({ length: 40_000 }, (_, at) => `a${at}.b=1`).join(",")}}`],
    ["poetry.lock", `a = {x = 1}\n${"[a]\n[a.c]\n".repeat(20_000)}`],
    [
      "uv.lock",
      `[[package]]\nname="a"\nsource={virtual="."}\ndependencies=[${'{name="b"},'.repeat(150_000)}]\n[[package]]\nname="b"`,
    ],
    ["pyproject.toml", `x = "${"\\".repeat(80_001)}`],
    ["pyproject.toml", `x = """\n${"\\ \n".repeat(40_000)}"""`],
    [
      "pnpm-lock.yaml",
      Array.from({ length: 3000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
    ],
    ["pnpm-lock.yaml", `packages:\n  a: ${"{a: ".repeat(40_000)}`],
    ["pnpm-lock.yaml", `packages:\n${"- ".repeat(40_000)}a`],
    ["pnpm-lock.yaml", `packages:\n  /${"a/".repeat(40_000)}1:`],
    ["conda-lock.yml", `package:\n${"- - ".repeat(20_000)}x: 1`],
    ["yarn.lock", `${"a@1, ".repeat(40_000)}b:\n  version "1"`],
    ["yarn.lock", `"${"a".repeat(100_000)}`],
    ["go.mod", `require ${"(".repeat(80_000)}`],
    ["Gemfile.lock", `GEM\n  specs:\n${"    a (1)\n      a\n".repeat(10_000)}`],
    ["Gemfile.lock", `    ${"a".repeat(80_000)} (`],
    ["requirements.txt", `a==1 ${"--hash ".repeat(40_000)}`],
    ["requirements.txt", `${"a, ".repeat(40_000)}`],
    ["requirements.txt", `a${" ".repeat(80_000)}b`],
    ["requirements.txt", `a==${"1.".repeat(40_000)}`],
    ["requirements.txt", `a[${"b,".repeat(40_000)}`],
    ["requirements.txt", `git+https://${"a/".repeat(40_000)}@`],
    ["requirements.txt", `https://${"a-1".repeat(20_000)}.whl`],
    ["requirements.txt", `a==1\n${"    # via\n".repeat(20_000)}`],
    ["requirements.txt", `${"\n".repeat(80_000)}#`],
    ["setup.cfg", `[options]\ninstall_requires =\n${"    a\n".repeat(20_000)}`],
    ["setup.cfg", `${"a".repeat(80_000)} `],
    ["setup.py", `setup(install_requires=${"[".repeat(3000)}`],
    [
      "setup.py",
      `from setuptools import setup\nx = []\nwhile True:\n    x += x\nsetup(install_requires=x)`,
    ],
    ["Dockerfile", `ARG A=a\n${"ARG A=$A$A\n".repeat(1000)}FROM $A`],
    ["Dockerfile", `FROM ${"$".repeat(40_000)}`],
    ["Dockerfile", `FROM \\\n${"a \\\n".repeat(20_000)}`],
    [
      ".github/workflows/a.yml",
      `a: &a [x]\n${Array.from({ length: 30 }, (_, n) => `b${n}: &b${n} [*a, *a, *a]`).join("\n")}`,
    ],
    [".github/workflows/a.yml", `jobs: ${"{a: ".repeat(10_000)}`],
    ["environment.yml", `dependencies: [${"[".repeat(20_000)}`],
    ["environment.yml", "a: &a\n  b: *a\n"],
    ["package.json", `{"dependencies": {"a": "npm:${"a@npm:".repeat(10_000)}"}}`],
    [
      "bun.lock",
      `{"packages": {"${"a/".repeat(20_000)}": ["a@1", "", {"dependencies": {"b": "1"}}]}}`,
    ],
    ["Pipfile", `[packages]\na = "${"^1,".repeat(20_000)}"`],
    ["Pipfile", `[packages]\na = "${"1.*".repeat(20_000)}"`],
  ])("ends soon: %s %#", (path, text) => {
    const start = performance.now();
    rows(path, text);
    // Under a second where nothing else runs; what is quadratic takes minutes.
    expect(performance.now() - start).toBeLessThan(30_000);
  });
});
