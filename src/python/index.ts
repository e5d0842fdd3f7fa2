/** Reading Python: parsing with recovery, names, values, the evaluator. Knows no rule and no framework. */
export {
  blocksOf,
  type CallNode,
  type ClassNode,
  children,
  type Expression,
  type FunctionNode,
  isKind,
  lastName,
  type MatchCase,
  type MatchNode,
  type Placed,
  type Statement,
  walk,
  wayTo,
} from "./ast.ts";
export { CodeText, isInWord, lastWord, type WrittenArgument } from "./code-text.ts";
export * from "./evaluator/index.ts";
export { type Imported, importedNames } from "./import-names.ts";
export { ModuleFile } from "./module-file.ts";
export { type ImportTarget, moduleName, resolveModule } from "./resolve-module.ts";
