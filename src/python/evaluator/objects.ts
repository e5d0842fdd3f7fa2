/** Objects of classes outside the tree, as far as the program itself says what their attributes are. */
import { ancestry } from "./ancestry.ts";
import { dict, sequence } from "./containers.ts";
import { fieldNames, fieldsOf } from "./fields.ts";
import { bindIn, bindingIn, type Machine, newFrame, newScope } from "./machine.ts";
import {
  type Arguments,
  type ClassValue,
  constant,
  type DictValue,
  type InstanceValue,
  type Scope,
  type Site,
  type SymbolValue,
  type Value,
} from "./values.ts";

/** Attributes of a class that hold its fields by name. */
const FIELD_TABLES = new Set(["model_fields", "__fields__", "__dataclass_fields__"]);
/** What the program itself set an attribute of an object from outside to. */
export function ownAttribute(
  machine: Machine,
  owner: SymbolValue,
  name: string,
): Value | undefined {
  const scope = owner.call && machine.objects.get(owner.call);
  return scope && bindingIn(scope, name)?.value;
}

/** A place for the attributes that the program gives to an object from outside. */
export function newObject(machine: Machine, owner: Value): Scope | undefined {
  if (!machine.eager || owner.kind !== "symbol" || owner.call === undefined) return undefined;
  const scope = newScope("class");
  machine.objects.set(owner.call, scope);
  return scope;
}

/** An object of a class that nothing has happened to. */
export function newInstance(callee: ClassValue, site: Site): InstanceValue {
  return { kind: "instance", class: callee, attributes: newScope("class"), site };
}

/** Classes whose objects have the attributes that they are given, and no others. */
export const NAMESPACES: ReadonlySet<string> = new Set([
  "types.SimpleNamespace",
  "argparse.Namespace",
]);

/** An object of a class outside the tree, with attributes that the program may set anew; `open` where there may be more. */
export function namespaceOf(
  machine: Machine,
  name: string,
  attributes: ReadonlyMap<string, Value>,
  site: Site,
  open = false,
): SymbolValue {
  const call: Arguments = { positional: [], keywords: attributes, open };
  const scope = newScope("class");
  machine.objects.set(call, scope);
  for (const [key, value] of attributes) bindIn(machine, scope, key, value, value.site ?? site);
  return { kind: "symbol", name: `${name}()`, call, site };
}

/** What stands for a field of a data class: an object that knows its name. */
export function fieldOf(machine: Machine, name: string, site: Site): SymbolValue {
  return namespaceOf(machine, "dataclasses.Field", new Map([["name", constant(name, site)]]), site);
}

/** `Class.model_fields` and its like, `Enumeration.__members__`: what a class has by its name; undefined for any other attribute. */
export function fieldTable(
  machine: Machine,
  owner: ClassValue | InstanceValue,
  name: string,
  site: Site,
): Value | undefined {
  if (machine.eager && name === "__members__" && owner.kind === "class")
    return dict(
      new Map(
        [...owner.scope.names].flatMap(([key, { content }]) =>
          content?.value.kind === "instance" && !key.startsWith("_")
            ? [[`s${key}`, { key: constant(key, site), value: content.value }] as const]
            : [],
        ),
      ),
      site,
    );
  if (!machine.eager) return undefined;
  if (owner.kind === "class") {
    if (name === "__annotations__") return annotationsOf(machine, owner, site);
    if (name === "__mro__") return lineOf(machine, owner, site);
    if (name === "__bases__") return sequence("tuple", owner.bases, site);
    if (name === "mro") return { kind: "symbol", name: "builtins.type.mro", base: owner, site };
  }
  // Those of the nearest class that has any.
  if (name === "__annotations__" && owner.kind === "instance")
    for (const one of ancestry(machine, owner.class)) {
      const types = one.kind === "class" ? annotationsOf(machine, one, site) : undefined;
      if (types !== undefined && types.contents.content.entries.size > 0) return types;
    }
  if (!FIELD_TABLES.has(name)) return undefined;
  return dict(
    new Map(
      fieldNames(machine, classOf(owner)).map((one) => [
        `s${one}`,
        { key: constant(one, site), value: fieldOf(machine, one, site) },
      ]),
    ),
    site,
  );
}

/** `Class.__mro__`; undefined where what is outside the tree has a part in it. */
export function lineOf(machine: Machine, owner: ClassValue, site: Site): Value | undefined {
  const classes = ancestry(machine, owner).filter(
    (one) => one.kind === "class" || one.name !== OBJECT,
  );
  return classes.every((one) => one.kind === "class")
    ? sequence("tuple", [...classes, { kind: "symbol", name: OBJECT, site }], site)
    : undefined;
}

const OBJECT = "builtins.object";

/** The types of a class's annotated attributes by their names, those of its bases too where that is asked for. */
export function annotationsOf(
  machine: Machine,
  owner: ClassValue,
  site: Site,
  withBases = false,
): DictValue {
  const frame = newFrame(owner.file, owner.scope, owner.scope, 0);
  const types = fieldsOf(machine, owner).flatMap(({ name, annotation, from }) => {
    if (annotation === undefined || (from !== owner && !withBases)) return [];
    const value = machine.evaluate(annotation, frame);
    return [[`s${name}`, { key: constant(name, site), value }] as const];
  });
  return dict(new Map(types), site);
}

/** The class of a record, which may be that itself. */
export function classOf(record: ClassValue | InstanceValue): ClassValue {
  return record.kind === "class" ? record : record.class;
}
