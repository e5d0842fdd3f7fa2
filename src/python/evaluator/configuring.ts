/** The methods by which a program takes settings into a configuration: from classes and modules, from files, and from the environment. */
import type { DataFormat } from "../../core/models.ts";
import { ancestry } from "./ancestry.ts";
import { attribute } from "./attributes.ts";
import type { Configuration, ConfigurationForm, Load } from "./configurations.ts";
import {
  argument,
  asFound,
  bindIn,
  bindingIn,
  cellOf,
  type Frame,
  type Machine,
  newFrame,
  newScope,
} from "./machine.ts";
import { callMethod } from "./methods.ts";
import { nearest, type TreeFile } from "./paths.ts";
import { fromData } from "./reflection.ts";
import { bindUnknown } from "./unknown-names.ts";
import {
  type Arguments,
  asString,
  type Binding,
  type ClassValue,
  derived,
  type Scope,
  type Site,
  truth,
  UNKNOWN,
  type Value,
} from "./values.ts";

/** What a method of a configuration gives by which it takes settings in; undefined for any other call. */
export function callConfiguration(
  machine: Machine,
  owner: Value,
  method: string,
  given: Arguments,
  site: Site,
  frame: Frame,
): Value | undefined {
  const configuration = machine.configurations?.ofMapping(owner);
  const taking = configuration?.form.methods[method];
  if (configuration === undefined || taking === undefined) return undefined;
  const { form } = configuration;
  const [first = given.keywords.get("filename") ?? given.keywords.get("obj") ?? UNKNOWN] =
    given.positional;
  const silent = form.silent === undefined ? undefined : given.keywords.get(form.silent);
  const mayBeMissing = silent !== undefined && truth(silent) !== false;
  const missing = () => {
    // What has to be there may set any name.
    if (!mayBeMissing) bindUnknown(machine, configuration.names, derived([]));
  };
  const fileNamed = (name: Value) => fileOf(machine, form, name, site);
  switch (taking) {
    case "mapping":
      callMethod(machine, owner, "update", given, site);
      break;
    case "object":
      takeObject(machine, configuration, first, site);
      break;
    case "program":
      takeProgram(machine, configuration, fileNamed(first), frame, site, missing);
      break;
    case "named": {
      const variable = asString(first);
      const set = variable && bindingIn(machine.variables, variable)?.value;
      takeProgram(machine, configuration, set ? fileNamed(set) : undefined, frame, site, missing);
      break;
    }
    case "json":
      takeData(machine, configuration, fileNamed(first), "json", site, missing);
      break;
    case "data": {
      const load = argument({ ...given, open: false }, 1, "load");
      const format = load?.kind === "symbol" ? machine.models.data.get(load.name) : undefined;
      takeData(machine, configuration, fileNamed(first), format, site, missing);
      break;
    }
    case "variables":
      takeVariables(machine, configuration, asString(given.positional[0]), site);
      break;
    default:
      return taking satisfies never;
  }
  return UNKNOWN;
}

/** Takes in the names in capitals of a class, an object or a module. */
function takeObject(machine: Machine, configuration: Configuration, from: Value, site: Site): void {
  const value =
    from.kind === "constant"
      ? (named(machine, asString(from), site) ?? from)
      : asFound(machine, from);
  switch (value.kind) {
    case "constant":
      // Nothing has no names.
      if (value.value !== null) bindUnknown(machine, configuration.names, derived([]));
      return;
    case "module": {
      const scope = machine.module(value.path);
      if (scope === undefined) bindUnknown(machine, configuration.names, derived([]));
      else take(machine, configuration, value.path, namesIn([scope]), site);
      return;
    }
    case "class":
      take(machine, configuration, value, namesIn(scopesOf(machine, value)), site);
      return;
    case "instance": {
      const found = namesIn([...scopesOf(machine, value.class), value.attributes]);
      const read = [...found].map(([name, binding]) => {
        const asked =
          binding.value.kind === "function" ? attribute(machine, value, name, site) : binding.value;
        return [name, { ...binding, value: asked }] as const;
      });
      take(machine, configuration, value.class, new Map(read), site);
      return;
    }
    case "union": {
      // One of them is taken in.
      const branches = value.alternatives.map((one) =>
        machine.heap.branch(() => takeObject(machine, configuration, one.value, site)),
      );
      machine.heap.join(branches.map(({ writes }) => writes));
      return;
    }
    default:
      bindUnknown(machine, configuration.names, derived([]));
  }
}

/** The module, or what it has, that a text names: `shop.config`, `shop.config.Live`, `shop.config:Live`. */
function named(machine: Machine, text: string | undefined, site: Site): Value | undefined {
  if (text === undefined || !/^[\w.:]+$/.test(text)) return undefined;
  const dotted = text.replace(":", ".");
  const module = machine.importByName(dotted, site);
  if (module !== undefined) return module;
  const at = dotted.lastIndexOf(".");
  const owner = at < 0 ? undefined : machine.importByName(dotted.slice(0, at), site);
  return owner && attribute(machine, owner, dotted.slice(at + 1), site);
}

/** The names of a class and of those of the tree that it extends, the nearest last. */
function scopesOf(machine: Machine, owner: ClassValue): readonly Scope[] {
  return ancestry(machine, owner)
    .flatMap((one) => (one.kind === "class" ? [one.scope] : []))
    .reverse();
}

/** The names in capitals of some scopes, of which the last counts. */
function namesIn(scopes: readonly Scope[]): ReadonlyMap<string, Binding> {
  const found = new Map<string, Binding>();
  for (const { names } of scopes)
    for (const [name, { content }] of names)
      if (content !== undefined && isInCapitals(name)) found.set(name, content);
  return found;
}

function isInCapitals(name: string): boolean {
  return name === name.toUpperCase() && name !== name.toLowerCase();
}

function take(
  machine: Machine,
  configuration: Configuration,
  from: Load["from"],
  names: ReadonlyMap<string, Binding>,
  site: Site,
): void {
  machine.step(names.size >> 3);
  configuration.loads.push({ from, site, names });
  for (const [name, binding] of names)
    machine.heap.write(cellOf(configuration.names, name), {
      ...binding,
      when: [...machine.conditions, ...binding.when],
    });
}

/** A file as it is named: from where the program lies or a folder above, or from the folder of its installation. */
function fileOf(
  machine: Machine,
  { folder }: ConfigurationForm,
  name: Value,
  site: Site,
): TreeFile | undefined {
  const text = asString(name);
  if (text === undefined) return machine.files.textOf(name);
  const names = [text, ...(folder === undefined ? [] : [`${folder}/${text}`])];
  return machine.files.textOf(name) ?? nearest(machine.files, site, names);
}

/** Runs a file as a module of its own, and takes its names in. */
function takeProgram(
  machine: Machine,
  configuration: Configuration,
  file: TreeFile | undefined,
  frame: Frame,
  site: Site,
  missing: () => void,
): void {
  const scope = newScope("module");
  const isRun = file && machine.runFile(newFrame(frame.file, scope, scope, frame.depth), file.path);
  if (isRun) take(machine, configuration, file.path, namesIn([scope]), site);
  else missing();
}

function takeData(
  machine: Machine,
  configuration: Configuration,
  file: TreeFile | undefined,
  format: DataFormat | undefined,
  site: Site,
  missing: () => void,
): void {
  const data = file && format && machine.parseData(format, file.text);
  if (file === undefined || typeof data !== "object" || data === null) {
    missing();
    return;
  }
  const names = Object.entries(data).flatMap(([name, one]: [string, unknown]) => {
    const value = fromData(one, site, 1, { path: file.path, keys: [name] });
    return isInCapitals(name) ? [[name, { value, site, when: [] }] as const] : [];
  });
  take(machine, configuration, file.path, new Map(names), site);
}

/** Takes in the variables that the program sets, by what follows the prefix in their names. */
function takeVariables(
  machine: Machine,
  { form, names }: Configuration,
  given: string | undefined,
  site: Site,
): void {
  const prefix = given ?? form.prefix;
  for (const [variable, { content }] of machine.variables.names) {
    if (content === undefined || !variable.startsWith(`${prefix}_`)) continue;
    const text = asString(content.value);
    const data = text === undefined ? undefined : machine.parseData("json", text);
    const value = data === undefined ? content.value : fromData(data, site, 1);
    bindIn(machine, names, variable.slice(prefix.length + 1), value, site);
  }
}
