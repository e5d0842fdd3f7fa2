/**
 * The public API: what a program needs to review with Portcullis. Everything else may change at any time.
 *
 * Load rules with `loadRules`, make a `SourceTree` for each side with an adapter or one of your own, and give both to
 * `review` (or one to `scan`). `formats` writes the result down.
 */
export { matchSchemas } from "./analyzers/index.ts";
export type { Change, Hunk, LineRange } from "./core/change.ts";
export { type Config, defaultConfig, readConfig } from "./core/config.ts";
export { ConfigError, PortcullisError, RevisionError, RuleError } from "./core/errors.ts";
export type {
  Confidence,
  Finding,
  Fix,
  Location,
  Region,
  Severity,
  Skipped,
  Step,
} from "./core/finding.ts";
export type { Profile, Rule } from "./core/rule.ts";
export type { FileContent, SourceTree, TreeEntry } from "./core/source-tree.ts";
export type {
  Ecosystem,
  Manifest,
  ManifestFormat,
  Package,
  PackageSource,
} from "./dependencies/index.ts";
export { type FormatName, formats, type Report } from "./report/index.ts";
export {
  type Review,
  type ReviewRequest,
  review,
  type ScanRequest,
  type Suppressed,
  type Suppression,
  scan,
} from "./review/index.ts";
export { loadRules, type RuleFile, type RuleSet } from "./rules/index.ts";
export { directoryTree, memoryTree, openRepository } from "./trees/index.ts";
