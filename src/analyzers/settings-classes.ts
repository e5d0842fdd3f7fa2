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
  const attributes = attributesOf(interpreter, value, facts, [], 0);
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
