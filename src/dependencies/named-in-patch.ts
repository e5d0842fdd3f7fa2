/**
 * Which packages a change of a manifest is about, guessed from its patch alone: a lock file is large, and whoever has to ask about the
 * packages can do so before it is here. Nothing is wrong with a name too many, and nothing lost with one too few.
 */
import type { Question } from "./advisory.ts";
import { formatOf } from "./manifests/index.ts";
import { normaliseName } from "./package.ts";

/** `"name": "^1.2"`, `name==1.2`, `name = "^1.2"`, `"name>=1.2",`. */
const ENTRY =
  /^\s*["']?(@?[A-Za-z0-9][\w.-]*(?:\/[\w.-]+)?)["']?(?:\[[^\]]*\])?\s*[:=<>~!^]+\s*["'^~<>=*\dv]/;
/** The line above the version of an installed package: `"node_modules/name": {`, `name = "name"`. */
const BLOCK = /^\s*(?:"(?:.*node_modules\/)?(@?[\w.-]+(?:\/[\w.-]+)?)": \{|name = "([\w.-]+)")/;
/** What stands in lock files beside the names of packages. */
const WORDS: ReadonlySet<string> = new Set(
  "version name resolved integrity license node npm python python-versions description hash".split(
    " ",
  ),
);

/** Each once. */
export function packagesNamedIn(path: string, patch: string): readonly Question[] {
  const ecosystem = formatOf(path)?.ecosystem;
  if (ecosystem === undefined) return [];
  const names = new Set<string>();
  let block: string | undefined;
  for (const line of patch.split("\n")) {
    const text = line.slice(1);
    const [, key, called] = BLOCK.exec(text) ?? [];
    block = line.startsWith("@@") ? undefined : (key ?? called ?? block);
    if (!/^[+-]/.test(line)) continue;
    const entry = ENTRY.exec(text)?.[1];
    const name = entry === "version" ? block : entry;
    if (name !== undefined && !WORDS.has(name)) names.add(normaliseName(ecosystem, name));
  }
  return Array.from(names, (name) => ({ ecosystem, name }));
}
