/** Rules and models: YAML text in, a checked set out. */
export { type ExampleCase, examplesOf, makeUp } from "./examples.ts";
export { extendRules, loadRules, type RuleFile, type RuleSet } from "./load.ts";
