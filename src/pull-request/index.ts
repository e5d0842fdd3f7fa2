/**
 * One pull request reviewed on GitHub: read, reviewed, published. Both the App and the Action end here.
 *
 * Why a folder between `github/` and the doors: reading, judging and rendering are three folders of one level that do not know
 * each other, and the order in which they act is the same for every door.
 */

export { advisorySource } from "./advisories.ts";
export type { Analyse } from "./analysis.ts";
export { serveAnalyses } from "./analysis-service.ts";
export { AnalysisThreads } from "./analysis-threads.ts";
export { type Command, type CommandRequest, readCommand, runCommand } from "./commands.ts";
export type { NearbyCommits, Trees } from "./commits.ts";
export { extendedConfigs, organisationConfig } from "./configuration.ts";
export { type Dismissal, reasonOfButton } from "./dismissal.ts";
export { isFailing } from "./failing.ts";
export { CHECK_NAME, type Outcome, reviewCommit } from "./review-commit.ts";
export type { Log, Services, Target } from "./services.ts";
export { Superseded } from "./superseded.ts";
