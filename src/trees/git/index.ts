export { completeCommits } from "./complete.ts";
export { GitRepository, openRepository } from "./repository.ts";
export { workTreeFiles } from "./working-tree.ts";
