/** Classes that a call makes: `type("Name", (Base,), {…})`, `Enum("Name", "A B")`. */
import type { ClassNode } from "../ast.ts";
import { membersOf, pairsOf } from "./containers.ts";
import { FLAGS, isEnumerationName } from "./fields.ts";
import { makeMembers } from "./instances.ts";
import { bindIn, type Machine, newScope } from "./machine.ts";
import {
  type Arguments,
  asString,
  type ClassValue,
  constant,
  type Site,
  type SymbolValue,
  type Value,
} from "./values.ts";

/** The class that such a call makes; undefined for any other call, or where its name or names are not known. */
export function callClassMaker(
  machine: Machine,
  callee: SymbolValue,
  given: Arguments,
  site: Site,
): ClassValue | undefined {
  if (!machine.eager || given.open) return undefined;
  const [first, second, third] = given.positional;
  const name = first && asString(first);
  if (name === undefined || second === undefined) return undefined;
  if (isEnumerationName(callee.name)) return enumeration(machine, callee, name, given, site);
  if (callee.name !== "builtins.type" || third?.kind !== "dict") return undefined;
  const bases = membersOf(second);
  const { entries, open } = third.contents.content;
  if (bases === undefined || open) return undefined;
  const attributes = [...entries.values()].flatMap(({ key, value }) => {
    const attribute = asString(key);
    return attribute === undefined ? [] : [[attribute, value] as const];
  });
  return madeClass(machine, name, bases, attributes, site);
}

function madeClass(
  machine: Machine,
  name: string,
  bases: readonly Value[],
  attributes: Iterable<readonly [string, Value]>,
  site: Site,
): ClassValue {
  const { lineno = 1, col_offset = 0 } = site.node;
  // Nothing of it is written as a class is.
  const node: ClassNode = {
    nodeType: "ClassDef",
    name,
    bases: [],
    keywords: [],
    body: [],
    decorator_list: [],
    type_params: [],
    lineno,
    col_offset,
  };
  const scope = newScope("class");
  for (const [attribute, value] of attributes)
    bindIn(machine, scope, attribute, value, value.site ?? site);
  return { kind: "class", node, name, file: site.file, bases, scope, site };
}

/** The names are a text with spaces or commas between them, or a list of them, of pairs of name and value, or a dict. */
function enumeration(
  machine: Machine,
  base: SymbolValue,
  name: string,
  given: Arguments,
  site: Site,
): ClassValue | undefined {
  const [, names] = given.positional;
  if (names === undefined) return undefined;
  const start = given.keywords.get("start");
  if (start !== undefined && start.kind !== "constant") return undefined;
  const first = typeof start?.value === "number" ? start.value : 1;
  const words = asString(names)
    ?.split(/[\s,]+/)
    .filter(Boolean);
  const listed = words ?? (names.kind === "dict" ? undefined : membersOf(names)?.map(asString));
  const automatic = (index: number, name: string): Value => {
    if (base.name === "enum.StrEnum") return constant(name.toLowerCase(), site);
    return constant(FLAGS.has(base.name) ? 2 ** index : first + index, site);
  };
  const pairs = names.kind === "dict" ? names.contents.content : pairsOf(names);
  const members =
    listed?.every((one) => one !== undefined) === true
      ? listed.map((one, index) => [one, automatic(index, one)] as const)
      : pairs?.open === false
        ? [...pairs.entries.values()].map((one) => [asString(one.key) ?? "", one.value] as const)
        : undefined;
  if (members === undefined) return undefined;
  const type = given.keywords.get("type");
  const made = madeClass(machine, name, type === undefined ? [base] : [type, base], members, site);
  makeMembers(machine, made, site);
  return made;
}
