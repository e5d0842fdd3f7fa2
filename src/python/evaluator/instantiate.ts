/** How an object of a class of the tree comes about. */
import { ancestry, inherited } from "./ancestry.ts";
import { callBuiltin } from "./builtins.ts";
import { callValue } from "./calls.ts";
import { isEnumeration, isFieldCall } from "./fields.ts";
import { type Call, converted } from "./filling.ts";
import { instanceOf, memberFor } from "./instances.ts";
import { bindingIn, cellOf, type Machine, newFrame } from "./machine.ts";
import { newInstance } from "./objects.ts";
import { dataType } from "./special-methods.ts";
import {
  type Arguments,
  type ClassValue,
  derived,
  type InstanceValue,
  type Site,
  type SymbolValue,
  type Value,
} from "./values.ts";
import { wholeEnvironment } from "./whole-environment.ts";

const NO_ARGUMENTS: Arguments = { positional: [], keywords: new Map(), open: false };

/** Makes an object of a class of the tree: runs its `__init__`, or fills it as the class says. */
export function instantiate(
  machine: Machine,
  callee: ClassValue,
  given: Arguments,
  site: Site,
): Value {
  if (!machine.eager && isEnumeration(machine, callee))
    return memberFor(machine, callee, given, site);
  const made: InstanceValue = { ...newInstance(callee, site), call: given };
  const init = inherited(machine, callee, "__init__");
  const instance = withData(machine, made, init === undefined ? given : NO_ARGUMENTS, site);
  const call: Call = (called, ...positional) =>
    callValue(
      machine,
      called,
      { ...NO_ARGUMENTS, positional },
      site,
      newFrame(callee.file, callee.scope, callee.scope, 0),
    );
  if (init?.kind === "function") machine.call({ ...init, receiver: instance }, given, site);
  else if (machine.eager) {
    const filled = instanceOf(machine, callee, given, site, instance, call);
    if (filled !== undefined) return filled;
    setFields(machine, instance, given, site, call);
  } else setFields(machine, instance, given, site, call);
  if (!machine.eager) callBack(machine, instance, site);
  return instance;
}

/** What a framework asks of an object that is handed to it, it asks here: only as it was made is it known what is in it. */
function callBack(machine: Machine, instance: InstanceValue, site: Site): void {
  const { "called-back": methods } = machine.models;
  const classes = methods.length === 0 ? [] : ancestry(machine, instance.class);
  if (classes.every((one) => one.kind === "class")) return;
  for (const name of methods) {
    const method = inherited(machine, instance.class, name);
    if (method?.kind === "function")
      machine.call({ ...method, receiver: instance }, { ...NO_ARGUMENTS, open: true }, site);
  }
}

/** With the value of one of Python's own types, where the class extends that. */
function withData(
  machine: Machine,
  instance: InstanceValue,
  given: Arguments,
  site: Site,
): InstanceValue {
  const type = machine.eager ? dataType(machine, instance) : undefined;
  if (type === undefined || isEnumeration(machine, instance.class)) return instance;
  const positional = given.positional.map((one) => wholeEnvironment(machine, one) ?? one);
  const data = callBuiltin(
    type,
    { ...given, positional },
    site,
    () => derived([], site),
    () => {},
  );
  return data === undefined ? instance : { ...instance, data };
}

/** A class without a constructor of its own that is given arguments has one made from its annotated names. */
function setFields(
  machine: Machine,
  instance: InstanceValue,
  given: Arguments,
  site: Site,
  call: Call,
): void {
  if (given.positional.length === 0 && given.keywords.size === 0) return;
  const classes = ancestry(machine, instance.class);
  const own = classes.flatMap((one) => (one.kind === "class" ? [one] : [])).reverse();
  const fields = own.flatMap(({ node: { body }, scope }) =>
    body.flatMap((node) => {
      if (node.nodeType === "AnnAssign")
        return node.target.nodeType === "Name" ? [node.target.id] : [];
      const [target] = node.nodeType === "Assign" ? node.targets : [];
      const value = target?.nodeType === "Name" ? bindingIn(scope, target.id)?.value : undefined;
      // Some need no annotation.
      const isField = value?.kind === "symbol" && isFieldCall(machine, value.name);
      return isField && target?.nodeType === "Name" ? [target.id] : [];
    }),
  );
  const set = (name: string | undefined, plain: Value) => {
    if (name === undefined) return;
    const said = own.findLast(({ scope }) => scope.names.has(name));
    const value = converted(machine, said && bindingIn(said.scope, name)?.value, plain, call);
    machine.heap.write(cellOf(instance.attributes, name), { value, site, when: [] });
  };
  const names = [...new Set(fields)];
  for (const [index, value] of given.positional.entries()) set(names[index], value);
  for (const [name, value] of given.keywords) if (mayBeField(classes, name)) set(name, value);
}

/** False for a name that only a base outside of the tree may know, which makes of it what it likes. */
function mayBeField(classes: readonly (ClassValue | SymbolValue)[], name: string): boolean {
  const isOutside = classes.some(
    (one) => one.kind === "symbol" && one.name !== "builtins.object" && one.imported === undefined,
  );
  return (
    !isOutside ||
    classes.some((one) =>
      one.kind === "symbol"
        ? one.imported !== undefined
        : one.scope.names.has(name) || isAnnotated(one, name),
    )
  );
}

function isAnnotated({ node }: ClassValue, name: string): boolean {
  return node.body.some(
    (one) =>
      one.nodeType === "AnnAssign" && one.target.nodeType === "Name" && one.target.id === name,
  );
}
