/**
 * Settings that are the attributes of a class, one class for each deployment of the module. Such a class starts with every
 * default of the framework, then takes the attributes of its bases from right to left, then its own: a base that is itself
 * a settings class brings the defaults along and undoes what stands to its right; a plain mixin brings only what it sets.
 */
import type { Models } from "../core/models.ts";
import {
  asString,
  type Binding,
  bindingIn,
  type ClassValue,
  cellOf,
  type FunctionValue,
  type Interpreter,
  newScope,
  passOn,
  passUnknown,
  type Scope,
} from "../python/index.ts";

type Facts = NonNullable<Models["settings"][number]["classes"]>;
/** By name; undefined where the framework's default holds. */
type Attributes = Map<string, Binding | undefined>;

const MAX_DEPTH = 12;

/** The settings classes that a module has a name for, in the order of their definition; one that is chosen needs one mark. */
export function settingsClasses(
  interpreter: Interpreter,
  module: Scope,
  { marks, unless }: Pick<Models["settings"][number], "marks" | "unless">,
  facts: Facts,
  chosen: ReadonlySet<string>,
): ClassValue[] {
  const counts = (value: ClassValue) =>
    isSettingsClass(interpreter, value, facts) ||
    (facts.plain &&
      isPlain(interpreter, value, facts, { marks, unless }, chosen.has(value.name) ? 1 : 2));
  const found = new Set<ClassValue>();
  for (const { content } of module.names.values()) {
    const value =
      content?.value.kind === "symbol" ? interpreter.resolve(content.value) : content?.value;
    if (value?.kind === "class" && counts(value)) found.add(value);
  }
  return [...found];
}

/** Classes that another one of the list extends. */
export function extendedBy(interpreter: Interpreter, classes: readonly ClassValue[]) {
  const extended = classes.flatMap((one) =>
    interpreter.ancestry(one).filter((base) => base !== one),
  );
  return new Set(extended);
}

/** The names that a settings module has once a class of it was chosen. */
export function scopeOfClass(
  interpreter: Interpreter,
  module: Scope,
  chosen: ClassValue,
  facts: Facts,
  defaults: readonly string[],
): Scope {
  for (const method of facts.before) interpreter.callMethod(chosen, method);
  const scope = newScope("module");
  for (const [name, { content }] of module.names) cellOf(scope, name).content = content;
  passOn(interpreter, module, scope, () => true);
  passUnknown(interpreter, module, scope);
  const attributes = attributesOf(interpreter, chosen, facts, defaults, 0, scope);
  for (const [name, binding] of ownOfInstance(interpreter, chosen, facts))
    attributes.set(name, binding);
  for (const [name, binding] of attributes) {
    const value = binding && interpreter.readAttribute(chosen, name, binding);
    cellOf(scope, name).content = binding && value && { ...binding, value };
  }
  return scope;
}

/** What a settings class comes to. `taking` gets what a variable that is not set has kept from running in it and in its bases. */
function attributesOf(
  interpreter: Interpreter,
  value: ClassValue,
  facts: Facts,
  defaults: readonly string[],
  depth: number,
  taking?: Scope,
): Attributes {
  const attributes: Attributes = new Map();
  const isSettings = isSettingsClass(interpreter, value, facts);
  if (isSettings) for (const name of defaults) attributes.set(name, undefined);
  if (depth < MAX_DEPTH) {
    for (const base of interpreter.basesOf(value).reverse()) {
      if (base.kind === "class")
        for (const [name, binding] of attributesOf(
          interpreter,
          base,
          facts,
          defaults,
          depth + 1,
          taking,
        ))
          attributes.set(name, binding);
      else if (facts.base.includes(base.name))
        for (const name of defaults) attributes.set(name, undefined);
    }
  }
  const isSetting = (name: string) => isSettingName(name, facts);
  const inherited = (name: string) => attributes.get(name)?.site;
  if (taking !== undefined) passOn(interpreter, value.scope, taking, isSetting, inherited);
  for (const name of value.scope.names.keys()) {
    const binding = bindingIn(value.scope, name);
    if (binding !== undefined && isSetting(name)) attributes.set(name, binding);
  }
  return attributes;
}

/** What a plain class sets of an object that is made with nothing, as `from_object(Live())` has it made. */
function ownOfInstance(interpreter: Interpreter, value: ClassValue, facts: Facts): Attributes {
  const own: Attributes = new Map();
  const [init] = facts.plain ? methodsNamed(interpreter, value, "__init__") : [];
  if (init?.kind !== "function" || needsArguments(init)) return own;
  const given = { positional: [], keywords: new Map(), open: false };
  const made = interpreter.instantiate(value, given, { file: value.file, node: value.node });
  if (made.kind !== "instance") return own;
  for (const name of made.attributes.names.keys()) {
    const binding = bindingIn(made.attributes, name);
    if (binding !== undefined && isSettingName(name, facts)) own.set(name, binding);
  }
  return own;
}

/** The methods of a name that a class and its bases in the tree have, the one that counts first. */
function methodsNamed(interpreter: Interpreter, value: ClassValue, name: string) {
  return interpreter
    .ancestry(value)
    .flatMap((one) => (one.kind === "class" ? (bindingIn(one.scope, name)?.value ?? []) : []));
}

/** True for a method that has to be given more than the object. */
function needsArguments({ node: { args } }: FunctionValue): boolean {
  const { posonlyargs, args: plain, defaults, kwonlyargs, kw_defaults } = args;
  return (
    posonlyargs.length + plain.length - defaults.length > 1 ||
    kwonlyargs.some((_, at) => !kw_defaults[at])
  );
}

function isSettingsClass(interpreter: Interpreter, value: ClassValue, facts: Facts): boolean {
  return interpreter
    .ancestry(value)
    .some((one) => one.kind === "symbol" && facts.base.includes(one.name));
}

/** True for a class that extends nothing from outside the tree and has enough of the marks. */
function isPlain(
  interpreter: Interpreter,
  value: ClassValue,
  facts: Facts,
  { marks, unless }: Pick<Models["settings"][number], "marks" | "unless">,
  enough: number,
): boolean {
  const ancestry = interpreter.ancestry(value);
  if (!ancestry.every((one) => one.kind === "class" || one.name === "builtins.object"))
    return false;
  const attributes = new Map([
    ...attributesOf(interpreter, value, facts, [], 0),
    ...ownOfInstance(interpreter, value, facts),
  ]);
  // What another framework's settings have is none of this one's.
  if (unless.some((name) => attributes.has(name))) return false;
  const marked = marks.filter((mark) => attributes.has(mark));
  // A class of names, by which a program asks for its settings, sets none: `SECRET_KEY = "SHOP_SECRET_KEY"`.
  const isNamed = (mark: string) => {
    const text = asString(attributes.get(mark)?.value);
    return text === mark || text?.endsWith(`_${mark}`) === true;
  };
  return marked.length >= enough && !marked.some(isNamed);
}

function isSettingName(name: string, { lowerCase }: Facts): boolean {
  const isUpperCase = name === name.toUpperCase() && name !== name.toLowerCase();
  return !name.startsWith("_") && (lowerCase || isUpperCase);
}
