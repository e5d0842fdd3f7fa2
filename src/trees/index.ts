export { changesBetween } from "./compare.ts";
export { directoryTree } from "./directory.ts";
export { completeCommits, type GitRepository, openRepository } from "./git/index.ts";
export {
  BlobCache,
  type CommitReader,
  type GitHubTree,
  githubTree,
  type ReadingLimit,
} from "./github.ts";
export { memoryTree } from "./memory.ts";
export { MAX_FILE_BYTES } from "./paths.ts";
