/**
 * The modules of a program from which its settings take values: `from shop.hosts import HOSTS`. What such a module says shows only in
 * the settings, so that a change of it alone has to lead there.
 */
import { isTestPath } from "../core/config.ts";
import type { Models } from "../core/models.ts";
import { isPython, type SurveyedProject } from "./analyzer.ts";
import { isOfNeeding, usualSettings } from "./settings-modules.ts";

/** `import a, b`, `from a import b` and `from a import (b, c)`, wherever they stand. */
const IMPORT = /^[ \t]*(?:from|import)[ \t][^\n(]*(?:\([^)]*\))?/gm;

/** Such a module is small; whatever is longer is something else. */
const MAX_LENGTH = 20_000;

/** True for a path at which a module may stand that settings take values from. */
export function mayHelpSettings(path: string, models: Models): boolean {
  return isPython(path) && !isTestPath(path) && !isOfNeeding(path, models);
}

/** What stands in those modules, of the ones that a change touches, that settings modules import. */
export function helpersOfSettings(project: SurveyedProject): string {
  const { models, paths, touched } = project;
  const changed = [...(touched ?? [])]
    .filter((path) => paths.has(path) && mayHelpSettings(path, models))
    .sort()
    .flatMap((path) => {
      const text = project.read(path) ?? "";
      return text.length > MAX_LENGTH || needsSettings(text, models) ? [] : [{ path, text }];
    });
  if (changed.length === 0) return "[]";
  const imports = usualSettings(paths, models)
    .flatMap((path) => project.read(path)?.match(IMPORT) ?? [])
    .join("\n");
  const imported = new Set(imports.match(/\w+/g));
  return JSON.stringify(changed.filter(({ path }) => imported.has(nameOf(path))));
}

/** True for a text that imports what needs the settings to be there: they cannot be made of it. */
function needsSettings(text: string, models: Models): boolean {
  const needing = models.settings.flatMap((facts) => facts.needing.imports);
  return (text.match(IMPORT) ?? []).some((line) =>
    needing.some((one) => new RegExp(`\\b${one.replaceAll(".", "\\.")}\\b`).test(line)),
  );
}

/** The last part of a module's dotted name. */
function nameOf(path: string): string {
  const parts = path.replace(/(?:\/__init__)?\.py$/, "").split("/");
  return parts.at(-1) ?? "";
}
