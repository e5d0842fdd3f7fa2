// @ts-check
// What `#rules` is when the sources run as they are, in tests for example: the rules folder, read from disk. The build
// replaces this module by its data, because the bundle has no folder beside it.
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../rules/", import.meta.url));

/**
 * Every `*.yml` under rules/, sorted by path; a path is relative to rules/, with forward slashes.
 *
 * @type {readonly { readonly path: string, readonly text: string }[]}
 */
export const ruleFiles = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".yml"))
  .map((name) => ({
    path: name.split(sep).join("/"),
    text: readFileSync(join(folder, name), "utf8"),
  }))
  // By code unit: the order must not depend on the machine's locale.
  .sort((a, b) => (a.path < b.path ? -1 : 1));
