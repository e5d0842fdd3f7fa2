/** What manifests ask for, and what advisories say of it. Pure: texts and advisories in, facts out. */
export type {
  Advisory,
  AdvisorySource,
  AffectedPackage,
  Answer,
  Question,
  RangeEvent,
} from "./advisory.ts";
export { AdvisoryIndex, type Hit, type Way } from "./advisory-index.ts";
export { versionsBesideRanges } from "./affected.ts";
export { counterpartOf } from "./compiled.ts";
export {
  formatOf,
  MAX_MANIFEST_CHARACTERS,
  type ReadFile,
  readManifest,
  readManifests,
} from "./manifests/index.ts";
export { packagesNamedIn } from "./named-in-patch.ts";
export {
  type Ecosystem,
  ecosystems,
  type Include,
  keyOf,
  type Manifest,
  type ManifestFormat,
  type ManifestOption,
  type ManifestProblem,
  normaliseName,
  type Package,
  type PackageIndex,
  type PackageSource,
  type ReadContext,
  type Scope,
  type Tool,
} from "./package.ts";
export { baseScore, severityOf } from "./severity.ts";
export { satisfies } from "./versions/index.ts";
export {
  flawsOf,
  folderOf,
  isLookedUp,
  type Locked,
  lockedIn,
  lockFor,
  type VulnerableEntry,
  vulnerableEntries,
} from "./vulnerable.ts";
export {
  adviceOf,
  advisoryFact,
  advisoryNotes,
  advisoryText,
  stateOf,
  vulnerabilities,
} from "./wording.ts";
