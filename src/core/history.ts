/** What one commit adds to one file. */
export interface CommitAdditions {
  /** The commit's full id. */
  readonly commit: string;
  readonly path: string;
  /** The added lines in their order, with their numbers in the file as the commit leaves it, from 1. */
  readonly lines: readonly { readonly number: number; readonly text: string }[];
}

/** What the commits of a change added, oldest first, whether or not it is there in the end. */
export interface History {
  readonly additions: readonly CommitAdditions[];
  /** False where there was more than is read. */
  readonly isComplete: boolean;
}
