/** Objects of classes outside the tree, as far as the program itself says what their attributes are. */
import { dict } from "./containers.ts";
import { fieldNames } from "./fields.ts";
import { bindIn, bindingIn, type Machine, newScope } from "./machine.ts";
import {
  type Arguments,
  type ClassValue,
  constant,
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
  if (!machine.eager || !FIELD_TABLES.has(name)) return undefined;
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

/** The class of a record, which may be that itself. */
export function classOf(record: ClassValue | InstanceValue): ClassValue {
  return record.kind === "class" ? record : record.class;
}
