/** Rules and models: YAML text in, a checked set out. */
export { type ExampleCase, examplesOf, makeUp } from "./examples.ts";
export { factsOf, messageOf, shownExamples, silencingComments } from "./explain.ts";
export { checkFiles, extendRules, loadRules, type RuleFile, type RuleSet } from "./load.ts";
export { renderRuleIndex, renderRulePage } from "./page.ts";
