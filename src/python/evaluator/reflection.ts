/** Calls by which a program looks at itself: names and attributes by their text, modules by theirs, files run as code. */

import { isKind } from "../ast.ts";
import { ancestry, inherited, outsideBase } from "./ancestry.ts";
import { attribute, namesOf, scopeOf, setAttribute } from "./attributes.ts";
import {
  AS_THEY_ARE,
  dict,
  membersOf,
  namespace,
  oneOf,
  sequence,
  writeEntries,
} from "./containers.ts";
import {
  argument,
  asFound,
  bindingIn,
  type Frame,
  type Machine,
  newFrame,
  newScope,
} from "./machine.ts";
import { annotationsOf, lineOf, NAMESPACES } from "./objects.ts";
import { callPath, nearest, pathInTree, pathOutside, textOfPath } from "./paths.ts";
import { heldBySuper } from "./special-methods.ts";
import { knownSymbol } from "./symbols.ts";
import { isOfType, typeOf } from "./types.ts";
import { bindUnknown, isUnknownName } from "./unknown-names.ts";
import { keepEnvironment } from "./unset.ts";
import {
  type Arguments,
  asString,
  Bytes,
  constant,
  type DataPlace,
  derived,
  type InstanceValue,
  isMissing,
  type Site,
  type SymbolValue,
  union,
  type Value,
} from "./values.ts";

const NONE = null;

/** The result of such a call by its qualified name; undefined when it is none. */
export function reflect(
  machine: Machine,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
  frame: Frame,
): Value | undefined {
  const [first, second, third] = given.positional;
  switch (callee.name) {
    case "builtins.getattr":
      return callGetattr(machine, given, site);
    case "builtins.hasattr": {
      const answer = hasAttribute(machine, first, asString(second));
      return answer === undefined ? undefined : constant(answer, site);
    }
    case "builtins.object.__setattr__":
    case "builtins.setattr": {
      const name = asString(second);
      if (first !== undefined && name !== undefined && third !== undefined)
        // One call may set many names: where the value stands says more than where the call does.
        setAttribute(machine, first, name, third, third.site ?? site);
      else if (second !== undefined && isUnknownName(second)) {
        const scope = scopeOf(machine, first);
        const node = isKind(site.node, "Call") ? site.node.args[1] : undefined;
        const written = node && { file: site.file, node };
        if (scope !== undefined) bindUnknown(machine, scope, second, written);
      }
      return constant(NONE, site);
    }
    case "builtins.delattr": {
      const scope = scopeOf(machine, first);
      const cell = scope?.names.get(asString(second) ?? "");
      if (cell !== undefined) machine.heap.write(cell, undefined);
      return constant(NONE, site);
    }
    // A rule that looks for flaws wants to see that the program takes all names at once.
    case "builtins.globals":
      return machine.eager ? namespace(frame.globals, site) : undefined;
    case "builtins.locals":
      return machine.eager ? namespace(frame.scope, site) : undefined;
    case "builtins.vars": {
      if (!machine.eager && first === undefined) return undefined;
      return first === undefined ? namespace(frame.scope, site) : namesOf(machine, first, site);
    }
    case "builtins.dir":
      return namesIn(machine, first, frame, site);
    case "builtins.type.mro":
    case "inspect.getmro": {
      const type = first ?? callee.base;
      return type?.kind === "class" ? lineOf(machine, type, site) : undefined;
    }
    case "typing.get_type_hints":
      return first?.kind === "class" ? annotationsOf(machine, first, site, true) : undefined;
    case "inspect.getmembers": {
      const names = first && machine.eager ? namesIn(machine, first, frame, site) : undefined;
      const members = names && membersOf(names);
      if (first === undefined || members === undefined) return undefined;
      return sequence(
        "list",
        members.map((name) =>
          sequence("tuple", [name, attribute(machine, first, asString(name) ?? "", site)], site),
        ),
        site,
      );
    }
    case "builtins.type":
      return second === undefined ? first && typeOf(first, site) : undefined;
    case "builtins.super":
      return callSuper(machine, frame, site);
    case "builtins.isinstance":
      return isInstance(machine, first, second, site);
    case "builtins.issubclass":
      return isSubclass(machine, first, second, site);
    case "sys.path.append":
    case "sys.path.insert": {
      const folder = given.positional.at(-1);
      const path = machine.eager && folder ? pathInTree(textOfPath(folder) ?? folder) : undefined;
      if (path !== undefined) machine.searchIn(path);
      return constant(NONE, site);
    }
    case "importlib.util.find_spec": {
      const dotted = asString(first);
      // As a spec is, a module is not None.
      return dotted === undefined ? undefined : machine.importByName(dotted, site);
    }
    case "importlib.util.module_from_spec": {
      const file =
        first?.kind === "symbol" ? first.call && argument(first.call, 1, "location") : undefined;
      const path = file && machine.files.textOf(file)?.path;
      return path === undefined ? undefined : { kind: "module", path, site };
    }
    case "builtins.__import__":
    case "importlib.import_module":
      return importNamed(machine, callee.name.endsWith("import_module"), given, site, frame);
    default:
      return undefined;
  }
}

/** `dir(owner)`: its names in order, those of the classes that it comes from included. */
function namesIn(
  machine: Machine,
  owner: Value | undefined,
  frame: Frame,
  site: Site,
): Value | undefined {
  const own = owner === undefined ? frame.scope : scopeOf(machine, owner);
  if (own === undefined) return undefined;
  const type =
    owner?.kind === "instance" ? owner.class : owner?.kind === "class" ? owner : undefined;
  const classes = type === undefined ? [] : ancestry(machine, type);
  const scopes = [own, ...classes.flatMap((one) => (one.kind === "class" ? [one.scope] : []))];
  const names = new Set<string>();
  for (const { names: bound } of scopes)
    for (const [name, { content }] of bound) if (content !== undefined) names.add(name);
  machine.step(names.size >> 3);
  return sequence(
    "list",
    [...names].sort().map((name) => constant(name, site)),
    site,
  );
}

function hasAttribute(
  machine: Machine,
  owner: Value | undefined,
  name: string | undefined,
): boolean | undefined {
  if (name === undefined) return undefined;
  if (owner?.kind === "constant" && owner.value === null && !isMissing(owner))
    return name.startsWith("__") ? undefined : false;
  const scope = scopeOf(machine, owner);
  if (scope !== undefined && bindingIn(scope, name) !== undefined) return true;
  if (owner?.kind === "module") return scope === undefined ? undefined : false;
  if (owner?.kind === "symbol" && NAMESPACES.has(owner.name.replace(/\(\)$/, "")))
    return owner.call === undefined || owner.call.open || name.startsWith("__") ? undefined : false;
  const type =
    owner?.kind === "instance" ? owner.class : owner?.kind === "class" ? owner : undefined;
  if (type === undefined) return undefined;
  if (inherited(machine, type, name) !== undefined) return true;
  if (inherited(machine, type, "__getattr__") !== undefined) return undefined;
  // What makes the class may give it more.
  if (type.node.keywords.some((one) => one.arg === "metaclass")) return undefined;
  return outsideBase(machine, type) === undefined ? false : undefined;
}

function callGetattr(machine: Machine, given: Arguments, site: Site): Value {
  const [owner, nameValue, fallback] = given.positional;
  const name = asString(nameValue);
  if (owner === undefined || name === undefined) {
    const methods = owner && nameValue && methodsNamed(machine, owner, nameValue, site);
    // What an object has under a name is not made of that name.
    const parts = [owner, fallback, ...given.keywords.values()].flatMap((one) => one ?? []);
    return methods ?? derived(parts, site);
  }
  if (owner.kind === "module") {
    const scope = machine.module(owner.path);
    const value = scope === undefined ? undefined : bindingIn(scope, name)?.value;
    return (value && asFound(machine, value)) ?? fallback ?? derived([owner], site);
  }
  if (fallback !== undefined && owner.kind === "instance") {
    const made = madeAttribute(machine, owner, name, fallback, site);
    if (made !== undefined) return made;
  }
  if (fallback !== undefined && hasAttribute(machine, owner, name) === false) return fallback;
  const value = attribute(machine, owner, name, site);
  const isKnown =
    hasAttribute(machine, owner, name) === true ||
    (owner.kind === "symbol" && (value.kind === "constant" || value.kind === "sequence"));
  return fallback === undefined || isKnown ? value : union([{ value }, { value: fallback }], site);
}

/** An attribute that an object makes by itself as it is asked for, or refuses to; undefined where neither is sure. */
function madeAttribute(
  machine: Machine,
  owner: InstanceValue,
  name: string,
  fallback: Value,
  site: Site,
): Value | undefined {
  const maker = inherited(machine, owner.class, "__getattr__");
  if (!machine.eager || maker?.kind !== "function") return undefined;
  machine.catchers.push((exception) => exception === "AttributeError");
  const value = attribute(machine, owner, name, site);
  machine.catchers.pop();
  if (machine.raised?.exception === "AttributeError") {
    machine.raised = undefined;
    return fallback;
  }
  return ["constant", "sequence", "dict"].includes(value.kind) ? value : undefined;
}

/** The methods of an object of which one is named by a text with a known beginning: `getattr(self, "show_" + kind)`. */
function methodsNamed(machine: Machine, owner: Value, name: Value, site: Site): Value | undefined {
  const [prefix] = name.kind === "text" ? name.parts : [];
  if (machine.eager || owner.kind !== "instance" || typeof prefix !== "string") return undefined;
  const names = new Set(
    ancestry(machine, owner.class).flatMap((one) =>
      one.kind === "class"
        ? [...one.scope.names.keys()].filter((key) => key.startsWith(prefix))
        : [],
    ),
  );
  const methods = [...names].map((one) => attribute(machine, owner, one, site));
  return methods.length === 0 ? undefined : oneOf(methods, site);
}

/** `super()`: what comes after the class in whose body the method stands, with the attributes of `self`. */
function callSuper(machine: Machine, frame: Frame, site: Site): Value {
  const receiver = frame.function?.receiver;
  const type =
    receiver?.kind === "instance"
      ? receiver.class
      : receiver?.kind === "class"
        ? receiver
        : undefined;
  if (type === undefined) return derived([], site);
  const rest = machine.afterOwner(type, frame);
  const [base] = rest;
  if (base === undefined) return derived([], site);
  const held = base.kind === "symbol" ? heldBySuper(receiver, base) : undefined;
  if (held !== undefined) return held;
  if (base.kind === "symbol" && rest.every((one) => one.kind === "symbol"))
    return { kind: "symbol", name: `${base.name}()`, base, site };
  // A class without names of its own, so that what is looked up is found in those that are left.
  const left = { ...type, scope: newScope("class"), bases: rest };
  return receiver?.kind === "instance"
    ? { ...receiver, class: left, self: receiver.self ?? receiver }
    : { ...left, self: receiver?.kind === "class" ? (receiver.self ?? receiver) : undefined };
}

function isInstance(
  machine: Machine,
  value: Value | undefined,
  type: Value | undefined,
  site: Site,
): Value | undefined {
  if (value === undefined || type === undefined) return undefined;
  const answers = (membersOf(type) ?? [type]).map((one) =>
    value.kind === "instance" && one.kind === "class"
      ? ancestry(machine, value.class).some(
          (base) => base.kind === "class" && base.node === one.node,
        )
      : isOfType(value, one),
  );
  if (answers.includes(true)) return constant(true, site);
  return answers.includes(undefined) ? undefined : constant(false, site);
}

/** `issubclass(type, base)`, for classes of the tree and Python's own types. */
function isSubclass(
  machine: Machine,
  type: Value | undefined,
  base: Value | undefined,
  site: Site,
): Value | undefined {
  if (type === undefined || base === undefined) return undefined;
  const lineage = type.kind === "class" ? ancestry(machine, type) : [type];
  const answers = (membersOf(base) ?? [base]).map((one) => {
    if (one.kind === "symbol" && one.name === "builtins.object") return true;
    const isThere = lineage.some((own) =>
      own.kind === "class" && one.kind === "class"
        ? own.node === one.node
        : own.kind === "symbol" && one.kind === "symbol" && isBuiltinSubclass(own.name, one.name),
    );
    // What is outside the tree may extend anything but a class of it.
    const isKnown = one.kind === "class" || lineage.every((own) => isOwnType(own));
    return isThere ? true : isKnown ? false : undefined;
  });
  if (answers.includes(true)) return constant(true, site);
  return answers.includes(undefined) ? undefined : constant(false, site);
}

function isBuiltinSubclass(own: string, base: string): boolean {
  return own === base || (own === "builtins.bool" && base === "builtins.int");
}

function isOwnType(value: Value): boolean {
  return (
    value.kind === "class" ||
    (value.kind === "symbol" &&
      /^builtins\.(?:object|int|bool|float|str|bytes|list|tuple|dict|set|frozenset)$/.test(
        value.name,
      ))
  );
}

/** Runs a file's text where the call stands, or in the dict that is given for its names. */
function exec(
  machine: Machine,
  isFile: boolean,
  given: Arguments,
  site: Site,
  frame: Frame,
): Value | undefined {
  const [code, names] = given.positional;
  const path =
    isFile && code !== undefined
      ? machine.files.textOf(code)?.path
      : code?.kind === "constant"
        ? code.file
        : undefined;
  const text = isFile || code === undefined ? undefined : asString(code);
  const run = (within: Frame) =>
    path === undefined
      ? text !== undefined && machine.runText(within, text, site)
      : machine.runFile(within, path);
  if (path === undefined && text === undefined) {
    const scope =
      names === undefined ? frame.scope : names.kind === "dict" ? names.scope : undefined;
    // What is not there to be opened does not run.
    if (scope !== undefined && machine.raised === undefined)
      bindUnknown(machine, scope, derived([]));
    return undefined;
  }
  if (names?.kind !== "dict") run(frame);
  else {
    const scope = names.scope ?? newScope("module");
    run(newFrame(frame.file, scope, scope, frame.depth));
    if (names.scope === undefined) {
      const { entries, open } = names.contents.content;
      const set = namespace(scope, site).contents.content.entries;
      writeEntries(machine, names, new Map([...entries, ...set]), open, site);
    }
  }
  return constant(NONE, site);
}

function importNamed(
  machine: Machine,
  isLeaf: boolean,
  given: Arguments,
  site: Site,
  frame: Frame,
): Value | undefined {
  const [called] = given.positional;
  const written = asString(called);
  if (written === undefined) return undefined;
  const dots = /^\.*/.exec(written)?.[0].length ?? 0;
  let dotted = written.slice(dots);
  if (dots > 0) {
    const around = argument(given, 1, "package") ?? bindingIn(frame.globals, "__package__")?.value;
    const base = asString(around)?.split(".");
    if (base === undefined) return undefined;
    dotted = [...base.slice(0, base.length - (dots - 1)), dotted].filter(Boolean).join(".");
  }
  const hasFrom = given.positional.length > 3 || given.keywords.has("fromlist");
  const name = isLeaf || hasFrom ? dotted : (dotted.split(".")[0] ?? "");
  const module = machine.importByName(name, site);
  if (module?.kind === "module" && called?.environment !== undefined)
    machine.chosen.set(module.path, called.environment);
  // A module that can only be in the tree, and is not.
  const top = dotted.split(".")[0] ?? "";
  if (module === undefined && (dots > 0 || machine.importByName(top, site) !== undefined))
    machine.raise({ exception: "ModuleNotFoundError" });
  // Who follows data wants to know what is called in a module from outside.
  if (module === undefined && dots === 0 && !machine.eager && /^[A-Za-z_][\w.]*$/.test(name))
    return knownSymbol(machine, { kind: "symbol", name, site });
  return module;
}

const OPENERS = new Set(["builtins.open()", "io.open()", "codecs.open()", "pathlib.Path().open()"]);

/** Raises what Python does where a file that is to be read is surely not there: none of the tree, or one of a deployment. */
function raiseMissing(machine: Machine, given: Arguments, site: Site): void {
  const [path] = given.positional;
  const mode = argument({ ...given, open: false }, 1, "mode");
  if (path === undefined || (mode !== undefined && !asString(mode)?.startsWith("r"))) return;
  const name = pathOutside(path);
  if (name !== undefined)
    machine.raise({
      exception: "FileNotFoundError",
      environment: { name, site, file: true },
    });
  else if (machine.files.exists(path, "file") === false)
    machine.raise({ exception: "FileNotFoundError" });
}

/** The file of the tree that a value was opened for reading from, or names. */
export function openedFile(machine: Machine, value: Value | undefined) {
  if (value?.kind !== "symbol" || !OPENERS.has(value.name)) return undefined;
  const owner = value.base?.kind === "symbol" ? value.base.base : undefined;
  const path = owner !== undefined && textOfPath(owner) ? owner : value.call?.positional[0];
  return path && machine.files.textOf(path);
}

/** Files that are run as code, modules by their text, and what is read from the tree. */
export function runOrRead(
  machine: Machine,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
  frame: Frame,
): Value | undefined {
  const [first] = given.positional;
  switch (callee.name) {
    case "builtins.compile":
      return first;
    case "builtins.exec":
    case "builtins.execfile":
      return exec(machine, callee.name === "builtins.execfile", given, site, frame);
    case "runpy.run_path":
    case "runpy.run_module": {
      const scope = newScope("module");
      const module =
        callee.name === "runpy.run_module" && machine.importByName(asString(first) ?? "", site);
      const path = module && module.kind === "module" ? module.path : undefined;
      const file = path ?? (first && machine.files.textOf(first)?.path);
      if (file === undefined) return undefined;
      machine.runFile(newFrame(frame.file, scope, scope, frame.depth), file);
      return namespace(scope, site);
    }
    default:
      return readFiles(machine, callee, given, site);
  }
}

/** Reads from the tree: `open(path).read()`, `json.load(file)`, and what is asked of a path. */
function readFiles(
  machine: Machine,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
): Value | undefined {
  const asked = callPath(machine.files, callee, given, site);
  if (asked !== undefined) return asked;
  const opened = openedFile(machine, callee.base);
  if (opened !== undefined) {
    if (/\.read$/.test(callee.name)) return { ...constant(opened.text, site), file: opened.path };
    if (/\.readlines$/.test(callee.name)) return linesOf(opened.text, site);
    if (/\.readline$/.test(callee.name))
      return constant(opened.text.split(/(?<=\n)/)[0] ?? "", site);
    return undefined;
  }
  const [source] = given.positional;
  // With no file named, the nearest one that holds variables.
  if (source === undefined && machine.models.data.get(callee.name) === "env") {
    const file = nearest(machine.files, site, [".env"]);
    const found = file && machine.parseData("env", file.text);
    return found === undefined
      ? dict(new Map(), site, false, AS_THEY_ARE)
      : fromData(found, site, 0, file && inFile(file.path));
  }
  if (
    /^pathlib\.Path\(\)\.(?:read_text|read_bytes|open)$/.test(callee.name) &&
    callee.base?.kind === "symbol"
  ) {
    const path = callee.base.base ?? callee.base;
    raiseMissing(
      machine,
      { ...given, positional: callee.name.endsWith("open") ? [path, ...given.positional] : [path] },
      site,
    );
  }
  if (source !== undefined && OPENERS.has(`${callee.name}()`)) raiseMissing(machine, given, site);
  const format = machine.models.data.get(callee.name);
  if (format === undefined || source === undefined) return undefined;
  const file = openedFile(machine, source) ?? machine.files.textOf(source);
  const isBytes = source.kind === "constant" && source.value instanceof Bytes;
  const whole = file?.text ?? (isBytes ? source.value.text : asString(source));
  // A deployment may have a file of variables beside the tree, as it may set them itself.
  if (format === "env" && machine.files.exists(source, "file") === false)
    return dict(new Map(), site, false, AS_THEY_ARE);
  const data = whole === undefined ? undefined : machine.parseData(format, whole);
  if (whole !== undefined && data === undefined && format === "json")
    machine.raise({ exception: "json.JSONDecodeError" });
  if (data === undefined) return undefined;
  const path = file?.path ?? (source.kind === "constant" ? source.file : undefined);
  const place = path === undefined ? undefined : inFile(path);
  return keepEnvironment(source, fromData(data, site, 0, place));
}

function inFile(path: string): DataPlace {
  return { path, keys: [] };
}

/** The lines of a file, each with its end. */
export function linesOf(text: string, site: Site): Value {
  return sequence(
    "list",
    text.split(/(?<=\n)/).map((line) => constant(line, site)),
    site,
  );
}

const MAX_DEPTH = 20;

/** Data of JSON and its like as a value; `place` where a file of the tree says so. */
export function fromData(data: unknown, site: Site, depth: number, place?: DataPlace): Value {
  if (depth > MAX_DEPTH) return derived([], site);
  const said = place && { heldIn: place };
  if (
    data === null ||
    typeof data === "string" ||
    typeof data === "number" ||
    typeof data === "boolean" ||
    typeof data === "bigint"
  )
    return { ...constant(data, site), ...said };
  if (Array.isArray(data)) {
    const items = data.map((item) => fromData(item, site, depth + 1, place));
    return { ...sequence("list", items, site), ...said };
  }
  if (typeof data !== "object") return derived([], site);
  const entries = Object.entries(data).map(([key, value]) => {
    const inner = place && { path: place.path, keys: [...place.keys, key] };
    return [
      `s${key}`,
      { key: constant(key, site), value: fromData(value, site, depth + 1, inner) },
    ] as const;
  });
  return { ...dict(new Map(entries), site), ...said };
}
