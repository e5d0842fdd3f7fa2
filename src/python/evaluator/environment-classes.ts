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

/** Gives the fields of a class the values of the variables that are named after them. */
export function variablesOf(
  machine: Machine,
  owner: ClassValue,
  form: EnvironmentClass,
  site: Site,
): (field: FieldLike, fallback: Value | undefined) => Value {
  const option = (name: string) => {
    for (const place of form.options) {
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
  };
  const prefix = asString(option(form.prefix)) ?? "";
  const named = option(form.file);
  const plain = named && asString(named);
  const text =
    plain === undefined
      ? named && machine.files.textOf(named)?.text
      : nearest(machine.files, owner.site ?? site, [plain])?.text;
  const file = variablesIn(text, { expands: true }, variableIn(machine));
  return (field, fallback) => {
    const own = field.value?.kind === "symbol" ? field.value.call : undefined;
    const alias = form.names.map((name) => asString(own?.keywords.get(name))).find(Boolean);
    const name = alias ?? `${prefix}${field.name}`.toUpperCase();
    const set =
      bindingIn(machine.variables, name)?.value ??
      textOf(file?.get(name) ?? file?.get(name.toLowerCase()), site);
    const environment = { name, site: field.value?.site ?? site };
    const parts =
      set === undefined ? partsOf(file, name, form.nested && asString(option(form.nested))) : [];
    if (parts.length > 0)
      return fallback?.kind === "instance"
        ? withParts(machine, fallback, parts, site)
        : { kind: "environment", name, site };
    const type = field.annotation?.nodeType === "Name" ? field.annotation.id : "text";
    if (set !== undefined) return { ...applyCast(machine, type, set, site), environment };
    if (fallback === undefined) return { kind: "environment", name, site };
    // Such a class converts its defaults too: `debug: bool = "no"` is False.
    const isText = asString(fallback) !== undefined && /^(?:bool|int|float)$/.test(type);
    const value = isText ? applyCast(machine, type, fallback, fallback.site ?? site) : fallback;
    return { ...value, environment };
  };
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
    const annotation = fields.get(name)?.annotation;
    const type = annotation?.nodeType === "Name" ? annotation.id : "text";
    bindIn(machine, attributes, name, applyCast(machine, type, constant(text, site), site), site);
  }
  return { ...record, attributes };
}

function textOf(text: string | undefined, site: Site): Value | undefined {
  return text === undefined ? undefined : constant(text, site);
}
