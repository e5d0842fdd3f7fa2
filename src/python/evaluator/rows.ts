/** Objects that calls of another package find, which are of a class of the tree: `Page.objects.get(pk=1)`. */
import { nameMatches } from "../../core/name-pattern.ts";
import { inherited } from "./ancestry.ts";
import { argument, type Machine } from "./machine.ts";
import { newInstance } from "./objects.ts";
import type { Arguments, ClassValue, FunctionValue, Site, SymbolValue, Value } from "./values.ts";

/** A method that the class of the tree gives such an object. All else that it has is a part of what was found. */
export function rowMethod(
  machine: Machine,
  owner: SymbolValue,
  name: string,
  site: Site,
): FunctionValue | undefined {
  // A rule that judges values wants to know no more of what is found than that.
  if (machine.eager || owner.call === undefined) return undefined;
  const type = rowClass(machine, owner, owner.call);
  // To see what methods of other modules do takes more modules, each: only who asks for those calls is told.
  if (!machine.rows && type?.file !== site.file) return undefined;
  const found = type && inherited(machine, type, name);
  if (type === undefined || found?.kind !== "function" || found.decorators.length > 0)
    return undefined;
  return { ...found, receiver: newInstance(type, site) };
}

function rowClass(machine: Machine, owner: SymbolValue, call: Arguments): ClassValue | undefined {
  const root = rootOf(owner);
  const given = [...call.positional, ...call.keywords.values()];
  if (root?.kind !== "class" && !given.some(({ kind }) => kind === "class")) return undefined;
  for (const fact of machine.models.rows) {
    if (!nameMatches(fact.value, owner.name)) continue;
    const type = fact.class.length === 0 ? root : argument(call, ...fact.class);
    if (type?.kind === "class") return type;
  }
  return undefined;
}

/** What a chain of attributes and calls begins with. */
function rootOf(value: SymbolValue): Value | undefined {
  let root: Value | undefined = value;
  while (root?.kind === "symbol") root = root.base;
  return root;
}
