/** The kinds of rules there are, one file each. */
import type * as z from "zod";
import type { Analyzer } from "./analyzer.ts";
import { calls } from "./calls.ts";
import { dependencies } from "./dependencies.ts";
import { protection } from "./protection.ts";
import { secrets } from "./secrets/index.ts";
import { settings } from "./settings.ts";
import { syntax } from "./syntax.ts";
import { taint } from "./taint/index.ts";
import { templateText } from "./template-text.ts";
import { templates } from "./templates.ts";

export type {
  Analyzer,
  AskedOnce,
  FileUnit,
  FixTrial,
  Guard,
  NamedPackage,
  Prepared,
  Project,
  PythonUnit,
  SurveyedProject,
  Trigger,
  Use,
} from "./analyzer.ts";
export { isPython } from "./analyzer.ts";
export { tellsOfAdvisories } from "./dependency-checks.ts";
export { namedIn } from "./protected-file.ts";
export { mayHelpSettings } from "./settings-helpers.ts";
export { definitionsIn, importsIn } from "./taint/index.ts";

export const analyzers: readonly Analyzer[] = [
  dependencies,
  settings,
  calls,
  syntax,
  protection,
  taint,
  secrets,
  templates,
  templateText,
];

/** What each kind of rule may say under `match`, for `loadRules`. */
export const matchSchemas: ReadonlyMap<string, z.ZodType> = new Map(
  analyzers.map((analyzer) => [analyzer.kind, analyzer.match]),
);
