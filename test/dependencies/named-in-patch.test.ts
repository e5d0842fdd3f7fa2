import { expect, it } from "vitest";
import { packagesNamedIn } from "../../src/dependencies/index.ts";

it.each([
  [
    "requirements.txt",
    ["@@ -1,3 +1,3 @@", " flask==3.0.0", "-Django==4.2.1", "+Django[argon2]==4.2.2  # see notes"],
    ["django"],
  ],
  [
    "web/package-lock.json",
    [
      "@@ -9,7 +9,7 @@",
      '-        "one": "^1.0.0",',
      '+        "one": "^1.1.0",',
      "@@ -90,7 +90,7 @@",
      '     "node_modules/two/node_modules/@scope/three": {',
      '-      "version": "1.0.0",',
      '-      "resolved": "https://registry.example.org/three-1.0.0.tgz",',
      '+      "version": "1.0.1",',
      '+      "resolved": "https://registry.example.org/three-1.0.1.tgz",',
      "@@ -200,3 +200,3 @@",
      '-      "version": "1.0.0",',
      '+      "version": "1.0.1",',
    ],
    ["one", "@scope/three"],
  ],
  [
    "poetry.lock",
    [
      "@@ -1,4 +1,4 @@",
      ' name = "Jinja2"',
      '-version = "3.1.0"',
      '+version = "3.1.1"',
      ' groups = ["main"]',
    ],
    ["jinja2"],
  ],
  [
    "pyproject.toml",
    ["@@ -4,2 +4,3 @@", " dependencies = [", '+  "httpx>=0.27",', " ]"],
    ["httpx"],
  ],
  ["shop/views.py", ["@@ -1 +1 @@", "-django==4.2.1", "+django==4.2.2"], []],
] as const)("guesses what a patch of %s is about", (path, lines, names) => {
  expect(packagesNamedIn(path, lines.join("\n")).map(({ name }) => name)).toEqual(names);
});
