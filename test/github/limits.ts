/**
 * Numbers that GitHub enforces, as GITHUB.md gathers them. A test may lower one at the start, which
 * makes reaching it cheap. Limits that the description states as a schema (50 annotations, 3
 * actions, 65,535 characters of a summary) are not here: the description itself enforces them.
 */
export const GITHUB_LIMITS = {
  /** Docs, repository limits: one file of a diff, then all files together. */
  patchBytes: 500_000,
  patchLines: 20_000,
  diffBytes: 1_000_000,
  diffLines: 20_000,
  /** Beyond it the diff media type answers 406. */
  diffFiles: 300,
  /** Description, `GET /repos/{owner}/{repo}/pulls/{pull_number}/files`. */
  pullFiles: 3_000,
  /** Description, `GET /repos/{owner}/{repo}/compare/{basehead}`. */
  compareFiles: 300,
  compareCommits: 250,
  /** Description, `GET /repos/{owner}/{repo}/contents/{path}`. */
  contentBytes: 1_048_576,
  largestBytes: 104_857_600,
  directoryEntries: 1_000,
  /** Description, `GET /repos/{owner}/{repo}/git/trees/{tree_sha}`. */
  treeEntries: 100_000,
  treeBytes: 7_340_032,
  /** Observed: `Blob.text` is cut here and `isTruncated` says so. */
  graphqlTextBytes: 512_000,
  /** Docs, GraphQL limits: nodes that one query may ask for. */
  graphqlNodes: 500_000,
  /** Observed, not promised: queries that read too much fail whole with 502. */
  graphqlObjects: 250,
  graphqlBytes: 20_000_000,
  /** Observed: issue comments, reviews and review comments. */
  bodyCharacters: 65_536,
  /** Description, check runs: 64 KB of message and raw details, 255 characters of title. */
  annotationBytes: 65_536,
  annotationTitle: 255,
  /** Description, `POST /repos/{owner}/{repo}/check-runs`: per suite and name. */
  checkRunsPerName: 1_000,
  /** Docs, secondary limits. */
  contentPerMinute: 80,
  concurrentRequests: 100,
  /** Docs, SARIF support. */
  sarifBytes: 10_485_760,
  sarifRuns: 20,
  sarifResults: 25_000,
  sarifRules: 25_000,
  /** Docs, webhooks: larger payloads are not sent. */
  payloadBytes: 26_214_400,
};

export type Limits = Readonly<typeof GITHUB_LIMITS>;
