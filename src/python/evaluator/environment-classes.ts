/** Classes whose objects take each annotated attribute from the environment variable that is named after it. */
import type { Models } from "../../core/models.ts";
import type { Expression } from "../ast.ts";
import { inherited } from "./ancestry.ts";
import { applyCast, variableIn } from "./environment.ts";
import { variablesIn } from "./environment-files.ts";
import { fieldsOf } from "./fields.ts";
import { bindIn, bindingIn, cellOf, type Machine, newScope } from "./machine.ts";
import { nearest } from "./paths.ts";
import {
  asString,
  type ClassValue,
  constant,
  type InstanceValue,
  type Site,
  type Value,
} from "./values.ts";

type EnvironmentClass = Models["environmentClasses"][number];
/** What is asked of a field of such a class. */
interface FieldLike {
  readonly name: string;
  readonly annotation: Expression | undefined;
  readonly value: Value | undefined;
}

/** What the environment says of the fields of such a class. */
export interface Variables {
  /** The text that the variable of a field is set to, be that by the program or by a file of the tree. */
  readonly set: (field: FieldLike) => Value | undefined;
  /**
   * What a field gets from its variable or, where that is not set, falls back to; `convert` makes of it what the class does, with the
   * name of the type that a text is read as, and whether it is the default.
   */
  readonly read: (
    field: FieldLike,
    fallback: Value | undefined,
    convert: (value: Value, type: string, isDefault: boolean) => Value,
  ) => Value;
}

/** An option of a class of records: a member of what one of some attributes holds, be that a call, a class or a dict. */
export function optionOf(
  machine: Machine,
  owner: ClassValue,
  places: readonly string[],
  name: string,
): Value | undefined {
  for (const place of places) {
    const options = inherited(machine, owner, place);
    const value =
      options?.kind === "class"
        ? bindingIn(options.scope, name)?.value
        : options?.kind === "symbol"
          ? options.call?.keywords.get(name)
          : options?.kind === "dict"
            ? options.contents.content.entries.get(`s${name}`)?.value
            : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The variables that are named after the fields of a class. */
export function variablesOf(
  machine: Machine,
  owner: ClassValue,
  form: EnvironmentClass,
  site: Site,
): Variables {
  const option = (name: string) => optionOf(machine, owner, form.options, name);
  const prefix = asString(option(form.prefix)) ?? "";
  const named = option(form.file);
  const plain = named && asString(named);
  const text =
    plain === undefined
      ? named && machine.files.textOf(named)?.text
      : nearest(machine.files, owner.site ?? site, [plain])?.text;
  const file = variablesIn(text, { expands: true }, variableIn(machine));
  const nameOf = (field: FieldLike) => {
    const own = field.value?.kind === "symbol" ? field.value.call : undefined;
    const alias = form.names.map((name) => asString(own?.keywords.get(name))).find(Boolean);
    return alias ?? `${prefix}${field.name}`.toUpperCase();
  };
  const set = (field: FieldLike) => {
    const name = nameOf(field);
    return (
      bindingIn(machine.variables, name)?.value ??
      textOf(file?.get(name) ?? file?.get(name.toLowerCase()), site)
    );
  };
  const read: Variables["read"] = (field, fallback, convert) => {
    const name = nameOf(field);
    const text = set(field);
    const environment = { name, site: field.value?.site ?? site };
    const parts =
      text === undefined ? partsOf(file, name, form.nested && asString(option(form.nested))) : [];
    if (parts.length > 0)
      return fallback?.kind === "instance"
        ? withParts(machine, fallback, parts, site)
        : { kind: "environment", name, site };
    const type = typeNamed(field.annotation);
    if (text !== undefined) return convert({ ...text, environment }, type, false);
    if (fallback === undefined) return { kind: "environment", name, site };
    // Such a class converts its defaults too: `debug: bool = "no"` is False.
    const plain = /^(?:bool|int|float)$/.test(type) ? type : "text";
    return convert({ ...fallback, environment }, plain, true);
  };
  return { set, read };
}

const OPTIONAL = /^(?:Optional|Annotated)$/;
const STRUCTURES = /^(?:list|List|set|Set|frozenset|tuple|Tuple|Sequence|dict|Dict|Mapping)$/;

/** What a text is read as where an annotation asks for a type: its plain name, or `json` for what holds others. */
export function typeNamed(annotation: Expression | undefined): string {
  if (annotation?.nodeType === "Name")
    return STRUCTURES.test(annotation.id) ? "json" : annotation.id;
  if (annotation?.nodeType === "BinOp") {
    const sides = [annotation.left, annotation.right].filter(
      (side) => side.nodeType !== "Constant" || side.value !== null,
    );
    return sides.length === 1 ? typeNamed(sides[0]) : "text";
  }
  if (annotation?.nodeType !== "Subscript") return "text";
  const { value, slice } = annotation;
  const outer = value.nodeType === "Attribute" ? value.attr : value.nodeType === "Name" && value.id;
  if (!outer) return "text";
  if (STRUCTURES.test(outer)) return "json";
  if (!OPTIONAL.test(outer)) return "text";
  return typeNamed(slice.nodeType === "Tuple" ? slice.elts[0] : slice);
}

/** The variables of a file that set one part of a field: `WEB__SSL` for the `ssl` of `web`. */
function partsOf(
  file: ReadonlyMap<string, string> | undefined,
  name: string,
  delimiter: string | undefined,
): readonly (readonly [string, string])[] {
  if (file === undefined || !delimiter) return [];
  const start = `${name}${delimiter}`.toLowerCase();
  return [...file].flatMap(([key, text]) =>
    key.toLowerCase().startsWith(start)
      ? [[key.slice(start.length).toLowerCase(), text] as const]
      : [],
  );
}

/** A record whose fields have the values of the variables that are named after them. */
function withParts(
  machine: Machine,
  record: InstanceValue,
  parts: readonly (readonly [string, string])[],
  site: Site,
): InstanceValue {
  const attributes = newScope("class");
  for (const [name, { content }] of record.attributes.names)
    if (content !== undefined) cellOf(attributes, name).content = content;
  const fields = new Map(fieldsOf(machine, record.class).map((field) => [field.name, field]));
  for (const [name, text] of parts) {
    const type = typeNamed(fields.get(name)?.annotation);
    bindIn(machine, attributes, name, applyCast(machine, type, constant(text, site), site), site);
  }
  return { ...record, attributes };
}

function textOf(text: string | undefined, site: Site): Value | undefined {
  return text === undefined ? undefined : constant(text, site);
}
