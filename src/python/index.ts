/** Reading Python: parsing with recovery, names, values, the evaluator. Knows no rule and no framework. */
export type { CallNode, Expression, FunctionNode, Placed, Statement } from "./ast.ts";
export { children, walk } from "./ast.ts";
export { membersOf } from "./evaluator/containers.ts";
export { Interpreter, type InterpreterOptions, type World } from "./evaluator/interpreter.ts";
export { argument, bindingIn, type CallObservation } from "./evaluator/machine.ts";
export * from "./evaluator/values.ts";
export { ModuleFile } from "./module-file.ts";
export { type ImportTarget, moduleName, resolveModule } from "./resolve-module.ts";
