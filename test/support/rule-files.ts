// What `#rules` is in tests: the rules as the bundles hold them, read and checked, which takes over a second. Once for all files of a
// worker, each of which loads them for itself.
import { ruleFiles as files } from "../../scripts/rule-files.mjs";
import { matchSchemas } from "../../src/analyzers/index.ts";
import { checkFiles } from "../../src/rules/index.ts";

export const ruleFiles = checkFiles(files, matchSchemas);
