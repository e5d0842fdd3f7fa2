// GitHub's own parser for actions and workflows. It imports JSON in a way that Node refuses, so it is bundled first.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { temporaryFolder } from "../../support/temporary-folders.ts";
import { root } from "./runner.ts";

const source = `
import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";
const problems = ({ context }) => context.errors.getErrors().map((error) => error.message);
const parse = (parser) => (content) => problems(parser({ name: "file.yml", content }, new NoOperationTraceWriter()));
export const actionProblems = parse(parseAction);
export const workflowProblems = parse(parseWorkflow);
`;

export interface Parser {
  actionProblems(text: string): readonly string[];
  workflowProblems(text: string): readonly string[];
}

export async function loadParser(): Promise<Parser> {
  const outfile = join(await temporaryFolder(), "parser.mjs");
  await esbuild.build({
    stdin: { contents: source, resolveDir: root },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "error",
  });
  return await import(pathToFileURL(outfile).href);
}
