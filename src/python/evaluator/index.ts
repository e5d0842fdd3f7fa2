/** The abstract interpreter: runs modules with values that may be known, made of known parts, or unknown. */
export type { Configuration, Load } from "./configurations.ts";
export { dict, possibleItems, sequence } from "./containers.ts";
export { variablesIn } from "./environment-files.ts";
export { Interpreter, type World } from "./interpreter.ts";
export { argument, bindingIn, type CallObservation, cellOf, newScope } from "./machine.ts";
export { type PassedOver, passedOver, passOn } from "./passed-over.ts";
export { placeOf, ROOT } from "./paths.ts";
export { sectionedSettings } from "./settings-files.ts";
export { dataOf } from "./special-methods.ts";
export type { Stage } from "./stage.ts";
export { takesOut } from "./texts.ts";
export { mayBind, passUnknown } from "./unknown-names.ts";
export {
  type Arguments,
  alternativesOf,
  asString,
  type Binding,
  Bytes,
  type Check,
  type ClassValue,
  constant,
  type DataPlace,
  type DictValue,
  type EnvironmentRead,
  everyArgument,
  type FunctionValue,
  isMissing,
  JOINED,
  lengthOf,
  partsOf,
  type Scope,
  type SequenceValue,
  type Site,
  type SymbolValue,
  type TextValue,
  truth,
  UNKNOWN,
  type UnknownValue,
  type Value,
  writeOut,
} from "./values.ts";
