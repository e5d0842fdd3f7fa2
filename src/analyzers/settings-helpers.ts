/**
 * The modules of a program from which its settings take values, `from shop.hosts import HOSTS`, and files of data that they read. What
 * such a one says shows only in the settings, so that a change of it alone has to lead there.
 */
import { isTestPath } from "../core/config.ts";
import type { Models } from "../core/models.ts";
import { isPython, type SurveyedProject } from "./analyzer.ts";
import { type Matcher, matcher, wordsIn } from "./settings-facts.ts";
import { isOfNeeding, usualSettings } from "./settings-modules.ts";

/** `import a, b`, `from a import b` and `from a import (b, c)`, wherever they stand. */
const IMPORT = /^[ \t]*(?:from|import)[ \t][^\n(]*(?:\([^)]*\))?/gm;

type DataFiles = Models["settingsData"][number];

const known = new WeakMap<DataFiles, Matcher>();

/** Whether settings may take values from a file of data at a path. */
function isData(data: DataFiles): Matcher {
  const made = known.get(data) ?? makeMatcher(data);
  known.set(data, made);
  return made;
}

function makeMatcher(data: DataFiles): Matcher {
  const files = matcher(data.files);
  const formats = matcher(data.formats);
  const ofTools = matcher(data.ofTools);
  const words = wordsIn(data.words);
  return (path) =>
    (files(path) || (formats(path) && words(path.slice(folderOf(path).length)))) && !ofTools(path);
}

/** Such a file is small; whatever is longer is something else. */
const MAX_LENGTH = 20_000;

/** True for a path at which a module, or data, may stand that settings take values from. */
export function mayHelpSettings(path: string, models: Models): boolean {
  if (isTestPath(path)) return false;
  return isPython(path)
    ? !isOfNeeding(path, models)
    : models.settingsData.some((data) => isData(data)(path));
}

/** What stands in those files, of the ones that a change touches, that settings modules import or name. */
export function helpersOfSettings(project: SurveyedProject): string {
  const { models, paths, touched } = project;
  const own = [...(touched ?? [])].filter(
    (path) => paths.has(path) && mayHelpSettings(path, models),
  );
  if (own.length === 0) return "[]";
  const settings = usualSettings(paths, models);
  const changed = own
    .filter((path) => isPython(path) || settings.some((one) => one.startsWith(folderOf(path))))
    .sort()
    .flatMap((path) => {
      const text = project.read(path) ?? "";
      const isOther = text.length > MAX_LENGTH || (isPython(path) && needsSettings(text, models));
      return isOther ? [] : [{ path, text }];
    });
  if (changed.length === 0) return "[]";
  const texts = settings.flatMap((path) => project.read(path) ?? []);
  const imported = new Set(
    texts.flatMap((text) => text.match(IMPORT)?.join(" ").match(/\w+/g) ?? []),
  );
  return JSON.stringify(
    changed.filter(({ path }) =>
      isPython(path)
        ? imported.has(nameOf(path))
        : texts.some((text) => text.includes(path.slice(folderOf(path).length))),
    ),
  );
}

/** The folder of a file with its slash; nothing for one in the root. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
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
