// GitHub's own parser for actions and workflows. It imports JSON in a way that Node refuses, so it is bundled first.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { temporaryFolder } from "../../support/temporary-folders.ts";
import type * as Source from "./parser-source.ts";
import { root } from "./runner.ts";

export interface Parser {
  readonly actionProblems: typeof Source.actionProblems;
  readonly workflowProblems: typeof Source.workflowProblems;
}

export async function loadParser(): Promise<Parser> {
  const outfile = join(await temporaryFolder(), "parser.mjs");
  await esbuild.build({
    entryPoints: [join(root, "test/doors/action/parser-source.ts")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "error",
  });
  return await import(pathToFileURL(outfile).href);
}
