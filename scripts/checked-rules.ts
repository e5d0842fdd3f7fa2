// The rules as the bundles hold them. The build runs this, because Node 20 does not run TypeScript.
import { ruleFiles } from "#rules";
import { matchSchemas } from "../src/analyzers/index.ts";
import { checkFiles } from "../src/rules/index.ts";

/** Every file of rules/, checked; without its text, which only errors would show. */
export const checkedRules = checkFiles(ruleFiles, matchSchemas).map((file) => ({
  ...file,
  text: "",
}));
