/** The commands of the command line, one file each. */
import type { Command } from "commander";
import { addAdvisories } from "./advisories.ts";
import { addDemo } from "./demo.ts";
import { addDeps } from "./deps.ts";
import { addReview } from "./review.ts";
import { addRules } from "./rules.ts";
import { addScan } from "./scan.ts";

/** Each adds one command; `done` is told the exit status. */
export const commands: readonly ((program: Command, done: (status: number) => void) => void)[] = [
  addReview,
  addScan,
  addDeps,
  addRules,
  addAdvisories,
  addDemo,
];
